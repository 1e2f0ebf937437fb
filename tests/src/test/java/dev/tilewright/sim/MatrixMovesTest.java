package dev.tilewright.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ldmatrix, stmatrix and movmatrix, by what lane holds which element (ISA 9.7.14.5.15 to .17). */
final class MatrixMovesTest {
  private static final String HEAD =
      """
      .version 8.0
      .target sm_90
      .address_size 64
      .visible .entry k(.param .u64 in, .param .u64 out)
      {
        .reg .b32 tid, at, v, r0, r1, r2, r3;
        .reg .b64 i, o;
        .shared .align 16 .b8 tile[512];
        mov.u32 tid, %tid.x;
        ld.param.u64 i, [in];
        ld.param.u64 o, [out];
        mad.wide.u32 i, tid, 4, i;
        mad.wide.u32 o, tid, 4, o;
        mov.u32 at, tile;
        mad.lo.u32 at, tid, 4, at;
      """;

  private static String move(String each, int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(each.replace("AT", "" + 128 * i).replace("R", "r" + i)).append('\n');
    }
    return text.toString();
  }

  private static String registers(int count) {
    return "{" + "r0,r1,r2,r3".substring(0, 3 * count - 1) + "}";
  }

  /** Element (row, column) of the matrix of a number is 1000 * number + 10 * row + column. */
  private static byte[] matrices(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(128 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 64 * count; i++) {
      bytes.putShort((short) (1000 * (i / 64) + 10 * (i / 8 % 8) + i % 8));
    }
    return bytes.array();
  }

  private static int element(byte[] bytes, int index) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(2 * index);
  }

  /** "Each row is held by four consecutive threads"; with .trans each column is. */
  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "4,false", "1,true", "2,true", "4,true"})
  void ldmatrix(int count, boolean trans) {
    String ptx =
        HEAD
            + move("ld.global.b32 v, [i+AT];\nst.shared.b32 [at+AT], v;", count)
            + "bar.sync 0;\nmov.u32 at, tile;\nmad.lo.u32 at, tid, 16, at;\n"
            + ("ldmatrix.sync.aligned.m8n8.x" + count + (trans ? ".trans" : ""))
            + (".shared.b16 " + registers(count) + ", [at];\n")
            + move("st.global.b32 [o+AT], R;", count)
            + "ret;\n}\n";
    byte[] out = new byte[128 * count];
    PtxRun.on("h100").runClean(ptx, matrices(count), out);
    for (int i = 0; i < 64 * count; i++) {
      int lane = i / 2 % 32;
      int along = 2 * (lane % 4) + i % 2;
      int row = trans ? along : lane / 4;
      int column = trans ? lane / 4 : along;
      assertEquals(1000 * (i / 64) + 10 * row + column, element(out, i), "element " + i);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "4,false", "1,true", "2,true", "4,true"})
  void stmatrix(int count, boolean trans) {
    String ptx =
        HEAD
            + move("ld.global.b32 R, [i+AT];", count)
            + "mov.u32 v, tile;\nmad.lo.u32 v, tid, 16, v;\n"
            + ("stmatrix.sync.aligned.m8n8.x" + count + (trans ? ".trans" : ""))
            + (".shared.b16 [v], " + registers(count) + ";\nbar.sync 0;\n")
            + move("ld.shared.b32 v, [at+AT];\nst.global.b32 [o+AT], v;", count)
            + "ret;\n}\n";
    byte[] in = matrices(count); // By lanes: element i of a register's matrix is of lane i / 2.
    byte[] out = new byte[128 * count];
    PtxRun.on("h100").runClean(ptx, in, out);
    for (int i = 0; i < 64 * count; i++) {
      int row = i / 8 % 8;
      int column = i % 8;
      int line = trans ? column : row;
      int along = trans ? row : column;
      int held = i / 64 * 64 + 2 * (4 * line + along / 2) + along % 2;
      assertEquals(element(in, held), element(out, i), "element " + i);
    }
  }

  @Test
  void movmatrix() {
    String ptx =
        HEAD
            + "ld.global.b32 r0, [i];\n"
            + "movmatrix.sync.aligned.m8n8.trans.b16 r1, r0;\n"
            + "st.global.b32 [o], r1;\nret;\n}\n";
    byte[] in = matrices(1);
    byte[] out = new byte[128];
    PtxRun.on("h100").runClean(ptx, in, out);
    for (int i = 0; i < 64; i++) {
      assertEquals(10 * (i % 8) + i / 8, element(out, i), "element " + i);
    }
  }
}
