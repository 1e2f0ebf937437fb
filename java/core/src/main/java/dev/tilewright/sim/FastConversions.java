package dev.tilewright.sim;

import dev.tilewright.Half;
import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Modifiers;
import dev.tilewright.ptx.Rounding;

/**
 * The conversions that fill most of a kernel's time, as loops over the lanes. {@link Conversions}
 * has the others, and defines what these do.
 */
final class FastConversions {
  private static final int N = Warp.SIZE;
  private static final int NO_NUMBER = 0x7FFF;

  private FastConversions() {}

  /** The fast operation, or null when there is none. */
  static Op make(Decoder d, Instruction i) {
    Lanes.Ints f = function(i.modifiers());
    return f == null || d.isLong(i.destination()) || d.isLong(i.source(0))
        ? null
        : Lanes.ints(d, i, f);
  }

  static Lanes.Ints function(Modifiers m) {
    if (m.sat() || m.has("relu") || m.has("satfinite")) {
      DataType same = m.type();
      boolean clamps = m.sat() && !m.ftz() && m.rounding().isEmpty();
      return clamps && same == DataType.F32 && m.type(1) == same ? FastConversions::saturate : null;
    }
    boolean nearest = m.rounding().orElse(Rounding.RN) == Rounding.RN;
    DataType to = m.type();
    DataType from = m.type(1);
    if (to == DataType.F32) {
      if (from == DataType.F16) {
        return FastConversions::fromF16;
      }
      if (from == DataType.BF16) {
        return FastConversions::fromBf16;
      }
      return !nearest || m.ftz()
          ? null
          : from == DataType.S32
              ? FastConversions::fromS32
              : from == DataType.U32 ? FastConversions::fromU32 : null;
    }
    if (from != DataType.F32 || m.ftz()) {
      return null;
    }
    if (m.rounding().isPresent() && m.rounding().get() == Rounding.RZI && to == DataType.S32) {
      return FastConversions::toS32;
    }
    if (!nearest) {
      return null;
    }
    return switch (to) {
      case F16 -> FastConversions::toF16;
      case BF16 -> FastConversions::toBf16;
      case F16X2 -> FastConversions::toTwoF16;
      case BF16X2 -> FastConversions::toTwoBf16;
      default -> null;
    };
  }

  private static float f(int bits) {
    return Float.intBitsToFloat(bits);
  }

  private static void saturate(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = Float.floatToRawIntBits(Ieee.saturate(f(a[i])));
    }
  }

  private static void fromF16(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      float scaled = f((a[i] & 0x8000) << 16 | (a[i] & 0x7FFF) << 13) * 0x1p112f;
      d[i] = (a[i] & 0x7C00) == 0x7C00 ? special(a[i]) : Float.floatToRawIntBits(scaled);
    }
  }

  /** An infinity or a NaN of f16. */
  private static int special(int half) {
    return (half & 0x3FF) != 0 ? Ieee.NAN : (half & 0x8000) << 16 | 0x7F800000;
  }

  private static void fromBf16(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      int bits = a[i] << 16;
      d[i] = (bits & 0x7FFFFFFF) > 0x7F800000 ? Ieee.NAN : bits;
    }
  }

  private static void fromS32(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = Float.floatToRawIntBits((float) a[i]);
    }
  }

  private static void fromU32(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = Float.floatToRawIntBits((float) (a[i] & 0xFFFFFFFFL));
    }
  }

  private static void toS32(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = (int) f(a[i]);
    }
  }

  private static int half(int bits) {
    float x = f(bits);
    return x != x ? NO_NUMBER : Half.f32ToF16(x) & 0xFFFF;
  }

  private static int brain(int bits) {
    return (bits & 0x7FFFFFFF) > 0x7F800000 ? NO_NUMBER : bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
  }

  private static void toF16(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = half(a[i]);
    }
  }

  private static void toBf16(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = brain(a[i]);
    }
  }

  // The first source goes to the upper half.

  private static void toTwoF16(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = half(a[i]) << 16 | half(b[i]);
    }
  }

  private static void toTwoBf16(int[] d, int[] a, int[] b, int[] c) {
    for (int i = 0; i < N; i++) {
      d[i] = brain(a[i]) << 16 | brain(b[i]);
    }
  }
}
