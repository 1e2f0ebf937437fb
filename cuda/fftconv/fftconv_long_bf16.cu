// The outer passes of long convolutions in bf16: see fftconv_long.cuh.
#define TYPE Bf16
#define SPLIT(TILES) fftconv_split_bf16_t##TILES
#define JOIN(TILES) fftconv_join_bf16_t##TILES
#include "fftconv_long_kernels.cuh"
