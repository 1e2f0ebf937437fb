package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.PtxFunction;
import dev.tilewright.ptx.PtxParam;
import dev.tilewright.ptx.PtxRoutine;
import java.util.ArrayList;
import java.util.List;

/** call (ISA section 9.7.12.5): of a function by its name or its address, or of the system's. */
final class Calls {
  private static final int STACK_ALIGN = 16;
  private static final int DEEPEST = 512;

  private Calls() {}

  static Op decode(Decoder d, Instruction i) {
    Call call = new Call();
    Operand target = i.source(0);
    if (target instanceof Operand.Function function) {
      call.direct = (PtxFunction) function.routine();
      if (!call.direct.isDefined()) {
        call.system = SystemCalls.of(i, call.direct.name());
      }
    } else {
      call.address = d.longSource(target);
    }
    for (Operand source : i.sources().subList(1, i.sources().size())) {
      if (!(source instanceof Operand.Prototype)) {
        call.passed.add(Argument.passed(d, i, source));
      }
    }
    for (Operand destination : i.destinations()) {
      call.returned.add(Argument.returned(d, i, destination));
    }
    boolean inRegisters =
        call.passed.stream().anyMatch(a -> !a.isParameter())
            || call.returned.stream().anyMatch(a -> !a.isParameter());
    if (call.system != null && inRegisters) {
      throw new Unsupported(i, "a call of the system with parameters in registers");
    }
    return call;
  }

  /** A call instruction; the places of its parameters count from the caller's call area. */
  static final class Call extends ControlOp {
    private PtxFunction direct;
    private SystemCalls.Routine system;
    private int address;
    private final List<Argument> passed = new ArrayList<>();
    private final List<Argument> returned = new ArrayList<>();

    /** Whether what it calls does nothing that other blocks see, but for what it stores. */
    boolean staysInBlock() {
      return system == null || SystemCalls.staysInBlock(direct.name());
    }

    @Override
    void step(Warp w, Path path, int mask) {
      if (mask == 0) {
        path.pc = pc + 1;
      } else if (mask != path.mask) {
        w.split(path, mask, pc, pc + 1, pc + 1);
      } else if (system != null) {
        path.pc = pc + 1;
        system.run(w, this, path, places(passed), places(returned));
      } else if (direct != null) {
        enter(w, path, direct);
      } else {
        chosen(w, path);
      }
    }

    private static List<Integer> places(List<Argument> arguments) {
      return arguments.stream().map(Argument::at).toList();
    }

    private void chosen(Warp w, Path path) {
      int first = Integer.numberOfTrailingZeros(path.mask);
      long target = w.longs[address][first];
      int same = 0;
      for (int m = path.mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        same |= w.longs[address][lane] == target ? 1 << lane : 0;
      }
      if (same != path.mask) {
        w.split(path, same, pc, pc, pc + 1);
        return;
      }
      PtxRoutine routine = w.block.grid.module.routine(target);
      if (!(routine instanceof PtxFunction function) || !function.isDefined()) {
        String where = "a call to what is no function";
        w.block.checker.outOfBounds(w, this, first, target, 0, where);
        w.block.grid.stop();
        return;
      }
      enter(w, path, function);
    }

    private void enter(Warp w, Path path, PtxFunction function) {
      Frame caller = path.frame;
      Code code = w.block.grid.kernel.code(function);
      int begin = caller.localEnd() + STACK_ALIGN - 1 & -STACK_ALIGN;
      Frame frame = new Frame(code, caller, pc + 1, begin, w);
      if (frame.depth > DEEPEST) {
        String where = "the calls are nested more than " + DEEPEST + " deep";
        w.block.checker.outOfBounds(w, this, first(path), 0, 0, where);
        w.block.grid.stop();
        return;
      }
      w.local.enter(begin, begin + code.localBytes, path.mask);
      frame.params = new Segment[Warp.SIZE];
      frame.returns = new Segment[Warp.SIZE];
      for (int m = path.mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        frame.params[lane] = new Segment("the parameters", 0, code.paramBytes);
        frame.returns[lane] = new Segment("the returned parameters", 0, code.returnBytes);
        for (int k = 0; k < passed.size(); k++) {
          passed.get(k).pass(caller, frame, function.params().get(k), lane);
        }
      }
      path.frame = frame;
      path.pc = 0;
    }

    private static int first(Path path) {
      return Integer.numberOfTrailingZeros(path.mask);
    }
  }

  /** Lanes leave a function: what it returns goes to the caller's parameters. */
  static void leave(Path path) {
    Frame frame = path.frame;
    Frame caller = frame.caller;
    Call call = (Call) caller.code.ops[frame.returnTo - 1];
    List<PtxParam> returns = ((PtxFunction) frame.code.routine).returns();
    for (int m = path.mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      for (int k = 0; k < call.returned.size(); k++) {
        call.returned.get(k).takeBack(caller, frame, returns.get(k), lane);
      }
    }
    path.frame = caller;
    path.pc = frame.returnTo;
  }
}
