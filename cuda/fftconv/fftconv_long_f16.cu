// The outer passes of long convolutions in f16: see fftconv_long.cuh.
#define TYPE F16
#define SPLIT(TILES) fftconv_split_f16_t##TILES
#define JOIN(TILES) fftconv_join_f16_t##TILES
#include "fftconv_long_kernels.cuh"
