package dev.tilewright.bench;

import dev.tilewright.DType;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.op.FftConv;
import dev.tilewright.op.SparsePattern;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One problem to time.
 *
 * @param taps filter length Lk
 * @param gated whether both gates take part
 * @param cached whether the filter was transformed before the calls, else each call transforms it
 * @param sparse frequencies kept, null for all
 */
public record FftConvCase(
    long batch,
    long channels,
    long length,
    long taps,
    FftConv.Mode mode,
    boolean gated,
    boolean cached,
    Pass pass,
    DType dtype,
    SparsePattern sparse) {

  /** What one timed call does. */
  public enum Pass {
    FORWARD("forward"),
    BACKWARD("backward"),
    FORWARD_BACKWARD("forward+backward"),
    /** Decodes the whole sequence step by step. */
    STEP("step");

    private final String label;

    Pass(String label) {
      this.label = label;
    }

    /** As the command line and the report spell it. */
    public String label() {
      return label;
    }

    boolean hasForward() {
      return this == FORWARD || this == FORWARD_BACKWARD;
    }

    boolean hasBackward() {
      return this == BACKWARD || this == FORWARD_BACKWARD;
    }
  }

  /** A causal f32 forward call with a filter as long as the sequence, transformed in the call. */
  public static FftConvCase of(long batch, long channels, long length) {
    return new FftConvCase(
        batch,
        channels,
        length,
        length,
        FftConv.Mode.CAUSAL,
        false,
        false,
        Pass.FORWARD,
        DType.F32,
        null);
  }

  /**
   * Reads {@code
   * B=2,H=64,L=4096,Lk=4096,mode=causal,gated=false,filter=uncached,pass=forward,dtype=f32}; only L
   * must be there. {@code sparse=16:2x512} keeps coordinates below 2 of the first axis and all of
   * the second: factors, each with the kept prefix where it is cut.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static FftConvCase parse(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String part : text.split(",")) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("case '" + text + "': '" + part + "' is no KEY=VALUE");
      }
      fields.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
    }
    String length = fields.remove("L");
    if (length == null) {
      throw new IllegalArgumentException("case '" + text + "': L is missing");
    }
    FftConvCase c = of(2, 64, count("L", length));
    for (Map.Entry<String, String> field : fields.entrySet()) {
      c = c.with(field.getKey(), field.getValue());
    }
    if (c.pass == Pass.STEP && (c.mode != FftConv.Mode.CAUSAL || !c.cached)) {
      throw new IllegalArgumentException(
          "case '" + text + "': pass=step takes mode=causal and filter=cached");
    }
    if (c.sparse != null && c.pass == Pass.STEP) {
      throw new IllegalArgumentException("case '" + text + "': pass=step takes no sparse");
    }
    try {
      c.spec();
    } catch (InvalidSpecException e) {
      throw new IllegalArgumentException("case '" + text + "': " + e.getMessage(), e);
    }
    return c;
  }

  private FftConvCase with(String key, String value) {
    String low = value.toLowerCase(Locale.ROOT);
    return switch (key) {
      case "B" -> withShape(count(key, value), channels, length, taps);
      case "H" -> withShape(batch, count(key, value), length, taps);
      case "Lk" -> withTaps(count(key, value));
      case "mode" -> withMode(oneOf(key, low, FftConv.Mode.values()));
      case "gated" -> withGated(flag(key, low, "true", "false"));
      case "filter" -> withCached(flag(key, low, "cached", "uncached"));
      case "pass" -> withPass(pass(low));
      case "dtype" -> withDtype(oneOf(key, low, DType.F32, DType.F16, DType.BF16));
      case "sparse" -> withSparse(pattern(low));
      default ->
          throw new IllegalArgumentException(
              "case: unknown key '"
                  + key
                  + "'; known: B H L Lk mode gated filter pass dtype"
                  + " sparse");
    };
  }

  private static long count(String key, String value) {
    try {
      long n = Long.parseLong(value);
      if (n >= 1) {
        return n;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException("case: " + key + "=" + value + " must be a number from 1");
  }

  private static SparsePattern pattern(String value) {
    String[] axes = value.split("x", -1);
    long[] factors = new long[axes.length];
    long[] kept = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      String[] axis = axes[i].split(":", -1);
      if (axis.length > 2) {
        throw new IllegalArgumentException(
            "case: sparse=" + value + " must be FACTOR[:KEPT] for each axis, joined by x");
      }
      factors[i] = count("sparse", axis[0]);
      kept[i] = axis.length == 1 ? factors[i] : count("sparse", axis[1]);
    }
    try {
      return SparsePattern.prefixes(factors, kept);
    } catch (InvalidSpecException e) {
      throw new IllegalArgumentException("case: sparse=" + value + ": " + e.getMessage(), e);
    }
  }

  private static boolean flag(String key, String value, String yes, String no) {
    if (!value.equals(yes) && !value.equals(no)) {
      throw new IllegalArgumentException(
          "case: " + key + "=" + value + " must be " + yes + " or " + no);
    }
    return value.equals(yes);
  }

  @SafeVarargs
  private static <E extends Enum<E>> E oneOf(String key, String value, E... allowed) {
    StringBuilder names = new StringBuilder();
    for (E e : allowed) {
      String name = e.name().toLowerCase(Locale.ROOT);
      if (name.equals(value)) {
        return e;
      }
      names.append(' ').append(name);
    }
    throw new IllegalArgumentException("case: " + key + "=" + value + " must be one of" + names);
  }

  private static Pass pass(String value) {
    for (Pass p : Pass.values()) {
      if (p.label.equals(value)) {
        return p;
      }
    }
    throw new IllegalArgumentException(
        "case: pass=" + value + " must be one of forward backward forward+backward step");
  }

  FftConvCase withShape(long batch, long channels, long length, long taps) {
    return new FftConvCase(batch, channels, length, taps, mode, gated, cached, pass, dtype, sparse);
  }

  FftConvCase withTaps(long taps) {
    return withShape(batch, channels, length, taps);
  }

  FftConvCase withMode(FftConv.Mode mode) {
    return new FftConvCase(batch, channels, length, taps, mode, gated, cached, pass, dtype, sparse);
  }

  FftConvCase withGated(boolean gated) {
    return new FftConvCase(batch, channels, length, taps, mode, gated, cached, pass, dtype, sparse);
  }

  FftConvCase withCached(boolean cached) {
    return new FftConvCase(batch, channels, length, taps, mode, gated, cached, pass, dtype, sparse);
  }

  FftConvCase withPass(Pass pass) {
    return new FftConvCase(batch, channels, length, taps, mode, gated, cached, pass, dtype, sparse);
  }

  FftConvCase withDtype(DType dtype) {
    return new FftConvCase(batch, channels, length, taps, mode, gated, cached, pass, dtype, sparse);
  }

  FftConvCase withSparse(SparsePattern sparse) {
    return new FftConvCase(batch, channels, length, taps, mode, gated, cached, pass, dtype, sparse);
  }

  /** The spec that a plan of this case takes. */
  FftConv.Spec spec() {
    return FftConv.Spec.of(batch, channels, length)
        .withFilterLength(taps)
        .withMode(mode)
        .withDtype(dtype)
        .withPregate(gated)
        .withPostgate(gated)
        .withSparse(sparse);
  }

  /** Elements of u; the bench holds inputs in Java arrays, so it must be an int. */
  int elements() {
    return Math.toIntExact(Math.multiplyExact(Math.multiplyExact(batch, channels), length));
  }

  int filterElements() {
    return Math.toIntExact(Math.multiplyExact(channels, taps));
  }

  /**
   * Length of a linear convolution's real transform: the smallest even 7-smooth number that fits.
   */
  long transformLength() {
    long reach =
        switch (mode) {
          case CIRCULAR -> 0;
          case CAUSAL -> Math.min(taps, length) - 1;
          case BIDIRECTIONAL -> Math.min(taps / 2, length - 1);
        };
    if (mode == FftConv.Mode.CIRCULAR) {
      return length;
    }
    long n = length + reach;
    for (n += n & 1; !isSmooth(n); n += 2) {}
    return n;
  }

  private static boolean isSmooth(long n) {
    for (long p : new long[] {2, 3, 5, 7}) {
      while (n % p == 0) {
        n /= p;
      }
    }
    return n == 1;
  }

  /** The "case" object of the report. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("B", batch);
    map.put("H", channels);
    map.put("L", length);
    map.put("Lk", taps);
    map.put("mode", mode.name().toLowerCase(Locale.ROOT));
    map.put("gated", gated);
    map.put("filter", cached ? "cached" : "uncached");
    if (sparse != null) {
      map.put("sparse", sparse.toString());
    }
    return map;
  }

  /** One short line for tables and progress. */
  String label() {
    StringBuilder s = new StringBuilder();
    s.append("B").append(batch).append(" H").append(channels).append(" L").append(size(length));
    if (taps != length) {
      s.append(" Lk").append(size(taps));
    }
    if (mode != FftConv.Mode.CAUSAL) {
      s.append(' ').append(mode.name().toLowerCase(Locale.ROOT));
    }
    s.append(gated ? " gated" : "").append(cached ? " cached" : "");
    s.append(sparse == null ? "" : " sparse " + sparse);
    s.append(' ').append(dtype.label()).append(' ').append(pass.label);
    return s.toString();
  }

  private static String size(long n) {
    return n >= 1024 && n % 1024 == 0 ? n / 1024 + "K" : Long.toString(n);
  }
}
