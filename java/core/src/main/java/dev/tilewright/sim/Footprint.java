package dev.tilewright.sim;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;

/** Which words of global memory a block read and which it wrote; or all blocks that are done. */
final class Footprint {
  private static final int PAGE_BITS = 12;
  private static final int PAGE_WORDS = 1 << PAGE_BITS - 6;

  /** Of a segment: a bit for each word, by pages that exist once they are touched. */
  private static final class Words {
    final long[][] read;
    final long[][] written;

    Words(int words) {
      int pages = (words >> PAGE_BITS) + 1;
      read = new long[pages][];
      written = new long[pages][];
    }
  }

  private final int granule;
  private final Map<Segment, Words> segments = new IdentityHashMap<>();
  private final ArrayDeque<long[]> free = new ArrayDeque<>();

  /** Whether a word was written twice. */
  private boolean rewrites;

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

  /** All lanes of an instruction access a place each. */
  void note(Segment segment, int mask, int[] places, int bytes, boolean write) {
    Words words = of(segment);
    long[][] pages = write ? words.written : words.read;
    if (mask == -1 && areNeighbours(places, bytes)) {
      boolean again =
          set(pages, places[0] >> granule, places[Warp.SIZE - 1] + bytes - 1 >> granule);
      rewrites |= write && again;
      return;
    }
    for (int m = mask; m != 0; m &= m - 1) {
      int at = places[Integer.numberOfTrailingZeros(m)];
      rewrites |= set(pages, at >> granule, at + bytes - 1 >> granule) && write;
    }
  }

  /** One access. */
  void note(Segment segment, int at, int bytes, boolean write) {
    Words words = of(segment);
    boolean again =
        set(write ? words.written : words.read, at >> granule, at + bytes - 1 >> granule);
    rewrites |= write && again;
  }

  private static boolean areNeighbours(int[] places, int bytes) {
    int first = places[0];
    int other = 0;
    for (int i = 0; i < Warp.SIZE; i++) {
      other |= places[i] - first - i * bytes;
    }
    return other == 0;
  }

  /** Sets bits; whether one was set already. */
  private boolean set(long[][] pages, int from, int to) {
    boolean again = false;
    for (int g = from; g <= to; ) {
      long[] page = pages[g >> PAGE_BITS];
      if (page == null) {
        page = free.isEmpty() ? new long[PAGE_WORDS] : free.pop();
        pages[g >> PAGE_BITS] = page;
      }
      int last = Math.min(to, g | 63);
      int at = g >> 6 & PAGE_WORDS - 1;
      long bits = -1L << g & -1L >>> 63 - last;
      again |= (page[at] & bits) != 0;
      page[at] |= bits;
      g = last + 1;
    }
    return again;
  }

  /**
   * Adds a block's footprint, which is empty then.
   *
   * @return false when the block and one before access a word that one of them wrote, or when the
   *     block accesses a word again that it wrote: its threads may race
   */
  boolean add(Footprint block) {
    boolean apart = !block.rewrites;
    block.rewrites = false;
    for (Map.Entry<Segment, Words> entry : block.segments.entrySet()) {
      Words mine = of(entry.getKey());
      Words theirs = entry.getValue();
      for (int page = 0; page < theirs.read.length; page++) {
        apart &= !meet(theirs.written[page], theirs.read[page]);
        apart &= !meet(theirs.written[page], mine.written[page]);
        apart &= !meet(theirs.written[page], mine.read[page]);
        apart &= !meet(theirs.read[page], mine.written[page]);
        move(theirs.read, mine.read, page, block);
        move(theirs.written, mine.written, page, block);
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
