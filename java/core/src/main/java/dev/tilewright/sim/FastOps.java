package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;

/**
 * The instructions that fill most of a kernel's time, each a loop over the lanes that the compiler
 * of the JVM can unroll. {@link IntegerOps} and {@link FloatOps} have the others, and define what
 * these do.
 */
final class FastOps {
  private static final int N = Warp.SIZE;

  private FastOps() {}

  /** The fast operation, or null when there is none. */
  static Op make(Decoder d, Instruction i) {
    if (i.modifiers().types().isEmpty()) {
      return null;
    }
    DataType type = i.modifiers().type();
    if (type.isFloat()) {
      return type == DataType.F32 ? FastFloats.make(d, i) : null;
    }
    if (i.modifiers().has("cc") || i.modifiers().sat()) {
      return null;
    }
    if (type.bits() == 32 && !type.isPacked()) {
      Lanes.Ints f = int32(i, type.isSigned());
      return f == null ? null : Lanes.ints(d, i, f);
    }
    if (type.bits() == 64) {
      Lanes.Longs f = int64(i);
      return f == null ? null : Lanes.longs(d, i, f);
    }
    return null;
  }

  private static Lanes.Ints int32(Instruction i, boolean signed) {
    boolean low = i.modifiers().has("lo");
    return switch (i.opcode()) {
      case ADD -> FastOps::add;
      case SUB -> FastOps::sub;
      case MUL -> low ? FastOps::mul : null;
      case MAD -> low ? FastOps::mad : null;
      case AND -> FastOps::and;
      case OR -> FastOps::or;
      case XOR -> FastOps::xor;
      case NOT -> FastOps::not;
      case SHL -> FastOps::shl;
      case SHR -> signed ? FastOps::sar : FastOps::shr;
      case MIN -> i.modifiers().has("relu") ? null : signed ? FastOps::min : FastOps::minUnsigned;
      case MAX -> i.modifiers().has("relu") ? null : signed ? FastOps::max : FastOps::maxUnsigned;
      default -> null;
    };
  }

  private static Lanes.Longs int64(Instruction i) {
    boolean low = i.modifiers().has("lo");
    return switch (i.opcode()) {
      case ADD -> FastOps::add;
      case SUB -> FastOps::sub;
      case MUL -> low ? FastOps::mul : null;
      case AND -> FastOps::and;
      case OR -> FastOps::or;
      case XOR -> FastOps::xor;
      default -> null;
    };
  }

  private static void add(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] + b[i];
    }
  }

  private static void sub(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] - b[i];
    }
  }

  private static void mul(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] * b[i];
    }
  }

  private static void mad(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] * b[i] + c[i];
    }
  }

  private static void and(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] & b[i];
    }
  }

  private static void or(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] | b[i];
    }
  }

  private static void xor(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] ^ b[i];
    }
  }

  private static void not(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = ~a[i];
    }
  }

  // Shifts by the width or more give zero or the sign (ISA section 9.7.8).

  private static void shl(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = b[i] >>> 5 == 0 ? a[i] << b[i] : 0;
    }
  }

  private static void shr(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = b[i] >>> 5 == 0 ? a[i] >>> b[i] : 0;
    }
  }

  private static void sar(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] >> (b[i] >>> 5 == 0 ? b[i] : 31);
    }
  }

  private static void min(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = Math.min(a[i], b[i]);
    }
  }

  private static void max(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = Math.max(a[i], b[i]);
    }
  }

  private static void minUnsigned(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = Integer.compareUnsigned(a[i], b[i]) < 0 ? a[i] : b[i];
    }
  }

  private static void maxUnsigned(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = Integer.compareUnsigned(a[i], b[i]) < 0 ? b[i] : a[i];
    }
  }

  private static void add(long[] d, long[] a, long[] b, long[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] + b[i];
    }
  }

  private static void sub(long[] d, long[] a, long[] b, long[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] - b[i];
    }
  }

  private static void mul(long[] d, long[] a, long[] b, long[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] * b[i];
    }
  }

  private static void and(long[] d, long[] a, long[] b, long[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] & b[i];
    }
  }

  private static void or(long[] d, long[] a, long[] b, long[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] | b[i];
    }
  }

  private static void xor(long[] d, long[] a, long[] b, long[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = a[i] ^ b[i];
    }
  }
}
