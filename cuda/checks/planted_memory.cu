// Planted bugs: accesses outside, misaligned, of memory that nobody wrote, or too early; launches that ask too much.
// The line at fault carries a comment `planted: KIND`; the engine has to name that line.
// Launch: as each kernel says; the cases pass buffers of exactly n elements.

// A guard that lets one thread too many through. Any grid and block with more than n threads.
extern "C" __global__ void overrun_global(const float* in, float* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  float x = i < n ? in[i] : 0;
  if (i <= n) out[i] = x * 2;  // planted: out-of-bounds
}

// Reads before the first element. One block.
extern "C" __global__ void underrun_global(const int* in, int* out) {
  int t = threadIdx.x;
  out[t] = in[t - 1];  // planted: out-of-bounds
}

// One row too many in shared memory. One block of 64.
extern "C" __global__ void overrun_shared(const int* in, int* out) {
  __shared__ int tile[63];
  int t = threadIdx.x;
  tile[t] = in[t];  // planted: out-of-bounds
  __syncthreads();
  out[t] = tile[in[t] % 63];
}

// Uses eight bytes of dynamic shared memory a thread; the launch gives four. One block.
extern "C" __global__ void overrun_dynamic(const double* in, double* out) {
  extern __shared__ double values[];
  int t = threadIdx.x;
  values[t] = in[t];  // planted: out-of-bounds
  __syncthreads();
  out[t] = values[blockDim.x - 1 - t];
}

// An index from the data, beyond an array in local memory. Any block.
extern "C" __global__ void overrun_local(const int* in, int* out) {
  int counts[8] = {}, t = threadIdx.x;
  for (int i = 0; i < 4; ++i) counts[in[4 * t + i]] += 1;  // planted: out-of-bounds
  int sum = 0;
  for (int i = 0; i < 8; ++i) sum += counts[i] * i;
  out[t] = sum;
}

// A pointer that the caller left null. Any block.
extern "C" __global__ void null_pointer(const int* in, int* out) {
  out[threadIdx.x] = in[threadIdx.x] + 1;  // planted: out-of-bounds
}

// Vectors of four at an address of one. One block; in has 4 * block + 1 floats.
extern "C" __global__ void misaligned_vector(const float* in, float4* out) {
  out[threadIdx.x] = reinterpret_cast<const float4*>(in + 1)[threadIdx.x];  // planted: misaligned
}

// Words of four bytes out of a packed record of five. One block; in has 5 * block bytes.
extern "C" __global__ void misaligned_word(const unsigned char* in, int* out) {
  out[threadIdx.x] = *reinterpret_cast<const int*>(in + 5 * threadIdx.x + 1);  // planted: misaligned
}

// The accumulator in shared memory was never set. One block of 64.
extern "C" __global__ void uninitialised_shared(const int* in, int* out) {
  __shared__ int total;
  atomicAdd(&total, in[threadIdx.x]);  // planted: uninitialised
  __syncthreads();
  if (threadIdx.x == 0) *out = total;  // planted: uninitialised
}

// Adds to an output that nobody cleared. Any block.
extern "C" __global__ void uninitialised_global(const float* in, float* out) {
  out[threadIdx.x] += in[threadIdx.x];  // planted: uninitialised
}

// Only some entries of a table in local memory are written. Any block.
extern "C" __global__ void uninitialised_local(const int* in, int* out) {
  int table[8], t = threadIdx.x;
  for (int i = 0; i < 4; ++i) table[in[t] + i & 7] = i;
  if (table[in[t] + 5 & 7] > 2)  // planted: uninitialised
    out[t] = 1;
  else
    out[t] = 2;
}

static __device__ void copyAsync(void* to, const void* from) {
  unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(to));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared), "l"(from) : "memory");
}

// The barrier is there, the wait is not. One block of 64.
extern "C" __global__ void unwaited_copy(const float4* in, float4* out) {
  __shared__ float4 tile[64];
  int t = threadIdx.x;
  copyAsync(&tile[t], &in[t]);
  asm volatile("cp.async.commit_group;" ::: "memory");
  __syncthreads();
  out[t] = tile[63 - t];  // planted: async-unwaited
}

// Two stages in flight; the wait lets one group too many stay under way. One block of 64.
extern "C" __global__ void unwaited_group(const float4* in, float4* out, int rounds) {
  __shared__ float4 tile[2][64];
  int t = threadIdx.x;
  float4 sum = make_float4(0, 0, 0, 0);
  copyAsync(&tile[0][t], &in[t]);
  asm volatile("cp.async.commit_group;" ::: "memory");
  for (int r = 0; r < rounds; ++r) {
    if (r + 1 < rounds) copyAsync(&tile[(r + 1) % 2][t], &in[(r + 1) * 64 + t]);
    asm volatile("cp.async.commit_group;" ::: "memory");
    asm volatile("cp.async.wait_group 2;" ::: "memory");
    __syncthreads();
    float4 v = tile[r % 2][63 - t];  // planted: async-unwaited
    sum = make_float4(sum.x + v.x, sum.y + v.y, sum.z + v.z, sum.w + v.w);
    __syncthreads();
  }
  asm volatile("cp.async.wait_all;" ::: "memory");
  out[t] = sum;
}

// Nothing is wrong with the code: the case asks for more shared memory than any chip has, or for too many threads.
extern "C" __global__ void __launch_bounds__(128) resources(int* out) {
  extern __shared__ int numbers[];
  numbers[threadIdx.x] = threadIdx.x;
  __syncthreads();
  out[threadIdx.x] = numbers[blockDim.x - 1 - threadIdx.x];
}
