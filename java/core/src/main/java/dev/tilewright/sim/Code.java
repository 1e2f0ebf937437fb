package dev.tilewright.sim;

import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.PtxFunction;
import dev.tilewright.ptx.PtxRoutine;
import dev.tilewright.ptx.PtxVariable;
import dev.tilewright.ptx.RegisterClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A routine, decoded for one kernel: its operations, and what a frame of it holds. */
final class Code {
  final PtxRoutine routine;

  /** Registers, and a last one for results that are dropped. */
  final int intRegisters;

  final int longRegisters;
  final int predicateRegisters;
  final int localBytes;
  final int callParamBytes;
  final int paramBytes;
  final int returnBytes;

  /** The operations; control behind the last one leaves the routine. */
  Op[] ops;

  int intCount;
  int longCount;

  /** Two more than the registers: a constant false, a constant true. */
  final int predicateCount;

  private final List<int[]> intConstants = new ArrayList<>();
  private final List<long[]> longConstants = new ArrayList<>();
  private final Map<Integer, Integer> intSlots = new HashMap<>();
  private final Map<Long, Integer> longSlots = new HashMap<>();
  private final Map<Operand.Special, Integer> specials = new HashMap<>();

  Code(PtxRoutine routine) {
    this.routine = routine;
    intRegisters =
        routine.registerCount(RegisterClass.B16) + routine.registerCount(RegisterClass.B32) + 1;
    longRegisters =
        routine.registerCount(RegisterClass.B64)
            + 2 * routine.registerCount(RegisterClass.B128)
            + 2;
    predicateRegisters = routine.registerCount(RegisterClass.PRED) + 1;
    predicateCount = predicateRegisters + 2;
    intCount = intRegisters;
    longCount = longRegisters;
    localBytes = (int) routine.localBytes();
    callParamBytes = (int) routine.callParamBytes();
    paramBytes = (int) routine.paramBytes();
    returnBytes =
        routine instanceof PtxFunction f
            ? (int) f.returns().stream().mapToLong(p -> p.offset() + p.bytes()).max().orElse(0)
            : 0;
  }

  /** A place in the frame that holds a constant in every lane. */
  int intConstant(int value) {
    return intSlots.computeIfAbsent(
        value,
        v -> {
          int[] lanes = new int[Warp.SIZE];
          Arrays.fill(lanes, v);
          intConstants.add(lanes);
          return intCount++;
        });
  }

  int longConstant(long value) {
    return longSlots.computeIfAbsent(
        value,
        v -> {
          long[] lanes = new long[Warp.SIZE];
          Arrays.fill(lanes, v);
          longConstants.add(lanes);
          return longCount++;
        });
  }

  /** A place that holds a special register which does not change while a warp runs. */
  int special(Operand.Special special) {
    return specials.computeIfAbsent(
        special,
        s -> {
          intConstants.add(null);
          return intCount++;
        });
  }

  void fillConstants(Frame frame, Warp warp) {
    for (int i = intRegisters; i < intCount; i++) {
      frame.ints[i] = intConstants.get(i - intRegisters);
      frame.intsDefined[i] = -1;
    }
    for (int i = longRegisters; i < longCount; i++) {
      frame.longs[i] = longConstants.get(i - longRegisters);
      frame.longsDefined[i] = -1;
    }
    specials.forEach((s, slot) -> frame.ints[slot] = warp.special(s));
    frame.predicates[predicateRegisters + 1] = -1;
    frame.predicatesDefined[predicateRegisters] = -1;
    frame.predicatesDefined[predicateRegisters + 1] = -1;
  }

  /** The address of a variable in the parameter space of this routine. */
  long paramAddress(PtxVariable variable) {
    long offset =
        routine
            .offset(variable)
            .orElseThrow(() -> new IllegalStateException("no parameter " + variable));
    if (routine.variables().contains(variable)) {
      return ParamSpace.CALLS + offset;
    }
    boolean passed =
        routine.params().stream()
            .anyMatch(p -> p.variable().filter(v -> v == variable).isPresent());
    return (passed ? 0 : ParamSpace.RETURNS) + offset;
  }
}
