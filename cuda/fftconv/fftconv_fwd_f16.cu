// The fused forward convolution in f16, one kernel a transform length: see fftconv_fwd.cuh.
#include "fftconv_fwd.cuh"

#define FORWARD(POINTS, PLANES, ROW_PLANES, WARPS, PIPELINED)                                             \
  extern "C" __global__ void __launch_bounds__(32 * WARPS) fftconv_fwd_f16_n##POINTS(fftconv::Problem p) { \
    fftconv::run<F16, PLANES, ROW_PLANES, WARPS, PIPELINED>(p);                                            \
  }

FORWARD(256, 8, 1, 8, true)
FORWARD(512, 8, 2, 8, true)
FORWARD(1024, 8, 4, 8, true)
FORWARD(2048, 8, 8, 8, true)
FORWARD(4096, 16, 16, 16, true)
FORWARD(8192, 32, 32, 16, true)
FORWARD(16384, 64, 64, 16, false)
FORWARD(32768, 128, 128, 16, false)
