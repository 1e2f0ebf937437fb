package dev.tilewright.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes .npy files byte by byte, faulty ones too. */
final class NpyFiles {
  private NpyFiles() {}

  /** A file of this version with any text as header, followed by the data. */
  static Path write(Path path, int major, String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer file =
        ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) major, 0});
    if (major == 1) {
      file.putShort((short) text.length);
    } else {
      file.putInt(text.length);
    }
    file.put(text).put(data);
    byte[] bytes = new byte[file.position()];
    file.flip().get(bytes);
    return Files.write(path, bytes);
  }

  /** A file as numpy writes it. */
  static Path write(Path path, String descr, boolean fortran, String shape, byte[] data)
      throws IOException {
    return write(path, 1, header(descr, fortran, shape), data);
  }

  static String header(String descr, boolean fortran, String shape) {
    return "{'descr': '"
        + descr
        + "', 'fortran_order': "
        + (fortran ? "True" : "False")
        + ", 'shape': "
        + shape
        + ", }          \n";
  }

  static ByteBuffer buffer(int bytes, ByteOrder order) {
    return ByteBuffer.allocate(bytes).order(order);
  }
}
