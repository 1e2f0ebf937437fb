// The fused forward convolution in bf16: see fftconv_fwd.cuh.
#define TYPE Bf16
#define NAME(LENGTH) fftconv_fwd_bf16_##LENGTH
#include "fftconv_fwd_kernels.cuh"
