package dev.tilewright.sim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A run of memory, little endian, with a note of each byte: written or not, a copy under way. */
final class Segment {
  /** The byte was written. */
  static final int WRITTEN = 1;

  /** An asynchronous copy to the byte was started and not waited for. */
  static final int PENDING = 2;

  private static final int WRITTEN_WORD = 0x01010101;
  private static final int PENDING_WORD = 0x02020202;
  private static final long WRITTEN_LONG = 0x01010101_01010101L;

  /** The byte belongs to an object that only its own instructions may access. */
  static final int OPAQUE = 4;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  final byte[] data;
  final byte[] state;

  /** Where it lies in the space that it belongs to. */
  final long base;

  /** What it is called in messages. */
  final String name;

  boolean freed;

  /** Wants to know before the first store; or null. */
  volatile Undo undo;

  Segment(String name, long base, int bytes) {
    this.name = name;
    this.base = base;
    this.data = new byte[bytes];
    this.state = new byte[bytes];
  }

  int bytes() {
    return data.length;
  }

  private void keep() {
    Undo watcher = undo;
    if (watcher != null) {
      watcher.save(this);
    }
  }

  /** Notes all bytes as never written. */
  void forget(int begin, int end) {
    Arrays.fill(state, begin, end, (byte) 0);
  }

  void write(int at, byte[] from) {
    System.arraycopy(from, 0, data, at, from.length);
    Arrays.fill(state, at, at + from.length, (byte) WRITTEN);
  }

  void fillWritten() {
    Arrays.fill(state, (byte) WRITTEN);
  }

  int getInt(int at) {
    return (int) INT.get(data, at);
  }

  /** Two bytes, zero-extended. */
  int getShort(int at) {
    return (short) SHORT.get(data, at) & 0xFFFF;
  }

  /** Copies bytes with their notes; the count is a multiple of 4. */
  void copyWords(int at, Segment from, int fromAt, int bytes) {
    keep();
    for (int i = 0; i < bytes; i += 4) {
      INT.set(data, at + i, (int) INT.get(from.data, fromAt + i));
      INT.set(state, at + i, (int) INT.get(from.state, fromAt + i));
    }
  }

  /** Notes that a copy to the bytes is under way, or not any more; a multiple of 4. */
  void setPending(int at, int bytes, boolean pending) {
    for (int i = at; i < at + bytes; i += 4) {
      int word = (int) INT.get(state, i);
      INT.set(state, i, pending ? word | PENDING_WORD : word & ~PENDING_WORD);
    }
  }

  /** The bytes at a place, zero-extended. */
  long load(int at, int bytes) {
    return switch (bytes) {
      case 1 -> data[at] & 0xFF;
      case 2 -> (short) SHORT.get(data, at) & 0xFFFF;
      case 4 -> (int) INT.get(data, at) & 0xFFFFFFFFL;
      default -> (long) LONG.get(data, at);
    };
  }

  /** The words of four bytes at the places of some lanes. */
  void load(int[] places, int offset, int mask, int[] into) {
    byte[] from = data;
    if (mask == -1) {
      for (int i = 0; i < Warp.SIZE; i++) {
        into[i] = (int) INT.get(from, places[i] + offset);
      }
    } else {
      for (int m = mask; m != 0; m &= m - 1) {
        int i = Integer.numberOfTrailingZeros(m);
        into[i] = (int) INT.get(from, places[i] + offset);
      }
    }
  }

  /** As the other, of eight bytes. */
  void load(int[] places, int offset, int mask, long[] into) {
    byte[] from = data;
    for (int m = mask; m != 0; m &= m - 1) {
      int i = Integer.numberOfTrailingZeros(m);
      into[i] = (long) LONG.get(from, places[i] + offset);
    }
  }

  /**
   * Stores words of four bytes, written ones, of some lanes in their order.
   *
   * @return the lanes that changed something
   */
  int store(int[] places, int offset, int mask, int[] values) {
    keep();
    byte[] to = data;
    byte[] notes = state;
    int changed = 0;
    for (int m = mask; m != 0; m &= m - 1) {
      int i = Integer.numberOfTrailingZeros(m);
      int at = places[i] + offset;
      changed |= (int) INT.get(to, at) != values[i] ? m & -m : 0;
      INT.set(to, at, values[i]);
      INT.set(notes, at, WRITTEN_WORD);
    }
    return changed;
  }

  /** Whether all bytes at the places of some lanes are written and none waits for a copy. */
  boolean arePlain(int[] places, int mask, int bytes) {
    byte[] notes = state;
    long other = 0;
    if (mask == -1 && bytes == 4) {
      for (int i = 0; i < Warp.SIZE; i++) {
        other |= (int) INT.get(notes, places[i]) ^ WRITTEN_WORD;
      }
    } else if (bytes >= 8) {
      for (int m = mask; m != 0; m &= m - 1) {
        int at = places[Integer.numberOfTrailingZeros(m)];
        for (int end = at + bytes; at < end; at += 8) {
          other |= (long) LONG.get(notes, at) ^ WRITTEN_LONG;
        }
      }
    } else {
      for (int m = mask; m != 0; m &= m - 1) {
        other |= isPlain(places[Integer.numberOfTrailingZeros(m)], bytes) ? 0 : 1;
      }
    }
    return other == 0;
  }

  /** Stores and notes the bytes as written, or as not when the value was not either. */
  void store(int at, int bytes, long value, boolean written) {
    keep();
    int note = written ? WRITTEN_WORD : 0;
    switch (bytes) {
      case 1 -> {
        data[at] = (byte) value;
        state[at] = (byte) note;
      }
      case 2 -> {
        SHORT.set(data, at, (short) value);
        SHORT.set(state, at, (short) note);
      }
      case 4 -> {
        INT.set(data, at, (int) value);
        INT.set(state, at, note);
      }
      default -> {
        LONG.set(data, at, value);
        LONG.set(state, at, note * 0x1_0000_0001L);
      }
    }
  }

  /** Whether all bytes are written and none waits for a copy. */
  boolean isPlain(int at, int bytes) {
    return switch (bytes) {
      case 1 -> state[at] == WRITTEN;
      case 2 -> (short) SHORT.get(state, at) == 0x0101;
      case 4 -> (int) INT.get(state, at) == WRITTEN_WORD;
      default -> (long) LONG.get(state, at) == WRITTEN_LONG;
    };
  }

  /** Notes bytes as an opaque object's, or as never written. */
  void setOpaque(int at, int bytes, boolean opaque) {
    Arrays.fill(state, at, at + bytes, (byte) (opaque ? WRITTEN | OPAQUE : 0));
  }

  /** How many of the bytes are an opaque object's. */
  int opaqueBytes(int at, int bytes) {
    int count = 0;
    for (int i = at; i < at + bytes; i++) {
      count += (state[i] & OPAQUE) / OPAQUE;
    }
    return count;
  }

  /** Whether at least one of the bytes is written. */
  boolean isPartlyWritten(int at, int bytes) {
    for (int i = at; i < at + bytes; i++) {
      if ((state[i] & WRITTEN) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether some of the bytes wait for an asynchronous copy. */
  boolean isPending(int at, int bytes) {
    for (int i = at; i < at + bytes; i++) {
      if ((state[i] & PENDING) != 0) {
        return true;
      }
    }
    return false;
  }
}
