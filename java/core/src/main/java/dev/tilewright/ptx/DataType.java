package dev.tilewright.ptx;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The types of PTX (ISA section 5.2): fundamental, packed and alternate floating-point ones. The
 * name in PTX is the constant's in lower case.
 */
public enum DataType {
  /** Untyped bits. */
  B1(1, Kind.BITS),
  B4(4, Kind.BITS),
  B8(8, Kind.BITS),
  B16(16, Kind.BITS),
  B32(32, Kind.BITS),
  B64(64, Kind.BITS),
  B128(128, Kind.BITS),
  /** Unsigned integers. */
  U4(4, Kind.UNSIGNED),
  U8(8, Kind.UNSIGNED),
  U16(16, Kind.UNSIGNED),
  U32(32, Kind.UNSIGNED),
  U64(64, Kind.UNSIGNED),
  /** Signed integers. */
  S4(4, Kind.SIGNED),
  S8(8, Kind.SIGNED),
  S16(16, Kind.SIGNED),
  S32(32, Kind.SIGNED),
  S64(64, Kind.SIGNED),
  /** Two 16-bit integers, the first in the low half. */
  U16X2(32, Kind.PACKED),
  S16X2(32, Kind.PACKED),
  /** IEEE floating point. */
  F16(16, Kind.FLOAT),
  F32(32, Kind.FLOAT),
  F64(64, Kind.FLOAT),
  /** Two halves, the first in the low half. */
  F16X2(32, Kind.PACKED),
  /** Alternate floating-point formats: they live in untyped registers. */
  BF16(16, Kind.ALTERNATE),
  BF16X2(32, Kind.PACKED),
  TF32(32, Kind.ALTERNATE),
  E4M3(8, Kind.ALTERNATE),
  E5M2(8, Kind.ALTERNATE),
  E4M3X2(16, Kind.PACKED),
  E5M2X2(16, Kind.PACKED),
  /** A predicate. */
  PRED(1, Kind.PREDICATE);

  enum Kind {
    BITS,
    UNSIGNED,
    SIGNED,
    FLOAT,
    ALTERNATE,
    PACKED,
    PREDICATE
  }

  private static final Map<String, DataType> BY_NAME = new HashMap<>();

  static {
    for (DataType type : values()) {
      BY_NAME.put(type.name().toLowerCase(Locale.ROOT), type);
    }
  }

  private final int bits;
  private final Kind kind;

  DataType(int bits, Kind kind) {
    this.bits = bits;
    this.kind = kind;
  }

  /** The type of that PTX name (without the dot), or null. */
  static DataType named(String name) {
    return BY_NAME.get(name);
  }

  /** The width in bits. A predicate has one. */
  public int bits() {
    return bits;
  }

  /** The size in memory: whole bytes. */
  public int bytes() {
    return (bits + 7) / 8;
  }

  /** Whether this is an integer type with sign. */
  public boolean isSigned() {
    return kind == Kind.SIGNED;
  }

  /** Whether this is a signed or unsigned integer type; {@code b32} and packed types are not. */
  public boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  /** Whether this is a scalar floating-point type, IEEE or alternate. */
  public boolean isFloat() {
    return kind == Kind.FLOAT || kind == Kind.ALTERNATE;
  }

  /** Whether this holds two elements in one register ({@code f16x2}). */
  public boolean isPacked() {
    return kind == Kind.PACKED;
  }

  /** The element type of a packed type; any other type is its own element. */
  public DataType element() {
    return switch (this) {
      case U16X2 -> U16;
      case S16X2 -> S16;
      case F16X2 -> F16;
      case BF16X2 -> BF16;
      case E4M3X2 -> E4M3;
      case E5M2X2 -> E5M2;
      default -> this;
    };
  }

  Kind kind() {
    return kind;
  }

  /** The name in PTX, with its dot. */
  @Override
  public String toString() {
    return "." + name().toLowerCase(Locale.ROOT);
  }
}
