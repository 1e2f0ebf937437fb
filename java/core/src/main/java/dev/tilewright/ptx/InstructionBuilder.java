package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks instructions as read against the table and makes the final ones. */
final class InstructionBuilder {
  private final Tokens tokens;
  private final DebugInfo debug;
  private final RoutineNames names;
  private final OperandChecker checker;
  private final Target target;
  private final Map<String, List<InstructionTable.Match>> spellings = new HashMap<>();

  InstructionBuilder(Tokens tokens, DebugInfo debug, SymbolTable module, Target target) {
    this.tokens = tokens;
    this.target = target;
    this.debug = debug;
    this.names = new RoutineNames(module);
    this.checker = new OperandChecker(names);
  }

  /** The instruction, or a PtxException that says why no row of the table allows it. */
  Instruction build(RawInstruction raw) {
    names.enter(raw.scope());
    List<InstructionTable.Match> matches = spellings.get(raw.spelling());
    if (matches == null) {
      matches = find(raw);
      spellings.put(raw.spelling(), matches);
    }
    if (matches.get(0).form().opcode() == Opcode.CALL) {
      return call(raw, matches.get(0).modifiers());
    }
    OperandChecker.Mismatch reason = null;
    for (InstructionTable.Match match : matches) {
      List<Operand> destinations = new ArrayList<>();
      List<Operand> sources = new ArrayList<>();
      try {
        checker.check(match, raw.operands(), destinations, sources);
        checkTarget(raw, match);
        return make(raw, match.form().opcode(), match.modifiers(), destinations, sources);
      } catch (OperandChecker.Mismatch mismatch) {
        reason = farther(reason, mismatch);
      }
    }
    throw fail(raw, reason);
  }

  /** Of two reasons the one that stands farther right, as its row fitted longer; else the later. */
  private static OperandChecker.Mismatch farther(
      OperandChecker.Mismatch a, OperandChecker.Mismatch b) {
    return a == null || (a.operand() != null && place(b) >= place(a)) ? b : a;
  }

  private static int place(OperandChecker.Mismatch mismatch) {
    return mismatch.operand() == null ? Integer.MAX_VALUE : mismatch.operand().token();
  }

  private List<InstructionTable.Match> find(RawInstruction raw) {
    try {
      return InstructionTable.shared().find(Arrays.asList(raw.spelling().split("\\.")));
    } catch (IllegalArgumentException e) {
      throw tokens.fail(raw.first(), raw.last(), e.getMessage());
    }
  }

  private void checkTarget(RawInstruction raw, InstructionTable.Match match) {
    Opcode opcode = match.form().opcode();
    Target needed = TargetRules.shared().needed(opcode, match.modifiers().words());
    if (target.number() > 0 && !target.has(needed)) {
      String text = opcode + " as written here needs .target " + needed;
      String more = needed.suffix().isEmpty() ? " or higher" : "";
      throw tokens.fail(raw.first(), raw.last(), text + more + "; the module is for " + target);
    }
  }

  private PtxException fail(RawInstruction raw, OperandChecker.Mismatch reason) {
    return tokens.fail(raw.first(), raw.last(), reason.getMessage());
  }

  private Instruction make(
      RawInstruction raw,
      Opcode opcode,
      Modifiers modifiers,
      List<Operand> destinations,
      List<Operand> sources) {
    String text = tokens.text(raw.first(), raw.last());
    return new Instruction(
        opcode,
        modifiers,
        Optional.ofNullable(raw.guard()),
        destinations,
        sources,
        text.indexOf('\n') < 0 ? text : text.replaceAll("\\s+", " "),
        tokens.line(raw.first()),
        debug.location(raw.loc()));
  }

  /** {@code call[.uni] [(returned),] function [, (passed)] [, prototype or list of functions]}. */
  private Instruction call(RawInstruction raw, Modifiers modifiers) {
    List<Raw> given = new ArrayList<>(raw.operands());
    List<Operand> destinations = new ArrayList<>();
    List<Operand> sources = new ArrayList<>();
    try {
      List<Raw> returned = takeList(given);
      if (given.isEmpty()) {
        throw new OperandChecker.Mismatch(null, "expected the function to call");
      }
      Raw called = given.remove(0);
      List<Raw> passed = takeList(given);
      sources.add(target(called));
      Operand.Prototype prototype = null;
      if (sources.get(0) instanceof Operand.Reg) {
        prototype = prototype(given.isEmpty() ? null : given.remove(0));
      }
      if (!given.isEmpty()) {
        throw new OperandChecker.Mismatch(given.get(0), "an operand too many");
      }
      List<PtxParam> returns;
      List<PtxParam> params;
      if (prototype != null) {
        returns = prototype.returns();
        params = prototype.params();
      } else {
        PtxFunction function = (PtxFunction) ((Operand.Function) sources.get(0)).routine();
        returns = function.returns();
        params = function.params();
      }
      arguments(returned, returns, destinations);
      arguments(passed, params, sources);
      if (prototype != null) {
        sources.add(prototype);
      }
      return make(raw, Opcode.CALL, modifiers, destinations, sources);
    } catch (OperandChecker.Mismatch mismatch) {
      throw fail(raw, mismatch);
    }
  }

  private static List<Raw> takeList(List<Raw> given) {
    return !given.isEmpty() && given.get(0) instanceof Raw.Parens list
        ? ((Raw.Parens) given.remove(0)).elements()
        : List.of();
  }

  private Operand target(Raw called) throws OperandChecker.Mismatch {
    if (called instanceof Raw.Named named && names.routine(named.name()) instanceof PtxFunction f) {
      return new Operand.Function(f);
    }
    if (called instanceof Raw.Resolved resolved
        && resolved.operand() instanceof Operand.Reg reg
        && OperandChecker.fits(reg.register().type(), DataType.U64, false)) {
      return reg;
    }
    throw new OperandChecker.Mismatch(called, "expected a function or a register that holds one");
  }

  private Operand.Prototype prototype(Raw raw) throws OperandChecker.Mismatch {
    if (raw instanceof Raw.Resolved resolved
        && resolved.operand() instanceof Operand.Prototype prototype) {
      return prototype;
    }
    if (raw instanceof Raw.Named named && names.callTargets(named.name()) != null) {
      return names.callTargets(named.name());
    }
    throw new OperandChecker.Mismatch(raw, "expected a .callprototype or .calltargets list");
  }

  private void arguments(List<Raw> given, List<PtxParam> params, List<Operand> into)
      throws OperandChecker.Mismatch {
    if (given.size() != params.size()) {
      throw new OperandChecker.Mismatch(
          given.isEmpty() ? null : given.get(0),
          "the function has " + params.size() + " such parameters, not " + given.size());
    }
    for (int i = 0; i < given.size(); i++) {
      into.add(argument(given.get(i), params.get(i)));
    }
  }

  private Operand argument(Raw raw, PtxParam param) throws OperandChecker.Mismatch {
    if (raw instanceof Raw.Value) {
      OperandRule any =
          new OperandRule(OperandRule.Role.SOURCE, "*", false, 0, false, false, List.of());
      return checker.scalar(any, param.type(), raw);
    }
    if (raw instanceof Raw.Resolved resolved) {
      Operand operand = resolved.operand();
      if (operand instanceof Operand.Sink) {
        return operand;
      }
      if (operand instanceof Operand.Reg reg
          && !reg.negated()
          && OperandChecker.fits(reg.register().type(), param.type(), true)) {
        return operand;
      }
      if (operand instanceof Operand.Symbol symbol
          && symbol.variable().space() == StateSpace.PARAM
          && (symbol.variable().bytes() == param.bytes()
              || param.variable().map(PtxVariable::unsized).orElse(false))) {
        return operand;
      }
    }
    throw new OperandChecker.Mismatch(raw, "this does not fit the parameter " + param.name());
  }
}
