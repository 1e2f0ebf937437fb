package dev.tilewright.sim;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes PTX of one warp that multiplies matrices, for tests. */
final class MatrixKernels {
  private final StringBuilder body = new StringBuilder();
  private int parameters;

  /** The registers of an operand: their letter says the class, their count how many. */
  record Registers(String letter, int count, String type, int bytes) {
    static Registers of(String letter, MatrixElement type, int count) {
      return type == MatrixElement.F64
          ? new Registers(letter, count, "f64", 8)
          : new Registers(letter, count, type == MatrixElement.F32 ? "f32" : "b32", 4);
    }

    String list() {
      return IntStream.range(0, count)
          .mapToObj(r -> letter + r)
          .collect(Collectors.joining(",", "{", "}"));
    }

    String declaration() {
      return ".reg ." + type + " " + letter + "<" + count + ">;\n";
    }
  }

  private void declare(Registers registers) {
    body.append(registers.declaration());
  }

  /** The next parameter's pointer, to the lane's element of some bytes, in a new register. */
  private String pointer(int bytes) {
    String p = "ptr" + parameters;
    body.append(".reg .b64 ").append(p).append(";\n");
    body.append("ld.param.b64 ").append(p).append(", [p").append(parameters++).append("];\n");
    if (bytes > 0) {
      body.append("mad.wide.u32 " + p + ", lane, " + bytes + ", " + p + ";\n");
    }
    return p;
  }

  /** Loads a fragment that lies register by register. */
  void loadRegisters(Registers to) {
    declare(to);
    String p = pointer(to.bytes);
    for (int r = 0; r < to.count; r++) {
      int at = r * 32 * to.bytes;
      body.append("ld.global." + to.type + " " + to.letter + r + ", [" + p + "+" + at + "];\n");
    }
  }

  void storeRegisters(Registers from) {
    String p = pointer(from.bytes);
    for (int r = 0; r < from.count; r++) {
      int at = r * 32 * from.bytes;
      body.append("st.global." + from.type + " [" + p + "+" + at + "], " + from.letter + r + ";\n");
    }
  }

  /** Copies a matrix to shared memory and takes its fragment with ldmatrix. */
  void loadMatrix(Registers to, int bytes, boolean transposed) {
    declare(to);
    String s = "shared" + to.letter;
    body.append(".shared .align 16 .b8 ").append(s).append("[").append(bytes).append("];\n");
    body.append(".reg .b32 at" + s + ", of" + s + ", w" + s + ";\n");
    body.append("mov.b32 at" + s + ", " + s + ";\n");
    body.append("mad.lo.u32 of" + s + ", lane, 4, at" + s + ";\n");
    String p = pointer(4);
    for (int at = 0; at < bytes; at += 128) {
      body.append("ld.global.b32 w" + s + ", [" + p + "+" + at + "];\n");
      body.append("st.shared.b32 [of" + s + "+" + at + "], w" + s + ";\n");
    }
    body.append("bar.sync 0;\n");
    String offsets = pointer(4);
    body.append("ld.global.b32 w" + s + ", [" + offsets + "];\n");
    body.append("add.u32 at" + s + ", at" + s + ", w" + s + ";\n");
    body.append(
        "ldmatrix.sync.aligned.m8n8.x"
            + to.count
            + (transposed ? ".trans" : "")
            + ".shared.b16 "
            + to.list()
            + ", [at"
            + s
            + "];\n");
  }

  /** wmma.load of a, b or c. */
  void wmmaLoad(
      Registers to, char which, MatrixShapeName shape, boolean byRows, String type, int pitch) {
    declare(to);
    String p = pointer(0);
    body.append(
        "wmma.load."
            + which
            + ".sync.aligned."
            + (byRows ? "row." : "col.")
            + shape
            + ".global."
            + type
            + " "
            + to.list()
            + ", ["
            + p
            + "], "
            + pitch
            + ";\n");
  }

  void wmmaStore(Registers from, MatrixShapeName shape, boolean byRows, String type, int pitch) {
    String p = pointer(0);
    body.append(
        "wmma.store.d.sync.aligned."
            + (byRows ? "row." : "col.")
            + shape
            + ".global."
            + type
            + " ["
            + p
            + "], "
            + from.list()
            + ", "
            + pitch
            + ";\n");
  }

  /** m16n16k16 and its like. */
  record MatrixShapeName(int m, int n, int k) {
    @Override
    public String toString() {
      return "m" + m + "n" + n + "k" + k;
    }
  }

  void multiply(String spelling, Registers d, Registers a, Registers b, Registers c) {
    declare(d);
    body.append(
        spelling + " " + d.list() + ", " + a.list() + ", " + b.list() + ", " + c.list() + ";\n");
  }

  void line(String statement) {
    body.append(statement).append('\n');
  }

  String text(String target) {
    List<String> names = IntStream.range(0, parameters).mapToObj(i -> ".param .b64 p" + i).toList();
    return ".version 8.7\n.target "
        + target
        + "\n.address_size 64\n.visible .entry k("
        + String.join(", ", names)
        + ")\n{\n.reg .b32 lane;\nmov.u32 lane, %tid.x;\n"
        + body
        + "ret;\n}\n";
  }

  /** The byte of each lane's row address for ldmatrix: matrices by blocks of lines, then k. */
  static byte[] rowAddresses(int blocks, int count, int rowBytes, boolean transposed) {
    byte[] bytes = new byte[128];
    for (int lane = 0; lane < 32; lane++) {
      int matrix = lane / 8 % count;
      int line = matrix % blocks;
      int depth = matrix / blocks;
      int at =
          transposed
              ? (lane % 8 + 8 * depth) * rowBytes + 16 * line
              : (lane % 8 + 8 * line) * rowBytes + 16 * depth;
      bytes[4 * lane] = (byte) at;
      bytes[4 * lane + 1] = (byte) (at >> 8);
    }
    return bytes;
  }
}
