package dev.tilewright.sim;

import dev.tilewright.ptx.DataType;
import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.StateSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The tallies of a launch: one for each thread that runs its blocks, and what they say together.
 */
final class TallySum {
  private final L2Cache cache;
  private final Map<Thread, Tally> tallies = new IdentityHashMap<>();

  private final long[] byPipe = new long[Pipe.values().length];
  private final Map<String, Long> matrix = new TreeMap<>();
  private final List<Counters.Access> accesses = new ArrayList<>();
  private Counters.Global loads = new Counters.Global(0, 0, 0);
  private Counters.Global stores = loads;
  private Counters.Global atomics = loads;
  private Counters.Shared sharedLoads = new Counters.Shared(0, 0, 0, 0);
  private Counters.Shared sharedStores = sharedLoads;
  private Counters.Shared sharedAtomics = sharedLoads;
  private long local;
  private long constant;
  private long barriers;
  private long branches;
  private long divergent;

  TallySum(L2Cache cache) {
    this.cache = cache;
  }

  /** The tally of the thread that asks. */
  synchronized Tally own() {
    return tallies.computeIfAbsent(Thread.currentThread(), t -> new Tally(cache));
  }

  static boolean isAtomic(MemoryOp op) {
    Opcode opcode = op.instruction.opcode();
    return opcode == Opcode.ATOM || opcode == Opcode.RED;
  }

  /** Adds all up, once no thread counts any more. */
  synchronized Counters sum() {
    Map<Code, long[]> edges = new IdentityHashMap<>();
    long[] counts = {};
    for (Tally tally : tallies.values()) {
      tally.flush();
      divergent += tally.divergent;
      tally.edges.forEach((code, own) -> edges.merge(code, own.clone(), TallySum::plus));
      counts = plus(counts, tally.counts);
    }
    List<Code> codes = new ArrayList<>(edges.keySet());
    codes.sort((a, b) -> Integer.compare(a.ops[0].id, b.ops[0].id));
    for (Code code : codes) {
      long[] steps = edges.get(code);
      long ran = 0;
      for (int at = 0; at < code.ops.length; at++) {
        ran += steps[at];
        Op op = code.ops[at];
        if (ran > 0 && op.instruction != null && at < code.routine.body().size()) {
          add(op, ran, counts);
        }
      }
    }
    Map<String, Long> instructions = new TreeMap<>();
    for (Pipe pipe : Pipe.values()) {
      if (byPipe[pipe.ordinal()] > 0) {
        instructions.put(pipe.toString(), byPipe[pipe.ordinal()]);
      }
    }
    return new Counters(
        instructions,
        matrix,
        loads,
        stores,
        atomics,
        sharedLoads,
        sharedStores,
        sharedAtomics,
        local,
        constant,
        barriers,
        branches,
        divergent,
        cache.sectors(),
        cache.hits(),
        accesses);
  }

  private static long[] plus(long[] a, long[] b) {
    long[] sum = Arrays.copyOf(a, Math.max(a.length, b.length));
    for (int i = 0; i < b.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private void add(Op op, long ran, long[] counts) {
    Instruction i = op.instruction;
    Pipe pipe = Pipe.of(i);
    byPipe[pipe.ordinal()] += ran;
    if (pipe == Pipe.MATRIX) {
      matrix.merge(shape(i), ran, Long::sum);
    }
    if (op instanceof BarrierOp) {
      barriers += ran;
    }
    if (i.opcode() == Opcode.BRX_IDX || i.opcode() == Opcode.BRA && i.guard().isPresent()) {
      branches += ran;
    }
    if ((op.id + 1) * Tally.COUNTS <= counts.length) {
      addRequests(op, i, counts, op.id * Tally.COUNTS);
    }
  }

  private void addRequests(Op op, Instruction i, long[] counts, int at) {
    Counters.Global global =
        new Counters.Global(
            counts[at + Tally.GLOBAL_REQUESTS],
            counts[at + Tally.GLOBAL_BYTES],
            counts[at + Tally.SECTORS]);
    Counters.Shared shared =
        new Counters.Shared(
            counts[at + Tally.SHARED_REQUESTS],
            counts[at + Tally.SHARED_BYTES],
            counts[at + Tally.WAVEFRONTS],
            counts[at + Tally.CONFLICTS]);
    switch (i.opcode()) {
      case ATOM, RED -> {
        atomics = atomics.plus(global);
        sharedAtomics = sharedAtomics.plus(shared);
      }
      case ST, STMATRIX, WMMA_STORE -> {
        stores = stores.plus(global);
        sharedStores = sharedStores.plus(shared);
      }
      case CP_ASYNC -> {
        loads = loads.plus(global);
        sharedStores = sharedStores.plus(shared);
      }
      default -> {
        loads = loads.plus(global);
        sharedLoads = sharedLoads.plus(shared);
      }
    }
    StateSpace space = op instanceof MemoryOp memory ? memory.space : StateSpace.GLOBAL;
    if (space == StateSpace.CONST) {
      constant += counts[at + Tally.OTHER_REQUESTS];
    } else if (space != StateSpace.PARAM) {
      local += counts[at + Tally.OTHER_REQUESTS];
    }
    if (global.requests() + shared.requests() > 0) {
      accesses.add(new Counters.Access(i.text(), i.line(), Checker.source(i), global, shared));
    }
  }

  private static String shape(Instruction i) {
    String shape = i.modifiers().words().stream().filter(Fragment::isShape).findFirst().orElse("");
    List<DataType> types = i.modifiers().types();
    if (types.size() == 2) { // wmma of halves names only D and C.
      types = List.of(types.get(0), DataType.F16, DataType.F16, types.get(1));
    }
    return types.stream().map(DataType::toString).collect(Collectors.joining("", shape, ""));
  }
}
