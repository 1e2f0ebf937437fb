package dev.tilewright.bench;

import java.util.Arrays;

/** Times of the calls of all rounds, in milliseconds. */
final class Samples {
  private double[] millis = {};

  void add(double[] nanos) {
    int before = millis.length;
    millis = Arrays.copyOf(millis, before + nanos.length);
    for (int i = 0; i < nanos.length; i++) {
      millis[before + i] = nanos[i] * 1e-6;
    }
  }

  int count() {
    return millis.length;
  }

  double median() {
    return quantile(0.5);
  }

  /** The sample below which a share q lies; between two samples, linearly. */
  double quantile(double q) {
    if (millis.length == 0) {
      return Double.NaN;
    }
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    double at = q * (sorted.length - 1);
    int low = (int) at;
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
  }
}
