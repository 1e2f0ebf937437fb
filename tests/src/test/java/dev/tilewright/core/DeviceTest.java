package dev.tilewright.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tilewright.CpuSpec;
import dev.tilewright.Cuda;
import dev.tilewright.DType;
import dev.tilewright.Device;
import dev.tilewright.InvalidSpecException;
import dev.tilewright.Stream;
import dev.tilewright.Tensor;
import dev.tilewright.UnsupportedDeviceException;
import dev.tilewright.cpu.CpuDevice;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceTest {
  @Test
  void theCpuOpensInAnyCase() {
    for (String name : new String[] {"cpu", "CPU", " Cpu "}) {
      try (Device device = Device.open(name)) {
        assertEquals("cpu", device.name());
        assertEquals(CpuSpec.detect(), device.spec());
      }
    }
  }

  @Test
  void otherNamesSayWhy() {
    for (String name : new String[] {"cuda", "cuda:0", "CUDA:12"}) {
      String message = refused(name);
      assertTrue(message.contains(Cuda.unavailabilityCause()), message);
    }
    assertTrue(refused("sim:h1000").contains("no GPU is called 'h1000'; there: sim:t4, "));
    assertTrue(
        refused("sim:h100,check=off").contains("no option 'check=off'; there: checks=on|off"));
    for (String name : new String[] {null, "", "gpu", "cuda:", "cuda:x", "cpu:0", "sim", "sim:"}) {
      String message = refused(name);
      assertTrue(message.contains("cpu, cuda, cuda:N") && message.contains("sim:GPU"), message);
    }
  }

  /** As where jars were merged without care: the registration of the providers is gone or wrong. */
  @Test
  void aLostProviderIsExplained(@TempDir Path folder) throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong"), "no.such.Provider\n");
    for (List<URL> services : List.of(List.<URL>of(), List.of(wrong.toUri().toURL()))) {
      URL core = Device.class.getProtectionDomain().getCodeSource().getLocation();
      try (URLClassLoader loader =
          new URLClassLoader(new URL[] {core}, ClassLoader.getPlatformClassLoader()) {
            @Override
            public Enumeration<URL> findResources(String name) throws IOException {
              return name.startsWith("META-INF/services/dev.tilewright.")
                  ? Collections.enumeration(services)
                  : super.findResources(name);
            }
          }) {
        Method open = loader.loadClass(Device.class.getName()).getMethod("open", String.class);
        Throwable cause =
            assertThrows(InvocationTargetException.class, () -> open.invoke(null, "cpu"))
                .getCause();
        assertEquals(UnsupportedDeviceException.class.getName(), cause.getClass().getName());
        assertTrue(cause.getMessage().contains("META-INF/services/dev.tilewright.DeviceProvider"));
      }
    }
  }

  private static String refused(String name) {
    return assertThrows(UnsupportedDeviceException.class, () -> Device.open(name)).getMessage();
  }

  @Test
  void bestLogsOneLineThatSaysWhy() {
    List<String> lines = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            lines.add(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("dev.tilewright");
    logger.addHandler(handler);
    try (Device device = Device.best()) {
      assertEquals("cpu", device.name());
    } finally {
      logger.removeHandler(handler);
    }
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(
        lines.get(0).contains("using cpu") && lines.get(0).contains(Cuda.unavailabilityCause()));
  }

  @Test
  void streams() {
    try (Device device = Device.open("cpu")) {
      assertSame(device.stream(), device.stream());
      assertSame(device, device.stream().device());
      try (Stream stream = device.newStream()) {
        assertNotSame(device.stream(), stream);
        stream.synchronize();
      }
    }
  }

  @Test
  void aClosedDeviceMakesNothingMore() {
    Device device = Device.open("cpu");
    Tensor tensor = device.of(new float[] {1}, DType.F32, 1);
    device.close();
    device.close();
    assertThrows(InvalidSpecException.class, () -> device.empty(DType.F32, 1));
    assertThrows(InvalidSpecException.class, () -> device.wrap(64, DType.F32, 1));
    assertThrows(InvalidSpecException.class, device::newStream);
    assertEquals(1, tensor.toFloats()[0], "its tensors stay");
    tensor.close();
  }

  @Test
  void threadsCanBeSet() {
    CpuSpec spec = CpuSpec.detect();
    try (CpuDevice device = new CpuDevice(spec, 3)) {
      assertEquals(3, device.threads());
      assertEquals(3, device.pool().threads());
      assertEquals(spec.level(), device.level());
    }
    assertThrows(InvalidSpecException.class, () -> new CpuDevice(spec, 0));
    assertThrows(InvalidSpecException.class, () -> new CpuDevice(null, 1));
    String before = System.getProperty("tilewright.cpu.threads");
    try {
      System.setProperty("tilewright.cpu.threads", "5");
      assertEquals(5, CpuDevice.defaultThreads(spec));
      for (String wrong : new String[] {"many", "0", "-1", "1025", "99999999999"}) {
        System.setProperty("tilewright.cpu.threads", wrong);
        assertThrows(InvalidSpecException.class, () -> CpuDevice.defaultThreads(spec), wrong);
      }
      System.clearProperty("tilewright.cpu.threads");
      assertEquals(spec.cores(), CpuDevice.defaultThreads(spec));
    } finally {
      if (before != null) {
        System.setProperty("tilewright.cpu.threads", before);
      }
    }
  }
}
