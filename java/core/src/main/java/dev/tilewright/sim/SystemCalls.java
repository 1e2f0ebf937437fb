package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.StateSpace;
import java.util.List;

/** The functions that the system provides: vprintf, __assertfail, malloc and free. */
final class SystemCalls {
  private static final int MOST_TEXT = 4096;
  private static final String HEAP = "memory of the device's heap";

  private SystemCalls() {}

  /** A function of the system; the lanes of the path call it. */
  interface Routine {
    void run(Warp w, Calls.Call call, Path path, List<Integer> passed, List<Integer> returned);
  }

  static Routine of(Instruction i, String name) {
    return switch (name) {
      case "vprintf" -> SystemCalls::print;
      case "__assertfail" -> SystemCalls::assertion;
      case "malloc" -> SystemCalls::allocate;
      case "free" -> SystemCalls::release;
      default -> throw new Unsupported(i, "the system's function " + name);
    };
  }

  /** Whether a function changes nothing that other blocks see. */
  static boolean staysInBlock(String name) {
    return name.equals("vprintf") || name.equals("__assertfail");
  }

  private static void print(
      Warp w, Calls.Call call, Path path, List<Integer> passed, List<Integer> returned) {
    Reader reader = new Reader(w, call);
    for (int m = path.mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      Segment params = path.frame.callParams[lane];
      String format = reader.text(lane, params.load(passed.get(0), 8));
      long arguments = params.load(passed.get(1), 8);
      w.block.print(
          Printf.format(
              format,
              (at, bytes) -> reader.load(lane, arguments + at, bytes),
              at -> reader.text(lane, at)));
      params.store(returned.get(0), 4, 1, true);
    }
  }

  private static void assertion(
      Warp w, Calls.Call call, Path path, List<Integer> passed, List<Integer> returned) {
    int lane = Integer.numberOfTrailingZeros(path.mask);
    Reader reader = new Reader(w, call);
    Segment params = path.frame.callParams[lane];
    String message =
        String.format(
            "%s:%d: %s: assertion `%s' failed",
            reader.text(lane, params.load(passed.get(1), 8)),
            params.load(passed.get(2), 4),
            reader.text(lane, params.load(passed.get(3), 8)),
            reader.text(lane, params.load(passed.get(0), 8)));
    w.block.checker.report(FindingKind.TRAP, w, call, lane, 0, message);
    w.block.grid.stop();
  }

  /** malloc of the device: null where the heap is full. */
  private static void allocate(
      Warp w, Calls.Call call, Path path, List<Integer> passed, List<Integer> returned) {
    for (int m = path.mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      Segment params = path.frame.callParams[lane];
      long bytes = params.load(passed.get(0), 8);
      boolean fits = bytes > 0 && w.block.grid.takeHeap(bytes);
      long at = fits ? w.block.grid.memory.allocate(HEAP, bytes).base : 0;
      params.store(returned.get(0), 8, at, true);
    }
    w.block.changes++;
  }

  private static void release(
      Warp w, Calls.Call call, Path path, List<Integer> passed, List<Integer> returned) {
    for (int m = path.mask; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      long at = path.frame.callParams[lane].load(passed.get(0), 8);
      if (at == 0) {
        continue;
      }
      Segment segment = w.block.grid.memory.find(at);
      if (segment == null || segment.base != at || !segment.name.equals(HEAP)) {
        String where = "free of what malloc did not give: " + w.block.grid.memory.describe(at);
        w.block.checker.outOfBounds(w, call, lane, at, 0, where);
      } else {
        segment.freed = true;
        w.block.grid.takeHeap(-segment.bytes());
      }
    }
    w.block.changes++;
  }

  /** Reads at generic addresses on behalf of a call. */
  private static final class Reader extends MemoryOp {
    private final Warp warp;

    Reader(Warp warp, Op call) {
      super(StateSpace.GENERIC, 1);
      this.warp = warp;
      this.instruction = call.instruction;
      this.id = call.id;
    }

    @Override
    void run(Warp w, int mask) {
      throw new IllegalStateException();
    }

    long load(int lane, long address, int bytes) {
      Segment segment = locate(warp, lane, address, bytes);
      return segment == null ? 0 : segment.load(warp.foundAt, bytes);
    }

    String text(int lane, long address) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < MOST_TEXT; i++) {
        int c = (int) load(lane, address + i, 1);
        if (c == 0) {
          break;
        }
        text.append((char) c);
      }
      return text.toString();
    }
  }
}
