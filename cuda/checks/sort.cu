// Sorts within a block.
// Idea: sort_bitonic is Batcher's network in shared memory; sort_radix goes over the keys four bits at a time and ranks equal digits by
//       match.any and the lanes below.
// Launch: sort_bitonic: one block of n / 2 threads, n a power of two <= 2048. sort_radix: one block of n threads, n <= 1024, a multiple of 32.
// Shows: data-dependent swaps, a barrier in a double loop, match.any.sync, popc of %lanemask_lt, stable scatter.

extern "C" __global__ void sort_bitonic(int* keys, int n) {
  __shared__ int s[2048];
  int t = threadIdx.x;
  s[t] = keys[t];
  s[t + n / 2] = keys[t + n / 2];
  for (int size = 2; size <= n; size *= 2)
    for (int distance = size / 2; distance > 0; distance /= 2) {
      __syncthreads();
      int low = 2 * t - (t & (distance - 1)), high = low + distance;
      bool ascending = (low & size) == 0;
      if ((s[low] > s[high]) == ascending) {
        int swap = s[low];
        s[low] = s[high];
        s[high] = swap;
      }
    }
  __syncthreads();
  keys[t] = s[t];
  keys[t + n / 2] = s[t + n / 2];
}

extern "C" __global__ void sort_radix(unsigned* keys, int n) {
  __shared__ unsigned sorted[1024];
  __shared__ int starts[16 * 32];  // [digit][warp]: counts, then where they start
  int t = threadIdx.x, warp = t / 32, warps = blockDim.x / 32;
  unsigned key = keys[t], below;
  asm("mov.u32 %0, %%lanemask_lt;" : "=r"(below));
  for (int shift = 0; shift < 32; shift += 4) {
    for (int i = t; i < 16 * warps; i += blockDim.x) starts[i] = 0;
    __syncthreads();
    unsigned digit = key >> shift & 15, peers = __match_any_sync(0xffffffffu, digit);
    int rank = __popc(peers & below);
    if (rank == 0) starts[digit * warps + warp] = __popc(peers);
    __syncthreads();
    if (t == 0) {
      int sum = 0;
      for (int i = 0; i < 16 * warps; ++i) {
        int count = starts[i];
        starts[i] = sum;
        sum += count;
      }
    }
    __syncthreads();
    sorted[starts[digit * warps + warp] + rank] = key;
    __syncthreads();
    key = sorted[t];
  }
  keys[t] = key;
}
