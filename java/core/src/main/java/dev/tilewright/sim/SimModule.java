package dev.tilewright.sim;

import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxModule;
import dev.tilewright.ptx.PtxRoutine;
import dev.tilewright.ptx.PtxVariable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A module, loaded: its variables lie in a machine's memory. */
public final class SimModule {
  private static final long FIRST_FUNCTION = 0x1000;
  private static final long FUNCTION_STEP = 16;

  private final PtxModule module;
  private final Map<PtxVariable, Segment> segments = new IdentityHashMap<>();
  private final List<PtxRoutine> addressed = new ArrayList<>();
  private final Map<PtxKernel, KernelCode> kernels = new IdentityHashMap<>();

  SimModule(PtxModule module, GlobalMemory memory) {
    this.module = module;
    addressed.addAll(module.functions());
    addressed.addAll(module.kernels());
    for (PtxVariable variable : module.globals()) {
      segments.put(variable, memory.allocate(variable.name(), variable.bytes()));
    }
    segments.forEach(this::initialise);
  }

  private void initialise(PtxVariable variable, Segment segment) {
    segment.write(0, variable.data());
    segment.fillWritten(); // Variables of a module begin as zero.
    for (PtxVariable.Reference reference : variable.references()) {
      long address =
          reference.target() instanceof Operand.Symbol symbol
              ? addressOf(symbol.variable(), reference.generic())
              : address(((Operand.Function) reference.target()).routine());
      byte[] bytes =
          ByteBuffer.allocate(8)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(address + reference.addend() >>> reference.shift())
              .array();
      segment.write((int) reference.offset(), Arrays.copyOf(bytes, reference.bytes()));
    }
  }

  private long addressOf(PtxVariable variable, boolean generic) {
    Segment segment = segments.get(variable);
    if (segment == null) {
      throw new IllegalArgumentException(
          "an initial value holds the address of " + variable + ", which is not in global memory");
    }
    return segment.base;
  }

  /** What was parsed. */
  public PtxModule module() {
    return module;
  }

  /** The address of a variable of the module. */
  public long address(String variable) {
    for (PtxVariable each : segments.keySet()) {
      if (each.name().equals(variable)) {
        return segments.get(each).base;
      }
    }
    throw new IllegalArgumentException("the module has no variable " + variable);
  }

  /** A variable of the module by name, or null. */
  PtxVariable variable(String name) {
    for (PtxVariable each : module.globals()) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return null;
  }

  /** Frees the variables. */
  void unload(GlobalMemory memory) {
    segments.values().forEach(memory::free);
  }

  Segment segment(PtxVariable variable) {
    Segment segment = segments.get(variable);
    if (segment == null) {
      throw new IllegalStateException("no memory of " + variable);
    }
    return segment;
  }

  long address(PtxRoutine routine) {
    return FIRST_FUNCTION + FUNCTION_STEP * addressed.indexOf(routine);
  }

  /** The routine at an address, or null. */
  PtxRoutine routine(long address) {
    long index = (address - FIRST_FUNCTION) / FUNCTION_STEP;
    boolean exact = (address - FIRST_FUNCTION) % FUNCTION_STEP == 0;
    return exact && index >= 0 && index < addressed.size() ? addressed.get((int) index) : null;
  }

  /** The code of a kernel with all it names. */
  synchronized KernelCode code(PtxKernel kernel) {
    return kernels.computeIfAbsent(
        kernel,
        k -> {
          KernelCode code = new KernelCode(this, k);
          code.decodeAll();
          return code;
        });
  }
}
