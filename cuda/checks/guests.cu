// Kernels as others write them: what the toolkit, its libraries and its samples make of common tasks.
// Launch: see each kernel.
// Shows: division of 128 bits, the device heap, a sum by compare-and-swap, a scan with decoupled look-back, groups by label,
//        a byte-code interpreter, cuda::pipeline with roles.

#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>

#include <cuda/pipeline>

#pragma nv_diag_suppress static_var_with_dynamic_init

// Block 32. out: 32 x { low, high } of a 128-bit quotient, and its remainder on top.
extern "C" __global__ void wide_division(const unsigned long long* a, const unsigned long long* b, unsigned long long* out) {
  int t = threadIdx.x;
  unsigned __int128 x = (static_cast<unsigned __int128>(a[t]) << 64 | b[t]) * 1000003u + 17;
  x ^= x >> 77;
  unsigned __int128 quotient = x / 1234567891011ull;
  out[2 * t] = static_cast<unsigned long long>(quotient);
  out[2 * t + 1] = static_cast<unsigned long long>(quotient >> 64) + static_cast<unsigned long long>(x % 997u);
}

// Each thread sums 0 .. n-1 times its number in memory of its own.
extern "C" __global__ void heap_sums(int* out, int n) {
  int* own = static_cast<int*>(malloc(n * sizeof(int)));
  if (own == nullptr) return;
  for (int i = 0; i < n; ++i) own[i] = i * threadIdx.x;
  int sum = 0;
  for (int i = 0; i < n; ++i) sum += own[i];
  free(own);
  out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

// Block 128. The last addition is the loop of the CUDA Programming Guide.
extern "C" __global__ void double_sum(const double* in, double* out, int n) {
  __shared__ double parts[128];
  int t = threadIdx.x;
  double sum = 0;
  for (int i = blockIdx.x * 128 + t; i < n; i += gridDim.x * 128) sum += in[i];
  parts[t] = sum;
  __syncthreads();
  for (int d = 64; d > 0; d /= 2) {
    if (t < d) parts[t] += parts[t + d];
    __syncthreads();
  }
  if (t == 0) {
    auto* word = reinterpret_cast<unsigned long long*>(out);
    unsigned long long old = *word, assumed;
    do {
      assumed = old;
      old = atomicCAS(word, assumed, __double_as_longlong(parts[0] + __longlong_as_double(assumed)));
    } while (assumed != old);
  }
}

// Block 128. states: one word a block, zero: a flag (1: the block's sum, 2: the sum up to here) above the value. ticket: zero.
extern "C" __global__ void look_back_scan(const int* in, int* out, unsigned long long* states, unsigned* ticket, int n) {
  __shared__ unsigned tile;
  __shared__ int before, warps[4];
  int t = threadIdx.x, lane = t % 32;
  if (t == 0) tile = atomicAdd(ticket, 1u);
  __syncthreads();
  int i = tile * 128 + t, sum = i < n ? in[i] : 0;
  for (int d = 1; d < 32; d *= 2) {
    int other = __shfl_up_sync(0xffffffffu, sum, d);
    if (lane >= d) sum += other;
  }
  if (lane == 31) warps[t / 32] = sum;
  __syncthreads();
  for (int w = 0; w < t / 32; ++w) sum += warps[w];
  if (t == 127) {
    int earlier = 0;
    if (tile > 0) {
      atomicExch(&states[tile], 1ull << 32 | static_cast<unsigned>(sum));
      for (int p = tile - 1;; --p) {
        unsigned long long state;
        do state = *static_cast<volatile unsigned long long*>(&states[p]);
        while (state == 0);
        earlier += static_cast<int>(state);
        if (state >> 32 == 2) break;
      }
    }
    atomicExch(&states[tile], 2ull << 32 | static_cast<unsigned>(earlier + sum));
    before = earlier;
  }
  __syncthreads();
  if (i < n) out[i] = before + sum;
}

// For each thread: how many of its warp have its key, the sum of their numbers, and 1000 for the first of them.
extern "C" __global__ void label_groups(const int* keys, int* out) {
  auto warp = cooperative_groups::tiled_partition<32>(cooperative_groups::this_thread_block());
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  auto same = cooperative_groups::labeled_partition(warp, keys[i]);
  out[i] = same.size() + cooperative_groups::reduce(same, i, cooperative_groups::plus<int>()) * 100000 + (same.thread_rank() == 0) * 1000;
}

// A stack machine: each thread runs the same code on its own number.
extern "C" __global__ void interpreter(const unsigned char* code, const int* in, int* out) {
  int stack[8], depth = 0;
  for (const unsigned char* at = code;;) {
    switch (*at++) {
      case 0: out[threadIdx.x] = stack[--depth]; return;
      case 1: stack[depth++] = *at++; break;
      case 2: stack[depth++] = in[threadIdx.x]; break;
      case 3: --depth; stack[depth - 1] += stack[depth]; break;
      case 4: --depth; stack[depth - 1] *= stack[depth]; break;
      case 5: --depth; stack[depth - 1] -= stack[depth]; break;
      case 6: { int skip = *at++; if (stack[--depth] > 0) at += skip; break; }
      case 7: stack[depth] = stack[depth - 1]; ++depth; break;
      case 8: stack[depth - 1] %= 7; break;
    }
  }
}

// Block 128: warps 0 and 1 copy tiles of 64, warps 2 and 3 sum them, each by its number.
extern "C" __global__ void pipeline_roles(const int* in, int* out, int tiles) {
  __shared__ int ring[4][64];
  __shared__ cuda::pipeline_shared_state<cuda::thread_scope_block, 4> state;
  bool produces = threadIdx.x < 64;
  auto pipeline = cuda::make_pipeline(cooperative_groups::this_thread_block(), &state,
                                      produces ? cuda::pipeline_role::producer : cuda::pipeline_role::consumer);
  int t = threadIdx.x % 64, sum = 0;
  for (int k = 0; k < tiles; ++k) {
    if (produces) {
      pipeline.producer_acquire();
      cuda::memcpy_async(&ring[k % 4][t], in + k * 64 + t, sizeof(int), pipeline);
      pipeline.producer_commit();
    } else {
      pipeline.consumer_wait();
      sum += ring[k % 4][63 - t] * (k + 1);
      pipeline.consumer_release();
    }
  }
  if (!produces) out[t] = sum;
}
