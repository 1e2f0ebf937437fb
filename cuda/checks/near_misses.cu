// What looks like a bug and is none: the checks have to stay silent.
// Launch: as each kernel says.

// Many threads store the same value to one word of shared memory. Any block.
extern "C" __global__ void near_same_value(const int* in, int* out) {
  __shared__ int found;
  if (threadIdx.x == 0) found = 0;
  __syncthreads();
  if (in[threadIdx.x] == 7) found = 1;
  __syncthreads();
  out[threadIdx.x] = found;
}

// Neighbouring bytes of one word belong to different warps and blocks. Any grid; block 64.
extern "C" __global__ void near_bytes(const int* in, unsigned char* out) {
  __shared__ unsigned char bytes[64];
  int t = threadIdx.x, other = (t * 33 + 1) % 64;  // consecutive bytes lie in different warps
  bytes[other] = static_cast<unsigned char>(in[other]);
  out[t * gridDim.x + blockIdx.x] = static_cast<unsigned char>(in[t] + blockIdx.x);
  __syncthreads();
  if (blockIdx.x == 0) out[64 * gridDim.x + t] = bytes[t];
}

// Pointers before the start and behind the end are formed, never used. Any block.
extern "C" __global__ void near_pointers(const int* in, int* out, int n) {
  const int* before = in - 100;
  int* behind = out + 10 * n;
  int i = threadIdx.x;
  asm volatile("" : "+l"(before), "+l"(behind));
  if (i < n) (behind - 10 * n)[i] = before[i + 100];
}

// The data is its own flag: preset words that blocks poll with relaxed loads. Any grid, block 32; words hold -1 and words[0] is 0.
extern "C" __global__ void near_relaxed(int* words, int* out) {
  if (threadIdx.x == 0) {
    int value = -1;
    while (value == -1) asm volatile("ld.relaxed.gpu.s32 %0, [%1];" : "=r"(value) : "l"(words + blockIdx.x) : "memory");
    asm volatile("st.relaxed.gpu.s32 [%0], %1;" ::"l"(words + blockIdx.x + 1), "r"(value + 3) : "memory");
    out[blockIdx.x] = value;
  }
}

// A vector load brings along elements that nobody set and nobody uses. One block of 32.
extern "C" __global__ void near_padding(const float* in, float* out) {
  __shared__ float4 rows[32];
  int t = threadIdx.x;
  rows[t].x = in[t];
  rows[t].y = in[t] * 2;
  __syncwarp();
  volatile float4* row = rows + 31 - t;
  float x, y, z, w;
  asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4];" : "=f"(x), "=f"(y), "=f"(z), "=f"(w) : "r"(static_cast<unsigned>(__cvta_generic_to_shared(const_cast<float4*>(row)))) : "memory");
  out[t] = x + y + (t < 0 ? z + w : 0);
}

// Threads that have left do not count at a barrier. One block of 128, n <= 128.
extern "C" __global__ void near_early_exit(const int* in, int* out, int n) {
  __shared__ int values[128];
  int t = threadIdx.x;
  if (t >= n) return;
  values[t] = in[t];
  __syncthreads();
  out[t] = values[n - 1 - t];
}

// Two barriers in the two arms of a branch on which each warp agrees. One block of 64.
extern "C" __global__ void near_two_arms(const int* in, int* out) {
  __shared__ int values[64];
  int t = threadIdx.x;
  if (t < 32) {
    values[t] = in[t];
    __syncthreads();
    out[t] = values[t + 32];
  } else {
    values[t] = -in[t];
    __syncthreads();
    out[t] = values[t - 32];
  }
}

// Lanes of one warp talk through shared memory, a warp barrier between. Any block that is a multiple of 32, up to 256.
extern "C" __global__ void near_warp_exchange(const int* in, int* out) {
  __shared__ int values[256];
  int t = threadIdx.x;
  values[t] = in[t];
  __syncwarp();
  int x = values[t ^ 31];
  __syncwarp();
  values[t] = x * 2;
  __syncwarp();
  out[t] = values[t ^ 1];
}

// A message handed over by a fence and a flag, and one by release and acquire. Grid 2, block 1; flags are 0.
extern "C" __global__ void near_message(int* data, int* flags, int* out) {
  if (blockIdx.x == 0) {
    data[0] = 42;
    __threadfence();
    *static_cast<volatile int*>(flags) = 1;
    data[1] = 43;
    asm volatile("st.release.gpu.s32 [%0], 1;" ::"l"(flags + 1) : "memory");
  } else {
    while (*static_cast<volatile int*>(flags) == 0) {
    }
    __threadfence();
    out[0] = data[0];
    int flag = 0;
    while (flag == 0) asm volatile("ld.acquire.gpu.s32 %0, [%1];" : "=r"(flag) : "l"(flags + 1) : "memory");
    out[1] = data[1];
  }
}
