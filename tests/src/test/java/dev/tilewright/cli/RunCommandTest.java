package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCommandTest {
  private static final int B = 2;
  private static final int H = 3;
  private static final int L = 50;
  private static final int LK = 61;

  @TempDir Path folder;

  @BeforeEach
  void makeInputs() throws IOException {
    for (String name : new String[] {"u", "pregate", "postgate", "dy"}) {
      save(name, B, H, L);
    }
    save("k", H, LK);
    save("d", H);
  }

  private void save(String name, long... shape) throws IOException {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    int n = 1;
    for (long s : shape) {
      n *= (int) s;
    }
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    Npy.write(file(name), values, shape);
  }

  private Path file(String name) {
    return folder.resolve(name + ".npy");
  }

  /** Runs {@code tw run fftconv} with these words, where @name stands for a file of this test. */
  private Tw fftconv(String words) {
    return Tw.run(
        Stream.of(("run fftconv " + words).split(" "))
            .map(w -> w.replaceFirst("@(.*)", folder.toString() + "/$1.npy"))
            .toArray());
  }

  private float[] values(String name) {
    return Npy.readAll(Npy.header(file(name)));
  }

  private long[] shape(String name) {
    return Npy.header(file(name)).shape();
  }

  /** No temporary file may stay, whatever happened. */
  private void assertTidy() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      list.forEach(p -> assertFalse(p.getFileName().toString().startsWith("."), p.toString()));
    }
  }

  @Test
  void convolvesAsTheDefinitionSays() throws IOException {
    fftconv("--in u=@u --in k=@k --out y=@y").expect(0);
    float[] u = values("u");
    float[] k = values("k");
    float[] y = values("y");
    for (int row = 0; row < B * H; row++) {
      for (int t = 0; t < L; t++) {
        double sum = 0;
        for (int s = 0; s <= t; s++) {
          sum += (double) k[row % H * LK + t - s] * u[row * L + s];
        }
        assertEquals(sum, y[row * L + t], 1e-4);
      }
    }
    assertTidy();
  }

  @ParameterizedTest
  @CsvSource({
    "causal, f32",
    "circular, f32",
    "bidirectional, f32",
    "causal, f16",
    "bidirectional, bf16"
  })
  void checksForwardAndBackward(String mode, String dtype) throws Exception {
    String common =
        "--in u=@u --in k=@k --in pregate=@pregate --in postgate=@postgate --in d=@d --check --json"
            + (" --set mode=" + mode + " --set dtype=" + dtype + " ");
    JsonNode forward = fftconv(common + "--out y=@y").expect(0).json();
    assertTrue(forward.get("check").get("ok").booleanValue());
    assertTrue(forward.get("check").get("y").get("relError").doubleValue() < 0.02);
    assertEquals(mode, forward.get("mode").textValue());
    assertEquals(L, forward.get("inputs").get("u").get("shape").get(2).intValue());
    JsonNode backward =
        fftconv(
                common
                    + "--set pass=backward --in dy=@dy --out du=@du --out dk=@dk --out dd=@dd"
                    + " --out dpregate=@dpregate --out dpostgate=@dpostgate")
            .expect(0)
            .json();
    assertEquals(6, backward.get("check").size());
    assertArrayEquals(new long[] {B, H, L}, shape("du"));
    assertArrayEquals(new long[] {H, LK}, shape("dk"));
    assertArrayEquals(new long[] {H}, shape("dd"));
    assertArrayEquals(new long[] {B, H, L}, shape("dpregate"));
    assertArrayEquals(new long[] {B, H, L}, shape("dpostgate"));
  }

  @Test
  void takesOneOutputOfTheBackwardPass() {
    fftconv("--set pass=backward --in u=@u --in k=@k --in dy=@dy --out dk=@dk --check").expect(0);
    assertFalse(Files.exists(file("du")));
  }

  @Test
  void givesTheOutputTheShapeOfTheInput() throws IOException {
    save("flat", 40);
    save("taps", 7);
    fftconv("--in u=@flat --in k=@taps --out y=@y --check").expect(0);
    assertArrayEquals(new long[] {40}, shape("y"));
    save("rows", H, 9);
    fftconv("--in u=@rows --in k=@k --out y=@y --check").expect(0);
    assertArrayEquals(new long[] {H, 9}, shape("y"));
  }

  @Test
  void anOutputMayReplaceAnInput() {
    fftconv("--in u=@u --in k=@k --out y=@y").expect(0);
    float[] expected = values("y");
    fftconv("--in u=@u --in k=@k --out y=@u").expect(0);
    assertArrayEquals(expected, values("u"));
  }

  @Test
  void aWrongResultIsCodeFourAndReplacesNothing() throws IOException {
    // Beyond the range of f16, so that the result is not the oracle's.
    Npy.write(file("u"), new float[] {1e6f, 1, 1}, 1, 1, 3);
    Npy.write(file("k"), new float[] {1}, 1, 1);
    Files.writeString(file("y"), "old");
    Tw call = fftconv("--in u=@u --in k=@k --out y=@y --set dtype=f16 --check").expect(4);
    assertTrue(call.out().contains("WRONG"), call.out());
    assertEquals("old", Files.readString(file("y")));
    assertTidy();
  }

  @Test
  void faultyInputIsCodeTwoAndReplacesNothing() throws IOException {
    Files.writeString(file("y"), "old");
    Files.writeString(file("text"), "no array");
    save("wide", H, L, B, 1);
    save("other", H + 1, LK);
    refused("--in k=@k", "input u is missing");
    refused("--in u=@u", "input k is missing");
    refused("--in u=@text", "--in u: " + file("text") + ": is no .npy file");
    refused("--in u=@u --in k=@none", "no such file");
    refused("--in u=@wide --in k=@k", "need [B,H,L], [H,L] or [L]");
    refused("--in u=@u --in k=@other", "need [H,Lk] with H = 3");
    refused("--in u=@u --in k=@k --in pregate=@k", "need the shape of u");
    refused("--in u=@u --in k=@k --in d=@k", "need [H] = (3,)");
    refused("--in u=@u --in k=@k --in dy=@dy", "no input with pass=forward");
    refused("--in u=@u --in x=@k", "has no 'x'; there: u, k");
    refused("--in u=@u --in u=@u", "given twice");
    refused("--in u", "write it as NAME=VALUE");
    refused("--in u=@u --in k=@k --set mode=odd", "allowed are causal, circular");
    refused("--in u=@u --in k=@k --out du=@du", "no output with pass=forward");
    assertEquals("old", Files.readString(file("y")));
    assertTidy();
  }

  private void refused(String words, String text) {
    fftconv(words + " --out y=@y").fails(2, text);
  }

  @Test
  void faultyOutputIsCodeTwo() throws IOException {
    fftconv("--in u=@u --in k=@k --out y=@no/y").fails(2, "there is no directory");
    String backward = "--set pass=backward --in u=@u --in k=@k ";
    fftconv(backward + "--out du=@du").fails(2, "input dy is missing");
    fftconv(backward + "--in dy=@dy --out dd=@dd").fails(2, "needs --in d=");
    fftconv(backward + "--in dy=@dy").fails(2, "needs an --out");
    assertTidy();
  }

  @Test
  void aCheckNeedsFiniteInputs() throws IOException {
    Npy.write(file("u"), new float[] {1, Float.NaN}, 1, 1, 2);
    Npy.write(file("k"), new float[] {1}, 1, 1);
    fftconv("--in u=@u --in k=@k --check").fails(2, "input u has NaN at flat index 1");
    fftconv("--in u=@u --in k=@k --out y=@y").expect(0);
  }

  @Test
  void aMissingDeviceIsCodeThree() throws IOException {
    for (String device : new String[] {"cuda:0", "sim:h9", "tpu"}) {
      Tw call = fftconv("--device " + device + " --in u=@u --in k=@k --out y=@y");
      call.fails(3, device);
      assertFalse(call.err().contains(".;"), call.err());
    }
    assertFalse(Files.exists(file("y")));
    assertTidy();
  }
}
