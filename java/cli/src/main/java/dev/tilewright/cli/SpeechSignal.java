package dev.tilewright.cli;

import java.util.SplittableRandom;

/**
 * A made-up voice that says nothing: pulses of a throat and hiss, through moving resonances of a
 * mouth, in syllables, words and pauses. The same samples on every machine: seeded, and all
 * functions from StrictMath.
 *
 * <p>The resonator is the second-order section of Klatt's formant synthesiser (J. Acoust. Soc. Am.
 * 67, 1980).
 */
final class SpeechSignal {
  static final int RATE = 16_000;

  // First three formants in Hz of a, e, i, o, u and schwa, of a male speaker (Peterson and Barney,
  // 1952).
  private static final double[][] VOWELS = {
    {730, 1090, 2440}, {530, 1840, 2480}, {270, 2290, 3010},
    {570, 840, 2410}, {300, 870, 2240}, {500, 1500, 2500}
  };
  private static final double[] NASAL = {250, 1150, 2200};
  private static final double[] BANDWIDTH = {70, 100, 150, 250};

  private final SplittableRandom random = new SplittableRandom(20231110);
  private final float[] samples;
  private final Resonator[] mouth = new Resonator[4];
  private final Resonator hiss = new Resonator();
  private final double[] formants = VOWELS[5].clone();
  private double loudness;
  private double noise;
  private double phase;
  private double pitch = 120;
  private int at;

  private SpeechSignal(int length) {
    samples = new float[length];
    for (int i = 0; i < mouth.length; i++) {
      mouth[i] = new Resonator();
    }
    mouth[3].tune(3500, BANDWIDTH[3]);
    hiss.tune(5200, 900);
  }

  /** {@code length} samples at {@link #RATE}, with a peak of 0.9. */
  static float[] make(int length) {
    SpeechSignal voice = new SpeechSignal(length);
    voice.rest(0.15);
    while (voice.at < length) {
      voice.sentence();
    }
    scaleToPeak(voice.samples, 0.9f);
    return voice.samples;
  }

  static void scaleToPeak(float[] samples, float peak) {
    float largest = Float.MIN_NORMAL;
    for (float s : samples) {
      largest = Math.max(largest, Math.abs(s));
    }
    for (int i = 0; i < samples.length; i++) {
      samples[i] *= peak / largest;
    }
  }

  private void sentence() {
    int words = 3 + random.nextInt(3);
    for (int w = 0; w < words; w++) {
      int syllables = 1 + random.nextInt(3);
      for (int s = 0; s < syllables; s++) {
        // The voice falls through a sentence, and rises a little where a word begins.
        pitch = 138 - 34.0 * w / words + (s == 0 ? 10 : 0) + 6 * random.nextDouble();
        syllable(s == 0 ? 1 : 0.75);
      }
      rest(0.04 + 0.12 * random.nextDouble());
    }
    rest(0.35 + 0.25 * random.nextDouble());
  }

  private void syllable(double stress) {
    switch (random.nextInt(5)) {
      case 0 -> speak(0.09, 0, 0.35, formants.clone());
      case 1 -> {
        rest(0.045);
        speak(0.018, 0, 0.8, formants.clone());
      }
      case 2 -> speak(0.065, 0.35, 0, NASAL);
      case 3 -> speak(0.05, 0.3, 0.12, VOWELS[5]);
      default -> {}
    }
    double[] vowel = VOWELS[random.nextInt(VOWELS.length)];
    double seconds = 0.09 + 0.11 * random.nextDouble() * stress;
    speak(seconds * 0.7, stress, 0.01, vowel);
    speak(seconds * 0.3, 0.6 * stress, 0.01, VOWELS[5]);
  }

  private void rest(double seconds) {
    speak(seconds, 0, 0, formants.clone());
  }

  /**
   * Moves towards these levels and formants as a mouth does, with time constants of 12 and 30 ms.
   */
  private void speak(double seconds, double voiced, double breath, double[] target) {
    double fast = 1 - StrictMath.exp(-1 / (0.012 * RATE));
    double slow = 1 - StrictMath.exp(-1 / (0.030 * RATE));
    int end = (int) Math.min(samples.length, at + Math.round(seconds * RATE));
    while (at < end) {
      loudness += fast * (voiced - loudness);
      noise += fast * (breath - noise);
      for (int i = 0; i < 3; i++) {
        formants[i] += slow * (target[i] - formants[i]);
        // Coefficients need not change with every sample.
        if (at % 16 == 0) {
          mouth[i].tune(formants[i], BANDWIDTH[i]);
        }
      }
      double white = 2 * random.nextDouble() - 1;
      double sound = loudness * (pulse() + 0.015 * white);
      for (Resonator r : mouth) {
        sound = r.next(sound);
      }
      samples[at++] = (float) (sound + 0.09 * noise * hiss.next(white));
    }
  }

  /** Flow through the glottis, differentiated: a slow opening, a sudden closing, then nothing. */
  private double pulse() {
    double wobble = 1 + 0.012 * StrictMath.sin(2 * StrictMath.PI * 5.1 * at / RATE);
    phase += pitch * wobble / RATE;
    if (phase >= 1) {
      phase -= 1;
    }
    double open = phase / 0.6;
    return open < 1 ? open * (2 - 3 * open) : 0;
  }

  /** y[n] = a x[n] + b y[n-1] + c y[n-2], a resonance with gain 1 at 0 Hz. */
  private static final class Resonator {
    private double a;
    private double b;
    private double c;
    private double last;
    private double beforeLast;

    void tune(double hertz, double bandwidth) {
      double radius = StrictMath.exp(-StrictMath.PI * bandwidth / RATE);
      c = -radius * radius;
      b = 2 * radius * StrictMath.cos(2 * StrictMath.PI * hertz / RATE);
      a = 1 - b - c;
    }

    double next(double x) {
      double y = a * x + b * last + c * beforeLast;
      beforeLast = last;
      last = y;
      return y;
    }
  }
}
