package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunConv1dTest {
  @TempDir Path folder;

  @BeforeEach
  void makeInputs() throws IOException {
    save("x", 2, 3, 40);
    save("dy", 2, 3, 40);
    save("last", 2, 40, 3);
    save("dlast", 2, 40, 3);
    save("w", 3, 4);
    save("bias", 3);
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

  /** Runs {@code tw run conv1d} with these words, where @name stands for a file of this test. */
  private Tw conv1d(String words) {
    return Tw.run(
        Stream.of(("run conv1d " + words).split(" "))
            .map(w -> w.replaceFirst("@(.*)", folder + "/$1.npy"))
            .toArray());
  }

  @Test
  void convolvesAsTheDefinitionSays() {
    conv1d("--in x=@x --in w=@w --in bias=@bias --out y=@y").expect(0);
    float[] x = Npy.readAll(Npy.header(file("x")));
    float[] w = Npy.readAll(Npy.header(file("w")));
    float[] bias = Npy.readAll(Npy.header(file("bias")));
    float[] y = Npy.readAll(Npy.header(file("y")));
    for (int row = 0; row < 6; row++) {
      for (int t = 0; t < 40; t++) {
        double sum = bias[row % 3];
        for (int j = 0; j < 4; j++) {
          sum += t - 3 + j < 0 ? 0 : (double) w[row % 3 * 4 + j] * x[row * 40 + t - 3 + j];
        }
        assertEquals(sum, y[row * 40 + t], 1e-5);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"causal, BHL, f32", "same, BLH, f32", "same, BHL, f16", "causal, BLH, bf16"})
  void checksForwardAndBackward(String padding, String layout, String dtype) throws Exception {
    String x = layout.equals("BHL") ? "x" : "last";
    String common =
        "--in w=@w --in bias=@bias --check --json --set padding="
            + padding
            + " --set layout="
            + layout
            + " --set dtype="
            + dtype
            + " --in x=@"
            + x;
    JsonNode forward = conv1d(common + " --out y=@y").expect(0).json();
    assertTrue(forward.get("check").get("ok").booleanValue());
    assertArrayEquals(Npy.header(file(x)).shape(), Npy.header(file("y")).shape());
    String backward = " --set pass=backward --out dx=@dx --out dw=@dw --out dbias=@dbias --in dy=@";
    JsonNode gradients =
        conv1d(common + backward + (layout.equals("BHL") ? "dy" : "dlast")).expect(0).json();
    assertEquals(4, gradients.get("check").size());
    assertArrayEquals(new long[] {3, 4}, Npy.header(file("dw")).shape());
    assertArrayEquals(new long[] {3}, Npy.header(file("dbias")).shape());
  }

  @Test
  void faultyInputIsCodeTwo() throws IOException {
    save("long", 3, 257);
    conv1d("--in x=@bias --in w=@w").fails(2, "need [B,H,L]");
    conv1d("--in x=@x --in w=@x").fails(2, "need [H,K] with H = 3");
    conv1d("--in x=@x --in w=@long").fails(2, "K at most 256");
    conv1d("--in x=@x --in w=@w --in bias=@w").fails(2, "need [H] = (3,)");
    conv1d("--in x=@last --in w=@w").fails(2, "H = 40");
    conv1d("--in x=@x --in w=@w --set layout=HBL").fails(2, "allowed are BHL, BLH");
    String backward = "--set pass=backward --in x=@x --in w=@w --in dy=@dy ";
    conv1d(backward).fails(2, "needs an --out");
    conv1d(backward + "--out dbias=@dbias").fails(2, "needs --in bias=");
  }
}
