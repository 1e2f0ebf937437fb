// The fused forward convolution in f32, each factor in two parts of bf16: see fftconv_fwd.cuh and element_types.cuh. Eight warps,
// so that a thread has 255 registers.
#include "fftconv_fwd.cuh"

#define FORWARD(NAME, PLANES, ROW_PLANES, COMPLEX)                                                     \
  extern "C" __global__ void __launch_bounds__(256) fftconv_fwd_f32_##NAME(fftconv::Problem<float> p) { \
    fftconv::run<F32, PLANES, ROW_PLANES, 8, false, COMPLEX>(p);                                       \
  }

FORWARD(n256, 8, 1, false)
FORWARD(n512, 8, 2, false)
FORWARD(n1024, 8, 4, false)
FORWARD(n2048, 8, 8, false)
FORWARD(n4096, 16, 16, false)
FORWARD(n8192, 32, 32, false)
FORWARD(n16384, 64, 64, false)

// The middle of long transforms.
FORWARD(n8192_complex, 32, 32, true)
FORWARD(n16384_complex, 64, 64, true)
