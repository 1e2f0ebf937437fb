// The gradient of the skip term: the sum over batch and time of dy u, one block a channel, in one order.
#include "../common/element_types.cuh"

template <typename Element>
struct Skip {
  const Element* u;
  const Element* dy;
  float* dd;  // [channels]
  long long batch;
  long long channels;
  long long length;
};

template <typename T>
static __device__ __forceinline__ void sum(const Skip<typename T::Element>& p) {
  __shared__ float sums[256];
  float sum = 0;
  for (long long b = 0; b < p.batch; b++) {
    long long row = (b * p.channels + blockIdx.x) * p.length;
    float part = 0;  // a row's, so that rounding grows with the length of a row and of the batch, not with both
    for (long long i = threadIdx.x; i < p.length; i += 256) {
      part += T::read(p.u + row + i) * T::read(p.dy + row + i);
    }
    sum += part;
  }
  sums[threadIdx.x] = sum;
  for (int width = 128; width > 0; width /= 2) {
    __syncthreads();
    if (threadIdx.x < width) {
      sums[threadIdx.x] += sums[threadIdx.x + width];
    }
  }
  if (threadIdx.x == 0) {
    p.dd[blockIdx.x] = sums[0];
  }
}

extern "C" __global__ void __launch_bounds__(256) fftconv_dd_f16(Skip<unsigned short> p) { sum<F16>(p); }

extern "C" __global__ void __launch_bounds__(256) fftconv_dd_bf16(Skip<unsigned short> p) { sum<Bf16>(p); }

extern "C" __global__ void __launch_bounds__(256) fftconv_dd_f32(Skip<float> p) { sum<F32>(p); }
