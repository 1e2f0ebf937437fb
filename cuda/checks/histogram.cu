// Histogram of bytes: 256 bins.
// Idea: histogram_global counts straight into global memory; histogram_shared counts a block's share in shared memory first.
// Launch: any grid, blocks of 256; bins[] is zero at the start.
// Shows: atom/red.shared.add, red.global.add, many lanes on one address, byte loads of four at a time.

extern "C" __global__ void histogram_global(const unsigned char* in, unsigned* bins, int n) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) atomicAdd(&bins[in[i]], 1u);
}

extern "C" __global__ void histogram_shared(const uchar4* in, unsigned* bins, int quads) {
  __shared__ unsigned counts[256];
  counts[threadIdx.x] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < quads; i += gridDim.x * blockDim.x) {
    uchar4 bytes = in[i];
    atomicAdd(&counts[bytes.x], 1u);
    atomicAdd(&counts[bytes.y], 1u);
    atomicAdd(&counts[bytes.z], 1u);
    atomicAdd(&counts[bytes.w], 1u);
  }
  __syncthreads();
  if (unsigned count = counts[threadIdx.x]) atomicAdd(&bins[threadIdx.x], count);
}
