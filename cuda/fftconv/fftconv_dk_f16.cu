// The gradient of the filter's spectrum in f16: see fftconv_dk.cuh.
#define TYPE F16
#define NAME(LENGTH) fftconv_dk_f16_##LENGTH
#include "fftconv_dk_kernels.cuh"
