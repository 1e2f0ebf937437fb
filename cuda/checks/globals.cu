// Constant memory, initialised globals of the module, and dynamic shared memory.
// Idea: a polynomial whose coefficients stand in constant memory; a counter of the module that all threads add to; two arrays that share
//       the one block of dynamic shared memory, behind a static one.
// Launch: any grid and block. dynamic_reverse: one block, 12 bytes of dynamic shared memory a thread.
// Shows: ld.const, .global and .const initialisers, atomics on a module variable, .extern .shared.

__constant__ float coefficients[4] = {1, -0.5f, 0.25f, 2};
__constant__ short steps[3] = {3, -1, 7};
__device__ unsigned visits = 5;
__device__ const double scales[2] = {0.5, 4};

extern "C" __global__ void constant_polynomial(const float* in, double* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float sum = 0;
  for (int power = 3; power >= 0; --power) sum = fmaf(sum, in[i], coefficients[power]);
  out[i] = sum * scales[i & 1] + steps[i % 3];
}

// The order of the threads decides which number each gets; sorted, they are 5, 6, 7, ...
extern "C" __global__ void global_counter(unsigned* ticket) {
  ticket[blockIdx.x * blockDim.x + threadIdx.x] = atomicAdd(&visits, 1u);
}

extern "C" __global__ void dynamic_reverse(const double* doubles, const int* ints, double* doublesOut, int* intsOut) {
  extern __shared__ double dynamic[];
  __shared__ int total;
  int* tail = reinterpret_cast<int*>(dynamic + blockDim.x);
  int t = threadIdx.x, mirror = blockDim.x - 1 - t;
  if (t == 0) total = 0;
  dynamic[t] = doubles[t];
  tail[t] = ints[t];
  __syncthreads();
  atomicAdd(&total, tail[mirror]);
  __syncthreads();
  doublesOut[t] = dynamic[mirror];
  intsOut[t] = tail[mirror] + total;
}
