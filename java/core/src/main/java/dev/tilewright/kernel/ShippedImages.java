package dev.tilewright.kernel;

import dev.tilewright.GpuDevice;
import dev.tilewright.GpuModule;
import dev.tilewright.GpuSpec;
import dev.tilewright.KernelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The compiled kernels that the library brings along: PTX, which a driver or simulator compiles.
 */
public final class ShippedImages {
  private static final String FOLDER = "/dev/tilewright/ptx/";

  /** What images are made for, the newest first: PTX runs on its own target and all later ones. */
  private static final int[] TARGETS = {90, 89, 86, 80, 75};

  private ShippedImages() {}

  /**
   * Loads an image: of those made for different targets, the newest that the device runs.
   *
   * @param image folder and name, such as {@code fftconv/fftconv_fwd_f16}
   * @throws KernelLoadException when none is shipped for the device
   */
  public static GpuModule load(GpuDevice device, String image) {
    GpuSpec spec = device.spec();
    int most = spec.computeCapability();
    for (int target : TARGETS) {
      String file = image + ".compute_" + target + ".ptx";
      byte[] text = target <= most ? read(file) : null;
      if (text != null) {
        return device.load(file, text);
      }
    }
    throw new KernelLoadException(
        "no image of "
            + image
            + " is shipped for "
            + device.name()
            + ", of compute capability "
            + most / 10
            + "."
            + most % 10);
  }

  /** A hash of what is shipped of some images: the version of their kernels. */
  public static String hash(String... images) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String image : images) {
        for (int target : TARGETS) {
          byte[] text = read(image + ".compute_" + target + ".ptx");
          if (text != null) {
            digest.update(text);
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private static byte[] read(String file) {
    try (InputStream in = ShippedImages.class.getResourceAsStream(FOLDER + file)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
