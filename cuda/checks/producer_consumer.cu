// Warp-specialised sums: some warps only fetch, the others only compute, through a ring of two stages in shared memory.
// Idea: `full` says that a stage holds data, `empty` that it may be overwritten. Three ways to wait for that:
//       pipeline_barrier with cuda::barrier, pipeline_mbarrier with mbarrier instructions whose arrival cp.async itself brings about,
//       pipeline_named with the named barriers of the block.
//       The producer loops at a higher program counter than the consumers wait: the scheduler has to be fair.
// Launch: grid any, block 128 (pipeline_mbarrier, pipeline_named: 64); block b sums tiles b, b + grid, ... of n floats, n a multiple of the tile.
// Shows: mbarrier.init/arrive/test_wait/inval, cp.async.mbarrier.arrive.noinc, bar.sync and bar.arrive with a count, nanosleep.

#include <cuda/barrier>

constexpr int STAGES = 2;

extern "C" __global__ void __launch_bounds__(128) pipeline_barrier(const float* in, float* sums, int tiles) {
  using Barrier = cuda::barrier<cuda::thread_scope_block>;
  constexpr int TILE = 96;
  __shared__ float ring[STAGES][TILE];
#pragma nv_diag_suppress static_var_with_dynamic_init
  __shared__ Barrier full[STAGES], empty[STAGES];
  if (threadIdx.x == 0)
    for (int s = 0; s < STAGES; ++s) {
      init(&full[s], blockDim.x);
      init(&empty[s], blockDim.x);
    }
  __syncthreads();
  int mine = (tiles - blockIdx.x + gridDim.x - 1) / gridDim.x;
  if (threadIdx.x >= 96) {  // the last warp fetches
    for (int i = 0; i < mine; ++i) {
      int s = i % STAGES;
      empty[s].arrive_and_wait();
      const float* tile = in + (blockIdx.x + i * gridDim.x) * TILE;
      for (int j = threadIdx.x - 96; j < TILE; j += 32) ring[s][j] = tile[j];
      (void)full[s].arrive();
    }
  } else {
    float sum = 0;
    for (int s = 0; s < STAGES; ++s) (void)empty[s].arrive();
    for (int i = 0; i < mine; ++i) {
      int s = i % STAGES;
      full[s].arrive_and_wait();
      sum += ring[s][threadIdx.x];
      (void)empty[s].arrive();
    }
    sums[blockIdx.x * TILE + threadIdx.x] = sum;
  }
}

static __device__ void waitParity(unsigned barrier, unsigned parity) {
  unsigned done = 0;
  while (!done)
    asm volatile("{ .reg .pred p; mbarrier.test_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                 : "=r"(done)
                 : "r"(barrier), "r"(parity)
                 : "memory");
}

extern "C" __global__ void __launch_bounds__(64) pipeline_mbarrier(const float* in, float* sums, int tiles) {
  constexpr int TILE = 128;
  __shared__ __align__(16) float ring[STAGES][TILE];
  __shared__ unsigned long long barriers[2 * STAGES];
  unsigned full = static_cast<unsigned>(__cvta_generic_to_shared(barriers)), empty = full + 8 * STAGES;
  unsigned data = static_cast<unsigned>(__cvta_generic_to_shared(ring));
  if (threadIdx.x == 0)
    for (int s = 0; s < 2 * STAGES; ++s) asm volatile("mbarrier.init.shared.b64 [%0], 32;" ::"r"(full + 8 * s) : "memory");
  __syncthreads();
  int lane = threadIdx.x % 32, mine = (tiles - blockIdx.x + gridDim.x - 1) / gridDim.x;
  if (threadIdx.x < 32) {
    float4 sum = make_float4(0, 0, 0, 0);
    for (int i = 0; i < mine; ++i) {
      int s = i % STAGES;
      waitParity(full + 8 * s, i / STAGES & 1);
      float4 v = reinterpret_cast<float4*>(ring[s])[lane];
      sum = make_float4(sum.x + v.x, sum.y + v.y, sum.z + v.z, sum.w + v.w);
      asm volatile("{ .reg .b64 state; mbarrier.arrive.shared.b64 state, [%0]; }" ::"r"(empty + 8 * s) : "memory");
    }
    reinterpret_cast<float4*>(sums)[blockIdx.x * 32 + lane] = sum;
  } else {
    for (int i = 0; i < mine; ++i) {
      int s = i % STAGES;
      if (i >= STAGES) waitParity(empty + 8 * s, (i / STAGES - 1) & 1);
      const float* from = in + (blockIdx.x + i * gridDim.x) * TILE + 4 * lane;
      asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(data + (s * TILE + 4 * lane) * 4), "l"(from) : "memory");
      asm volatile("cp.async.mbarrier.arrive.noinc.shared.b64 [%0];" ::"r"(full + 8 * s) : "memory");
    }
  }
  __syncthreads();
  if (threadIdx.x == 0)
    for (int s = 0; s < 2 * STAGES; ++s) asm volatile("mbarrier.inval.shared.b64 [%0];" ::"r"(full + 8 * s) : "memory");
}

extern "C" __global__ void __launch_bounds__(64) pipeline_named(const float* in, float* sums, int tiles) {
  __shared__ float ring[STAGES][32];
  int lane = threadIdx.x % 32, mine = (tiles - blockIdx.x + gridDim.x - 1) / gridDim.x;
  // Barrier 1 + s: stage s is full. Barrier 3 + s: stage s is empty. Each counts both warps: one arrives, the other waits.
  if (threadIdx.x < 32) {
    float sum = 0;
    for (int i = 0; i < mine; ++i) {
      int s = i % STAGES;
      asm volatile("bar.sync %0, 64;" ::"r"(1 + s) : "memory");
      sum += ring[s][lane];
      if (i + STAGES < mine) asm volatile("bar.arrive %0, 64;" ::"r"(3 + s) : "memory");
    }
    sums[blockIdx.x * 32 + lane] = sum;
  } else {
    for (int i = 0; i < mine; ++i) {
      int s = i % STAGES;
      if (i >= STAGES) asm volatile("bar.sync %0, 64;" ::"r"(3 + s) : "memory");
      ring[s][lane] = in[(blockIdx.x + i * gridDim.x) * 32 + lane];
      asm volatile("bar.arrive %0, 64;" ::"r"(1 + s) : "memory");
    }
  }
}
