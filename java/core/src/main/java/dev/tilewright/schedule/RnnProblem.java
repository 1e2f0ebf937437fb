package dev.tilewright.schedule;

import dev.tilewright.DType;
import dev.tilewright.InvalidSpecException;
import java.util.Locale;
import java.util.Map;

/**
 * A recurrent layer as its fused kernel sees it: {@code steps} products of a recurrent matrix, one
 * a head, with the state of the step before.
 *
 * @param cell kind of cell
 * @param heads independent heads
 * @param headDim units of a head
 * @param batch sequences
 * @param steps time steps
 * @param dtype element type of matrix and state; sums are f32
 */
public record RnnProblem(Cell cell, int heads, int headDim, int batch, int steps, DType dtype) {

  /** Kind of cell. */
  public enum Cell {
    /** Long short-term memory: gates i, f, z, o. */
    LSTM(4),
    /** LSTM with exponential gates and a normaliser (xLSTM). */
    SLSTM(4),
    /** Gated recurrent unit. */
    GRU(3),
    /** One gate (Elman, 1990). */
    ELMAN(1);

    private final int gates;

    Cell(int gates) {
      this.gates = gates;
    }

    /** Rows of the recurrent matrix for each unit. */
    public int gates() {
      return gates;
    }
  }

  /**
   * Checks the sizes.
   *
   * @throws InvalidSpecException when one is out of its range, or the type is not f32, f16 or bf16
   */
  public RnnProblem {
    if (cell == null) {
      throw new InvalidSpecException("cell", null, "lstm, slstm, gru or elman");
    }
    check("N", heads, 1 << 16);
    check("D", headDim, 1 << 16);
    check("B", batch, 1 << 20);
    check("T", steps, 1 << 30);
    if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.BF16) {
      throw new InvalidSpecException("dtype", dtype, "f32, f16 or bf16");
    }
  }

  /**
   * Out of a shape as command lines give it.
   *
   * @param shape {@code D} units of a head; {@code N} heads, else 1; {@code B} batch, else 1;
   *     {@code T} steps, else 1024
   * @param cell lstm, slstm, gru or elman, in any case
   * @throws InvalidSpecException when a key is unknown, missing or out of its range
   */
  public static RnnProblem of(Map<String, Long> shape, String cell, DType dtype) {
    for (String key : shape.keySet()) {
      if (!"DNBT".contains(key) || key.length() != 1) {
        throw new InvalidSpecException("shape", key, "D, N, B, T");
      }
    }
    if (!shape.containsKey("D")) {
      throw new InvalidSpecException("shape", shape, "D=units of a head, among N, B, T");
    }
    Cell kind;
    try {
      kind = Cell.valueOf(String.valueOf(cell).strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new InvalidSpecException("cell", cell, "lstm, slstm, gru or elman");
    }
    return new RnnProblem(
        kind,
        size(shape, "N", 1),
        size(shape, "D", 1),
        size(shape, "B", 1),
        size(shape, "T", 1024),
        dtype);
  }

  private static int size(Map<String, Long> shape, String key, int otherwise) {
    long value = shape.getOrDefault(key, (long) otherwise);
    check(key, value, Integer.MAX_VALUE);
    return (int) value;
  }

  private static void check(String key, long value, long most) {
    if (value < 1 || value > most) {
      throw new InvalidSpecException(key, value, "1 to " + most);
    }
  }

  /** Bytes of an element. */
  int bytes() {
    return dtype.bytes();
  }

  /** The batch rounded up to what a matrix instruction takes. */
  int paddedBatch() {
    int unit = dtype == DType.F32 ? 16 : 8;
    return (batch + unit - 1) / unit * unit;
  }

  @Override
  public String toString() {
    return "cell=%s,N=%d,D=%d,B=%d,T=%d,dtype=%s"
        .formatted(
            cell.name().toLowerCase(Locale.ROOT), heads, headDim, batch, steps, dtype.label());
  }
}
