package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
  private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
  private static final ByteOrder BIG = ByteOrder.BIG_ENDIAN;

  @TempDir Path folder;

  private float[] read(String descr, byte[] data, int n) throws IOException {
    Path file = NpyFiles.write(folder.resolve("a.npy"), descr, false, "(" + n + ",)", data);
    return Npy.readAll(Npy.header(file));
  }

  private String refusal(Path file) {
    String message = assertThrows(InputException.class, () -> Npy.header(file)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    assertTrue(message.lines().count() == 1, message);
    return message;
  }

  @Test
  void writesWhatItReads() throws IOException {
    float[] values = {1, -2.5f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, -0f};
    Path file = folder.resolve("a.npy");
    Npy.write(file, values, 2, 1, 3);
    Npy.Header header = Npy.header(file);
    assertArrayEquals(new long[] {2, 1, 3}, header.shape());
    assertEquals("<f4", header.descr());
    assertEquals(0, header.offset() % 64);
    assertArrayEquals(values, Npy.readAll(header));
  }

  @Test
  void readsArraysOfManyPieces() throws IOException {
    float[] values = new float[300_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Path file = folder.resolve("a.npy");
    Npy.write(file, values, values.length);
    assertArrayEquals(values, Npy.readAll(Npy.header(file)));
  }

  @Test
  void readsFloatsOfEitherOrderAndWidth() throws IOException {
    for (ByteOrder order : new ByteOrder[] {LITTLE, BIG}) {
      String sign = order == LITTLE ? "<" : ">";
      byte[] f4 = NpyFiles.buffer(8, order).putFloat(1.5f).putFloat(-3e38f).array();
      assertArrayEquals(new float[] {1.5f, -3e38f}, read(sign + "f4", f4, 2));
      byte[] f8 = NpyFiles.buffer(16, order).putDouble(1e-300).putDouble(0.1).array();
      assertArrayEquals(new float[] {0, 0.1f}, read(sign + "f8", f8, 2));
      ByteBuffer f2 = NpyFiles.buffer(14, order);
      for (int bits : new int[] {0x3c00, 0x8001, 0x7bff, 0xfc00, 0x7e00, 0x0400, 0x8000}) {
        f2.putShort((short) bits);
      }
      assertArrayEquals(
          new float[] {1, -0x1p-24f, 65504, Float.NEGATIVE_INFINITY, Float.NaN, 0x1p-14f, -0f},
          read(sign + "f2", f2.array(), 7));
    }
  }

  @Test
  void readsIntegersAndBools() throws IOException {
    assertArrayEquals(new float[] {-1, 127}, read("|i1", new byte[] {-1, 127}, 2));
    assertArrayEquals(new float[] {255, 0}, read("|u1", new byte[] {-1, 0}, 2));
    assertArrayEquals(new float[] {1, 0, 1}, read("|b1", new byte[] {1, 0, 2}, 3));
    assertArrayEquals(new float[] {-2}, read(">i2", new byte[] {-1, -2}, 1));
    assertArrayEquals(new float[] {0xfffe}, read(">u2", new byte[] {-1, -2}, 1));
    byte[] i4 = NpyFiles.buffer(4, LITTLE).putInt(-7).array();
    assertArrayEquals(new float[] {-7}, read("<i4", i4, 1));
    assertArrayEquals(new float[] {4294967289f}, read("<u4", i4, 1));
    byte[] i8 = NpyFiles.buffer(8, BIG).putLong(-1).array();
    assertArrayEquals(new float[] {-1}, read(">i8", i8, 1));
    assertArrayEquals(new float[] {0x1p64f}, read(">u8", i8, 1));
  }

  @Test
  void roundsUnsignedLongsOnce() throws IOException {
    // Just above the midpoint of two floats: halving without care would round it to even, down.
    long above = 0x8000_0080_0000_0001L;
    byte[] data = NpyFiles.buffer(8, LITTLE).putLong(above).array();
    assertArrayEquals(new float[] {Math.nextUp(0x1p63f)}, read("<u8", data, 1));
  }

  @Test
  void turnsFortranOrderToC() throws IOException {
    ByteBuffer data = NpyFiles.buffer(24 * 4, LITTLE);
    float[] expected = new float[24];
    for (int c = 0; c < 4; c++) {
      for (int b = 0; b < 3; b++) {
        for (int a = 0; a < 2; a++) {
          float value = 100 * a + 10 * b + c;
          data.putFloat(value);
          expected[(a * 3 + b) * 4 + c] = value;
        }
      }
    }
    Path file = NpyFiles.write(folder.resolve("f.npy"), "<f4", true, "(2, 3, 4)", data.array());
    assertArrayEquals(expected, Npy.readAll(Npy.header(file)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsEveryVersionAndIgnoresWhatFollows(int major) throws IOException {
    Path file =
        NpyFiles.write(
            folder.resolve("v.npy"),
            major,
            NpyFiles.header("|u1", false, "(2,)"),
            new byte[] {5, 6, 7, 8});
    assertArrayEquals(new float[] {5, 6}, Npy.readAll(Npy.header(file)));
  }

  @Test
  void readsScalarsAndOddButValidHeaders() throws IOException {
    Path file = NpyFiles.write(folder.resolve("s.npy"), "|u1", false, "()", new byte[] {9});
    assertEquals(0, Npy.header(file).shape().length);
    assertArrayEquals(new float[] {9}, Npy.readAll(Npy.header(file)));
    NpyFiles.write(
        file, 1, "{\"shape\":(2L,1,),\n'fortran_order':False,'descr':\"=u1\"}", new byte[] {1, 2});
    assertArrayEquals(new long[] {2, 1}, Npy.header(file).shape());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), | missing",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 4} | '(' is missing",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4)} | not a tuple",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)} | 64-bit size",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)} | 64-bit size",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1,)} | comma",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)} | neither True nor False",
        "{'descr': '<f4', 'fortran_order': False} | no 'shape'",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)} | twice",
        "{'x': 1, 'descr': '<f4', 'fortran_order': False, 'shape': (1,)} | unknown key",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x | after the dictionary",
        "{'descr': '<f4 | does not end",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)} | structured",
        "__import__('os') | '{' is missing",
      })
  void refusesFaultyHeaders(String header, String expected) throws IOException {
    Path file = NpyFiles.write(folder.resolve("h.npy"), 1, header, new byte[64]);
    assertTrue(refusal(file).contains(expected), refusal(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"|O", "<c8", "<U3", "|S4", "|V2", "<M8[s]", "<f16", "<f3", ""})
  void refusesOtherDtypesAndNamesTheFix(String descr) throws IOException {
    Path file = NpyFiles.write(folder.resolve("d.npy"), descr, false, "(1,)", new byte[64]);
    String message = refusal(file);
    assertTrue(message.contains("'" + descr + "'"), message);
    assertTrue(message.contains("astype('float32')"), message);
  }

  @Test
  void refusesShapesWithNothingOrTooMuchInThem() throws IOException {
    Path file = folder.resolve("z.npy");
    NpyFiles.write(file, "<f4", false, "(2, 0, 3)", new byte[0]);
    assertTrue(refusal(file).contains("(2, 0, 3) has no elements"));
    NpyFiles.write(file, "<f4", false, "(4294967296, 4294967296)", new byte[0]);
    assertTrue(refusal(file).contains("overflows"));
  }

  @Test
  void refusesTruncatedFilesAtEveryLength() throws IOException {
    Path whole = folder.resolve("w.npy");
    Npy.write(whole, new float[] {1, 2, 3}, 3);
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut.npy");
    for (int n = 0; n < bytes.length; n++) {
      Files.write(cut, Arrays.copyOf(bytes, n));
      refusal(cut);
    }
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 1));
    assertTrue(refusal(cut).contains("needs 12 bytes of data, the file has 11"));
  }

  @Test
  void refusesWhatIsNoNpyFile() throws IOException {
    Path file = folder.resolve("n.npy");
    assertTrue(refusal(file).contains("no such file"));
    Files.createFile(file);
    assertTrue(refusal(file).contains("is empty"));
    Files.writeString(file, "1,2,3\n");
    assertTrue(refusal(file).contains("is no .npy file"));
    Files.writeString(file, "PK\u0003\u0004 and so on");
    assertTrue(refusal(file).contains(".npz"));
    NpyFiles.write(file, 9, NpyFiles.header("<f4", false, "(1,)"), new byte[4]);
    assertTrue(refusal(file).contains("version 9.0"));
    assertTrue(refusal(folder).contains("is a directory"));
  }

  @Test
  void refusesHugeHeadersWithoutReadingThem() throws IOException {
    Path file = NpyFiles.write(folder.resolve("b.npy"), 2, " ".repeat(100_000), new byte[4]);
    assertTrue(refusal(file).contains("header of 100000 bytes"));
  }

  @Test
  @EnabledIfSystemProperty(named = "tilewright.deep", matches = "true")
  void readsFilesBeyondTwoGibibytes() throws IOException {
    long n = (1L << 31) + 12_345;
    Path file =
        NpyFiles.write(folder.resolve("big.npy"), "|u1", false, "(" + n + ",)", new byte[0]);
    long start = Files.size(file);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(start + n);
      sparse.seek(start + n - 1);
      sparse.write(7);
    }
    double[] sumAndLast = new double[2];
    long[] seen = new long[1];
    Npy.read(
        Npy.header(file),
        (offset, values, count) -> {
          assertEquals(seen[0], offset);
          seen[0] += count;
          for (int i = 0; i < count; i++) {
            sumAndLast[0] += values[i];
          }
          sumAndLast[1] = values[count - 1];
        });
    assertEquals(n, seen[0]);
    assertArrayEquals(new double[] {7, 7}, sumAndLast);
  }
}
