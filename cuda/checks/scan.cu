// Inclusive prefix sums of 32-bit integers.
// Idea: scan_shared is Hillis and Steele's doubling in two shared buffers; scan_shuffle does it in registers, warps first, then their totals;
//       scan_chained joins the blocks: each waits until the one before it has published its running total with a release, as in
//       single-pass scans. It ends only when blocks make progress in order of their index.
// Launch: scan_shared, scan_shuffle: one block of n threads, n <= 1024 (a multiple of 32). scan_chained: blocks of 256; ready[] is zero.
// Shows: shfl.sync.up with its predicate, bar.sync, ld.acquire.gpu, st.release.gpu, waiting between blocks.

extern "C" __global__ void scan_shared(const int* in, int* out) {
  __shared__ int sums[2][1024];
  int i = threadIdx.x, from = 0;
  sums[0][i] = in[i];
  __syncthreads();
  for (int distance = 1; distance < blockDim.x; distance *= 2) {
    sums[1 - from][i] = sums[from][i] + (i >= distance ? sums[from][i - distance] : 0);
    from = 1 - from;
    __syncthreads();
  }
  out[i] = sums[from][i];
}

static __device__ int scanWarp(int value) {
  for (int distance = 1; distance < 32; distance *= 2) {
    int before = __shfl_up_sync(0xffffffffu, value, distance);
    if (threadIdx.x % 32 >= distance) value += before;
  }
  return value;
}

static __device__ int scanBlock(int value, int* warpTotals) {
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  value = scanWarp(value);
  if (lane == 31) warpTotals[warp] = value;
  __syncthreads();
  if (warp == 0) {
    int total = lane < blockDim.x / 32 ? warpTotals[lane] : 0;
    warpTotals[lane] = scanWarp(total);
  }
  __syncthreads();
  return warp == 0 ? value : value + warpTotals[warp - 1];
}

extern "C" __global__ void scan_shuffle(const int* in, int* out) {
  __shared__ int warpTotals[32];
  out[threadIdx.x] = scanBlock(in[threadIdx.x], warpTotals);
}

extern "C" __global__ void scan_chained(const int* in, int* out, int* totals, unsigned* ready, int n) {
  __shared__ int warpTotals[32];
  __shared__ int before;
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  int value = scanBlock(i < n ? in[i] : 0, warpTotals);
  if (threadIdx.x == blockDim.x - 1) {
    int carried = 0;
    if (blockIdx.x > 0) {
      unsigned flag = 0;
      while (flag == 0) asm volatile("ld.acquire.gpu.u32 %0, [%1];" : "=r"(flag) : "l"(ready + blockIdx.x - 1) : "memory");
      carried = totals[blockIdx.x - 1];
    }
    totals[blockIdx.x] = carried + value;
    asm volatile("st.release.gpu.u32 [%0], %1;" ::"l"(ready + blockIdx.x), "r"(1) : "memory");
    before = carried;
  }
  __syncthreads();
  if (i < n) out[i] = value + before;
}
