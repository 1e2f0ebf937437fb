package dev.tilewright.ptx;

import java.util.List;

/** A variable in memory: of the module, of a routine, or a parameter. Compare by identity. */
public final class PtxVariable {
  /**
   * An address inside an initialiser: the loader stores it at {@code offset}.
   *
   * @param offset bytes from the variable's begin
   * @param bytes how many bytes of the address are stored, 1 to 8
   * @param shift which bits: the address is shifted right by it first ({@code 0xFF00(name)})
   * @param target a {@link Operand.Symbol} or a {@link Operand.Function}
   * @param addend added to the address
   * @param generic whether the generic address is meant, not the one in the variable's space
   */
  public record Reference(
      long offset, int bytes, int shift, Operand target, long addend, boolean generic) {}

  private final String name;
  private final StateSpace space;
  private final DataType type;
  private final int vector;
  private final int align;
  private final long bytes;
  private final boolean unsized;
  private final Linkage linkage;
  private byte[] data = {};
  private List<Reference> references = List.of();

  PtxVariable(
      String name,
      StateSpace space,
      DataType type,
      int vector,
      int align,
      long bytes,
      boolean unsized,
      Linkage linkage) {
    this.name = name;
    this.space = space;
    this.type = type;
    this.vector = vector;
    this.align = align;
    this.bytes = bytes;
    this.unsized = unsized;
    this.linkage = linkage;
  }

  void initialise(byte[] data, List<Reference> references) {
    this.data = data;
    this.references = List.copyOf(references);
  }

  /** The name in PTX. */
  public String name() {
    return name;
  }

  /** Where it lies. */
  public StateSpace space() {
    return space;
  }

  /** The type of an element; of a vector's component. */
  public DataType type() {
    return type;
  }

  /** How many components an element has: 1, or 2, 4 or 8 for a vector. */
  public int vector() {
    return vector;
  }

  /** The alignment in bytes. */
  public int align() {
    return align;
  }

  /** The size in bytes; 0 when {@link #unsized}. */
  public long bytes() {
    return bytes;
  }

  /** Whether the size is not given: {@code .extern .shared .b8 buffer[]}, dynamic shared memory. */
  public boolean unsized() {
    return unsized;
  }

  /** Who sees it. */
  public Linkage linkage() {
    return linkage;
  }

  /** A copy of the first bytes of the initial value, little endian; the rest is zero. */
  public byte[] data() {
    return data.clone();
  }

  /** The addresses in the initial value, by offset. Their bytes in {@link #data} are zero. */
  public List<Reference> references() {
    return references;
  }

  /** Whether the declaration gives an initial value. */
  public boolean isInitialised() {
    return data.length > 0 || !references.isEmpty();
  }

  @Override
  public String toString() {
    return name;
  }
}
