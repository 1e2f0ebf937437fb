package dev.tilewright.schedule;

import dev.tilewright.TilewrightException;
import dev.tilewright.constrint.RuleSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Which tiles of a kernel are legal: a {@code .tiles} file beside the kernel's source, in the
 * language of {@link RuleSet}. Machine and problem enter it as constants. Immutable.
 */
public final class TileSpace {
  private static final String FOLDER = "/dev/tilewright/tiles/";

  private final RuleSet rules;
  private final String hash;

  private TileSpace(RuleSet rules, String text) {
    this.rules = rules;
    this.hash = sha256(text);
  }

  /**
   * The tile space of a file that is packaged with the library.
   *
   * @param path path below the folder of tile spaces: {@code rnn/rnn_fwd.tiles}
   * @throws TilewrightException when the library holds no such file
   * @throws dev.tilewright.constrint.RuleException when the file is faulty
   */
  public static TileSpace resource(String path) {
    try (InputStream in = TileSpace.class.getResourceAsStream(FOLDER + path)) {
      if (in == null) {
        throw new TilewrightException(
            "tile space " + path + " is not in the library: rebuild it, resources included");
      }
      return of(path, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new TilewrightException("tile space " + path + " cannot be read: " + e, e);
    }
  }

  /**
   * The tile space of a text.
   *
   * @param source name for messages
   * @throws dev.tilewright.constrint.RuleException when the text is faulty
   */
  public static TileSpace of(String source, String text) {
    return new TileSpace(RuleSet.parse(source, text), text);
  }

  /** The constraints. */
  public RuleSet rules() {
    return rules;
  }

  /** SHA-256 of the text, in hexadecimal: a schedule found under other rules is worthless. */
  public String hash() {
    return hash;
  }

  /**
   * Names that the file leaves open, in order of first appearance: the kernel's parameters, helper
   * variables and the constants that the kernel binds.
   */
  public List<String> parameters() {
    return rules.names();
  }

  static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
