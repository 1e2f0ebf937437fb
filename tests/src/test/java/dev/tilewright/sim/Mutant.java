package dev.tilewright.sim;

import dev.tilewright.ptx.Instruction;
import dev.tilewright.ptx.Opcode;
import dev.tilewright.ptx.Operand;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxModule;
import dev.tilewright.ptx.PtxRoutine;
import dev.tilewright.ptx.SourceLocation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A module's text in which one thing that orders or guards is missing.
 *
 * @param kind what was done
 * @param instruction the instruction that it was done to
 * @param text the changed module
 * @param alarm the module as it was, but for a trap where the change would make a difference
 */
record Mutant(Kind kind, Instruction instruction, String text, String alarm) {
  /** What is done to an instruction. */
  enum Kind {
    /** A barrier of a block or a warp, or an arrival at one, is left out. */
    BARRIER,
    /** A wait for asynchronous copies is left out; a test of an mbarrier says yes at once. */
    WAIT,
    /** A fence is left out. */
    FENCE,
    /** An acquire or a release is only relaxed. */
    ORDER,
    /** An instruction that is no branch runs without its predicate. */
    GUARD,
    /**
     * A branch that leaps over accesses, barriers, calls or the end is taken by nobody: what it
     * kept from some threads runs for all. Branches back are loops, not guards; those over plain
     * arithmetic guard nothing.
     */
    LEAP
  }

  private static final Pattern GUARDED =
      Pattern.compile(
          "(ld|ldu|st|atom|red|cp|bar|barrier|mbarrier|call|exit|ret|trap|ldmatrix|stmatrix|wmma|shfl"
              + "|vote|match|redux)\\b.*");

  private static final Pattern BARRIER =
      Pattern.compile("(bar|barrier)\\.(warp\\.|cta\\.)?(sync|arrive|red).*");
  private static final Pattern COPY_WAIT = Pattern.compile("cp\\.async\\.wait_(group|all).*");
  private static final Pattern MBARRIER_WAIT = Pattern.compile("mbarrier\\.(test|try)_wait.*");
  private static final Pattern FENCE = Pattern.compile("(membar|fence)\\..*");
  private static final Pattern ORDER =
      Pattern.compile("(ld|st|atom|red)\\..*?(\\.acquire|\\.release|\\.acq_rel).*");
  private static final Pattern GUARD = Pattern.compile("@!?\\s*[%\\w$]+\\s+");

  /** Every mutant of a kernel and the functions that it calls, in the order of the text. */
  static List<Mutant> of(String text, PtxKernel kernel) {
    String[] lines = text.split("\n", -1);
    List<Mutant> all = new ArrayList<>();
    for (PtxRoutine routine : reached(kernel)) {
      Map<String, Integer> seen = new HashMap<>();
      for (Instruction i : routine.body()) {
        int nth = seen.merge(i.line() + i.text(), 1, Integer::sum);
        for (Kind kind : Kind.values()) {
          if (kind == Kind.LEAP && !guards(routine.body(), i)) {
            continue;
          }
          changed(kind, statement(i)).ifPresent(s -> add(all, lines, kind, i, nth, s));
        }
      }
    }
    return all;
  }

  /** Whether a branch leads forward, over instructions that not every thread may run. */
  private static boolean guards(List<Instruction> body, Instruction branch) {
    if (branch.opcode() != Opcode.BRA || !(branch.source(0) instanceof Operand.Label label)) {
      return false;
    }
    int at = body.indexOf(branch);
    for (int k = at + 1; k < Math.min(label.index(), body.size()); k++) {
      String statement = statement(body.get(k));
      Matcher guard = GUARD.matcher(statement);
      String bare = guard.lookingAt() ? statement.substring(guard.end()) : statement;
      if (GUARDED.matcher(bare).matches() && !bare.startsWith("ld.param")) {
        return true;
      }
    }
    return false;
  }

  private static Set<PtxRoutine> reached(PtxKernel kernel) {
    Set<PtxRoutine> found = new LinkedHashSet<>(List.of(kernel));
    ArrayDeque<PtxRoutine> left = new ArrayDeque<>(found);
    while (!left.isEmpty()) {
      for (Instruction i : left.poll().body()) {
        for (Operand source : i.sources()) {
          if (source instanceof Operand.Function f && found.add(f.routine())) {
            left.add(f.routine());
          }
        }
      }
    }
    return found;
  }

  private static String statement(Instruction i) {
    return i.text().replaceAll("\\s*;\\s*$", "").strip();
  }

  /** The statement after the change; empty when there is nothing of the kind to change. */
  private static Optional<String> changed(Kind kind, String statement) {
    Matcher guard = GUARD.matcher(statement);
    boolean guarded = guard.lookingAt();
    String bare = guarded ? statement.substring(guard.end()) : statement;
    String before = guarded ? guard.group() : "";
    boolean branch = bare.startsWith("bra");
    return switch (kind) {
      case BARRIER -> deleteIf(BARRIER, bare);
      case FENCE -> deleteIf(FENCE, bare);
      case WAIT ->
          MBARRIER_WAIT.matcher(bare).matches()
              ? Optional.of(before + "setp.eq.u32 " + bare.split("[\\s,]+")[1] + ", 0, 0")
              : deleteIf(COPY_WAIT, bare);
      case ORDER -> {
        Matcher order = ORDER.matcher(bare);
        yield order.matches()
            ? Optional.of(before + bare.replaceFirst(Pattern.quote(order.group(2)), ".relaxed"))
            : Optional.empty();
      }
      case GUARD -> guarded && !branch ? Optional.of(bare) : Optional.empty();
      case LEAP -> guarded && branch ? Optional.of("") : Optional.empty();
    };
  }

  private static Optional<String> deleteIf(Pattern pattern, String bare) {
    return pattern.matcher(bare).matches() ? Optional.of("") : Optional.empty();
  }

  private static void add(
      List<Mutant> all, String[] lines, Kind kind, Instruction i, int nth, String changed) {
    String line = lines[i.line() - 1];
    String spaced = Pattern.quote(statement(i)).replaceAll("\\s+", "\\\\E\\\\s*\\\\Q");
    Matcher at = Pattern.compile(spaced).matcher(line);
    for (int k = 0; k < nth; k++) {
      if (!at.find()) {
        throw new AssertionError("line " + i.line() + " does not hold " + i.text());
      }
    }
    all.add(
        new Mutant(
            kind,
            i,
            replaced(lines, i, at, changed),
            replaced(lines, i, at, alarm(kind, statement(i)) + at.group())));
  }

  private static String replaced(String[] lines, Instruction i, Matcher at, String by) {
    String[] copy = lines.clone();
    String line = lines[i.line() - 1];
    copy[i.line() - 1] = line.substring(0, at.start()) + by + line.substring(at.end());
    return String.join("\n", copy);
  }

  /** A trap for the threads that come here, or that the guard keeps away. */
  private static String alarm(Kind kind, String statement) {
    Matcher guard = GUARD.matcher(statement);
    if (!guard.lookingAt()) {
      return "trap; ";
    }
    String p = guard.group().strip();
    String inverse = p.startsWith("@!") ? "@" + p.substring(2) : "@!" + p.substring(1);
    return (kind == Kind.GUARD ? inverse : p) + " trap; ";
  }

  /** Where it is in the source, else in the PTX: survivors are listed by it. */
  String place() {
    return instruction.location().map(SourceLocation::toString).orElse("PTX:" + instruction.line());
  }

  @Override
  public String toString() {
    return kind
        + " at "
        + place()
        + ", PTX line "
        + instruction.line()
        + ": "
        + statement(instruction);
  }

  PtxModule parse() {
    return PtxModule.parse("mutant", text);
  }

  PtxModule parseAlarm() {
    return PtxModule.parse("alarm", alarm);
  }
}
