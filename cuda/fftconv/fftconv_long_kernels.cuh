// The outer passes of a type, by tiles of 16 of the outer transform: TYPE, SPLIT(tiles) and JOIN(tiles) come from the file
// that includes this.
#include "fftconv_long.cuh"

#define OUTER(TILES)                                                                                   \
  extern "C" __global__ void __launch_bounds__(128) SPLIT(TILES)(fftconv::LongProblem<TYPE::Element> p) { \
    extern __shared__ uint4 memory[];                                                                  \
    fftconv::Long<TYPE, TILES>(p, shared_address(memory)).split();                                     \
  }                                                                                                    \
  extern "C" __global__ void __launch_bounds__(128) JOIN(TILES)(fftconv::LongProblem<TYPE::Element> p) {  \
    extern __shared__ uint4 memory[];                                                                  \
    fftconv::Long<TYPE, TILES>(p, shared_address(memory)).join();                                      \
  }

OUTER(1)
OUTER(2)
OUTER(4)
OUTER(8)
OUTER(16)
