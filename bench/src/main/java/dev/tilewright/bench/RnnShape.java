package dev.tilewright.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One problem whose tiles are searched: a recurrent layer of the FlashRNN rule set (arXiv
 * 2412.07752) in bf16 with four gates on an H100.
 *
 * <p>The two passes have the same rules: the forward pass multiplies a D × 4D matrix and reduces
 * over D, the backward pass its transpose.
 *
 * @param hidden width of a head, D
 * @param heads H
 * @param batch rows, a multiple of 8
 * @param backward the pass
 */
public record RnnShape(int hidden, int heads, int batch, boolean backward) {
  /** Matrices side by side: an LSTM's. */
  public static final int GATES = 4;

  /** Streaming multiprocessors. */
  public static final int SMS = 132;

  /** Bytes of shared memory a block may use. */
  public static final int SHARED = 227_000;

  /** Registers of a multiprocessor, counted in 16-bit elements. */
  public static final int REGISTERS = 131_072;

  /** A quarter of a block's 1024 threads, in warps. */
  public static final int MAX_WARPS = 8;

  /** Elements a multiply-accumulate instruction reduces over. */
  public static final int DEPTH = 16;

  /** Rows times columns of the tile that a multiply-accumulate instruction writes. */
  public static final int TILE = 256;

  /** Rule 6. */
  public static final int MAX_LOOP_BATCH = 4;

  /** Numbers of a tile. */
  public static final int PARAMETERS = 11;

  /** The five shapes with known counts, forward or backward. */
  public static List<RnnShape> five(boolean backward) {
    return List.of(
        new RnnShape(64, 12, 16, backward),
        new RnnShape(768, 1, 16, backward),
        new RnnShape(1024, 1, 8, backward),
        new RnnShape(2048, 1, 8, backward),
        new RnnShape(2560, 1, 8, backward));
  }

  /**
   * Reads {@code D=64,H=12,B=16,pass=forward}; H is 1 and the pass forward when they are not there.
   *
   * @throws IllegalArgumentException that says what is wrong
   */
  public static RnnShape parse(String text) {
    int hidden = 0;
    int heads = 1;
    int batch = 0;
    boolean backward = false;
    for (String pair : text.split(",")) {
      String[] parts = pair.trim().split("=", 2);
      String value = parts.length == 2 ? parts[1].trim() : "";
      switch (parts[0].trim()) {
        case "D" -> hidden = number(pair, value);
        case "H" -> heads = number(pair, value);
        case "B" -> batch = number(pair, value);
        case "pass" -> {
          if (!value.equals("forward") && !value.equals("backward")) {
            throw new IllegalArgumentException(pair + ": must be pass=forward or pass=backward");
          }
          backward = value.equals("backward");
        }
        default -> throw new IllegalArgumentException(pair + ": known are D, H, B and pass");
      }
    }
    if (hidden == 0 || batch == 0 || batch % 8 != 0) {
      throw new IllegalArgumentException(text + ": needs D and B, B a multiple of 8");
    }
    return new RnnShape(hidden, heads, batch, backward);
  }

  private static int number(String pair, String value) {
    int n;
    try {
      n = Integer.parseInt(value);
    } catch (NumberFormatException e) {
      n = 0;
    }
    if (n < 1 || n > 4096) { // the 32-bit models overflow beyond
      throw new IllegalArgumentException(pair + ": must be a number from 1 to 4096");
    }
    return n;
  }

  /** Columns of the matrix: what is divided over blocks and warps. */
  public int outputs() {
    return backward ? hidden : GATES * hidden;
  }

  /** What a product sums over. */
  public int reduced() {
    return backward ? GATES * hidden : hidden;
  }

  /** What {@link #parse} reads. */
  public String label() {
    return String.format(Locale.ROOT, "D=%d,H=%d,B=%d,pass=%s", hidden, heads, batch, pass());
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("D", hidden);
    map.put("H", heads);
    map.put("B", batch);
    return map;
  }

  String pass() {
    return backward ? "backward" : "forward";
  }
}
