package dev.tilewright.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
  private static final int VOICE_HASH = -2132400719;
  private static final int ROOM_HASH = -1329020082;

  @Test
  void writesSoundArraysAndAPicture(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("new/folder");
    JsonNode json =
        Tw.run("demo", "--seconds", "0.5", "--no-open", "--out", out, "--json").expect(0).json();
    assertTrue(json.get("ok").booleanValue());
    assertTrue(json.get("relError").doubleValue() <= 2e-6);
    assertEquals(8000, json.get("samples").intValue());
    assertArrayEquals(
        new String[] {
          "demo.png", "output.npy", "output.wav", "response.npy", "signal.npy", "signal.wav"
        },
        sorted(out.toFile()));
    assertArrayEquals(new long[] {1, 1, 8000}, Npy.header(out.resolve("output.npy")).shape());
    assertArrayEquals(new long[] {1, 32000}, Npy.header(out.resolve("response.npy")).shape());
    assertTrue(ImageIO.read(out.resolve("demo.png").toFile()).getWidth() > 1000);
    try (AudioInputStream sound =
        AudioSystem.getAudioInputStream(out.resolve("output.wav").toFile())) {
      assertEquals(8000, sound.getFrameLength());
      assertEquals(16000, sound.getFormat().getSampleRate());
      assertEquals(16, sound.getFormat().getSampleSizeInBits());
    }
  }

  private static String[] sorted(File folder) {
    String[] names = folder.list();
    Arrays.sort(names);
    return names;
  }

  @Test
  void theNextCommandCanBePasted() {
    assertEquals("demo-out/signal.npy", DemoCommand.shellWord(Path.of("demo-out/signal.npy")));
    assertEquals("'my demo/s.npy'", DemoCommand.shellWord(Path.of("my demo/s.npy")));
    assertEquals("'it'\\''s/s.npy'", DemoCommand.shellWord(Path.of("it's/s.npy")));
  }

  @Test
  void saysWhereItCannotWrite(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    Tw.run("demo", "--out", file).fails(2, "cannot make this folder");
  }

  @Test
  void theSignalIsTheSameEverywhere() {
    float[] voice = SpeechSignal.make(16_000);
    assertArrayEquals(voice, SpeechSignal.make(16_000));
    float peak = 0;
    for (float v : voice) {
      peak = Math.max(peak, Math.abs(v));
    }
    assertEquals(0.9f, peak, 1e-6f);
    assertEquals(VOICE_HASH, Arrays.hashCode(voice));
    assertEquals(ROOM_HASH, Arrays.hashCode(RoomResponse.make(32_000)));
  }

  @Test
  void thePlainWaysAgree() {
    float[] u = SpeechSignal.make(3000);
    float[] k = RoomResponse.make(1000);
    float[] direct = new float[u.length];
    PlainConvolution.direct(u, k, direct, 0, u.length);
    float[] fft = new PlainConvolution.Fft(u.length, k.length).convolve(u, k);
    assertArrayEquals(direct, fft, 1e-5f);
    assertEquals(3000L * 1000 - 999 * 1000 / 2, PlainConvolution.products(3000, 1000, 0, 3000));
  }
}
