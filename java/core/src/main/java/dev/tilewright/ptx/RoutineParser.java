package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.List;

/** Reads the body of a kernel or function. */
final class RoutineParser {
  private static final int MAX_SCOPES = 200;

  private final Cursor cursor;
  private final SymbolTable module;
  private final DebugInfo debug;
  private final VariableParser variableParser;
  private final PtxRoutine routine;
  private final RegisterFile registers;
  private final OperandParser operandParser;
  private final List<PtxVariable> variables = new ArrayList<>();
  private final List<RawInstruction> instructions = new ArrayList<>();
  private Scope scope;
  private DebugInfo.Entry loc;

  RoutineParser(
      Cursor cursor,
      SymbolTable module,
      DebugInfo debug,
      VariableParser variableParser,
      PtxRoutine routine,
      RegisterFile registers) {
    this.cursor = cursor;
    this.module = module;
    this.debug = debug;
    this.variableParser = variableParser;
    this.routine = routine;
    this.registers = registers;
    this.operandParser = new OperandParser(cursor, module);
  }

  /** Reads the body in braces. What a single statement does wrong makes the routine unsupported. */
  void parse(List<PtxParam> params) {
    debug.beginRoutine();
    scope = new Scope(null, registers);
    for (PtxParam param : params) {
      param.variable().ifPresent(scope::declare);
      param.register().ifPresent(r -> scope.declare(r.name(), (Object) r));
    }
    cursor.expect('{');
    scope = new Scope(scope, registers);
    while (scope.depth() > 0) {
      if (cursor.accept('{')) {
        if (scope.depth() == MAX_SCOPES) {
          throw cursor.fail("braces nested deeper than " + MAX_SCOPES);
        }
        scope = new Scope(scope, registers);
      } else if (cursor.accept('}')) {
        scope = scope.outer();
      } else if (!cursor.accept(';')) {
        statement();
      }
    }
  }

  private void statement() {
    if (cursor.isWord(".loc")) {
      DebugInfo.Entry next = debug.loc(cursor);
      loc = next.isKnown() || loc == null ? next : loc;
    } else if (cursor.isWord(".file")) {
      debug.file(cursor);
    } else if (cursor.is(Tokens.NAME) && cursor.kind(1) == ':' && cursor.kind(2) != Tokens.WORD) {
      label();
    } else if (cursor.is(Tokens.NAME) && cursor.kind(1) == ':' && !startsList()) {
      label(); // Before a directive, such as .loc.
    } else {
      int end = cursor.statementEnd();
      try {
        semicolonStatement(end);
      } catch (PtxException e) {
        routine.refuse(e);
      }
      cursor.moveTo(end + 1);
    }
  }

  private boolean startsList() {
    String word = cursor.tokens.text(cursor.position() + 2);
    return word.equals(".branchtargets")
        || word.equals(".calltargets")
        || word.equals(".callprototype");
  }

  private void label() {
    int token = cursor.position();
    if (!scope.label(cursor.take(), instructions.size()) && routine.unsupported().isEmpty()) {
      routine.refuse(cursor.tokens.fail(token, "a label that is there twice"));
    }
    cursor.expect(':');
  }

  private void semicolonStatement(int end) {
    if (cursor.isWord(".reg")) {
      declareRegisters();
    } else if (VariableParser.starts(cursor)) {
      for (PtxVariable variable : variableParser.variables(Linkage.INTERNAL)) {
        declare(variable);
      }
      return;
    } else if (cursor.isWord(".pragma")) {
      return;
    } else if (cursor.is(Tokens.NAME) && cursor.kind(1) == ':') {
      declareList();
    } else if (cursor.is('@') || cursor.is(Tokens.NAME)) {
      instruction(end);
    } else {
      throw cursor.fail("expected an instruction or a declaration");
    }
    cursor.expect(';');
  }

  private void declare(PtxVariable variable) {
    if (!scope.declare(variable)) {
      throw cursor.fail("a name that is there twice before this: " + variable.name());
    }
    if (variable.space() == StateSpace.GLOBAL || variable.space() == StateSpace.CONST) {
      module.addStatic(variable);
    } else {
      variables.add(variable);
    }
  }

  private void declareRegisters() {
    VariableParser.Type type = variableParser.type();
    do {
      int token = cursor.position();
      String name = cursor.expectName("a register's name");
      boolean added;
      if (cursor.accept('<')) {
        if (!cursor.is(Tokens.NUMBER)) {
          throw cursor.fail("expected how many registers");
        }
        Constant count = Constant.parse(cursor.take());
        if (count == null || !count.isInteger() || count.bits() < 0) {
          throw cursor.fail("expected how many registers before this");
        }
        cursor.expect('>');
        added = scope.declareRange(name, count.bits(), type.type());
      } else if (type.vector() > 1) {
        added = declareVector(name, type);
      } else {
        added = scope.declare(name, type.type());
      }
      if (!added) {
        throw cursor.tokens.fail(token, "a register that is there twice");
      }
    } while (cursor.accept(','));
  }

  /** A vector register is its components: {@code name.x} and on. */
  private boolean declareVector(String name, VariableParser.Type type) {
    List<String> components = new ArrayList<>();
    for (int i = 0; i < Math.min(4, type.vector()); i++) {
      components.add(name + "." + "xyzw".charAt(i));
      scope.declare(components.get(i), type.type());
    }
    return scope.declare(name, new Scope.Components(components));
  }

  /** Reads {@code name: .branchtargets …}, {@code .calltargets …} or {@code .callprototype …}. */
  private void declareList() {
    int token = cursor.position();
    String name = cursor.take();
    cursor.expect(':');
    String kind = cursor.take();
    Object value;
    if (kind.equals(".callprototype")) {
      value = prototype();
    } else {
      List<String> names = new ArrayList<>();
      do {
        names.add(cursor.expectName("a name"));
      } while (cursor.accept(','));
      value = new Scope.Choice(names, kind.equals(".calltargets"));
    }
    if (!scope.declare(name, value)) {
      throw cursor.tokens.fail(token, "a name that is there twice");
    }
  }

  private Operand.Prototype prototype() {
    List<PtxParam> returns = List.of();
    if (cursor.is('(')) {
      returns = variableParser.params(null);
    }
    cursor.expectName("a name or '_'");
    List<PtxParam> params = cursor.is('(') ? variableParser.params(null) : List.of();
    while (cursor.is(Tokens.WORD)) {
      cursor.advance(); // .noreturn and .abi_preserve say nothing of the signature.
      if (cursor.is(Tokens.NUMBER)) {
        cursor.advance();
      }
    }
    return new Operand.Prototype(returns, params, List.of());
  }

  private void instruction(int end) {
    int first = cursor.position();
    Guard guard = null;
    if (cursor.accept('@')) {
      boolean negated = cursor.accept('!');
      int token = cursor.position();
      String name = cursor.expectName("a predicate");
      if (!(scope.find(name) instanceof Register register) || register.type() != DataType.PRED) {
        throw cursor.tokens.fail(token, "expected a predicate");
      }
      guard = new Guard(register, negated);
    }
    StringBuilder spelling = new StringBuilder(cursor.expectName("an instruction"));
    while (cursor.is(Tokens.WORD)) {
      spelling.append(cursor.take());
    }
    String name = spelling.toString();
    boolean call = name.equals("call") || name.startsWith("call.");
    List<Raw> operands;
    try {
      operands = operandParser.list(scope, call);
      if (cursor.position() != end) {
        throw cursor.fail("expected ',' or ';'");
      }
    } catch (PtxException e) {
      // An instruction that is unknown anyway is named as such, not by its operands.
      cursor.moveTo(end);
      operands = List.of();
      routine.refuse(known(name, first, end - 1, e));
    }
    instructions.add(new RawInstruction(name, guard, operands, first, end - 1, scope, loc));
  }

  private PtxException known(String name, int first, int last, PtxException otherwise) {
    try {
      InstructionTable.shared().find(List.of(name.split("\\.")));
      return otherwise;
    } catch (IllegalArgumentException e) {
      return cursor.tokens.fail(first, last, e.getMessage());
    }
  }

  /** Checks the instructions and completes the routine; to be called when the module is read. */
  void finish(InstructionBuilder builder) {
    List<Instruction> body = new ArrayList<>(instructions.size());
    int faultLine = routine.unsupported().map(PtxException::line).orElse(Integer.MAX_VALUE);
    for (RawInstruction raw : instructions) {
      try {
        Instruction instruction = builder.build(raw);
        if (instruction.line() >= faultLine) {
          break;
        }
        body.add(instruction);
      } catch (PtxException e) {
        routine.refuseFirst(e);
        break;
      }
    }
    routine.define(registers.all(), variables, body);
  }
}
