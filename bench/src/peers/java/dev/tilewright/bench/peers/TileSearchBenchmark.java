package dev.tilewright.bench.peers;

import dev.tilewright.bench.RnnShape;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** From the rules to all tiles, or to the first; a call makes its model or its loops anew. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TileSearchBenchmark {
  /** As {@link TileSearches} spells it. */
  @Param("loops")
  public String search;

  /** As {@link RnnShape#label}. */
  @Param("D=64,H=12,B=16,pass=forward")
  public String shape;

  private TileSearch contender;
  private RnnShape problem;

  /** Made by JMH. */
  public TileSearchBenchmark() {}

  /** Loads what the contender needs. */
  @Setup
  public void open() {
    contender = TileSearches.of(search);
    problem = RnnShape.parse(shape);
  }

  /** Every number of every tile is looked at. */
  @Benchmark
  public void all(Blackhole hole) {
    contender.all(
        problem,
        tile -> {
          long sum = 0;
          for (long number : tile) {
            sum = 31 * sum + number;
          }
          hole.consume(sum);
        });
  }

  /** The upstream's answer. */
  @Benchmark
  public long[] first() {
    return contender.first(problem);
  }
}
