// Every atomic operation, on shared and on global memory.
// Idea: each thread does the same with a value of its own; the end result does not depend on the order because each operation commutes
//       (floats hold small integers).
// Launch: any grid and block; the global words are preset by the host as the case says.
// Shows: atom/red add, min, max, inc, dec, and, or, xor, exch, cas on u32, s32, u64, f32, f64, f16x2, bf16x2, 16 bits; scopes; orders.

#include <cuda_bf16.h>
#include <cuda_fp16.h>

template <class Word, class Long>
static __device__ void all(Word* w, Long* l, float* f, double* d, int x) {
  atomicAdd(&w[0], x);
  atomicSub(&w[1], x);
  atomicMin(reinterpret_cast<int*>(&w[2]), -x);
  atomicMax(&w[3], x);
  atomicInc(&w[4], 9);
  atomicDec(&w[5], 9);
  atomicAnd(&w[6], ~(1u << (x & 31)));
  atomicOr(&w[7], 1u << (x & 31));
  atomicXor(&w[8], 1u << (x & 31));
  unsigned seen = *static_cast<volatile Word*>(&w[9]), assumed;
  do {  // w[9] = largest x, by compare and swap
    assumed = seen;
    seen = atomicCAS(&w[9], assumed, max(assumed, static_cast<unsigned>(x)));
  } while (seen != assumed);
  atomicAdd(&l[0], static_cast<Long>(x) << 30);
  atomicMax(&l[1], static_cast<Long>(x) << 40);
  atomicOr(&l[2], static_cast<Long>(1) << (x & 63));
  atomicAdd(f, static_cast<float>(x));
  atomicAdd(d, static_cast<double>(x));
}

extern "C" __global__ void atomics_global(unsigned* w, unsigned long long* l, float* f, double* d) {
  all(w, l, f, d, blockIdx.x * blockDim.x + threadIdx.x);
}

extern "C" __global__ void atomics_shared(unsigned* words, unsigned long long* longs, float* floats, double* doubles) {
  __shared__ unsigned w[10];
  __shared__ unsigned long long l[3];
  __shared__ float f;
  __shared__ double d;
  int t = threadIdx.x;
  if (t < 10) w[t] = words[t];
  if (t < 3) l[t] = longs[t];
  if (t == 0) f = *floats, d = *doubles;
  __syncthreads();
  all(w, l, &f, &d, t);
  __syncthreads();
  if (t < 10) words[t] = w[t];
  if (t < 3) longs[t] = l[t];
  if (t == 0) *floats = f, *doubles = d;
}

extern "C" __global__ void atomics_half(__half2* h, __nv_bfloat162* b, __half* single, unsigned short* word) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  atomicAdd(h, __floats2half2_rn(1, i % 2));
  atomicAdd(b, __floats2bfloat162_rn(i % 3 == 0, 1));
  atomicAdd(single, __float2half(1));
  unsigned short seen = *static_cast<volatile unsigned short*>(word), assumed;
  do {
    assumed = seen;
    seen = atomicCAS(word, assumed, static_cast<unsigned short>(assumed + 3));
  } while (seen != assumed);
}

// A token goes round: each thread exchanges its number for the one before it. Whoever counts to the end adds the number that is left.
extern "C" __global__ void atomics_exchange(unsigned* token, unsigned* counter, unsigned long long* sum) {
  unsigned threads = gridDim.x * blockDim.x, mine = blockIdx.x * blockDim.x + threadIdx.x + 1, before;
  asm volatile("atom.acq_rel.gpu.global.exch.b32 %0, [%1], %2;" : "=r"(before) : "l"(token), "r"(mine) : "memory");
  asm volatile("red.relaxed.gpu.global.add.u64 [%0], %1;" ::"l"(sum), "l"(static_cast<unsigned long long>(before)) : "memory");
  __threadfence();
  if (atomicAdd(counter, 1u) == threads - 1) {
    __threadfence();
    atomicAdd(sum, static_cast<unsigned long long>(atomicExch(token, 0u)));
  }
  atomicAdd_block(sum + 1 + blockIdx.x, 1ull);
  atomicAdd_system(sum + 1 + gridDim.x, 2ull);
}
