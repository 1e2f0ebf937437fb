package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads declarations of variables and parameters (ISA sections 5.1 and 5.4). */
final class VariableParser {
  private static final int MAX_DIMENSIONS = 16;
  private static final int POINTER_BYTES = 8;

  /** An address in an initialiser, with its name not resolved yet. */
  record PendingReference(
      PtxVariable variable, InitialiserParser.NamedAddress address, boolean generic) {}

  /** The space, type, vector and alignment that stand before a declaration's names. */
  record Type(StateSpace space, boolean register, DataType type, int vector, int align) {}

  private final Cursor cursor;
  private final List<PendingReference> references = new ArrayList<>();

  VariableParser(Cursor cursor) {
    this.cursor = cursor;
  }

  List<PendingReference> references() {
    return references;
  }

  /** Whether a word begins a declaration of a variable. */
  static boolean starts(Cursor cursor) {
    return cursor.isWord(".global")
        || cursor.isWord(".shared")
        || cursor.isWord(".const")
        || cursor.isWord(".local")
        || cursor.isWord(".param")
        || cursor.isWord(".tex");
  }

  /**
   * Reads {@code .space [.align n] [.vN] .type} in any order, and {@code .ptr} with what follows.
   */
  Type type() {
    boolean register = cursor.isWord(".reg");
    StateSpace space =
        register || cursor.isWord(".tex")
            ? StateSpace.GLOBAL
            : Modifiers.space(cursor.text().substring(1));
    cursor.advance();
    DataType type = null;
    int vector = 1;
    int align = 0;
    while (cursor.is(Tokens.WORD)) {
      String word = cursor.text().substring(1);
      DataType named = DataType.named(word);
      if (word.equals("align")) {
        align = align();
        continue;
      } else if (named != null && (type == null || word.startsWith("b"))) {
        type = named;
      } else if (word.endsWith("ref")) {
        type = DataType.B64; // A handle of a texture, sampler or surface.
      } else if (word.equals("v2") || word.equals("v4") || word.equals("v8")) {
        vector = word.charAt(1) - '0';
      } else if (word.equals("ptr")) {
        pointee();
        continue;
      } else if (word.equals("attribute")) {
        attribute();
        continue;
      } else {
        throw cursor.fail("expected a type");
      }
      cursor.advance();
    }
    if (type == null
        || (type == DataType.PRED && !register)
        || (register && type.bits() < 8 && type != DataType.PRED)) {
      throw cursor.fail("expected a type before this");
    }
    return new Type(space, register, type, vector, align == 0 ? type.bytes() * vector : align);
  }

  private int align() {
    cursor.advance();
    int align = new ConstantParser(cursor).parseInt("an alignment");
    if (align <= 0 || Integer.bitCount(align) != 1) {
      throw cursor.fail("expected a power of two as alignment before this");
    }
    return align;
  }

  private void pointee() {
    cursor.advance();
    while (cursor.is(Tokens.WORD)) {
      if (cursor.isWord(".align")) {
        align();
      } else if (Modifiers.space(cursor.text().substring(1)) != null) {
        cursor.advance();
      } else {
        throw cursor.fail("expected a space or an alignment");
      }
    }
  }

  /** Skips {@code .attribute(.managed)}. */
  void attribute() {
    cursor.advance();
    cursor.expect('(');
    for (int open = 1; open > 0; cursor.advance()) {
      if (cursor.is('(')) {
        open++;
      } else if (cursor.is(')')) {
        open--;
      } else if (cursor.atEnd()) {
        throw cursor.fail("expected ')'");
      }
    }
  }

  /** Reads the variables of a declaration and its semicolon. */
  List<PtxVariable> variables(Linkage linkage) {
    Type type = type();
    List<PtxVariable> all = new ArrayList<>();
    do {
      all.add(variable(type, cursor.expectName("a variable's name"), linkage));
    } while (cursor.accept(','));
    cursor.expect(';');
    return all;
  }

  /** Reads what follows a variable's name: extents and initial value. */
  PtxVariable variable(Type type, String name, Linkage linkage) {
    List<Long> extents = extents();
    int element = type.type.bytes() * type.vector;
    boolean unsized = extents.contains(-1L);
    InitialiserParser initialiser = null;
    if (cursor.accept('=')) {
      initialiser = new InitialiserParser(cursor, type.type, type.vector, extents);
      initialiser.parse();
      if (unsized) {
        extents.set(0, initialiser.count());
        unsized = false;
      }
    }
    long bytes = unsized ? 0 : size(element, extents);
    PtxVariable variable =
        new PtxVariable(
            name, type.space, type.type, type.vector, type.align, bytes, unsized, linkage);
    if (initialiser != null) {
      variable.initialise(initialiser.data(), List.of());
      for (InitialiserParser.NamedAddress address : initialiser.addresses()) {
        references.add(new PendingReference(variable, address, address.generic()));
      }
    }
    return variable;
  }

  private long size(long element, List<Long> extents) {
    long bytes = element;
    for (long extent : extents) {
      if (extent != 0 && bytes > (1L << 40) / extent) {
        throw cursor.fail("a variable of more than 2^40 bytes before this");
      }
      bytes *= extent;
    }
    return bytes;
  }

  /** Reads {@code [n]…}; -1 stands for an extent that is not given: only the first may be. */
  private List<Long> extents() {
    List<Long> extents = new ArrayList<>();
    while (cursor.accept('[')) {
      if (extents.isEmpty() && cursor.is(']')) {
        extents.add(-1L);
      } else {
        long extent = new ConstantParser(cursor).parseLong();
        if (extent < 0 || extents.size() == MAX_DIMENSIONS) {
          throw cursor.fail("expected an array's extent before this");
        }
        extents.add(extent);
      }
      cursor.expect(']');
    }
    return extents;
  }

  /**
   * Reads parameters in parentheses.
   *
   * @param registers where register parameters go; null in prototypes and declarations
   */
  List<PtxParam> params(RegisterFile registers) {
    cursor.expect('(');
    List<PtxParam> params = new ArrayList<>();
    long end = 0;
    if (cursor.accept(')')) {
      return params;
    }
    do {
      if (!cursor.isWord(".param") && !cursor.isWord(".reg")) {
        throw cursor.fail("expected .param or .reg");
      }
      Type type = type();
      String name = cursor.expectName("a parameter's name");
      if (type.register) {
        Register register = registers == null ? null : registers.add(name, type.type);
        params.add(
            new PtxParam(
                name,
                type.type,
                type.type.bytes(),
                type.align,
                0,
                Optional.empty(),
                Optional.ofNullable(register)));
      } else {
        PtxVariable variable = variable(type, name, Linkage.INTERNAL);
        long offset = PtxRoutine.alignUp(end, type.align);
        end = offset + variable.bytes();
        params.add(
            new PtxParam(
                name,
                type.type,
                variable.bytes(),
                type.align,
                offset,
                Optional.of(variable),
                Optional.empty()));
      }
    } while (cursor.accept(','));
    cursor.expect(')');
    return params;
  }

  /** The bytes of a pointer: of an address in an initialiser. */
  static int pointerBytes() {
    return POINTER_BYTES;
  }
}
