package dev.tilewright.bench.peers;

import dev.tilewright.sim.Launch;
import dev.tilewright.sim.Report;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A launch of a loaded kernel. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SimBenchmark {
  /** Of {@link SimWork.Kind}. */
  @Param("GEMM_F16")
  public String kernel;

  /** As {@link SimRun} has them. */
  @Param("checked")
  public String mode;

  private SimWork work;
  private Launch.Options options;

  /** Made by JMH. */
  public SimBenchmark() {}

  /** Loads the kernel and its data. */
  @Setup
  public void open() {
    work = new SimWork(SimWork.Kind.valueOf(kernel));
    options = options(mode);
  }

  static Launch.Options options(String mode) {
    return Launch.Options.DEFAULT
        .checks(!mode.startsWith("unchecked"))
        .exactMatrices(!mode.endsWith("plain"));
  }

  /** Runs it. */
  @Benchmark
  public Report launch() {
    return work.run(options);
  }
}
