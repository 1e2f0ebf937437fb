package dev.tilewright.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes sound as RIFF WAVE: one channel, 16-bit PCM. */
final class Wav {
  private static final int HEADER = 44;

  private Wav() {}

  /** Writes the samples scaled to a peak of 0.9. */
  static void write(Path path, float[] samples, int rate) throws IOException {
    float[] scaled = samples.clone();
    SpeechSignal.scaleToPeak(scaled, 0.9f);
    int bytes = 2 * samples.length;
    ByteBuffer file = ByteBuffer.allocate(HEADER + bytes).order(ByteOrder.LITTLE_ENDIAN);
    text(file, "RIFF").putInt(HEADER - 8 + bytes);
    text(text(file, "WAVE"), "fmt ").putInt(16);
    file.putShort((short) 1).putShort((short) 1); // PCM, one channel
    file.putInt(rate).putInt(2 * rate).putShort((short) 2).putShort((short) 16);
    text(file, "data").putInt(bytes);
    for (float s : scaled) {
      file.putShort((short) Math.round(s * Short.MAX_VALUE));
    }
    Files.write(path, file.array());
  }

  private static ByteBuffer text(ByteBuffer file, String four) {
    return file.put(four.getBytes(StandardCharsets.US_ASCII));
  }
}
