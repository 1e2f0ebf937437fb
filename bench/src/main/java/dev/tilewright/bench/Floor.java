package dev.tilewright.bench;

import dev.tilewright.op.FftConv;

/**
 * The time below which no implementation can be on a machine: inputs and outputs each moved once at
 * the measured copy bandwidth, or the operations of the cheapest algorithm we know at the measured
 * peak, whichever is longer. bench/NOTES.md says what is counted.
 *
 * @param bytesPerSecond read plus written
 * @param flopsPerSecond f32, a fused multiply-add being two
 */
record Floor(double bytesPerSecond, double flopsPerSecond) {

  double millis(FftConvCase c) {
    return 1e3 * Math.max(bytes(c) / bytesPerSecond, operations(c) / flopsPerSecond);
  }

  static double bytes(FftConvCase c) {
    double rows = (double) c.batch() * c.channels();
    double sequence = rows * c.length() * c.dtype().bytes();
    double taps = (double) c.channels() * c.taps() * Float.BYTES;
    double gates = c.gated() ? 2 : 0;
    double total = 0;
    if (!c.pass().hasBackward()) {
      total += (2 + gates) * sequence + taps; // u and gates in, y out
    } else {
      // u, dy and gates in, du and the gates' gradients out, k in and dk out; y too when it is made
      total += (3 + 2 * gates + (c.pass().hasForward() ? 1 : 0)) * sequence + 2 * taps;
    }
    return total;
  }

  static double operations(FftConvCase c) {
    double rows = (double) c.batch() * c.channels();
    if (c.pass() == FftConvCase.Pass.STEP) {
      double total = 0; // relaxed: at each level twice the transforms of half the length
      for (double n = 1; n < c.length(); n *= 2) {
        total += rows * (c.length() / n) * convolution(n, 2, 1);
      }
      return total;
    }
    double transforms = 0;
    double products = 0;
    if (c.pass().hasForward()) {
      transforms += 2;
      products += 1;
    }
    if (c.pass().hasBackward()) {
      // Of u, of dy and back to du; in a joint call the forward's transform of u can serve.
      transforms += c.pass().hasForward() ? 2 : 3;
      products += 2;
    }
    double perChannel = c.pass().hasBackward() ? 1 : 0; // back to dk
    if (!c.cached()) {
      perChannel += 1;
    }
    if (c.sparse() != null) {
      return 0; // depends on the pattern: the bytes are the floor
    }
    double full = rows * convolution(c.length(), transforms, products);
    full += c.channels() * perChannel * transform(c.length());
    double direct = 2.0 * rows * c.length() * Math.min(c.taps(), c.length()) * products;
    return Math.min(full, Math.min(direct, overlapSave(c, rows, transforms, products)));
  }

  /** Blocks of n points that overlap by the filter, the best power of two. */
  private static double overlapSave(
      FftConvCase c, double rows, double transforms, double products) {
    double best = Double.POSITIVE_INFINITY;
    if (c.mode() == FftConv.Mode.CIRCULAR || c.taps() < 2) {
      return best;
    }
    for (long n = Long.highestOneBit(2 * c.taps()); n < c.length(); n *= 2) {
      // A right-angle transform of n complex points convolves 2n - taps useful real outputs.
      double blocks = Math.ceil((double) c.length() / (2.0 * n - c.taps()));
      best = Math.min(best, rows * blocks * convolution(n, transforms, products));
    }
    return best;
  }

  private static double convolution(double n, double transforms, double products) {
    return transforms * transform(n) + products * 6 * n;
  }

  /** A split-radix transform of n complex points. */
  private static double transform(double n) {
    return Math.max(0, 4 * n * (Math.log(n) / Math.log(2)) - 6 * n + 8);
  }
}
