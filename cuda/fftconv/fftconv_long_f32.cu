// The outer passes of long convolutions in f32: see fftconv_long.cuh.
#define TYPE F32
#define SPLIT(TILES) fftconv_split_f32_t##TILES
#define JOIN(TILES) fftconv_join_f32_t##TILES
#include "fftconv_long_kernels.cuh"
