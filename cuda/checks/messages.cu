// What a kernel prints, and assertions that hold.
// Launch: print_values: one block of 4 (the order of lines is the engine's, the set is known). assert_holds: any.
// Shows: vprintf with its argument buffer in local memory, strings in .global, __assertfail behind a predicate.

#include <cassert>
#include <cstdio>

extern "C" __global__ void print_values(const int* in) {
  int t = threadIdx.x, x = in[t];
  printf("thread %d: %5d %08x %s %.3f %c%% %lld\n", t, x, x, x < 0 ? "negative" : "positive", x / 8.0, 'a' + t, x * 10000000000ll);
}

extern "C" __global__ void assert_holds(const int* in, int* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    assert(in[i] >= 0);
    out[i] = in[i] + 1;
  }
}
