package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Operand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The control-flow graph of a routine, and where its branches' ways meet again: the immediate
 * post-dominators (Lengauer and Tarjan's definition, found by iteration over the blocks after
 * Cooper, Harvey and Kennedy, 2001). The place behind the last instruction is the exit.
 */
final class ControlFlow {
  private final List<Instruction> body;
  private final int[] blockOf;
  private final List<Integer> begins = new ArrayList<>();
  private int[] postDominator;

  ControlFlow(List<Instruction> body) {
    this.body = body;
    this.blockOf = new int[body.size() + 1];
    findBlocks();
    findPostDominators();
  }

  /** Where the ways out of a branch meet: an instruction's index, or the body's size. */
  int meetingPoint(int branch) {
    return begins.get(postDominator[blockOf[branch]]);
  }

  /** Whether nothing happens from an instruction on but that the lanes leave. */
  boolean onlyLeaves(int begin) {
    int at = begin;
    for (int steps = 0; steps < body.size(); steps++) {
      if (at == body.size()) {
        return true;
      }
      Instruction instruction = body.get(at);
      if (instruction.guard().isPresent()) {
        return false;
      }
      if (instruction.opcode() == Opcode.RET || instruction.opcode() == Opcode.EXIT) {
        return true;
      }
      if (instruction.opcode() != Opcode.BRA) {
        return false;
      }
      at = targets(instruction).get(0);
    }
    return false;
  }

  private void findBlocks() {
    int n = body.size();
    BitSet leaders = new BitSet(n + 1);
    leaders.set(0);
    leaders.set(n);
    for (int i = 0; i < n; i++) {
      List<Integer> targets = targets(body.get(i));
      targets.forEach(leaders::set);
      if (!targets.isEmpty() || leaves(body.get(i))) {
        leaders.set(i + 1);
      }
    }
    int block = -1;
    for (int i = 0; i <= n; i++) {
      if (leaders.get(i)) {
        block++;
        begins.add(i);
      }
      blockOf[i] = block;
    }
  }

  static List<Integer> targets(Instruction instruction) {
    List<Integer> found = new ArrayList<>();
    if (instruction.opcode() != Opcode.BRA && instruction.opcode() != Opcode.BRX_IDX) {
      return found;
    }
    for (Operand source : instruction.sources()) {
      if (source instanceof Operand.Label label) {
        found.add(label.index());
      } else if (source instanceof Operand.Targets targets) {
        targets.labels().forEach(l -> found.add(l.index()));
      }
    }
    return found;
  }

  private static boolean leaves(Instruction instruction) {
    return instruction.opcode() == Opcode.RET
        || instruction.opcode() == Opcode.EXIT
        || instruction.opcode() == Opcode.TRAP;
  }

  private List<Integer> successors(int block) {
    int exit = begins.size() - 1;
    int last = begins.get(block + 1) - 1;
    Instruction instruction = body.get(last);
    List<Integer> found = new ArrayList<>();
    for (int target : targets(instruction)) {
      found.add(blockOf[target]);
    }
    boolean always = instruction.guard().isEmpty();
    if (leaves(instruction)) {
      found.add(exit);
    }
    if (!always || found.isEmpty()) {
      found.add(block + 1);
    }
    return found;
  }

  private void findPostDominators() {
    int count = begins.size();
    int exit = count - 1;
    List<List<Integer>> next = new ArrayList<>();
    List<List<Integer>> before = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      before.add(new ArrayList<>());
    }
    for (int b = 0; b < count; b++) {
      next.add(b == exit ? List.of() : successors(b));
      for (int s : next.get(b)) {
        before.get(s).add(b);
      }
    }
    int[] order = order(before, exit);
    postDominator = new int[count];
    Arrays.fill(postDominator, -1);
    postDominator[exit] = exit;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int rank = count - 1; rank >= 0; rank--) {
        int b = blockAt(order, rank);
        if (b >= 0 && b != exit) {
          int found = meet(next.get(b), order);
          changed |= found != postDominator[b];
          postDominator[b] = found;
        }
      }
    }
    for (int b = 0; b < count; b++) {
      if (postDominator[b] < 0) {
        postDominator[b] = exit; // Code that never ends: nothing meets.
      }
    }
  }

  private int[] ranked;

  private int blockAt(int[] order, int rank) {
    if (ranked == null) {
      ranked = new int[order.length];
      Arrays.fill(ranked, -1);
      for (int b = 0; b < order.length; b++) {
        if (order[b] >= 0) {
          ranked[order[b]] = b;
        }
      }
    }
    return ranked[rank];
  }

  private int meet(List<Integer> next, int[] order) {
    int found = -1;
    for (int s : next) {
      if (postDominator[s] < 0) {
        continue;
      }
      found = found < 0 ? s : intersect(found, s, order);
    }
    return found;
  }

  private int intersect(int first, int second, int[] order) {
    int a = first;
    int b = second;
    while (a != b) {
      while (order[a] < order[b]) {
        a = postDominator[a];
      }
      while (order[b] < order[a]) {
        b = postDominator[b];
      }
    }
    return a;
  }

  /** The post-order numbers of a walk from the exit against the edges; -1 where it never comes. */
  private static int[] order(List<List<Integer>> before, int exit) {
    int[] order = new int[before.size()];
    Arrays.fill(order, -1);
    int[] at = new int[before.size()];
    boolean[] seen = new boolean[before.size()];
    List<Integer> stack = new ArrayList<>(List.of(exit));
    seen[exit] = true;
    int number = 0;
    while (!stack.isEmpty()) {
      int top = stack.get(stack.size() - 1);
      if (at[top] < before.get(top).size()) {
        int b = before.get(top).get(at[top]++);
        if (!seen[b]) {
          seen[b] = true;
          stack.add(b);
        }
      } else {
        order[top] = number++;
        stack.remove(stack.size() - 1);
      }
    }
    return order;
  }
}
