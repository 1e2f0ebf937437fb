// The kernels of a type of 16 bits, one a transform length: TYPE and NAME(length) come from the file that includes this. Long
// rows fit shared memory once only; 8192 points have both forms, for chips with 99 KB a block and for those with more.
#include "fftconv_fwd.cuh"

#define FORWARD(LENGTH, PLANES, ROW_PLANES, WARPS, PIPELINED, COMPLEX)                                                \
  extern "C" __global__ void __launch_bounds__(32 * WARPS) NAME(LENGTH)(fftconv::Problem<unsigned short> p) {          \
    fftconv::run<TYPE, PLANES, ROW_PLANES, WARPS, PIPELINED, COMPLEX>(p);                                              \
  }

FORWARD(n256_pipelined, 8, 1, 8, true, false)
FORWARD(n512_pipelined, 8, 2, 8, true, false)
FORWARD(n1024_pipelined, 8, 4, 8, true, false)
FORWARD(n2048_pipelined, 8, 8, 8, true, false)
FORWARD(n4096_pipelined, 16, 16, 16, true, false)
FORWARD(n8192_pipelined, 32, 32, 16, true, false)
FORWARD(n8192, 32, 32, 16, false, false)

// The middle of long transforms.
FORWARD(n8192_complex, 32, 32, 16, false, true)

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800  // earlier chips have 64 KB of shared memory
FORWARD(n16384, 64, 64, 16, false, false)
FORWARD(n32768, 128, 128, 16, false, false)
FORWARD(n16384_complex, 64, 64, 16, false, true)
FORWARD(n32768_complex, 128, 128, 16, false, true)
#endif
