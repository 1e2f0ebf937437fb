// Arithmetic on f16 and bf16, element by element: each row of `out` is one operation.
// Launch: any grid and block; n pairs; out[operation][n pairs].
// Shows: add, sub, mul, fma, neg, abs, min, max, set, setp on f16x2 and bf16x2, fma.relu, cvt from and to f32 and integers, ex2, tanh.

#include <cuda_bf16.h>
#include <cuda_fp16.h>

// Exactly rounded operations: nine rows.
template <class Two>
static __device__ void exact(const Two* a, const Two* b, const Two* c, Two* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  Two x = a[i], y = b[i], z = c[i];
  out[0 * n + i] = __hadd2_rn(x, y);
  out[1 * n + i] = __hsub2_rn(x, y);
  out[2 * n + i] = __hmul2_rn(x, y);
  out[3 * n + i] = __hfma2(x, y, z);
  out[4 * n + i] = __hfma2_relu(x, y, z);
  out[5 * n + i] = __hmin2(x, y);
  out[6 * n + i] = __hmax2(x, __hneg2(y));
  out[7 * n + i] = __hgt2(__habs2(x), __habs2(y));
  out[8 * n + i] = __hbgt2(x, y) ? z : x;
}

extern "C" __global__ void half_exact_f16(const __half2* a, const __half2* b, const __half2* c, __half2* out, int n) {
  exact(a, b, c, out, n);
}

extern "C" __global__ void half_exact_bf16(const __nv_bfloat162* a, const __nv_bfloat162* b, const __nv_bfloat162* c, __nv_bfloat162* out, int n) {
  exact(a, b, c, out, n);
}

// Approximate ones on f16: 2^x, tanh x, x / y, 1 / sqrt |x|: four rows.
extern "C" __global__ void half_approximate(const __half2* a, const __half2* b, __half2* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  out[0 * n + i] = h2exp2(a[i]);
  out[1 * n + i] = h2tanh_approx(a[i]);
  out[2 * n + i] = __h2div(a[i], b[i]);
  out[3 * n + i] = h2rsqrt(__habs2(a[i]));
}

// Conversions: f32 -> f16 and bf16 by four roundings each, f16 -> integers, integers -> f16. Outputs are bits, ten rows of n.
extern "C" __global__ void half_convert(const float* in, unsigned short* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float x = in[i];
  out[0 * n + i] = __half_as_ushort(__float2half_rn(x));
  out[1 * n + i] = __half_as_ushort(__float2half_rz(x));
  out[2 * n + i] = __half_as_ushort(__float2half_rd(x));
  out[3 * n + i] = __half_as_ushort(__float2half_ru(x));
  out[4 * n + i] = __bfloat16_as_ushort(__float2bfloat16_rn(x));
  out[5 * n + i] = __bfloat16_as_ushort(__float2bfloat16_rz(x));
  out[6 * n + i] = static_cast<unsigned short>(__half2short_rn(__float2half_rn(x)));
  out[7 * n + i] = __half2ushort_rz(__float2half_rn(x));
  out[8 * n + i] = __half_as_ushort(__short2half_rn(static_cast<short>(x * 1000)));
  out[9 * n + i] = __bfloat16_as_ushort(__int2bfloat16_rn(static_cast<int>(x * 100000)));
}
