package dev.tilewright.sim;

import dev.tilewright.ptx.Modifiers;

/** prmt (ISA section 9.7.9.7): picks four of eight bytes. */
final class Permute {
  private Permute() {}

  /** Which byte stands at place k, for a control value. */
  private interface Choice {
    int at(int control, int k);
  }

  static Lanes.Scalar of(Modifiers modifiers) {
    Choice choice = null;
    if (modifiers.has("f4e")) {
      choice = (c, k) -> (c & 3) + k;
    } else if (modifiers.has("b4e")) {
      choice = (c, k) -> (c & 3) - k & 7;
    } else if (modifiers.has("rc8")) {
      choice = (c, k) -> c & 3;
    } else if (modifiers.has("ecl")) {
      choice = (c, k) -> Math.max(c & 3, k);
    } else if (modifiers.has("ecr")) {
      choice = (c, k) -> Math.min(c & 3, k);
    } else if (modifiers.has("rc16")) {
      choice = (c, k) -> (c & 1) * 2 + (k & 1);
    }
    Choice chosen = choice;
    return (a, b, c, d) -> {
      long bytes = b << 32 | a & 0xFFFFFFFFL;
      long result = 0;
      for (int k = 0; k < 4; k++) {
        int nibble = (int) (c >> 4 * k & 15);
        int at = chosen == null ? nibble & 7 : chosen.at((int) c, k);
        long value = bytes >>> 8 * at & 0xFF;
        if (chosen == null && nibble > 7) {
          value = (value & 0x80) != 0 ? 0xFF : 0; // The sign in every bit.
        }
        result |= value << 8 * k;
      }
      return result;
    };
  }
}
