package dev.tilewright.cli;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Tensor;
import dev.tilewright.op.FftConv;
import dev.tilewright.oracle.Bounds;
import dev.tilewright.oracle.FftConvOracle;
import dev.tilewright.oracle.Oracles;
import dev.tilewright.oracle.RelativeError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The main job in one command: a voice in a room, with files, a picture, the time, the error and
 * the speed-up.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Convolve a voice with the answer of a room, check it, time it and draw it.")
final class DemoCommand implements Callable<Integer> {
  private static final int TAPS = 2 * SpeechSignal.RATE;
  private static final double MOST_SECONDS = 240;

  @Option(
      names = "--out",
      defaultValue = "demo-out",
      paramLabel = "DIR",
      description = "Folder for the files (default: ./${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--seconds",
      defaultValue = "9",
      paramLabel = "S",
      description = "Length of the voice, 0.1 to 240 (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description =
          "Where to convolve (default: the best one); --seconds 0.5 will do for a sim:GPU.")
  private String deviceName;

  @Option(names = "--no-open", description = "Do not show the picture on a desktop.")
  private boolean noOpen;

  @Mixin private ReportOptions report;

  /**
   * Times in ms; {@code directShare} is the part of the direct sum that was measured, 1 for all.
   */
  private record Outcome(
      float[] output,
      String device,
      String plan,
      double error,
      double bound,
      double oursMs,
      double fftMs,
      double directMs,
      double directShare) {
    boolean isRight() {
      return error <= bound;
    }
  }

  @Override
  public Integer call() {
    if (!(seconds >= 0.1 && seconds <= MOST_SECONDS)) {
      throw new InputException("--seconds " + seconds + ": allowed are 0.1 to 240");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InputException(
          "--out " + folder + ": cannot make this folder: " + OutputFiles.reason(e), e);
    }
    Map<String, Path> names = new LinkedHashMap<>();
    for (String name :
        new String[] {
          "signal.npy", "response.npy", "output.npy", "signal.wav", "output.wav", "demo.png"
        }) {
      names.put(name, folder.resolve(name));
    }
    try (OutputFiles files = OutputFiles.stage(names);
        Progress progress = report.progress()) {
      progress.step("making a voice and a room");
      float[] signal = SpeechSignal.make((int) Math.round(seconds * SpeechSignal.RATE));
      float[] response = RoomResponse.make(TAPS);
      Outcome outcome = convolve(deviceName, signal, response, progress);
      if (outcome.isRight()) {
        progress.step("writing " + folder);
        String picture = write(files, names, signal, response, outcome);
        progress.clear();
        print(signal, outcome, picture);
        return Main.FINE;
      }
      progress.clear();
      print(signal, outcome, null);
      return Main.WRONG_RESULT;
    }
  }

  private static Outcome convolve(
      String deviceName, float[] signal, float[] response, Progress progress) {
    int length = signal.length;
    FftConv.Spec spec = FftConv.Spec.of(1, 1, length).withFilterLength(response.length);
    float[] output;
    String plan;
    String name;
    double ours;
    double bound;
    try (Device device = deviceName == null ? Device.best() : Device.open(deviceName);
        FftConv conv = FftConv.plan(device, spec);
        Tensor u = device.of(signal, DType.F32, 1, 1, length);
        Tensor k = device.of(response, DType.F32, 1, response.length);
        Tensor y = device.empty(DType.F32, 1, 1, length)) {
      y.fill(Float.NaN);
      FftConv.Args args = new FftConv.Args().u(u).k(k).y(y);
      progress.step("convolving with Tilewright");
      Runnable call =
          () -> {
            conv.forward(device.stream(), args);
            device.stream().synchronize();
          };
      ours = medianMs(call, 200, 0.4);
      bound = Bounds.of(device, DType.F32, length);
      output = y.toFloats();
      plan = conv.describe();
      name = device.name();
    }
    progress.step("convolving with a textbook FFT in plain Java");
    PlainConvolution.Fft fft = new PlainConvolution.Fft(length, response.length);
    double fftMs = medianMs(() -> fft.convolve(signal, response), 15, 0.6);
    progress.step("convolving by the sum itself in plain Java");
    double[] direct = direct(signal, response, 1.2);
    progress.step("checking against float64");
    double[] reference =
        FftConvOracle.forward(
            spec, Oracles.widen(signal), Oracles.widen(response), null, null, null);
    return new Outcome(
        output,
        name,
        plan,
        RelativeError.l2(output, reference),
        bound,
        ours,
        fftMs,
        direct[0],
        direct[1]);
  }

  /**
   * The median of up to {@code most} calls within about {@code seconds}, after three to warm up; of
   * a call that takes longer, that one.
   */
  private static double medianMs(Runnable call, int most, double seconds) {
    long begin = System.nanoTime();
    call.run();
    double first = (System.nanoTime() - begin) * 1e-6;
    if (first > 1e3 * seconds) {
      return first;
    }
    for (int i = 1; i < 3; i++) {
      call.run();
    }
    double[] ms = new double[most];
    int calls = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      long start = System.nanoTime();
      call.run();
      ms[calls++] = (System.nanoTime() - start) * 1e-6;
    } while (calls < most && System.nanoTime() < end);
    Arrays.sort(ms, 0, calls);
    return ms[calls / 2];
  }

  /**
   * Milliseconds of the direct sum, scaled up when it takes longer than {@code seconds}, and the
   * share that was measured.
   */
  private static double[] direct(float[] u, float[] k, double seconds) {
    float[] y = new float[u.length];
    // The JIT compiler comes first: it is not to be counted against the plain way.
    PlainConvolution.direct(u, k, y, 0, Math.min(u.length, 4000));
    Arrays.fill(y, 0);
    long all = PlainConvolution.products(u.length, k.length, 0, u.length);
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    int done = 0;
    while (done < u.length && (done == 0 || System.nanoTime() < end)) {
      int next = Math.min(u.length, done + 256);
      PlainConvolution.direct(u, k, y, done, next);
      done = next;
    }
    double ms = (System.nanoTime() - start) * 1e-6;
    double share = (double) PlainConvolution.products(u.length, k.length, 0, done) / all;
    return new double[] {ms / share, share};
  }

  /** Writes all files and returns the picture's path, or why there is none. */
  private static String write(
      OutputFiles files,
      Map<String, Path> names,
      float[] signal,
      float[] response,
      Outcome outcome) {
    String picture = names.get("demo.png").toString();
    try {
      Npy.write(files.temporary("signal.npy"), signal, 1, 1, signal.length);
      Npy.write(files.temporary("response.npy"), response, 1, response.length);
      Npy.write(files.temporary("output.npy"), outcome.output(), 1, 1, signal.length);
      Wav.write(files.temporary("signal.wav"), signal, SpeechSignal.RATE);
      Wav.write(files.temporary("output.wav"), outcome.output(), SpeechSignal.RATE);
      Map<String, Double> times = new LinkedHashMap<>();
      times.put("direct sum", outcome.directMs());
      times.put("textbook FFT", outcome.fftMs());
      times.put("Tilewright", outcome.oursMs());
      String title =
          String.format(
              Locale.ROOT,
              "Tilewright: %,d samples, filtered with %,d taps in %s ms on %s, relative error %.1e",
              signal.length,
              response.length,
              Numbers.significant(outcome.oursMs()),
              outcome.device(),
              outcome.error());
      try {
        DemoPicture.write(
            files.temporary("demo.png"), title, signal, response, outcome.output(), times);
      } catch (RuntimeException | Error e) {
        // A Java without fonts cannot draw text; everything else of the demo stands.
        files.drop("demo.png");
        picture = "no picture (" + e + "): install fontconfig and fonts-dejavu-core";
      }
    } catch (IOException e) {
      throw new InputException(
          "cannot write to " + names.get("demo.png").getParent() + ": " + OutputFiles.reason(e), e);
    }
    files.commit();
    return picture;
  }

  private void print(float[] signal, Outcome o, String picture) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("schema", 1);
    data.put("samples", signal.length);
    data.put("taps", TAPS);
    data.put("rate", SpeechSignal.RATE);
    data.put("device", o.device());
    data.put("plan", o.plan());
    data.put("medianMs", o.oursMs());
    data.put("textbookFftMs", o.fftMs());
    data.put("directMs", o.directMs());
    data.put("directShareMeasured", o.directShare());
    data.put("relError", o.error());
    data.put("bound", o.bound());
    data.put("ok", o.isRight());
    data.put("folder", folder.toString());
    report.report(data, text(signal, o, picture));
    if (picture != null && picture.endsWith(".png")) {
      open(picture);
    }
  }

  private String text(float[] signal, Outcome o, String picture) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "A voice of %s s (%,d samples) in a room that rings for 2 s (%,d taps), on %s:%n",
            Numbers.significant((double) signal.length / SpeechSignal.RATE),
            signal.length,
            TAPS,
            o.device()));
    text.append(time("Tilewright", o.oursMs(), "", o.oursMs()));
    text.append(time("plain Java, textbook FFT", o.fftMs(), "", o.oursMs()));
    String part =
        o.directShare() == 1
            ? ""
            : String.format(
                Locale.ROOT, " (estimated: %.0f %% of it measured)", 100 * o.directShare());
    text.append(time("plain Java, direct sum", o.directMs(), part, o.oursMs()));
    text.append(
        String.format(
            Locale.ROOT,
            "Error against float64: %.1e (bound %.0e): %s%n",
            o.error(),
            o.bound(),
            o.isRight() ? "right" : "WRONG; no file was written"));
    text.append("Plan: ").append(o.plan()).append('\n');
    if (picture != null) {
      text.append("Picture: ").append(picture).append('\n');
      text.append("Listen:  ").append(folder.resolve("signal.wav")).append(" and ");
      text.append(folder.resolve("output.wav")).append('\n');
      text.append(
          String.format(
              "Next:    ./tw run fftconv --in u=%s --in k=%s --out y=y.npy --check%n",
              shellWord(folder.resolve("signal.npy")), shellWord(folder.resolve("response.npy"))));
    }
    return text.toString();
  }

  /** The path as one word of a shell's command line. */
  static String shellWord(Path path) {
    String text = path.toString();
    return text.matches("[\\w./+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private static String time(String what, double ms, String note, double ours) {
    String ratio = ms == ours ? "" : "  " + Numbers.significant(ms / ours) + " times as long";
    return String.format(
        Locale.ROOT, "  %-25s %9s ms%s%s%n", what, Numbers.significant(ms), ratio, note);
  }

  private void open(String picture) {
    boolean desktop = System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
    if (noOpen || !desktop || report.isJson() || !Progress.isTerminal()) {
      return;
    }
    try {
      new ProcessBuilder("xdg-open", picture)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      // No opener on this desktop: the path of the picture has been printed.
      System.getLogger("dev.tilewright").log(System.Logger.Level.DEBUG, "xdg-open: " + e);
    }
  }
}
