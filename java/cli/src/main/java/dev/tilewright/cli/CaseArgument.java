package dev.tilewright.cli;

import dev.tilewright.Half;
import dev.tilewright.ptx.PtxParam;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;

/** An argument of a case. */
sealed interface CaseArgument {
  /** A scalar or a struct: its bytes. */
  record Value(byte[] bytes) implements CaseArgument {}

  /**
   * An array that becomes a buffer, passed as a pointer.
   *
   * @param data what it begins with, or null when it begins uninitialised
   * @param out where it is written to, or null
   * @param type the element's type, null where nothing is written
   * @param shape the extents, null where nothing is written
   * @param bytes the size
   */
  record Array(byte[] data, Path out, String type, long[] shape, int bytes)
      implements CaseArgument {}

  /** What says which sort of argument it is. */
  List<String> SORTS =
      List.of(
          "in", "inout", "out", "bytes", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64",
          "f16", "bf16", "f32", "f64");

  /** The types of arrays whose elements are kept in unsigned integers. */
  Set<String> KEPT_AS_INTEGERS = Set.of("bf16", "e4m3", "e5m2");

  /** The largest finite number of type f16. */
  double MAX_F16 = 65504;

  /** What an allocation may have. */
  int MAX_BYTES = Integer.MAX_VALUE - 16;

  /** Reads an argument for a parameter. */
  static CaseArgument read(CaseFields fields, Path of, PtxParam param) {
    List<String> sorts = SORTS.stream().filter(fields::has).toList();
    boolean twoFiles = sorts.equals(List.of("inout", "out"));
    if (sorts.size() != 1 && !twoFiles) {
      throw fields.fault(
          (sorts.isEmpty() ? "says no value" : "says " + String.join(" and ", sorts))
              + "; one of "
              + String.join(" ", SORTS)
              + ", or inout with out");
    }
    String sort = sorts.get(0);
    CaseArgument argument =
        switch (sort) {
          case "in", "inout", "out" -> array(fields, of, sort, twoFiles);
          case "bytes" -> new Value(hex(fields));
          default -> new Value(scalar(fields, sort));
        };
    int bytes = argument instanceof Value value ? value.bytes().length : Long.BYTES;
    if (bytes != param.bytes()) {
      throw fields.fault(
          sort,
          (argument instanceof Array ? "is passed as a pointer of " : "has ")
              + bytes
              + " bytes; the parameter "
              + param.name()
              + " has "
              + param.bytes());
    }
    return argument;
  }

  private static byte[] hex(CaseFields fields) {
    try {
      return HexFormat.of().parseHex(fields.text("bytes"));
    } catch (IllegalArgumentException e) {
      throw fields.fault("bytes", "two hexadecimal digits for each byte: " + e.getMessage());
    }
  }

  private static byte[] scalar(CaseFields fields, String type) {
    ByteBuffer all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    int bytes = NpyBytes.itemBytes(type);
    switch (type) {
      case "f16" -> all.putShort(Half.f32ToF16((float) fields.real(type, MAX_F16)));
      case "bf16" -> all.putShort(Half.f32ToBf16((float) fields.real(type, Float.MAX_VALUE)));
      case "f32" -> all.putFloat((float) fields.real(type, Float.MAX_VALUE));
      case "f64" -> all.putDouble(fields.real(type, Double.MAX_VALUE));
      default -> all.putLong(fields.integer(type, 8 * bytes, type.startsWith("i")));
    }
    return Arrays.copyOf(all.array(), bytes);
  }

  private static Array array(CaseFields fields, Path of, String sort, boolean twoFiles) {
    String type = fields.has("dtype") ? type(fields) : null;
    long[] shape = fields.has("shape") ? fields.shape("shape") : null;
    Path out = sort.equals("out") || twoFiles ? fields.file("out", of) : null;
    if (sort.equals("out")) {
      if (type == null || shape == null) {
        throw fields.fault("out", "the fields \"dtype\" and \"shape\" say how large it is");
      }
      return new Array(null, out, type, shape, bytes(fields, type, shape));
    }
    Path file = fields.file(sort, of);
    Npy.Header header = header(fields, sort, file);
    byte[] data = NpyBytes.read(file);
    if (type != null && !NpyBytes.holds(header, type)) {
      throw fields.fault(
          "dtype",
          type
              + ", but "
              + file
              + " holds "
              + header.descr()
              + (KEPT_AS_INTEGERS.contains(type) ? "; its bits are kept as integers" : ""));
    }
    if (shape != null && product(fields, shape) != header.elements()) {
      throw fields.fault(
          "shape", text(shape) + ", but " + file + " has shape " + text(header.shape()));
    }
    String written = type == null ? NpyBytes.type(header) : type;
    return new Array(data, out, written, shape == null ? header.shape() : shape, data.length);
  }

  private static Npy.Header header(CaseFields fields, String sort, Path file) {
    try {
      return Npy.header(file);
    } catch (InputException e) {
      throw fields.fault(sort, e.getMessage());
    }
  }

  private static String type(CaseFields fields) {
    String type = fields.text("dtype");
    if (!NpyBytes.types().contains(type)) {
      throw fields.fault(
          "dtype", "no type " + type + "; there: " + String.join(" ", NpyBytes.types()));
    }
    return type;
  }

  private static int bytes(CaseFields fields, String type, long[] shape) {
    long elements = product(fields, shape);
    if (elements > MAX_BYTES / NpyBytes.itemBytes(type)) {
      throw fields.fault("shape", text(shape) + " of " + type + " is more than 2 GiB");
    }
    return (int) elements * NpyBytes.itemBytes(type);
  }

  private static long product(CaseFields fields, long[] shape) {
    try {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw fields.fault("shape", text(shape) + " is more than 2 GiB");
    }
  }

  private static String text(long[] shape) {
    StringJoiner sides = new StringJoiner(", ", "[", "]");
    Arrays.stream(shape).forEach(s -> sides.add(Long.toString(s)));
    return sides.toString();
  }

  /** Reads all arguments of a kernel. */
  static List<CaseArgument> readAll(
      CaseFields of, Path path, String kernel, List<PtxParam> params) {
    List<CaseFields> args = of.objects("args");
    if (args.size() != params.size()) {
      List<String> names = params.stream().map(p -> p.name() + ": " + p.bytes() + " B").toList();
      throw of.fault(
          "args", args.size() + " arguments; " + kernel + " takes " + params.size() + " " + names);
    }
    List<CaseArgument> read = new ArrayList<>();
    List<Path> outs = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      CaseArgument argument = read(args.get(i), path, params.get(i));
      if (argument instanceof Array array && array.out() != null) {
        if (outs.contains(array.out())) {
          throw args.get(i).fault("out", array.out() + " is the file of another argument too");
        }
        outs.add(array.out());
      }
      read.add(argument);
    }
    return read;
  }
}
