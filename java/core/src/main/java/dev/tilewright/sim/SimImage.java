package dev.tilewright.sim;

import dev.tilewright.GpuModule;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.KernelLoadException;
import dev.tilewright.ptx.PtxException;
import dev.tilewright.ptx.PtxKernel;
import dev.tilewright.ptx.PtxModule;
import dev.tilewright.ptx.PtxVariable;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An image that a simulated GPU loaded. */
final class SimImage implements GpuModule {
  private final SimDevice device;
  final SimModule loaded;
  private volatile boolean closed;

  private SimImage(SimDevice device, SimModule loaded) {
    this.device = device;
    this.loaded = loaded;
  }

  static SimImage load(SimDevice device, String name, byte[] image) {
    if (image.length > 3 && image[0] == 0x7F && image[1] == 'E' && image[2] == 'L') {
      throw new KernelLoadException(
          name + " is a cubin, which only a GPU runs; " + device.name() + " takes PTX text");
    }
    int end = image.length;
    while (end > 0 && image[end - 1] == 0) {
      end--; // NVRTC and the driver end text with a zero.
    }
    try {
      PtxModule module = PtxModule.parse(name, new String(image, 0, end, StandardCharsets.UTF_8));
      return new SimImage(device, device.machine.load(module));
    } catch (PtxException e) {
      throw new KernelLoadException(e.getMessage(), e);
    }
  }

  SimDevice device() {
    return device;
  }

  void requireOpen() {
    device.requireOpen();
    if (closed) {
      throw new InvalidSpecException("module", name() + " is closed", "an open module");
    }
  }

  @Override
  public String name() {
    return loaded.module().source();
  }

  @Override
  public List<String> kernels() {
    return loaded.module().kernels().stream().map(PtxKernel::name).toList();
  }

  @Override
  public SimKernel kernel(String name) {
    requireOpen();
    PtxKernel kernel =
        loaded
            .module()
            .kernel(name)
            .orElseThrow(
                () ->
                    new KernelLoadException(
                        name() + " has no kernel " + name + "; it has " + kernels()));
    device
        .machine
        .refuse(loaded, kernel)
        .ifPresent(
            finding -> {
              throw new KernelLoadException(
                  device.name() + " cannot run " + name + ": " + finding.message());
            });
    return new SimKernel(this, kernel);
  }

  @Override
  public Variable variable(String name) {
    requireOpen();
    PtxVariable variable = loaded.variable(name);
    if (variable == null) {
      List<String> names = loaded.module().globals().stream().map(PtxVariable::name).toList();
      throw new InvalidSpecException("variable of " + name(), name, names.toString());
    }
    return new Variable(name, loaded.address(name), variable.bytes());
  }

  @Override
  public void close() {
    if (!closed && !device.isClosed()) {
      device.finish();
      loaded.unload(device.machine.memory());
    }
    closed = true;
  }

  @Override
  public String toString() {
    return name();
  }
}
