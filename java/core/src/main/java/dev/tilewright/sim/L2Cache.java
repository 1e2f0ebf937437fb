package dev.tilewright.sim;

/**
 * The second-level cache of a chip: sets of 16 lines of 128 bytes, the line that was used longest
 * ago goes; a line is filled by sectors of 32 bytes. Writes allocate.
 */
final class L2Cache {
  private static final int WAYS = 16;
  private static final int LINE = 128;
  private static final int SECTORS = 4;

  /** Of each set the lines, the latest first: the number of the line, and its filled sectors. */
  private final long[][] sets;

  private long sectors;
  private long hits;

  L2Cache(long bytes) {
    sets = new long[(int) Math.max(1, bytes / LINE / WAYS)][];
  }

  /**
   * Accesses sectors.
   *
   * @param entries each the number of a line, and in its lowest 4 bits the sectors of it
   */
  synchronized void access(long[] entries, int count) {
    for (int i = 0; i < count; i++) {
      access(entries[i]);
    }
  }

  private void access(long entry) {
    int wanted = (int) entry & (1 << SECTORS) - 1;
    long line = entry >>> SECTORS;
    int number = (int) (line % sets.length);
    long[] set = sets[number];
    if (set == null) {
      set = new long[WAYS];
      sets[number] = set;
    }
    int at = 0;
    while (at < WAYS - 1 && set[at] >>> SECTORS != line) {
      at++;
    }
    boolean there = set[at] >>> SECTORS == line;
    int filled = there ? (int) set[at] & (1 << SECTORS) - 1 : 0;
    System.arraycopy(set, 0, set, 1, at);
    set[0] = line << SECTORS | filled | wanted;
    sectors += Integer.bitCount(wanted);
    hits += Integer.bitCount(wanted & filled);
  }

  synchronized long sectors() {
    return sectors;
  }

  synchronized long hits() {
    return hits;
  }
}
