// Scalar arithmetic that must be exact, and the functions of the mathematics library.
// Idea: one element a thread; row r of the output is one operation, so that a wrong bit names its instruction.
// Launch: any grid and block.
// Shows: f64 add, mul, fma, div, sqrt; f32 div.rn, sqrt.rn, rcp.rn and directed roundings; integer mul.hi, mad, sad, dp4a, dp2a, div and rem
//        in 32 and 64 bits, prmt, shf, bfe, bfi, brev, bfind, clz, popc, add.cc/addc, 16-bit arithmetic; cvt with saturation.

#include <cuda_runtime.h>

// Nine rows.
extern "C" __global__ void arithmetic_f64(const double* a, const double* b, double* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  double x = a[i], y = b[i];
  out[0 * n + i] = __dadd_rn(x, y);
  out[1 * n + i] = __dmul_rn(x, y);
  out[2 * n + i] = fma(x, y, -x);
  out[3 * n + i] = x / y;
  out[4 * n + i] = sqrt(fabs(x));
  out[5 * n + i] = fmin(x, y);
  out[6 * n + i] = rint(x * 100);
  out[7 * n + i] = floor(x) + ceil(y) + trunc(x * y);
  out[8 * n + i] = static_cast<double>(static_cast<long long>(x * 1e6) * 3) + static_cast<double>(static_cast<float>(y));
}

// Twelve rows.
extern "C" __global__ void arithmetic_f32(const float* a, const float* b, float* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float x = a[i], y = b[i];
  out[0 * n + i] = __fadd_rn(x, y);
  out[1 * n + i] = __fmul_rn(x, y);
  out[2 * n + i] = __fmaf_rn(x, y, x);
  out[3 * n + i] = x / y;
  out[4 * n + i] = sqrtf(fabsf(x));
  out[5 * n + i] = 1 / y;
  out[6 * n + i] = __fadd_rd(x, y);
  out[7 * n + i] = __fadd_ru(x, y);
  out[8 * n + i] = __fmul_rz(x, y);
  out[9 * n + i] = copysignf(x, y);
  out[10 * n + i] = fminf(x, y) + fmaxf(x, 0.5f);
  out[11 * n + i] = __saturatef(x) + rintf(y) + floorf(x) + truncf(y);
}

// Twenty rows of 32-bit results.
extern "C" __global__ void arithmetic_integer(const int* a, const int* b, int* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int x = a[i], y = b[i];
  unsigned u = x, v = y;
  out[0 * n + i] = x * y + x;
  out[1 * n + i] = __mulhi(x, y);
  out[2 * n + i] = __umulhi(u, v);
  out[3 * n + i] = x / (y | 1);
  out[4 * n + i] = x % (y | 1);
  out[5 * n + i] = u / (v | 1);
  out[6 * n + i] = u % (v | 1);
  out[7 * n + i] = __sad(x, y, 7);
  out[8 * n + i] = __dp4a(x, y, x);
  out[9 * n + i] = __dp4a(u, v, u);
  out[10 * n + i] = __dp2a_lo(x, y, 1) + __dp2a_hi(u, v, 1u);
  out[11 * n + i] = __byte_perm(u, v, u >> 3 & 0x7777);
  out[12 * n + i] = __funnelshift_l(u, v, x);
  out[13 * n + i] = __funnelshift_rc(u, v, y & 63);
  out[14 * n + i] = __brev(u) ^ __popc(v) ^ __clz(x) ^ __ffs(y);
  out[15 * n + i] = __mul24(x, y) + __umul24(u, v);
  out[16 * n + i] = abs(x) - min(x, y) + max(u, v);
  out[17 * n + i] = __hadd(x, y) + __rhadd(x, y);
  out[18 * n + i] = (x >> (y & 31)) ^ (u >> (v & 31)) ^ (x << (y & 31));
  short s = static_cast<short>(x), t = static_cast<short>(y);
  out[19 * n + i] = static_cast<short>(s * t) + static_cast<unsigned short>(s - t) + static_cast<signed char>(x + y);
}

// Nine rows of 64-bit results: wide arithmetic, carries, bit fields.
extern "C" __global__ void arithmetic_long(const long long* a, const long long* b, long long* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  long long x = a[i], y = b[i];
  unsigned long long u = x, v = y;
  out[0 * n + i] = x * y;
  out[1 * n + i] = __mul64hi(x, y);
  out[2 * n + i] = __umul64hi(u, v);
  out[3 * n + i] = x / (y | 1);
  out[4 * n + i] = x % (y | 1);
  out[5 * n + i] = u / (v | 1) + u % (v | 1);
  out[6 * n + i] = __brevll(u) ^ __popcll(v) ^ __clzll(x) ^ __ffsll(y);
  // 128 bits by 32-bit carries: (x, y) + (y, x), of which the upper half is kept.
  unsigned x0 = u, x1 = u >> 32, y0 = v, y1 = v >> 32, r0, r1;
  asm("{ .reg .u32 low, high; add.cc.u32 low, %2, %4; addc.cc.u32 high, %3, %5; addc.cc.u32 %0, %4, %2; addc.u32 %1, %5, %3; }"
      : "=r"(r0), "=r"(r1)
      : "r"(x0), "r"(x1), "r"(y0), "r"(y1));
  out[7 * n + i] = static_cast<unsigned long long>(r1) << 32 | r0;
  unsigned field;
  asm("{ .reg .u32 t; bfe.u32 t, %1, 5, 11; bfi.b32 %0, t, %2, 9, 7; }" : "=r"(field) : "r"(x0), "r"(y0));
  int signedField, top;
  asm("bfe.s32 %0, %1, 27, 9;" : "=r"(signedField) : "r"(x0));
  asm("bfind.shiftamt.s32 %0, %1;" : "=r"(top) : "r"(y1));
  out[8 * n + i] = static_cast<long long>(field) + (static_cast<long long>(signedField) << 32) + top;
}

// Conversions of f32 and f64 to integers: out of range saturates. Eight rows.
extern "C" __global__ void arithmetic_convert(const double* in, long long* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  double x = in[i];
  float f = static_cast<float>(x);
  out[0 * n + i] = __float2int_rn(f);
  out[1 * n + i] = __float2int_rd(f);
  out[2 * n + i] = __float2uint_ru(f);
  out[3 * n + i] = __double2int_rz(x);
  out[4 * n + i] = __double2uint_rn(x);
  out[5 * n + i] = __double2ll_rd(x);
  out[6 * n + i] = __float_as_int(__double2float_rd(x));
  out[7 * n + i] = __float_as_int(__ll2float_rn(__double2ll_rz(x)));
}

// Eleven rows, each within a few units in the last place of the true value.
extern "C" __global__ void mathematics(const float* in, float* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float x = in[i];
  out[0 * n + i] = expf(x);
  out[1 * n + i] = logf(fabsf(x));
  out[2 * n + i] = sinf(x * 1e6f);  // beyond 105615: Payne and Hanek's reduction, through local memory
  out[3 * n + i] = cosf(x);
  out[4 * n + i] = tanhf(x);
  out[5 * n + i] = rsqrtf(fabsf(x));
  out[6 * n + i] = powf(fabsf(x), 1.5f);
  out[7 * n + i] = erff(x);
  out[8 * n + i] = fmodf(x * 100, 0.75f);
  out[9 * n + i] = atan2f(x, 0.5f);
  out[10 * n + i] = log1pf(fabsf(x)) + cbrtf(x) + exp10f(x * 0.1f);
}

// Fast intrinsics, with the errors that the hardware's approximations have. Seven rows.
extern "C" __global__ void mathematics_fast(const float* in, float* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float x = in[i], tanh;
  asm("tanh.approx.f32 %0, %1;" : "=f"(tanh) : "f"(x));
  out[0 * n + i] = __expf(x);
  out[1 * n + i] = __logf(fabsf(x));
  out[2 * n + i] = __sinf(x);
  out[3 * n + i] = __cosf(x);
  out[4 * n + i] = tanh;
  out[5 * n + i] = __fdividef(x, 3);
  out[6 * n + i] = __powf(fabsf(x), 0.3f);
}

// The same in f64: six rows.
extern "C" __global__ void mathematics_f64(const double* in, double* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  double x = in[i];
  out[0 * n + i] = exp(x);
  out[1 * n + i] = log(fabs(x));
  out[2 * n + i] = sin(x * 1e3);
  out[3 * n + i] = tanh(x);
  out[4 * n + i] = rsqrt(fabs(x));
  out[5 * n + i] = pow(fabs(x), 0.7);
}
