package dev.tilewright.op;

/** Frequencies that a frequency-sparse convolution keeps. */
public interface SparsePattern {
  /** N, the length of the cyclic transform whose frequencies are meant. */
  long transformLength();

  /** Whether frequency f, 0 &lt;= f &lt; N, is kept. */
  boolean keeps(long f);

  /** Checks that it fits a problem. */
  default void check(long length, long filterLength, FftConv.Mode mode) {}
}
