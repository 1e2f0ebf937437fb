// Every form of cp.async, and two library functions on top of it.
// Launch: one block of 64; row r of the output is one form (async_forms), or the array itself (async_group, async_pipeline).
// Shows: cp.async.ca of 4, 8 and 16 bytes, .cg with .L2::128B, a source shorter than the copy (the rest is zero), ignore-src,
//        wait_group and wait_all; cooperative groups' memcpy_async; cuda::pipeline with two stages.

#include <cooperative_groups.h>
#include <cooperative_groups/memcpy_async.h>

#include <cuda/pipeline>

static __device__ unsigned sharedAddress(const void* p) { return static_cast<unsigned>(__cvta_generic_to_shared(p)); }

// in: 64 x 4 words. out: 6 x 64 x 4 words.
extern "C" __global__ void async_forms(const uint4* in, uint4* out) {
  __shared__ uint4 rows[6][64];
  int t = threadIdx.x;
  const uint4* from = in + t;
  for (int part = 0; part < 4; ++part)
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(sharedAddress(&rows[0][t]) + 4 * part), "l"(reinterpret_cast<const char*>(from) + 4 * part) : "memory");
  for (int part = 0; part < 2; ++part)
    asm volatile("cp.async.ca.shared.global [%0], [%1], 8;" ::"r"(sharedAddress(&rows[1][t]) + 8 * part), "l"(reinterpret_cast<const char*>(from) + 8 * part) : "memory");
  asm volatile("cp.async.commit_group;" ::: "memory");
  asm volatile("cp.async.ca.shared.global [%0], [%1], 16;" ::"r"(sharedAddress(&rows[2][t])), "l"(from) : "memory");
  asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16;" ::"r"(sharedAddress(&rows[3][t])), "l"(from) : "memory");
  asm volatile("cp.async.commit_group;" ::: "memory");
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(sharedAddress(&rows[4][t])), "l"(from), "r"(t % 17) : "memory");
  asm volatile("{ .reg .pred p; setp.ne.s32 p, %2, 0; cp.async.cg.shared.global [%0], [%1], 16, p; }" ::"r"(sharedAddress(&rows[5][t])), "l"(from), "r"(t % 2) : "memory");
  asm volatile("cp.async.wait_group 0;" ::: "memory");
  __syncthreads();
  for (int r = 0; r < 4; ++r) out[r * 64 + t] = rows[r][63 - t];
  asm volatile("cp.async.wait_all;" ::: "memory");
  __syncthreads();
  for (int r = 4; r < 6; ++r) out[r * 64 + t] = rows[r][63 - t];
}

// in, out: 64 x 4 words.
extern "C" __global__ void async_group(const uint4* in, uint4* out) {
  __shared__ uint4 tile[64];
  auto block = cooperative_groups::this_thread_block();
  cooperative_groups::memcpy_async(block, tile, in, sizeof tile);
  cooperative_groups::wait(block);
  out[threadIdx.x] = tile[63 - threadIdx.x];
}

// Sums of `rounds` tiles of 64 floats; each thread adds its mirror.
extern "C" __global__ void async_pipeline(const float* in, float* out, int rounds) {
  __shared__ __align__(16) float tile[2][64];
  auto pipeline = cuda::make_pipeline();
  int t = threadIdx.x;
  float sum = 0;
  auto load = [&](int r) {
    pipeline.producer_acquire();
    if (r < rounds) cuda::memcpy_async(&tile[r % 2][t], in + r * 64 + t, cuda::aligned_size_t<4>(4), pipeline);
    pipeline.producer_commit();
  };
  load(0);
  for (int r = 0; r < rounds; ++r) {
    load(r + 1);
    cuda::pipeline_consumer_wait_prior<1>(pipeline);
    __syncthreads();
    sum += tile[r % 2][63 - t];
    __syncthreads();
    pipeline.consumer_release();
  }
  out[t] = sum;
}
