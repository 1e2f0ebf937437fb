package dev.tilewright.op;

import dev.tilewright.InvalidSpecException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The frequencies that a frequency-sparse convolution keeps, chosen along the axes of the factors
 * of its transform.
 *
 * <p>N = N1 * N2 * ... * Np is the length of a cyclic transform. Frequency f = k1 + N1 * (k2 + N2 *
 * (k3 ...)) has a coordinate on each axis, and each axis keeps some of its coordinates. A real
 * result needs N - f beside f, so f is kept when all its own coordinates are kept, or all those of
 * (N - f) mod N. Dropping coordinates of the first axis drops whole combs of frequencies, of the
 * last axis bands.
 *
 * <p>With it {@code z = IFFT_N(FFT_N(v) * FFT_N(k) * kept)[0 .. L)} takes the place of {@code k
 * conv v} in {@link FftConv}, for N &gt;= L and N &gt;= Lk. That is the convolution in a ring of N:
 * it does not wrap around when N &gt;= L + Lk - 1, but a dropped frequency also spreads every tap
 * over the whole ring, so that even then z[t] depends on later inputs.
 *
 * <p>What is skipped is what the first axes drop: a comb of f modulo 2, 4, 8 or 16 costs nothing. A
 * band cut saves no time, since each node of the transform but the smallest holds frequencies of
 * every band.
 *
 * <p>Source: Fu et al., arXiv 2311.05908, appendix on frequency-sparse convolutions, which keeps
 * prefixes of the axes: {@link #prefixes}.
 */
public final class SparsePattern {
  /** Shortest transform. */
  public static final long MIN_TRANSFORM = 256;

  /** Longest transform. */
  public static final long MAX_TRANSFORM = 1L << 30;

  private final int n;
  private final BitSet kept;
  private final String label;

  private SparsePattern(long[] factors, boolean[][] keep) {
    n = transformLength(factors);
    kept = new BitSet(n);
    int[] coordinates = new int[factors.length];
    for (int f = 0; f < n; f++) {
      boolean all = true;
      for (int axis = 0; axis < coordinates.length; axis++) {
        all &= keep[axis][coordinates[axis]];
      }
      if (all) {
        kept.set(f);
        kept.set((n - f) % n);
      }
      for (int axis = 0; axis < coordinates.length; axis++) {
        if (++coordinates[axis] < factors[axis]) {
          break;
        }
        coordinates[axis] = 0;
      }
    }
    label = label(keep);
  }

  /**
   * Keeps given coordinates of each axis.
   *
   * @param factors N1 .. Np, powers of two from 1 on; their product is from {@link #MIN_TRANSFORM}
   *     to {@link #MAX_TRANSFORM}
   * @param keep for each axis, whether each of its coordinates is kept; one at least
   * @throws InvalidSpecException for other arguments
   */
  public static SparsePattern of(long[] factors, boolean[][] keep) {
    transformLength(factors);
    if (keep == null || keep.length != factors.length) {
      throw new InvalidSpecException(
          "keep", keep == null ? null : keep.length + " axes", factors.length + " axes");
    }
    boolean[][] own = new boolean[keep.length][];
    for (int axis = 0; axis < keep.length; axis++) {
      if (keep[axis] == null || keep[axis].length != factors[axis]) {
        throw new InvalidSpecException(
            "keep[" + axis + "]",
            keep[axis] == null ? null : keep[axis].length + " coordinates",
            factors[axis] + " coordinates");
      }
      own[axis] = keep[axis].clone();
      if (count(own[axis]) == 0) {
        throw new InvalidSpecException("keep[" + axis + "]", "none kept", "at least one");
      }
    }
    return new SparsePattern(factors, own);
  }

  /**
   * Keeps coordinates 0 .. kept[i] - 1 of axis i: the trailing slices are dropped.
   *
   * @throws InvalidSpecException as {@link #of}, or unless 1 &lt;= kept[i] &lt;= factors[i]
   */
  public static SparsePattern prefixes(long[] factors, long[] kept) {
    transformLength(factors);
    if (kept == null || kept.length != factors.length) {
      throw new InvalidSpecException(
          "kept", kept == null ? null : kept.length + " axes", factors.length + " axes");
    }
    boolean[][] keep = new boolean[factors.length][];
    for (int axis = 0; axis < keep.length; axis++) {
      if (kept[axis] < 1 || kept[axis] > factors[axis]) {
        throw new InvalidSpecException("kept[" + axis + "]", kept[axis], "1 to " + factors[axis]);
      }
      keep[axis] = new boolean[(int) factors[axis]];
      Arrays.fill(keep[axis], 0, (int) kept[axis], true);
    }
    return new SparsePattern(factors, keep);
  }

  /** Keeps the multiples of {@code every}, a power of two. */
  public static SparsePattern comb(long n, long every) {
    if (every < 1 || every > n || Long.bitCount(every) != 1) {
      throw new InvalidSpecException("every", every, "a power of two up to " + n);
    }
    return prefixes(new long[] {every, n / every}, new long[] {1, n / every});
  }

  /** Keeps the frequencies below {@code bins} on either side of 0. */
  public static SparsePattern lowPass(long n, long bins) {
    return prefixes(new long[] {n}, new long[] {bins});
  }

  private static int transformLength(long[] factors) {
    if (factors == null || factors.length == 0) {
      throw new InvalidSpecException("factors", null, "one axis at least");
    }
    long n = 1;
    for (long factor : factors) {
      if (factor < 1 || factor > MAX_TRANSFORM || Long.bitCount(factor) != 1) {
        throw new InvalidSpecException("factors", factor, "powers of two up to " + MAX_TRANSFORM);
      }
      n = Math.min(n * factor, 2 * MAX_TRANSFORM);
    }
    if (n < MIN_TRANSFORM || n > MAX_TRANSFORM) {
      throw new InvalidSpecException(
          "factors",
          Arrays.toString(factors),
          "a product from " + MIN_TRANSFORM + " to " + MAX_TRANSFORM);
    }
    return (int) n;
  }

  private static int count(boolean[] keep) {
    int count = 0;
    for (boolean k : keep) {
      count += k ? 1 : 0;
    }
    return count;
  }

  private static String label(boolean[][] keep) {
    StringBuilder s = new StringBuilder();
    for (boolean[] axis : keep) {
      int count = count(axis);
      s.append(s.length() == 0 ? "" : "x").append(axis.length);
      if (count < axis.length) {
        boolean prefix = true;
        for (int i = 0; i < count; i++) {
          prefix &= axis[i];
        }
        s.append(prefix ? ":" : ":some ").append(count);
      }
    }
    return s.toString();
  }

  /** N, the length of the cyclic transform whose frequencies are meant. */
  public long transformLength() {
    return n;
  }

  /** Whether frequency f, 0 &lt;= f &lt; N, is kept. */
  public boolean keeps(long f) {
    if (f < 0 || f >= n) {
      throw new IndexOutOfBoundsException("frequency " + f + " of " + n);
    }
    return kept.get((int) f);
  }

  /** The part of all N frequencies that is kept, greater than 0 and at most 1. */
  public double keptFraction() {
    return (double) kept.cardinality() / n;
  }

  /** A bit for each frequency, in 16-bit words, lowest first. */
  short[] words() {
    short[] words = new short[n / 16];
    for (int f = kept.nextSetBit(0); f >= 0; f = kept.nextSetBit(f + 1)) {
      words[f >> 4] |= (short) (1 << (f & 15));
    }
    return words;
  }

  /** Checks that it fits a problem. */
  void check(long length, long filterLength, FftConv.Mode mode) {
    if (mode != FftConv.Mode.CAUSAL) {
      throw new InvalidSpecException("mode", mode, "CAUSAL with a sparse pattern");
    }
    if (length > n) {
      throw new InvalidSpecException("length", length, "at most the pattern's " + n);
    }
    if (filterLength > n) {
      throw new InvalidSpecException("filterLength", filterLength, "at most the pattern's " + n);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SparsePattern p && n == p.n && kept.equals(p.kept);
  }

  @Override
  public int hashCode() {
    return 31 * n + kept.hashCode();
  }

  /** The axes, with the number of kept coordinates where some are dropped: {@code 16:2x512}. */
  @Override
  public String toString() {
    return label;
  }
}
