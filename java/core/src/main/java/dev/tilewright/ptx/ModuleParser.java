package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads a module (ISA chapters 4, 5 and 11). */
final class ModuleParser {
  private final String source;
  private final Cursor cursor;
  private final SymbolTable symbols = new SymbolTable();
  private final DebugInfo debug = new DebugInfo();
  private final VariableParser variableParser;
  private final List<RoutineParser> bodies = new ArrayList<>();
  private final Set<PtxRoutine> defined = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<String> target = new ArrayList<>();
  private String version = "";
  private int addressBits = 64;

  ModuleParser(String source, String text) {
    this.source = source;
    this.cursor = new Cursor(new Tokens(source, text));
    this.variableParser = new VariableParser(cursor);
  }

  PtxModule parse() {
    if (!cursor.isWord(".version")) {
      throw cursor.fail("expected .version at the begin of a module");
    }
    while (!cursor.atEnd()) {
      directive();
    }
    return finish();
  }

  private void directive() {
    if (!cursor.is(Tokens.WORD)) {
      if (cursor.accept(';')) {
        return;
      }
      throw cursor.fail("expected a directive");
    }
    switch (cursor.text()) {
      case ".version" -> {
        cursor.advance();
        version = take(Tokens.NUMBER, "a version");
      }
      case ".target" -> targets();
      case ".address_size" -> {
        cursor.advance();
        addressBits = new ConstantParser(cursor).parseInt("32 or 64");
      }
      case ".file" -> debug.file(cursor);
      case ".loc" -> debug.loc(cursor);
      case ".section" -> debug.section(cursor);
      case ".pragma" -> pragma();
      case ".alias" -> alias();
      default -> declaration();
    }
  }

  private String take(char kind, String what) {
    if (!cursor.is(kind)) {
      throw cursor.fail("expected " + what);
    }
    return cursor.take();
  }

  private void targets() {
    cursor.advance();
    do {
      if (Target.isFaulty(cursor.text())) {
        throw cursor.fail("no target is called " + cursor.text());
      }
      target.add(cursor.expectName("a target"));
    } while (cursor.accept(','));
  }

  private void pragma() {
    cursor.advance();
    do {
      cursor.expectString();
    } while (cursor.accept(','));
    cursor.expect(';');
  }

  private void alias() {
    cursor.advance();
    int token = cursor.position();
    String name = cursor.expectName("the alias");
    cursor.expect(',');
    PtxRoutine routine = symbols.routine(cursor.expectName("a function"));
    if (!(routine instanceof PtxFunction)) {
      throw cursor.tokens.fail(token, "an alias of no function");
    }
    cursor.expect(';');
    symbols.alias(name, routine);
  }

  private void declaration() {
    Linkage linkage = Linkage.INTERNAL;
    while (true) {
      if (cursor.acceptWord(".visible")) {
        linkage = Linkage.VISIBLE;
      } else if (cursor.acceptWord(".extern")) {
        linkage = Linkage.EXTERN;
      } else if (cursor.acceptWord(".weak")) {
        linkage = Linkage.WEAK;
      } else if (cursor.acceptWord(".common")) {
        linkage = Linkage.COMMON;
      } else {
        break;
      }
    }
    if (cursor.isWord(".entry") || cursor.isWord(".func")) {
      routine(linkage);
    } else if (VariableParser.starts(cursor)) {
      int token = cursor.position();
      for (PtxVariable variable : variableParser.variables(linkage)) {
        if (variable.space() == StateSpace.LOCAL || variable.space() == StateSpace.PARAM) {
          throw cursor.tokens.fail(token, "a variable of a routine outside of one");
        }
        PtxVariable other = symbols.variable(variable.name());
        if (other != null && other.linkage() != Linkage.EXTERN && linkage != Linkage.EXTERN) {
          throw cursor.tokens.fail(token, "a variable that is there twice: " + variable.name());
        }
        if (other == null || linkage != Linkage.EXTERN) {
          symbols.add(variable);
        }
      }
    } else {
      throw cursor.fail("unknown directive");
    }
  }

  private void routine(Linkage linkage) {
    int line = cursor.tokens.line(cursor.position());
    boolean kernel = cursor.take().equals(".entry");
    while (cursor.isWord(".attribute")) {
      variableParser.attribute();
    }
    RegisterFile registers = new RegisterFile();
    List<PtxParam> returns = List.of();
    if (!kernel && cursor.is('(')) {
      returns = variableParser.params(registers);
    }
    int token = cursor.position();
    String name = cursor.expectName("a name");
    List<PtxParam> params = cursor.is('(') ? variableParser.params(registers) : List.of();
    if (kernel && params.stream().anyMatch(p -> p.register().isPresent())) {
      throw cursor.tokens.fail(token, "a kernel with a parameter in a register");
    }
    PtxRoutine routine = symbols.routine(name);
    if (routine == null) {
      routine = kernel ? new PtxKernel(name, linkage, line) : new PtxFunction(name, linkage, line);
      symbols.add(routine);
    }
    LimitsParser limits = new LimitsParser(cursor);
    limits.parse();
    boolean definition = !cursor.accept(';');
    if ((routine instanceof PtxKernel) != kernel || (definition && !defined.add(routine))) {
      throw cursor.tokens.fail(token, "a name that is there twice");
    }
    if (!definition && defined.contains(routine)) {
      return;
    }
    routine.params(params);
    if (routine instanceof PtxFunction function) {
      function.returns(returns);
    } else {
      ((PtxKernel) routine).limits(limits.limits());
    }
    if (definition) {
      body(routine, registers, params, returns);
    }
  }

  private void body(
      PtxRoutine routine, RegisterFile registers, List<PtxParam> params, List<PtxParam> returns) {
    if (routine instanceof PtxFunction function) {
      function.defined();
    }
    RoutineParser parser =
        new RoutineParser(cursor, symbols, debug, variableParser, routine, registers);
    bodies.add(parser);
    List<PtxParam> all = new ArrayList<>(returns);
    all.addAll(params);
    parser.parse(all);
  }

  private PtxModule finish() {
    InstructionBuilder builder =
        new InstructionBuilder(cursor.tokens, debug, symbols, Target.of(target));
    for (RoutineParser body : bodies) {
      body.finish(builder);
    }
    new References(cursor.tokens, symbols).resolve(variableParser.references());
    Set<PtxRoutine> routines = new LinkedHashSet<>();
    symbols.routines().forEach(routines::add);
    new Reachability(routines, symbols.variables()).complete();
    List<PtxKernel> kernels = new ArrayList<>();
    List<PtxFunction> functions = new ArrayList<>();
    for (PtxRoutine routine : routines) {
      if (routine instanceof PtxKernel kernel) {
        kernels.add(kernel);
      } else {
        functions.add((PtxFunction) routine);
      }
    }
    return new PtxModule(
        source,
        version,
        target,
        addressBits,
        kernels,
        functions,
        symbols.variables(),
        debug.files());
  }
}
