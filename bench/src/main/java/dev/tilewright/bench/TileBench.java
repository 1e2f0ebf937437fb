package dev.tilewright.bench;

import dev.tilewright.Device;
import dev.tilewright.op.FftConv;
import dev.tilewright.schedule.Ranked;
import dev.tilewright.schedule.Scheduler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * How good the time model's pick is: every legal tile of a case is measured, and the pick compared
 * with the best of them.
 *
 * <p>First all tiles take turns for a few rounds, in which those far behind drop out. The best of
 * many noisy times is too low, so the fastest ones and the pick are then measured afresh, and only
 * those times count.
 */
final class TileBench {
  private static final int FINALISTS = 4;
  private static final double HOPELESS = 1.5;
  private static final double STRETCH_NANOS = 3e6;

  private final Device device;
  private final int rounds;

  TileBench(Device device, int rounds) {
    this.device = device;
    this.rounds = rounds;
  }

  /**
   * The result of one case.
   *
   * @param tiles legal tiles
   * @param pick the model's choice
   * @param best the fastest one measured
   * @param predictedMs what the model says of its pick
   */
  record Regret(
      FftConvCase problem,
      int tiles,
      String pick,
      double pickMs,
      String best,
      double bestMs,
      double predictedMs) {

    /** The pick's time over the best one's, 1 when it is the best. */
    double ratio() {
      return pickMs / bestMs;
    }
  }

  private static final class Candidate {
    final Ranked ranked;
    final Ours plan;
    Samples samples = new Samples();

    Candidate(Ranked ranked, Ours plan) {
      this.ranked = ranked;
      this.plan = plan;
    }

    double median() {
      return samples.median();
    }

    void time() {
      double[] first = plan.time(1);
      samples.add(first);
      int more = (int) Math.min(200, STRETCH_NANOS / first[0]);
      if (more > 0) {
        samples.add(plan.time(more));
      }
    }
  }

  Regret run(FftConvCase problem, Progress progress) {
    List<Ranked> ranked =
        Scheduler.shared().rank(FftConv.kernel(device), problem.spec(), device.spec());
    List<Candidate> all = new ArrayList<>();
    try (Inputs inputs = new Inputs(device, problem)) {
      try {
        for (Ranked tile : ranked) {
          all.add(new Candidate(tile, new Ours(device, problem, inputs, tile.tile())));
        }
        return measure(problem, all, progress);
      } finally {
        all.forEach(c -> c.plan.close());
      }
    }
  }

  private Regret measure(FftConvCase problem, List<Candidate> all, Progress progress) {
    List<Candidate> left = new ArrayList<>(all);
    for (int round = 0; round < 3; round++) {
      int done = 0;
      for (Candidate c : left) {
        c.time();
        progress.step(
            problem.label() + ", tile " + c.ranked.tile(),
            (round + (double) ++done / left.size()) / 4);
      }
      double best = left.stream().mapToDouble(Candidate::median).min().orElseThrow();
      left.removeIf(c -> c != all.get(0) && c.median() > HOPELESS * best);
    }
    left.sort(Comparator.comparingDouble(Candidate::median));
    List<Candidate> finalists = new ArrayList<>(left.subList(0, Math.min(FINALISTS, left.size())));
    if (!finalists.contains(all.get(0))) {
      finalists.add(all.get(0));
    }
    finalists.forEach(c -> c.samples = new Samples());
    for (int round = 0; round < rounds; round++) {
      finalists.forEach(Candidate::time);
      progress.step(problem.label() + ", the fastest again", 0.75 + 0.25 * round / rounds);
    }
    Candidate pick = all.get(0);
    Candidate best = finalists.stream().min(Comparator.comparingDouble(Candidate::median)).get();
    return new Regret(
        problem,
        all.size(),
        pick.ranked.tile().key(),
        pick.median(),
        best.ranked.tile().key(),
        best.median(),
        1e3 * pick.ranked.prediction().seconds());
  }

  /** The cases when nobody names any: lengths, filters, modes and numbers of rows that differ. */
  static List<FftConvCase> defaults() {
    String[] cases = {
      "B=2,H=64,L=256",
      "B=2,H=64,L=1024",
      "B=2,H=64,L=2048",
      "B=2,H=64,L=3000",
      "B=2,H=64,L=4096",
      "B=2,H=64,L=5000",
      "B=2,H=64,L=8192",
      "B=2,H=64,L=10000",
      "B=2,H=64,L=16384",
      "B=1,H=64,L=32768",
      "B=2,H=32,L=65536",
      "B=2,H=8,L=100000",
      "B=1,H=8,L=262144",
      "B=1,H=4,L=480000,Lk=32000",
      "B=1,H=2,L=1048576",
      "B=64,H=4,L=1000",
      "B=16,H=2,L=8192",
      "B=8,H=256,L=512",
      "B=2,H=64,L=14113,Lk=777",
      "B=2,H=64,L=65536,Lk=128",
      "B=2,H=64,L=16384,Lk=1024",
      "B=2,H=16,L=65536,Lk=4096",
      "B=16,H=64,L=1024,Lk=64",
      "B=2,H=64,L=8192,mode=circular",
      "B=2,H=16,L=10000,mode=circular",
      "B=2,H=64,L=8192,Lk=16384,mode=bidirectional",
      "B=2,H=16,L=20000,Lk=2000,mode=bidirectional",
      "B=2,H=64,L=16384,dtype=bf16",
    };
    return Arrays.stream(cases).map(FftConvCase::parse).toList();
  }
}
