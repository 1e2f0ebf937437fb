package dev.tilewright.cli;

import java.util.SplittableRandom;

/**
 * What a large room answers to a clap: the direct sound, a dozen early reflections, then noise that
 * dies away, the high tones first. The same samples on every machine.
 */
final class RoomResponse {
  private RoomResponse() {}

  /** {@code length} taps at {@link SpeechSignal#RATE}; tap 0 is the direct sound, 1. */
  static float[] make(int length) {
    SplittableRandom random = new SplittableRandom(7);
    int rate = SpeechSignal.RATE;
    float[] taps = new float[length];
    double low = 0;
    for (int t = 0; t < length; t++) {
      double seconds = (double) t / rate;
      double white = 2 * random.nextDouble() - 1;
      low += 0.25 * (white - low);
      double fadeIn = 1 - StrictMath.exp(-seconds / 0.03);
      // Falls by 60 dB in 1.6 s for low tones and in 0.8 s for high ones.
      double sound = 1.4 * low * decay(seconds, 1.6) + 0.35 * (white - low) * decay(seconds, 0.8);
      taps[t] = (float) (0.11 * fadeIn * sound);
    }
    double seconds = 0.006;
    for (int i = 0; i < 12; i++) {
      seconds += 0.003 + 0.009 * random.nextDouble();
      int t = (int) (seconds * rate);
      if (t < length) {
        double gain = 0.55 * decay(seconds, 0.45);
        taps[t] += (float) (random.nextBoolean() ? gain : -gain);
      }
    }
    taps[0] = 1;
    return taps;
  }

  private static double decay(double seconds, double sixtyDecibels) {
    return StrictMath.pow(10, -3 * seconds / sixtyDecibels);
  }
}
