// The outer passes of long convolutions in f16, by tiles of 16 of the outer transform: see fftconv_long.cuh.
#include "fftconv_long.cuh"

#define OUTER(TILES)                                                                                                     \
  extern "C" __global__ void __launch_bounds__(128) fftconv_split_f16_t##TILES(fftconv::LongProblem<unsigned short> p) { \
    extern __shared__ uint4 memory[];                                                                                    \
    fftconv::Long<F16, TILES>(p, shared_address(memory)).split();                                                       \
  }                                                                                                                      \
  extern "C" __global__ void __launch_bounds__(128) fftconv_join_f16_t##TILES(fftconv::LongProblem<unsigned short> p) {  \
    extern __shared__ uint4 memory[];                                                                                    \
    fftconv::Long<F16, TILES>(p, shared_address(memory)).join();                                                        \
  }

OUTER(1)
OUTER(2)
OUTER(4)
OUTER(8)
OUTER(16)
