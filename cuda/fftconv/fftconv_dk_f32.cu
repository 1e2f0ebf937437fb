// The gradient of the filter's spectrum in f32: see fftconv_dk.cuh.
#include "fftconv_dk.cuh"

#define GRADIENT(NAME, PLANES, ROW_PLANES, COMPLEX)                                                    \
  extern "C" __global__ void __launch_bounds__(256) fftconv_dk_f32_##NAME(fftconv::Gradient<float> g) { \
    fftconv::run<F32, PLANES, ROW_PLANES, 8, COMPLEX>(g);                                              \
  }

GRADIENT(n256, 8, 1, false)
GRADIENT(n512, 8, 2, false)
GRADIENT(n1024, 8, 4, false)
GRADIENT(n2048, 8, 8, false)
GRADIENT(n4096, 16, 16, false)
GRADIENT(n8192, 32, 32, false)
GRADIENT(n16384, 64, 64, false)

// The middle of long transforms.
GRADIENT(n8192_complex, 32, 32, true)
GRADIENT(n16384_complex, 64, 64, true)
