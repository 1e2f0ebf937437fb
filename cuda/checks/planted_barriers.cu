// Planted bugs: barriers that not all reach, or that are used wrongly; waits for what never comes; shuffles from lanes that are not there.
// The line at fault carries a comment `planted: KIND`; the engine has to name that line.
// Launch: as each kernel says.

#include <cooperative_groups.h>

// Half a warp goes to the barrier. One block of 64.
extern "C" __global__ void barrier_half_warp(const int* in, int* out) {
  __shared__ int values[64];
  int t = threadIdx.x;
  values[t] = in[t];
  if (in[t] >= 16) __syncthreads();  // planted: barrier-divergence
  out[t] = values[63 - t];
}

// Both sides of a branch inside a warp have a barrier of their own. One block of 32.
extern "C" __global__ void barrier_two_arms(const int* in, int* out) {
  __shared__ int values[32];
  int t = threadIdx.x;
  if (in[t] % 2) {
    values[t] = in[t];
    __syncthreads();  // planted: barrier-divergence
    out[t] = values[(t + 1) % 32];
  } else {
    values[t] = -in[t];
    __syncthreads();  // planted: barrier-divergence
    out[t] = values[(t + 3) % 32] * 2;
  }
}

// A count of threads that is no multiple of the warp's size. One block of 64; count is 48.
extern "C" __global__ void barrier_count(const int* in, int* out, int count) {
  __shared__ int values[64];
  int t = threadIdx.x;
  values[t] = in[t];
  asm volatile("barrier.sync 1, %0;" ::"r"(count) : "memory");  // planted: barrier-misuse
  out[t] = values[63 - t];
}

// Two warps name different counts for one barrier. One block of 96.
extern "C" __global__ void barrier_counts_differ(const int* in, int* out) {
  __shared__ int values[96];
  int t = threadIdx.x;
  values[t] = in[t];
  int count = t < 32 ? 96 : 64;
  asm volatile("barrier.sync 1, %0;" ::"r"(count) : "memory");  // planted: barrier-misuse
  out[t] = values[t ^ 1];
}

// An mbarrier that nobody set up. One block of 32.
extern "C" __global__ void barrier_not_made(const int* in, int* out) {
  __shared__ unsigned long long barrier;
  unsigned b = static_cast<unsigned>(__cvta_generic_to_shared(&barrier));
  asm volatile("{ .reg .b64 s; mbarrier.arrive.shared.b64 s, [%0]; }" ::"r"(b) : "memory");  // planted: barrier-misuse
  out[threadIdx.x] = in[threadIdx.x];
}

// Each warp waits at a barrier that needs the other. One block of 64.
extern "C" __global__ void deadlock_named(const int* in, int* out) {
  int t = threadIdx.x;
  if (t < 32)
    asm volatile("barrier.sync 1, 64;" ::: "memory");  // planted: deadlock
  else
    asm volatile("barrier.sync 2, 64;" ::: "memory");  // planted: deadlock
  out[t] = in[t];
}

// An mbarrier for 33 arrivals of which 32 come. One block of 32.
extern "C" __global__ void deadlock_mbarrier(const int* in, int* out) {
  __shared__ unsigned long long barrier;
  unsigned b = static_cast<unsigned>(__cvta_generic_to_shared(&barrier)), done = 0;
  if (threadIdx.x == 0) asm volatile("mbarrier.init.shared.b64 [%0], 33;" ::"r"(b) : "memory");
  __syncwarp();
  asm volatile("{ .reg .b64 s; mbarrier.arrive.shared.b64 s, [%0]; }" ::"r"(b) : "memory");
  while (!done)
    asm volatile("{ .reg .pred p; mbarrier.test_wait.parity.shared.b64 p, [%1], 0; selp.u32 %0, 1, 0, p; }" : "=r"(done) : "r"(b) : "memory");  // planted: deadlock
  out[threadIdx.x] = in[threadIdx.x];
}

// Waits for a flag that is set to another value. Grid 2, block 32; flag is 0.
extern "C" __global__ void deadlock_flag(int* flag, int* out) {
  if (blockIdx.x == 0) {
    if (threadIdx.x == 0) atomicExch(flag, 1);
  } else {
    while (*static_cast<volatile int*>(flag) != 2) {  // planted: deadlock
    }
    out[threadIdx.x] = 1;
  }
}

// A lock that its first holder never gives back. Grid of at least 2, block 1; lock is 0.
extern "C" __global__ void deadlock_lock(int* lock, int* sum) {
  while (atomicCAS(lock, 0, 1) != 0) {  // planted: deadlock
  }
  __threadfence();
  *sum += 1;
}

// One block leaves, the others wait for the whole grid. Cooperative, grid of at least 2.
extern "C" __global__ void deadlock_grid(int* out) {
  if (blockIdx.x == 0) return;
  cooperative_groups::this_grid().sync();  // planted: deadlock
  out[blockIdx.x * blockDim.x + threadIdx.x] = 1;
}

// The lower half asks the upper half, which is not in the mask. One block of 32.
extern "C" __global__ void shuffle_outside_mask(const int* in, int* out) {
  int t = threadIdx.x, x = in[t];
  if (t < 16) x = __shfl_down_sync(0xffffu, x, 8);  // planted: shfl-absent-lane
  out[t] = x;
}

// The mask names all lanes, but half of them have left. One block of 32.
extern "C" __global__ void shuffle_after_exit(const int* in, int* out) {
  int t = threadIdx.x, x = in[t];
  if (t >= 16) return;
  out[t] = __shfl_xor_sync(0xffffffffu, x, 16);  // planted: shfl-absent-lane
}

// A lane runs a shuffle whose mask leaves it out. One block of 32.
extern "C" __global__ void shuffle_not_named(const int* in, int* out) {
  int t = threadIdx.x;
  out[t] = __shfl_sync(in[32], in[t], t / 2);  // planted: shfl-absent-lane
}
