package dev.tilewright.sim;

import dev.tilewright.Device;
import dev.tilewright.GpuArguments;
import dev.tilewright.GpuDevice;
import dev.tilewright.GpuKernel;
import dev.tilewright.GpuLaunch;
import dev.tilewright.GpuModule;
import dev.tilewright.GpuStream;
import dev.tilewright.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A simulated A100 with a small module, opened for each test. */
abstract class SimDeviceCase {
  /** {@code scale}: h[i] *= s. {@code wide}: needs 40,000 bytes of shared memory. */
  static final String PTX =
      """
      .version 7.0
      .target sm_75
      .address_size 64
      .visible .global .align 4 .b32 counter[3] = {7, 8, 9};
      .visible .const .align 8 .b64 table[2];
      .visible .entry scale(.param .u64 h, .param .u32 n, .param .f32 s)
      {
        .reg .pred %p<2>;
        .reg .f32 %f<4>;
        .reg .b32 %r<6>;
        .reg .b64 %rd<4>;
        ld.param.u64 %rd1, [h];
        ld.param.u32 %r1, [n];
        ld.param.f32 %f1, [s];
        mov.u32 %r2, %ctaid.x;
        mov.u32 %r3, %ntid.x;
        mov.u32 %r4, %tid.x;
        mad.lo.u32 %r5, %r2, %r3, %r4;
        setp.ge.u32 %p1, %r5, %r1;
        @%p1 bra DONE;
        mul.wide.u32 %rd2, %r5, 4;
        add.u64 %rd3, %rd1, %rd2;
        ld.global.f32 %f2, [%rd3];
        mul.f32 %f3, %f2, %f1;
        st.global.f32 [%rd3], %f3;
      DONE:
        ret;
      }
      .visible .entry wide(.param .align 2 .b8 pair[4]) .maxntid 128, 2, 1
      {
        .shared .align 4 .b8 room[40000];
        .reg .b64 %rd<2>;
        mov.u64 %rd1, room;
        ret;
      }
      .visible .entry spin() .reqntid 64, 1, 1
      {
      AGAIN:
        bra AGAIN;
      }
      .visible .entry textured(.param .u64 t)
      {
        .reg .f32 %f<5>;
        .reg .b32 %r<2>;
        .reg .b64 %rd<2>;
        ld.param.u64 %rd1, [t];
        mov.u32 %r1, 0;
        tex.1d.v4.f32.s32 {%f1, %f2, %f3, %f4}, [%rd1, {%r1}];
        ret;
      }
      """;

  GpuDevice gpu;
  GpuModule module;
  GpuKernel scale;

  @BeforeEach
  void open() {
    gpu = (GpuDevice) Device.open("sim:a100");
    module = gpu.load("test.ptx", PTX.getBytes(StandardCharsets.UTF_8));
    scale = module.kernel("scale");
  }

  @AfterEach
  void close() {
    ((SimDevice) gpu).clearFindings();
    gpu.close();
  }

  static GpuModule shipped(GpuDevice on, String name) throws IOException {
    return on.load(name, Files.readAllBytes(Path.of("../ptx/checks", name)));
  }

  void scale(GpuStream stream, Tensor h, float by) {
    stream.launch(scale, GpuLaunch.of(2, 32), GpuArguments.of(scale, h, (int) h.elements(), by));
  }
}
