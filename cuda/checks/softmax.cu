// Softmax of each row.
// Idea: one block a row; the maximum and the sum are block-wide reductions, the exponentials are computed twice rather than stored.
//       softmax_f16 reads and writes half2 and computes in f32. A row may be as long as it likes.
// Launch: grid (rows), block 32 to 1024, a multiple of 32. softmax_f16 needs an even row length.
// Shows: expf (fma.rm, ex2.approx), shfl.sync.bfly, cvt between f16 and f32, infinities as a neutral element.

#include <cuda_fp16.h>

struct Max {
  static __device__ float join(float a, float b) { return fmaxf(a, b); }
};
struct Sum {
  static __device__ float join(float a, float b) { return a + b; }
};

template <class Op>
static __device__ float reduceBlock(float value, float neutral, float* warpValues) {
  for (int mask = 16; mask > 0; mask /= 2) value = Op::join(value, __shfl_xor_sync(0xffffffffu, value, mask));
  __syncthreads();  // the readers of an earlier reduction are done
  if (threadIdx.x % 32 == 0) warpValues[threadIdx.x / 32] = value;
  __syncthreads();
  value = threadIdx.x % 32 < blockDim.x / 32 ? warpValues[threadIdx.x % 32] : neutral;
  for (int mask = 16; mask > 0; mask /= 2) value = Op::join(value, __shfl_xor_sync(0xffffffffu, value, mask));
  return value;
}

extern "C" __global__ void softmax_f32(const float* in, float* out, int length) {
  __shared__ float warpValues[32];
  const float* x = in + (long long)blockIdx.x * length;
  float* y = out + (long long)blockIdx.x * length;
  float top = -INFINITY, sum = 0;
  for (int i = threadIdx.x; i < length; i += blockDim.x) top = fmaxf(top, x[i]);
  top = reduceBlock<Max>(top, -INFINITY, warpValues);
  for (int i = threadIdx.x; i < length; i += blockDim.x) sum += expf(x[i] - top);
  sum = reduceBlock<Sum>(sum, 0, warpValues);
  for (int i = threadIdx.x; i < length; i += blockDim.x) y[i] = expf(x[i] - top) / sum;
}

extern "C" __global__ void softmax_f16(const __half2* in, __half2* out, int length) {
  __shared__ float warpValues[32];
  int pairs = length / 2;
  const __half2* x = in + (long long)blockIdx.x * pairs;
  __half2* y = out + (long long)blockIdx.x * pairs;
  float top = -INFINITY, sum = 0;
  for (int i = threadIdx.x; i < pairs; i += blockDim.x) {
    float2 v = __half22float2(x[i]);
    top = fmaxf(top, fmaxf(v.x, v.y));
  }
  top = reduceBlock<Max>(top, -INFINITY, warpValues);
  for (int i = threadIdx.x; i < pairs; i += blockDim.x) {
    float2 v = __half22float2(x[i]);
    sum += __expf(v.x - top) + __expf(v.y - top);
  }
  float scale = __frcp_rn(reduceBlock<Sum>(sum, 0, warpValues));
  for (int i = threadIdx.x; i < pairs; i += blockDim.x) {
    float2 v = __half22float2(x[i]);
    y[i] = __floats2half2_rn(__expf(v.x - top) * scale, __expf(v.y - top) * scale);
  }
}
