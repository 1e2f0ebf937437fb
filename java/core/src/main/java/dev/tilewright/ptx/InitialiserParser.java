package dev.tilewright.ptx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the initial value of a variable (ISA section 5.4.4). */
final class InitialiserParser {
  private static final long MAX_BYTES = 1L << 26;

  /** An address of a variable or function, to be stored when the module is loaded. */
  record NamedAddress(
      String name, long offset, int bytes, int shift, long addend, boolean generic, int token) {}

  private final Cursor cursor;
  private final DataType type;
  private final List<Long> extents;
  private final List<NamedAddress> addresses = new ArrayList<>();
  private byte[] data = {};
  private int used;
  private long count;

  InitialiserParser(Cursor cursor, DataType type, int vector, List<Long> extents) {
    this.cursor = cursor;
    this.type = type;
    this.extents = new ArrayList<>(extents);
    if (vector > 1) {
      this.extents.add((long) vector);
    }
  }

  void parse() {
    if (extents.isEmpty()) {
      boolean braces = cursor.accept('{');
      element(0);
      if (braces) {
        cursor.expect('}');
      }
    } else if (cursor.is(Tokens.STRING)) {
      string();
    } else {
      elements(0, 0);
    }
  }

  /** The initial bytes; the variable's rest is zero. */
  byte[] data() {
    return Arrays.copyOf(data, used);
  }

  List<NamedAddress> addresses() {
    return addresses;
  }

  /** How many elements of the first extent are given. */
  long count() {
    return count;
  }

  private void string() {
    String text = cursor.expectString();
    for (int i = 0; i < text.length(); i++) {
      put(i * (long) type.bytes(), type.bytes(), text.charAt(i));
    }
    count = text.length() + 1L;
  }

  /** Reads a brace list of one extent, or its elements without inner braces. */
  private void elements(int level, long begin) {
    cursor.expect('{');
    long stride = type.bytes();
    for (int i = level + 1; i < extents.size(); i++) {
      stride = Math.multiplyHigh(stride, extents.get(i)) == 0 ? stride * extents.get(i) : MAX_BYTES;
    }
    long limit = extents.get(level);
    long index = 0;
    long at = begin;
    boolean flat = false;
    while (!cursor.accept('}')) {
      if (cursor.is('{') && level + 1 < extents.size()) {
        elements(level + 1, at);
        at += stride;
      } else {
        element(at);
        flat = true;
        at += type.bytes();
      }
      index++;
      if (!flat && limit >= 0 && index > limit) {
        throw cursor.fail("more initial values than elements before this");
      }
      if (flat && limit >= 0 && at - begin > stride * limit) {
        throw cursor.fail("more initial values than elements before this");
      }
      if (!cursor.accept(',') && !cursor.is('}')) {
        throw cursor.fail("expected ',' or '}'");
      }
    }
    if (level == 0) {
      count = flat && stride > 0 ? (at - begin + stride - 1) / stride : index;
    }
  }

  private void element(long at) {
    if (cursor.is(Tokens.NAME) && !cursor.isName("WARP_SZ")) {
      address(at);
      return;
    }
    int token = cursor.position();
    Constant value = new ConstantParser(cursor).parse();
    if (value.isInteger() && cursor.is('(')) {
      cursor.moveTo(token);
      masked(at, value.bits());
      return;
    }
    put(at, type.bytes(), bits(value));
  }

  private long bits(Constant value) {
    if (type == DataType.F32 && !value.isInteger()) {
      return Float.floatToRawIntBits((float) value.toDouble());
    }
    if (type == DataType.F64) {
      return value.isInteger()
          ? Double.doubleToRawLongBits(value.bits())
          : Double.doubleToRawLongBits(value.toDouble());
    }
    if (type == DataType.F32) {
      return Float.floatToRawIntBits(value.bits());
    }
    return value.bits();
  }

  /** Reads {@code 0xFF00(name)}: some bytes of an address. */
  private void masked(long at, long mask) {
    cursor.advance();
    cursor.expect('(');
    int shift = Long.numberOfTrailingZeros(mask);
    if (mask == 0 || (mask >>> shift) != 0xFF || shift % 8 != 0) {
      throw cursor.fail("expected a mask of one byte before this");
    }
    named(at, 1, shift);
    cursor.expect(')');
  }

  private void address(long at) {
    int bytes = type.bytes();
    if (bytes < 4 || type.isFloat()) {
      throw cursor.fail("an address in a variable of type " + type);
    }
    named(at, Math.min(bytes, VariableParser.pointerBytes()), 0);
  }

  private void named(long at, int bytes, int shift) {
    int token = cursor.position();
    boolean generic = cursor.isName("generic") && cursor.kind(1) == '(';
    if (generic) {
      cursor.advance();
      cursor.advance();
    }
    String name = cursor.expectName("a variable or function");
    long addend = 0;
    if (generic && (cursor.is('+') || cursor.is('-'))) {
      addend = new ConstantParser(cursor).parseLong();
    }
    if (generic) {
      cursor.expect(')');
    }
    if (cursor.is('+') || cursor.is('-')) {
      addend += new ConstantParser(cursor).parseLong();
    }
    put(at, bytes, 0);
    addresses.add(new NamedAddress(name, at, bytes, shift, addend, generic, token));
  }

  private void put(long at, int bytes, long value) {
    long end = at + bytes;
    if (end > MAX_BYTES) {
      throw cursor.fail("an initial value of more than " + MAX_BYTES + " bytes");
    }
    if (end > data.length) {
      data = Arrays.copyOf(data, (int) Math.min(MAX_BYTES, Math.max(64, 2 * end)));
    }
    for (int i = 0; i < bytes && i < 8; i++) {
      data[(int) at + i] = (byte) (value >>> (8 * i));
    }
    used = Math.max(used, (int) end);
  }
}
