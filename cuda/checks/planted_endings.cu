// Planted bugs: kernels that end badly, or not at all. The line at fault carries a comment `planted: KIND`.
// Launch: any block.

#include <cassert>

// Traps where the data is negative.
extern "C" __global__ void trap_negative(const int* in, int* out) {
  int x = in[threadIdx.x];
  if (x < 0) __trap();  // planted: trap
  out[threadIdx.x] = x;
}

// Asserts what one element violates.
extern "C" __global__ void assert_fails(const int* in, int* out) {
  int x = in[threadIdx.x];
  assert(x != 13 && "thirteen");  // planted: trap
  out[threadIdx.x] = x;
}

// Collatz's sequence with a wrong end: from 1 it goes round for ever.
extern "C" __global__ void endless_loop(const unsigned* in, unsigned* out) {
  unsigned x = in[threadIdx.x], steps = 0;
  while (x != 0) {  // planted: timeout
    x = x % 2 ? 3 * x + 1 : x / 2;  // planted: timeout
    ++steps;  // planted: timeout
  }
  out[threadIdx.x] = steps;
}

// Reads a texture, which the engine does not have; its neighbour in the module must run all the same.
extern "C" __global__ void texture_read(cudaTextureObject_t texture, float* out) {
  out[threadIdx.x] = tex2D<float>(texture, threadIdx.x, 0.5f);  // planted: unsupported
}

extern "C" __global__ void texture_neighbour(const float* in, float* out) { out[threadIdx.x] = in[threadIdx.x] * 2; }
