// The fused forward convolution in f16: see fftconv_fwd.cuh.
#define TYPE F16
#define NAME(LENGTH) fftconv_fwd_f16_##LENGTH
#include "fftconv_fwd_kernels.cuh"
