package dev.tilewright.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Reads and writes numpy's {@code .npy} files, versions 1.0, 2.0 and 3.0, in pieces, so that
 * neither the file nor the array need fit a Java array.
 *
 * <p>Every bool, integer and real dtype of either byte order is read as f32, rounded to nearest as
 * {@code astype(float32)} does; Fortran order is turned to C order. Anything else is refused with
 * an {@link InputException} that names the file and the fix. Bytes after the array are ignored, as
 * numpy ignores them. Files are written as version 1.0, {@code <f4}, C order.
 *
 * <p>Why not the library {@code org.jetbrains.bio:npy} (0.3.5): it refuses Fortran order and f2,
 * fails with an index error on bool and unsigned integers, and holds the whole array on the heap.
 *
 * <p>Source: numpy.lib.format, "NPY format".
 */
final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int CHUNK = 1 << 17;
  // numpy itself refuses headers beyond 10,000 bytes unless told otherwise; a hostile length must
  // not allocate gigabytes.
  private static final int MAX_HEADER = 1 << 16;

  private Npy() {}

  /**
   * What the head of a file says. The data starts at {@code offset}; {@code type} is its numpy code
   * without byte order.
   */
  record Header(
      Path path, String type, boolean bigEndian, boolean fortran, long[] shape, long offset) {

    /** Number of elements; at least 1, as files with none are refused. */
    long elements() {
      long n = 1;
      for (long d : shape) {
        n *= d;
      }
      return n;
    }

    int itemBytes() {
      return type.charAt(1) - '0';
    }

    /** The dtype as numpy writes it, such as {@code <f4}. */
    String descr() {
      return (itemBytes() == 1 ? "|" : bigEndian ? ">" : "<") + type;
    }
  }

  /** Takes the elements {@code [offset, offset + count)} of an array in C order. */
  @FunctionalInterface
  interface Sink {
    void accept(long offset, float[] values, int count);
  }

  /** Fills {@code values[0 .. count)} with the elements from {@code offset} on, in C order. */
  @FunctionalInterface
  interface Source {
    void fill(long offset, float[] values, int count);
  }

  /** Reads and validates the head of a file, and that the data is all there. */
  static Header header(Path path) {
    if (Files.isDirectory(path)) {
      throw new InputException(path + ": is a directory; name an .npy file");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new InputException(path + ": is not a regular file; save the array to an .npy file");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return header(path, channel);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static Header header(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    ByteBuffer head = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, head, 0);
    byte[] start = head.array();
    if (size >= 2 && start[0] == 'P' && start[1] == 'K') {
      throw new InputException(
          path + ": is an .npz (zip) archive; save one array of it with numpy.save");
    }
    if (size < MAGIC.length || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new InputException(
          path
              + (size == 0 ? ": is empty" : ": is no .npy file (it does not start with \\x93NUMPY)")
              + "; write it with numpy.save");
    }
    int major = start[6];
    int minor = start[7];
    if (size >= 8 && (major < 1 || major > 3 || minor != 0)) {
      throw new InputException(
          path + ": .npy version " + major + "." + minor + "; this reads 1.0, 2.0 and 3.0");
    }
    int prefix = major == 1 ? 10 : 12;
    long length = major == 1 ? head.getShort(8) & 0xffff : head.getInt(8) & 0xffffffffL;
    if (size < prefix || size - prefix < length) {
      throw new InputException(path + ": truncated within its header; copy or save it again");
    }
    if (length > MAX_HEADER) {
      throw new InputException(path + ": header of " + length + " bytes; at most " + MAX_HEADER);
    }
    ByteBuffer text = ByteBuffer.allocate((int) length);
    readFully(channel, text, prefix);
    NpyHeaderText parsed =
        NpyHeaderText.parse(
            path,
            new String(
                text.array(), major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
    Header header = typed(path, parsed, prefix + length);
    long needed = bytes(header);
    if (size - header.offset() < needed) {
      throw new InputException(
          String.format(
              "%s: truncated: shape %s of %s needs %d bytes of data, the file has %d",
              path, shapeText(header.shape()), header.descr(), needed, size - header.offset()));
    }
    return header;
  }

  private static Header typed(Path path, NpyHeaderText text, long offset) {
    String descr = text.descr();
    int codeAt = !descr.isEmpty() && "<>|=".indexOf(descr.charAt(0)) >= 0 ? 1 : 0;
    String type = descr.substring(codeAt);
    switch (type) {
      case "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1" -> {}
      default -> {
        String why =
            type.startsWith("O")
                ? "object arrays hold pickled Python objects"
                : type.startsWith("f")
                    ? "of the float types this reads those of 2, 4 and 8 bytes"
                    : type.startsWith("c")
                        ? "complex arrays have no single f32 value"
                        : "it holds no real numbers";
        throw new InputException(
            path + ": dtype '" + descr + "': " + why + "; convert with a.astype('float32')");
      }
    }
    for (long d : text.shape()) {
      if (d == 0) {
        throw new InputException(
            path
                + ": shape "
                + shapeText(text.shape())
                + " has no elements; every size must be 1"
                + " or more");
      }
    }
    return new Header(path, type, descr.startsWith(">"), text.fortran(), text.shape(), offset);
  }

  private static long bytes(Header header) {
    try {
      long n = header.itemBytes();
      for (long d : header.shape()) {
        n = Math.multiplyExact(n, d);
      }
      return n;
    } catch (ArithmeticException e) {
      throw new InputException(
          header.path() + ": shape " + shapeText(header.shape()) + " overflows 64 bits");
    }
  }

  /** Hands all elements to the sink, in C order, in pieces of one reused array. */
  static void read(Header header, Sink sink) {
    boolean reorder = header.fortran() && header.shape().length > 1;
    if (!reorder) {
      readInFileOrder(header, sink);
      return;
    }
    float[] values = inFileOrder(header);
    long[] shape = header.shape();
    int rank = shape.length;
    int[] stride = new int[rank];
    int step = 1;
    for (int i = 0; i < rank; i++) {
      stride[i] = step;
      step *= (int) shape[i];
    }
    long[] index = new long[rank];
    float[] chunk = new float[Math.min(CHUNK, values.length)];
    int at = 0;
    for (long done = 0; done < values.length; ) {
      int n = (int) Math.min(chunk.length, values.length - done);
      for (int j = 0; j < n; j++) {
        chunk[j] = values[at];
        for (int i = rank - 1; i >= 0; i--) {
          at += stride[i];
          if (++index[i] < shape[i]) {
            break;
          }
          at -= stride[i] * (int) shape[i];
          index[i] = 0;
        }
      }
      sink.accept(done, chunk, n);
      done += n;
    }
  }

  /** All elements in C order, for arrays that fit a Java array. */
  static float[] readAll(Header header) {
    float[] all = new float[javaLength(header)];
    read(header, (offset, values, n) -> System.arraycopy(values, 0, all, (int) offset, n));
    return all;
  }

  private static float[] inFileOrder(Header header) {
    float[] all = new float[javaLength(header)];
    readInFileOrder(
        header, (offset, values, n) -> System.arraycopy(values, 0, all, (int) offset, n));
    return all;
  }

  private static int javaLength(Header header) {
    long n = header.elements();
    if (n > Integer.MAX_VALUE - 8) {
      throw new InputException(
          header.path()
              + ": "
              + n
              + " elements are too many to reorder or to check; the limit is"
              + " 2^31 - 9 (save it with numpy.ascontiguousarray)");
    }
    return (int) n;
  }

  private static void readInFileOrder(Header header, Sink sink) {
    long elements = header.elements();
    int item = header.itemBytes();
    int size = (int) Math.min(CHUNK, elements);
    float[] values = new float[size];
    ByteBuffer bytes =
        ByteBuffer.allocate(size * item)
            .order(header.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(header.path(), StandardOpenOption.READ)) {
      for (long done = 0; done < elements; ) {
        int n = (int) Math.min(size, elements - done);
        bytes.clear().limit(n * item);
        readFully(channel, bytes, header.offset() + done * item);
        if (bytes.position() < n * item) {
          throw new InputException(header.path() + ": became shorter while it was read");
        }
        NpyConvert.toFloats(header.type(), bytes, values, n);
        sink.accept(done, values, n);
        done += n;
      }
    } catch (IOException e) {
      throw unreadable(header.path(), e);
    }
  }

  /**
   * Writes f32 values in C order. The file is created or overwritten in place; see {@link
   * OutputFiles} for atomicity.
   */
  static void write(Path path, long[] shape, Source source) throws IOException {
    long elements = 1;
    for (long d : shape) {
      elements = Math.multiplyExact(elements, d);
    }
    int size = (int) Math.min(CHUNK, elements);
    float[] values = new float[size];
    ByteBuffer bytes = ByteBuffer.allocate(size * 4).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      writeFully(channel, ByteBuffer.wrap(headerBytes(shape)));
      for (long done = 0; done < elements; ) {
        int n = (int) Math.min(size, elements - done);
        source.fill(done, values, n);
        bytes.clear();
        bytes.asFloatBuffer().put(values, 0, n);
        writeFully(channel, bytes.limit(n * 4));
        done += n;
      }
    }
  }

  static void write(Path path, float[] values, long... shape) throws IOException {
    write(path, shape, (offset, out, n) -> System.arraycopy(values, (int) offset, out, 0, n));
  }

  private static byte[] headerBytes(long[] shape) {
    String dict = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shapeText(shape) + ", }";
    int prefix = MAGIC.length + 4;
    // The data must start at a multiple of 64 bytes.
    int total = (prefix + dict.length() + 1 + 63) / 64 * 64;
    ByteBuffer head = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    head.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - prefix));
    head.put(dict.getBytes(StandardCharsets.ISO_8859_1));
    while (head.remaining() > 1) {
      head.put((byte) ' ');
    }
    return head.put((byte) '\n').array();
  }

  /** The shape as Python writes a tuple: {@code ()}, {@code (3,)}, {@code (2, 3)}. */
  static String shapeText(long[] shape) {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < shape.length; i++) {
      text.append(i == 0 ? "" : ", ").append(shape[i]);
    }
    return text.append(shape.length == 1 ? ",)" : ")").toString();
  }

  private static InputException unreadable(Path path, IOException e) {
    String why = e instanceof NoSuchFileException ? "no such file" : OutputFiles.reason(e);
    return new InputException(path + ": cannot read: " + why, e);
  }

  private static void readFully(FileChannel channel, ByteBuffer into, long at) throws IOException {
    while (into.hasRemaining()) {
      int n = channel.read(into, at);
      if (n < 0) {
        return;
      }
      at += n;
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      channel.write(from);
    }
  }
}
