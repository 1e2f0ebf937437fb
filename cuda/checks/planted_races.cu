// Planted bugs: accesses that nothing orders. Both accesses carry a comment `planted: KIND`; the engine has to name one such line.
// Launch: as each kernel says.

#include <cuda_pipeline.h>

// Sums by a tree that forgot the barrier between its levels. One block of 128.
extern "C" __global__ void race_shared(const float* in, float* out) {
  __shared__ float sums[128];
  int t = threadIdx.x;
  sums[t] = in[t];
  __syncthreads();
  for (int half = 64; half > 0; half /= 2)
    if (t < half) sums[t] += sums[t + half];  // planted: shared-race
  if (t == 0) *out = sums[0];
}

// A buffer that is filled again before all have read it. One block of 64.
extern "C" __global__ void race_reuse(const float* in, float* out, int rounds) {
  __shared__ float buffer[64];
  int t = threadIdx.x;
  float sum = 0;
  for (int r = 0; r < rounds; ++r) {
    buffer[t] = in[r * 64 + t];  // planted: shared-race
    __syncthreads();
    sum += buffer[63 - t];  // planted: shared-race
  }
  out[t] = sum;
}

// Lanes of one warp that rely on running in step. One block of 32.
extern "C" __global__ void race_warp(const int* in, int* out) {
  __shared__ int values[32];
  int t = threadIdx.x;
  values[t] = in[t];  // planted: warp-race
  out[t] = values[31 - t];  // planted: warp-race
}

// Different values of one instruction to one word. One block of 32.
extern "C" __global__ void race_warp_store(const int* in, int* out) {
  __shared__ int last;
  last = in[threadIdx.x];  // planted: warp-race
  __syncwarp();
  if (threadIdx.x == 0) *out = last;
}

// A stencil in place: blocks read what their neighbours write. Grid of at least 2, block 64.
extern "C" __global__ void race_global(float* data, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  float left = i > 0 && i < n ? data[i - 1] : 0;  // planted: global-race
  __syncthreads();
  if (i < n) data[i] = left + 1;  // planted: global-race
}

// A message whose flag is strong but whose data no fence orders. Grid 2, block 1; flag is 0.
extern "C" __global__ void race_message(int* data, volatile int* flag, int* out) {
  if (blockIdx.x == 0) {
    *data = 42;  // planted: global-race
    *flag = 1;
  } else {
    while (*flag == 0) {
    }
    *out = *data;  // planted: global-race
  }
}

// Blocks count with atomics of the scope of a block. Grid of at least 2, any block.
extern "C" __global__ void race_scope(int* counter) {
  atomicAdd_block(counter, 1);  // planted: global-race
}

// One block adds atomically, another reads plainly. Grid 2, block 32.
extern "C" __global__ void race_mixed(int* counter, int* out) {
  if (blockIdx.x == 0)
    atomicAdd(counter, 1);  // planted: global-race
  else
    out[threadIdx.x] = *counter;  // planted: global-race
}

// Each thread waits for its own asynchronous copy and reads another's. One block of 64.
extern "C" __global__ void race_async(const float4* in, float4* out) {
  __shared__ float4 tile[64];
  int t = threadIdx.x;
  __pipeline_memcpy_async(&tile[t], &in[t], 16);  // planted: shared-race
  __pipeline_commit();
  __pipeline_wait_prior(0);
  out[t] = tile[63 - t];  // planted: shared-race
}
