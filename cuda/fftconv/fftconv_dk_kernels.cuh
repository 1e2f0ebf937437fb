// The kernels of a type of 16 bits, one a transform length: TYPE and NAME(length) come from the file that includes this.
#include "fftconv_dk.cuh"

#define GRADIENT(LENGTH, PLANES, ROW_PLANES, WARPS, COMPLEX)                                                          \
  extern "C" __global__ void __launch_bounds__(32 * WARPS) NAME(LENGTH)(fftconv::Gradient<unsigned short> g) {         \
    fftconv::run<TYPE, PLANES, ROW_PLANES, WARPS, COMPLEX>(g);                                                         \
  }

GRADIENT(n256, 8, 1, 8, false)
GRADIENT(n512, 8, 2, 8, false)
GRADIENT(n1024, 8, 4, 8, false)
GRADIENT(n2048, 8, 8, 8, false)
GRADIENT(n4096, 16, 16, 16, false)
GRADIENT(n8192, 32, 32, 16, false)

// The middle of long transforms.
GRADIENT(n8192_complex, 32, 32, 16, true)

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800  // earlier chips have 64 KB of shared memory
GRADIENT(n16384, 64, 64, 16, false)
GRADIENT(n32768, 128, 128, 16, false)
GRADIENT(n16384_complex, 64, 64, 16, true)
GRADIENT(n32768_complex, 128, 128, 16, true)
#endif
