package dev.tilewright.cli;

import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What one {@code tw run} asks of an op, and the ways to load inputs and save outputs. */
record RunRequest(
    Device device,
    Map<String, Npy.Header> inputs,
    Set<String> outputs,
    OutputFiles files,
    Map<String, String> settings,
    boolean check,
    Progress progress) {
  private static final long ENOUGH_NANOS = 250_000_000;
  private static final int MOST_CALLS = 25;

  /** How long a call took: the median of {@code calls} calls. */
  record Timing(double medianMs, int calls) {}

  boolean has(String input) {
    return inputs.containsKey(input);
  }

  boolean wants(String output) {
    return outputs.contains(output);
  }

  /** The head of an input that the op cannot do without. */
  Npy.Header need(String input) {
    Npy.Header header = inputs.get(input);
    if (header == null) {
      throw new InputException("input " + input + " is missing: add --in " + input + "=FILE.npy");
    }
    return header;
  }

  /** The shape of an input, after a check that it is one of {@code allowed}. */
  long[] shape(String input, String meaning, long[]... allowed) {
    Npy.Header header = need(input);
    if (Arrays.stream(allowed).noneMatch(s -> Arrays.equals(s, header.shape()))) {
      throw new InputException(
          String.format(
              "--in %s: %s: shape %s, need %s = %s",
              input,
              header.path(),
              Npy.shapeText(header.shape()),
              meaning,
              Npy.shapeText(allowed[0])));
    }
    return header.shape();
  }

  /** Refuses inputs and outputs that take no part under the settings given. */
  void allowOnly(List<String> inputNames, List<String> outputNames, String when) {
    for (String name : inputs.keySet()) {
      if (!inputNames.contains(name)) {
        throw new InputException("--in " + name + ": no input with " + when + "; leave it out");
      }
    }
    for (String name : outputs) {
      if (!outputNames.contains(name)) {
        throw new InputException(
            "--out "
                + name
                + ": no output with "
                + when
                + "; there: "
                + String.join(", ", outputNames));
      }
    }
  }

  /** Refuses a backward pass that no output is asked of. */
  void needGradient(List<String> gradients) {
    if (outputs.isEmpty()) {
      throw new InputException("pass=backward needs an --out: " + String.join(", ", gradients));
    }
  }

  /** Refuses an output that makes no sense without this input. */
  void needFor(String output, String input) {
    if (wants(output) && !has(input)) {
      throw new InputException(
          "--out " + output + ": needs --in " + input + "=FILE.npy, whose gradient it is");
    }
  }

  String setting(String name) {
    return settings.get(name);
  }

  /** The input as a tensor, rounded to {@code dtype}; null when it was not given. */
  Tensor load(String input, DType dtype, long... shape) {
    Npy.Header header = inputs.get(input);
    if (header == null) {
      return null;
    }
    progress.step("reading " + header.path());
    Tensor tensor = device.empty(dtype, shape);
    try {
      Npy.read(header, (offset, values, n) -> tensor.copyFrom(offset, values, 0, n));
    } catch (RuntimeException | Error e) {
      tensor.close();
      throw e;
    }
    return tensor;
  }

  /** A tensor to compute into, full of NaN, so that what a kernel fails to write is seen. */
  Tensor output(DType dtype, long... shape) {
    Tensor tensor = device.empty(dtype, shape);
    tensor.fill(Float.NaN);
    return tensor;
  }

  /** As {@link #output}, or null when this gradient was not asked for. */
  Tensor gradient(String name, DType dtype, long... shape) {
    return wants(name) ? output(dtype, shape) : null;
  }

  /** Writes the tensor to the output of this name, if it was asked for. */
  void save(String output, Tensor tensor, long... shape) {
    if (!wants(output)) {
      return;
    }
    progress.step("writing " + output);
    files.write(output, shape, (offset, values, n) -> tensor.copyTo(offset, values, 0, n));
  }

  /** The input in float64 for the oracle, as it stands in the file; null when it was not given. */
  double[] exact(String input) {
    Npy.Header header = inputs.get(input);
    if (header == null) {
      return null;
    }
    float[] values = Npy.readAll(header);
    double[] exact = new double[values.length];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = values[i];
      if (!Float.isFinite(values[i])) {
        throw new InputException(
            String.format(
                "--check: input %s has %s at flat index %d, and an error against NaN or infinity"
                    + " means nothing; leave --check out",
                input, values[i], i));
      }
    }
    return exact;
  }

  /**
   * Calls once, then again while the calls are short, and times them; every call must give the same
   * bits.
   */
  Timing time(Runnable call) {
    progress.step("running");
    double[] ms = new double[MOST_CALLS];
    int calls = 0;
    long begin = System.nanoTime();
    do {
      long start = System.nanoTime();
      call.run();
      ms[calls++] = (System.nanoTime() - start) * 1e-6;
    } while (calls < MOST_CALLS && System.nanoTime() - begin < ENOUGH_NANOS);
    double[] sorted = Arrays.copyOf(ms, calls);
    Arrays.sort(sorted);
    return new Timing(sorted[calls / 2], calls);
  }

  /** The oracle's results, computed only where a check was asked for. */
  <T> T reference(Supplier<T> oracle) {
    if (!check) {
      return null;
    }
    progress.step("computing the float64 reference");
    return oracle.get();
  }
}
