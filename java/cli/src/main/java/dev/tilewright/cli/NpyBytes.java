package dev.tilewright.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;

/** Arrays of {@code .npy} files as bytes, of any type, in C order and little endian. */
final class NpyBytes {
  private static final Map<String, String> DESCR =
      Map.ofEntries(
          Map.entry("f16", "<f2"),
          Map.entry("bf16", "<u2"),
          Map.entry("f32", "<f4"),
          Map.entry("f64", "<f8"),
          Map.entry("i8", "|i1"),
          Map.entry("u8", "|u1"),
          Map.entry("e4m3", "|u1"),
          Map.entry("e5m2", "|u1"),
          Map.entry("i16", "<i2"),
          Map.entry("u16", "<u2"),
          Map.entry("i32", "<i4"),
          Map.entry("u32", "<u4"),
          Map.entry("i64", "<i8"),
          Map.entry("u64", "<u8"));

  private NpyBytes() {}

  /** The elements of an array. */
  static byte[] read(Path path) {
    Npy.Header header = Npy.header(path);
    if (header.fortran() && header.shape().length > 1 || header.bigEndian()) {
      throw new InputException(
          path + ": save it in C order and little endian: numpy.ascontiguousarray(a)");
    }
    long bytes = header.elements() * header.itemBytes();
    if (bytes > Integer.MAX_VALUE - 16) {
      throw new InputException(path + ": an array of " + bytes + " bytes is too large to check");
    }
    try (FileChannel channel = FileChannel.open(path)) {
      ByteBuffer into = ByteBuffer.allocate((int) bytes);
      channel.position(header.offset());
      while (into.hasRemaining() && channel.read(into) >= 0) {
        continue;
      }
      return into.array();
    } catch (IOException e) {
      throw new InputException(path + ": " + OutputFiles.reason(e), e);
    }
  }

  /** The bytes of an element of a type as a case names it. */
  static int itemBytes(String type) {
    String descr = DESCR.get(type);
    if (descr == null) {
      throw new InputException("no dtype '" + type + "'; there: " + DESCR.keySet());
    }
    return descr.charAt(2) - '0';
  }

  /** The types that a case may name. */
  static Set<String> types() {
    return new TreeSet<>(DESCR.keySet());
  }

  /** Whether a file can hold a type: its own, or integers of the same size where bits are kept. */
  static boolean holds(Npy.Header header, String type) {
    String wanted = DESCR.get(type);
    boolean integers = wanted.charAt(1) != 'f' && header.type().charAt(0) != 'f';
    boolean size = wanted.charAt(2) == header.type().charAt(1);
    return size && (integers || wanted.endsWith(header.type()));
  }

  /** The type of a file whose case names none. */
  static String type(Npy.Header header) {
    String letter =
        switch (header.type().charAt(0)) {
          case 'f' -> "f";
          case 'i' -> "i";
          default -> "u";
        };
    return letter + 8 * header.itemBytes();
  }

  static void write(Path path, String type, long[] shape, byte[] data) throws IOException {
    StringJoiner sides = new StringJoiner(", ", "(", shape.length == 1 ? ",)" : ")");
    for (long side : shape) {
      sides.add(Long.toString(side));
    }
    String text =
        "{'descr': '" + DESCR.get(type) + "', 'fortran_order': False, 'shape': " + sides + ", }";
    int padded = (10 + text.length() + 1 + 63) / 64 * 64 - 10;
    String header = text + " ".repeat(padded - text.length() - 1) + "\n";
    ByteBuffer file = ByteBuffer.allocate(10 + padded + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) padded);
    file.put(header.getBytes(StandardCharsets.ISO_8859_1)).put(data);
    Files.createDirectories(path.toAbsolutePath().getParent());
    Files.write(path, file.array());
  }
}
