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

  private String pair(String name) {
    return name + "=" + file(name);
  }

  private float[] values(String name) {
    return Npy.readAll(Npy.header(file(name)));
  }

  /** No temporary file may stay, whatever happened. */
  private void assertTidy() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      list.forEach(p -> assertFalse(p.getFileName().toString().startsWith("."), p.toString()));
    }
  }

  @Test
  void convolvesAsTheDefinitionSays() throws IOException {
    Tw.run("run", "fftconv", "--in", pair("u"), "--in", pair("k"), "--out", pair("y")).expect(0);
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
    String[] common = {
      "run",
      "fftconv",
      "--in",
      pair("u"),
      "--in",
      pair("k"),
      "--in",
      pair("pregate"),
      "--in",
      pair("postgate"),
      "--in",
      pair("d"),
      "--set",
      "mode=" + mode,
      "--set",
      "dtype=" + dtype,
      "--check",
      "--json"
    };
    JsonNode forward = call(common, "--out", pair("y")).expect(0).json();
    assertTrue(forward.get("check").get("ok").booleanValue());
    assertTrue(forward.get("check").get("y").get("relError").doubleValue() < 0.02);
    assertEquals(mode, forward.get("mode").textValue());
    assertEquals(L, forward.get("inputs").get("u").get("shape").get(2).intValue());
    JsonNode backward =
        call(
                common,
                "--set",
                "pass=backward",
                "--in",
                pair("dy"),
                "--out",
                pair("du"),
                "--out",
                pair("dk"),
                "--out",
                pair("dd"),
                "--out",
                pair("dpregate"),
                "--out",
                pair("dpostgate"))
            .expect(0)
            .json();
    assertEquals(6, backward.get("check").size());
    assertArrayEquals(new long[] {H, LK}, Npy.header(file("dk")).shape());
    assertArrayEquals(new long[] {H}, Npy.header(file("dd")).shape());
    assertArrayEquals(new long[] {B, H, L}, Npy.header(file("dpostgate")).shape());
  }

  private static Tw call(String[] common, String... more) {
    return Tw.run(Stream.concat(Stream.of(common), Stream.of(more)).toArray());
  }

  @Test
  void takesOneOutputOfTheBackwardPass() {
    Tw.run(
            "run",
            "fftconv",
            "--set",
            "pass=backward",
            "--in",
            pair("u"),
            "--in",
            pair("k"),
            "--in",
            pair("dy"),
            "--out",
            pair("dk"),
            "--check")
        .expect(0);
    assertFalse(Files.exists(file("du")));
  }

  @Test
  void givesTheOutputTheShapeOfTheInput() throws IOException {
    save("flat", 40);
    save("taps", 7);
    Tw.run(
            "run",
            "fftconv",
            "--in",
            "u=" + file("flat"),
            "--in",
            "k=" + file("taps"),
            "--out",
            pair("y"),
            "--check")
        .expect(0);
    assertArrayEquals(new long[] {40}, Npy.header(file("y")).shape());
    save("rows", H, 9);
    Tw.run(
            "run",
            "fftconv",
            "--in",
            "u=" + file("rows"),
            "--in",
            pair("k"),
            "--out",
            pair("y"),
            "--check")
        .expect(0);
    assertArrayEquals(new long[] {H, 9}, Npy.header(file("y")).shape());
  }

  @Test
  void anOutputMayReplaceAnInput() throws IOException {
    Tw.run("run", "fftconv", "--in", pair("u"), "--in", pair("k"), "--out", pair("y")).expect(0);
    float[] expected = values("y");
    Tw.run("run", "fftconv", "--in", pair("u"), "--in", pair("k"), "--out", "y=" + file("u"))
        .expect(0);
    assertArrayEquals(expected, values("u"));
  }

  @Test
  void aWrongResultIsCodeFourAndReplacesNothing() throws IOException {
    // Beyond the range of f16, so that the result is not the oracle's.
    Npy.write(file("u"), new float[] {1e6f, 1, 1}, 1, 1, 3);
    Npy.write(file("k"), new float[] {1}, 1, 1);
    Files.writeString(file("y"), "old");
    Tw call =
        Tw.run(
                "run",
                "fftconv",
                "--in",
                pair("u"),
                "--in",
                pair("k"),
                "--out",
                pair("y"),
                "--set",
                "dtype=f16",
                "--check")
            .expect(4);
    assertTrue(call.out().contains("WRONG"), call.out());
    assertEquals("old", Files.readString(file("y")));
    assertTidy();
  }

  @Test
  void faultyInputIsCodeTwoAndReplacesNothing() throws IOException {
    Files.writeString(file("y"), "old");
    Files.writeString(folder.resolve("text.npy"), "no array");
    save("wide", H, L, B, 1);
    save("other", H + 1, LK);
    String u = pair("u");
    String k = pair("k");
    refused("input u is missing", "--in", k);
    refused("input k is missing", "--in", u);
    refused("--in u: " + file("text") + ": is no .npy file", "--in", "u=" + file("text"));
    refused("no such file", "--in", u, "--in", "k=" + file("none"));
    refused("need [B,H,L], [H,L] or [L]", "--in", "u=" + file("wide"), "--in", k);
    refused("need [H,Lk] with H = 3", "--in", u, "--in", "k=" + file("other"));
    refused("need the shape of u", "--in", u, "--in", k, "--in", "pregate=" + file("k"));
    refused("need [H] = (3,)", "--in", u, "--in", k, "--in", "d=" + file("k"));
    refused("no input with pass=forward", "--in", u, "--in", k, "--in", pair("dy"));
    refused("has no 'x'; there: u, k", "--in", u, "--in", "x=" + file("k"));
    refused("given twice", "--in", u, "--in", u);
    refused("write it as NAME=VALUE", "--in", "u");
    refused("allowed are causal, circular", "--in", u, "--in", k, "--set", "mode=odd");
    refused("no output with pass=forward", "--in", u, "--in", k, "--out", pair("du"));
    refused(
        "there is no directory", "--in", u, "--in", k, "--out", "y=" + folder.resolve("no/y.npy"));
    refused(
        "input dy is missing", "--in", u, "--in", k, "--set", "pass=backward", "--out", pair("du"));
    refused(
        "needs --in d=",
        "--in",
        u,
        "--in",
        k,
        "--in",
        pair("dy"),
        "--set",
        "pass=backward",
        "--out",
        pair("dd"));
    refused("needs an --out", "--in", u, "--in", k, "--in", pair("dy"), "--set", "pass=backward");
    assertEquals("old", Files.readString(file("y")));
    assertTidy();
  }

  private void refused(String text, String... args) {
    boolean backward = Stream.of(args).anyMatch(a -> a.equals("pass=backward"));
    boolean hasOut = Stream.of(args).anyMatch(a -> a.equals("--out"));
    Stream<String> out = backward || hasOut ? Stream.of() : Stream.of("--out", pair("y"));
    Stream<String> all =
        Stream.concat(Stream.of("run", "fftconv"), Stream.concat(Stream.of(args), out));
    Tw.run(all.toArray()).fails(2, text);
  }

  @Test
  void aCheckNeedsFiniteInputs() throws IOException {
    Npy.write(file("u"), new float[] {1, Float.NaN}, 1, 1, 2);
    Npy.write(file("k"), new float[] {1}, 1, 1);
    Tw.run("run", "fftconv", "--in", pair("u"), "--in", pair("k"), "--check")
        .fails(2, "input u has NaN at flat index 1");
    Tw.run("run", "fftconv", "--in", pair("u"), "--in", pair("k"), "--out", pair("y")).expect(0);
  }

  @Test
  void aMissingDeviceIsCodeThree() throws IOException {
    for (String device : new String[] {"cuda:0", "sim:h100", "tpu"}) {
      Tw.run(
              "run",
              "fftconv",
              "--device",
              device,
              "--in",
              pair("u"),
              "--in",
              pair("k"),
              "--out",
              pair("y"))
          .fails(3, device);
    }
    assertFalse(Files.exists(file("y")));
    assertTidy();
  }
}
