// Orders that hang on flags and fences, not on barriers.
// Idea: lock_blocks guards a sum that is not atomic by one lock for the grid; lock_lanes lets every lane of a warp take the lock in turn,
//       which ends only when diverged lanes make progress on their own; last_block adds up the partial sums in the block that comes last.
// Launch: lock_blocks, last_block: any grid, blocks of a power of two of threads up to 256. lock_lanes: any. Locks and counters start at 0.
// Shows: atom.cas, atom.exch, membar.gl / fence.acq_rel, atom.inc, volatile loads, weak accesses that are in order because of them.

extern "C" __global__ void lock_blocks(int* lock, int* sum, int* order) {
  if (threadIdx.x == 0) {
    while (atomicCAS(lock, 0, 1) != 0) {
    }
    __threadfence();
    int place = sum[1];
    sum[0] += blockIdx.x + 1;
    sum[1] = place + 1;
    order[place] = blockIdx.x;
    __threadfence();
    atomicExch(lock, 0);
  }
}

extern "C" __global__ void lock_lanes(int* lock, int* sum) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  bool done = false;
  while (!done)
    if (atomicCAS(lock, 0, 1) == 0) {
      __threadfence();
      *sum += i;
      __threadfence();
      atomicExch(lock, 0);
      done = true;
    }
}

extern "C" __global__ void last_block(const float* in, float* partial, unsigned* counter, float* sum, int n) {
  __shared__ float sums[256];
  __shared__ bool last;
  float mine = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) mine += in[i];
  sums[threadIdx.x] = mine;
  __syncthreads();
  for (int half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    __syncthreads();
  }
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = sums[0];
    __threadfence();
    last = atomicInc(counter, gridDim.x - 1) == gridDim.x - 1;
    __threadfence();
  }
  __syncthreads();
  if (last && threadIdx.x == 0) {
    float total = 0;
    for (int b = 0; b < gridDim.x; ++b) total += static_cast<volatile float*>(partial)[b];
    *sum = total;
  }
}
