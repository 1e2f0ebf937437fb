package dev.tilewright.sim;

import java.util.Arrays;

/**
 * The registers of one activation of a routine, of all lanes of a warp that called it together. A
 * register of 16 or 32 bits is an int for each lane (16 bits zero-extended), one of 64 bits a long,
 * a predicate a bit of a mask. A second mask for each tells the lanes that hold a value which was
 * computed from written memory only.
 */
final class Frame {
  final Code code;
  final Frame caller;

  /** How many calls it is away from the kernel. */
  final int depth;

  /** The carry flag of each lane (ISA section 9.7.2). */
  int carry;

  /** Where the caller goes on. */
  final int returnTo;

  final int[][] ints;
  final long[][] longs;
  final int[] predicates;
  final int[] intsDefined;
  final int[] longsDefined;
  final int[] predicatesDefined;

  /** Of predicates that are not defined, the comparison that made them. */
  final Op[] undefinedSince;

  /** Where its local variables begin in each lane's local memory. */
  final int localBase;

  /** Where the stack of each lane ends, or null when it was never enlarged by alloca. */
  private int[] stackTops;

  /** The parameters passed in and returned, a segment for each lane; of a kernel, one for all. */
  Segment[] params;

  Segment[] returns;

  /** The parameters of the calls that it makes, for each lane. */
  final Segment[] callParams;

  Frame(Code code, Frame caller, int returnTo, int localBase, Warp warp) {
    this.code = code;
    this.caller = caller;
    this.depth = caller == null ? 0 : caller.depth + 1;
    this.returnTo = returnTo;
    this.localBase = localBase;
    ints = new int[code.intCount][];
    longs = new long[code.longCount][];
    predicates = new int[code.predicateCount];
    intsDefined = new int[code.intCount];
    longsDefined = new int[code.longCount];
    predicatesDefined = new int[code.predicateCount];
    undefinedSince = new Op[code.predicateCount];
    for (int i = 0; i < code.intRegisters; i++) {
      ints[i] = new int[Warp.SIZE];
    }
    for (int i = 0; i < code.longRegisters; i++) {
      longs[i] = new long[Warp.SIZE];
    }
    code.fillConstants(this, warp);
    callParams = new Segment[Warp.SIZE];
    if (code.callParamBytes > 0) {
      for (int i = 0; i < Warp.SIZE; i++) {
        callParams[i] = new Segment("the parameters of a call", 0, code.callParamBytes);
      }
    }
  }

  int stackTop(int lane) {
    return stackTops == null ? localBase + code.localBytes : stackTops[lane];
  }

  void stackTop(int lane, int top) {
    if (stackTops == null) {
      stackTops = new int[Warp.SIZE];
      Arrays.fill(stackTops, localBase + code.localBytes);
    }
    stackTops[lane] = top;
  }

  /** Where the frame of a function that it calls may begin. */
  int localEnd() {
    int end = localBase + code.localBytes;
    return stackTops == null ? end : Math.max(end, Arrays.stream(stackTops).max().orElse(end));
  }
}
