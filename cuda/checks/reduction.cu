// Sums of a long array, one partial sum a block.
// Idea: every thread sums a grid-stride slice; then the block reduces, once through warp shuffles (one value a warp goes through
//       shared memory), once as a tree in shared memory with a barrier at each level.
// Launch: any grid; blocks of a power of two of threads, 32 to 1024.
// Shows: shfl.sync.down, shared memory, bar.sync in a loop, divergence that reconverges.

extern "C" __global__ void reduce_shuffle(const float* in, float* partial, int n) {
  __shared__ float warpSums[32];
  float sum = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) sum += in[i];
  for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffffu, sum, offset);
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  if (lane == 0) warpSums[warp] = sum;
  __syncthreads();
  if (warp == 0) {
    sum = lane < blockDim.x / 32 ? warpSums[lane] : 0;
    for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffffu, sum, offset);
    if (lane == 0) partial[blockIdx.x] = sum;
  }
}

extern "C" __global__ void reduce_tree(const float* in, float* partial, int n) {
  __shared__ float sums[1024];
  float sum = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) sum += in[i];
  sums[threadIdx.x] = sum;
  __syncthreads();
  for (int half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    __syncthreads();
  }
  if (threadIdx.x == 0) partial[blockIdx.x] = sums[0];
}
