// The gradient of the filter's spectrum in bf16: see fftconv_dk.cuh.
#define TYPE Bf16
#define NAME(LENGTH) fftconv_dk_bf16_##LENGTH
#include "fftconv_dk_kernels.cuh"
