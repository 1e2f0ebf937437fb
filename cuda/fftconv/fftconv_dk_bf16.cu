// The gradient of the filter's spectrum in bf16, one kernel a transform length: see fftconv_dk.cuh.
#include "fftconv_dk.cuh"

#define GRADIENT(POINTS, PLANES, ROW_PLANES, WARPS)                                                        \
  extern "C" __global__ void __launch_bounds__(32 * WARPS) fftconv_dk_bf16_n##POINTS(fftconv::Gradient g) { \
    fftconv::run<Bf16, PLANES, ROW_PLANES, WARPS>(g);                                                      \
  }

GRADIENT(256, 8, 1, 8)
GRADIENT(512, 8, 2, 8)
GRADIENT(1024, 8, 4, 8)
GRADIENT(2048, 8, 8, 8)
GRADIENT(4096, 16, 16, 16)
GRADIENT(8192, 32, 32, 16)
GRADIENT(16384, 64, 64, 16)
GRADIENT(32768, 128, 128, 16)
