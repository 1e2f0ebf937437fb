package dev.tilewright.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Which words of global memory a block read and which it wrote; or all blocks that are done. Of a
 * block it also tells whether two of its threads met at a word that one of them wrote.
 */
final class Footprint {
  private static final int PAGE_BITS = 12;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;
  private static final int PAGE_WORDS = PAGE_SIZE / 64;

  /** Of a word, in place of the thread that accessed it: several did. */
  private static final short SEVERAL = -1;

  /** Of a segment: a bit for each word, by pages that exist once they are touched. */
  private static final class Words {
    final long[][] read;
    final long[][] written;

    /** Of each word, the thread of the block that accessed it, from 1. */
    final short[][] threads;

    Words(int words) {
      int pages = (words >> PAGE_BITS) + 1;
      read = new long[pages][];
      written = new long[pages][];
      threads = new short[pages][];
    }
  }

  private final int granule;
  private final Map<Segment, Words> segments = new IdentityHashMap<>();
  private final ArrayDeque<long[]> free = new ArrayDeque<>();
  private final ArrayDeque<short[]> freeThreads = new ArrayDeque<>();
  private boolean met;
  private Segment lastSegment;
  private Words lastWords;

  /**
   * Makes an empty one.
   *
   * @param granule the bytes of a word, a power of two
   */
  Footprint(int granule) {
    this.granule = Integer.numberOfTrailingZeros(granule);
  }

  private Words of(Segment segment) {
    if (segment != lastSegment) {
      lastSegment = segment;
      lastWords =
          segments.computeIfAbsent(segment, s -> new Words((s.bytes() >> this.granule) + 1));
    }
    return lastWords;
  }

  /** Whether two threads of the block met at a word, and one of them wrote. */
  boolean threadsMet() {
    return met;
  }

  /** All lanes of an instruction access a place each. */
  void note(Warp w, MemoryOp op, Segment segment, int mask, boolean write) {
    Words words = of(segment);
    int[] places = w.places;
    int bytes = op.size;
    int thread = w.index * Warp.SIZE + 1;
    for (int m = mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      meet(words, places[lane], bytes, write, op.collective ? SEVERAL : (short) (thread + lane));
    }
    long[][] pages = write ? words.written : words.read;
    if (mask == -1 && areNeighbours(places, bytes)) {
      set(pages, places[0] >> granule, places[Warp.SIZE - 1] + bytes - 1 >> granule);
      return;
    }
    for (int m = mask; m != 0; m &= m - 1) {
      int at = places[Integer.numberOfTrailingZeros(m)];
      set(pages, at >> granule, at + bytes - 1 >> granule);
    }
  }

  /** One lane's access. */
  void note(Warp w, MemoryOp op, int lane, Segment segment, int at, int bytes, boolean write) {
    Words words = of(segment);
    int thread = op.collective ? SEVERAL : w.index * Warp.SIZE + 1 + lane;
    meet(words, at, bytes, write, (short) thread);
    set(write ? words.written : words.read, at >> granule, at + bytes - 1 >> granule);
  }

  private void meet(Words words, int at, int bytes, boolean write, short thread) {
    int last = at + bytes - 1 >> granule;
    for (int g = at >> granule; g <= last; g++) {
      int page = g >> PAGE_BITS;
      short[] threads = words.threads[page];
      if (threads == null) {
        threads = freeThreads.isEmpty() ? new short[PAGE_SIZE] : freeThreads.pop();
        words.threads[page] = threads;
      }
      int in = g & PAGE_SIZE - 1;
      short before = threads[in];
      if (before == 0) {
        threads[in] = thread;
      } else if (before != thread || thread == SEVERAL) {
        threads[in] = SEVERAL;
        long[] written = words.written[page];
        met |= write || written != null && (written[in >> 6] >> in & 1) != 0;
      }
    }
  }

  private static boolean areNeighbours(int[] places, int bytes) {
    int first = places[0];
    int other = 0;
    for (int i = 0; i < Warp.SIZE; i++) {
      other |= places[i] - first - i * bytes;
    }
    return other == 0;
  }

  private void set(long[][] pages, int from, int to) {
    for (int g = from; g <= to; ) {
      long[] page = pages[g >> PAGE_BITS];
      if (page == null) {
        page = free.isEmpty() ? new long[PAGE_WORDS] : free.pop();
        pages[g >> PAGE_BITS] = page;
      }
      int last = Math.min(to, g | 63);
      page[g >> 6 & PAGE_WORDS - 1] |= -1L << g & -1L >>> 63 - last;
      g = last + 1;
    }
  }

  /**
   * Adds a block's footprint, which is empty then.
   *
   * @return false when the block and one before access a word that one of them wrote
   */
  boolean add(Footprint block) {
    boolean apart = true;
    for (Map.Entry<Segment, Words> entry : block.segments.entrySet()) {
      Words mine = of(entry.getKey());
      Words theirs = entry.getValue();
      for (int page = 0; page < theirs.read.length; page++) {
        apart &= !meet(theirs.written[page], mine.written[page]);
        apart &= !meet(theirs.written[page], mine.read[page]);
        apart &= !meet(theirs.read[page], mine.written[page]);
        move(theirs.read, mine.read, page, block);
        move(theirs.written, mine.written, page, block);
        if (theirs.threads[page] != null) {
          Arrays.fill(theirs.threads[page], (short) 0);
          block.freeThreads.push(theirs.threads[page]);
          theirs.threads[page] = null;
        }
      }
    }
    return apart;
  }

  private static boolean meet(long[] a, long[] b) {
    long both = 0;
    if (a != null && b != null) {
      for (int i = 0; i < PAGE_WORDS; i++) {
        both |= a[i] & b[i];
      }
    }
    return both != 0;
  }

  private static void move(long[][] from, long[][] to, int page, Footprint block) {
    long[] moved = from[page];
    if (moved == null) {
      return;
    }
    from[page] = null;
    if (to[page] == null) {
      to[page] = moved;
      return;
    }
    for (int i = 0; i < PAGE_WORDS; i++) {
      to[page][i] |= moved[i];
      moved[i] = 0;
    }
    block.free.push(moved);
  }
}
