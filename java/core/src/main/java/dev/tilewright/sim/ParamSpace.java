package dev.tilewright.sim;

/**
 * The parameter space as a routine sees it: its own parameters from 0, then those that it returns,
 * then those of the calls it makes.
 */
final class ParamSpace {
  static final long RETURNS = 1L << 20;
  static final long CALLS = 1L << 21;

  private ParamSpace() {}

  static Segment segment(Frame frame, long address, int lane) {
    Segment[] in =
        address >= CALLS ? frame.callParams : address >= RETURNS ? frame.returns : frame.params;
    return in[lane];
  }

  static long offset(long address) {
    return address & RETURNS - 1;
  }
}
