package dev.tilewright.bench;

import dev.tilewright.DType;
import dev.tilewright.bench.FftConvCase.Pass;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A framework in a process of its own, so that its threads and its allocator are as its users have
 * them. It sits still between two requests.
 *
 * <p>Lines, each answered by one line: {@code hello} → a description; {@code case B H L Lk MODE
 * GATED CACHED PASS N DIR} → bytes of the call's intermediate tensors; {@code run} → writes the
 * results as DIR/NAME.out; {@code time CALLS} → nanoseconds of each call; {@code end}; {@code
 * quit}. Arrays are raw little-endian f32 files in DIR. An answer that starts with {@code error} is
 * a failure.
 */
final class ChildBaseline implements Baseline {
  private final String name;
  private final Path directory;
  private final Process process;
  private final BufferedWriter to;
  private final BufferedReader from;
  private final String described;

  private ChildBaseline(String name, Path directory, List<String> command, int threads) {
    this.name = name;
    this.directory = directory;
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
      builder.environment().put("MKL_NUM_THREADS", Integer.toString(threads));
      builder.redirectError(directory.resolve("stderr").toFile());
      process = builder.start();
    } catch (IOException e) {
      throw new BaselineException(
          "baseline " + name + ": " + command.get(0) + " does not start", e);
    }
    to =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    from =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    described = ask("hello " + threads);
  }

  /** libtorch through its JavaCPP preset. */
  static ChildBaseline torch(int threads) {
    String classPath = Archives.torch();
    Path directory = temporary();
    Path source = directory.resolve("TorchWorker.java");
    try {
      Files.write(source, Cache.resource("TorchWorker.java"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ChildBaseline(
        "torch",
        directory,
        List.of(
            java,
            "-Dorg.bytedeco.javacpp.cachedir=" + Cache.root().resolve("javacpp"),
            "-Dbaseline.version=libtorch of the JavaCPP preset " + Archives.TORCH_VERSION,
            "-cp",
            classPath,
            source.toString()),
        threads);
  }

  /** The PyTorch wheel that a Python interpreter has. */
  static ChildBaseline pytorch(String python, int threads) {
    Path directory = temporary();
    Path source = directory.resolve("pytorch_worker.py");
    try {
      Files.write(source, Cache.resource("pytorch_worker.py"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ChildBaseline(
        "pytorch", directory, List.of(python, "-u", source.toString()), threads);
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("tilewright-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String ask(String request) {
    try {
      to.write(request);
      to.newLine();
      to.flush();
      String answer = from.readLine();
      if (answer == null || answer.startsWith("error")) {
        throw new BaselineException("baseline " + name + ": " + (answer == null ? died() : answer));
      }
      return answer;
    } catch (IOException e) {
      throw new BaselineException("baseline " + name + ": " + died(), e);
    }
  }

  private String died() {
    try {
      process.waitFor(5, TimeUnit.SECONDS);
      List<String> lines = Files.readAllLines(directory.resolve("stderr"));
      return "its process ended: "
          + String.join(" / ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return "its process ended";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String describe() {
    return described;
  }

  @Override
  public boolean supports(FftConvCase problem) {
    return problem.dtype() == DType.F32
        && problem.pass() != Pass.STEP
        && !(problem.pass().hasBackward() && problem.cached());
  }

  @Override
  public Contender plan(FftConvCase problem, Inputs inputs) {
    return new Plan(problem, inputs);
  }

  @Override
  public void close() {
    try {
      to.write("quit\n");
      to.flush();
    } catch (IOException e) {
      // it has ended already
    }
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      Cache.delete(directory);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Plan implements Contender {
    private final long workspace;
    private final Path arrays = directory.resolve("arrays");

    Plan(FftConvCase problem, Inputs inputs) {
      try {
        Files.createDirectories(arrays);
        write("u", inputs.u);
        write("k", inputs.k);
        write("pregate", inputs.pregate);
        write("postgate", inputs.postgate);
        write("dy", inputs.dy);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      workspace =
          Long.parseLong(
              ask(
                  String.join(
                      " ",
                      "case",
                      Long.toString(problem.batch()),
                      Long.toString(problem.channels()),
                      Long.toString(problem.length()),
                      Long.toString(problem.taps()),
                      problem.mode().name().toLowerCase(Locale.ROOT),
                      problem.gated() ? "1" : "0",
                      problem.cached() ? "1" : "0",
                      problem.pass().label(),
                      Long.toString(problem.transformLength()),
                      arrays.toString())));
    }

    private void write(String array, float[] values) throws IOException {
      if (values == null) {
        return;
      }
      try (OutputStream out = Files.newOutputStream(arrays.resolve(array))) {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
          if (!buffer.hasRemaining()) {
            out.write(buffer.array());
            buffer.clear();
          }
          buffer.putFloat(value);
        }
        out.write(buffer.array(), 0, buffer.position());
      }
    }

    @Override
    public Map<String, float[]> run() {
      ask("run");
      Map<String, float[]> results = new LinkedHashMap<>();
      try (Stream<Path> files = Files.list(arrays)) {
        for (Path file : files.sorted().toList()) {
          String base = file.getFileName().toString();
          if (base.endsWith(".out")) {
            float[] values = new float[Math.toIntExact(Files.size(file) / Float.BYTES)];
            ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
            results.put(base.substring(0, base.length() - ".out".length()), values);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return results;
    }

    @Override
    public double[] time(int calls) {
      return Stream.of(ask("time " + calls).split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    @Override
    public long workspaceBytes() {
      return workspace;
    }

    @Override
    public void close() {
      ask("end");
      try {
        Cache.delete(arrays);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
