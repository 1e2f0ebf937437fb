// The fused forward convolution in bf16, one kernel a transform length: see fftconv_fwd.cuh. Long rows fit shared memory once
// only; 8192 points have both forms, for chips with 99 KB a block and for those with more.
#include "fftconv_fwd.cuh"

#define FORWARD(NAME, PLANES, ROW_PLANES, WARPS, PIPELINED)                                          \
  extern "C" __global__ void __launch_bounds__(32 * WARPS) fftconv_fwd_bf16_##NAME(fftconv::Problem p) { \
    fftconv::run<Bf16, PLANES, ROW_PLANES, WARPS, PIPELINED>(p);                                      \
  }

FORWARD(n256_pipelined, 8, 1, 8, true)
FORWARD(n512_pipelined, 8, 2, 8, true)
FORWARD(n1024_pipelined, 8, 4, 8, true)
FORWARD(n2048_pipelined, 8, 8, 8, true)
FORWARD(n4096_pipelined, 16, 16, 16, true)
FORWARD(n8192_pipelined, 32, 32, 16, true)
FORWARD(n8192, 32, 32, 16, false)
FORWARD(n16384, 64, 64, 16, false)
FORWARD(n32768, 128, 128, 16, false)
