// Control flow that pulls the lanes of a warp apart.
// Launch: any grid and block; one element a thread.
// Shows: loops whose trip counts differ from lane to lane, break and continue, returns out of nested loops, short-circuit conditions,
//        a switch with fall-through, a shuffle after it all that needs the whole warp again, a branch through a table (brx.idx).

// Steps of Collatz's sequence down to 1.
extern "C" __global__ void divergence_loop(const unsigned* in, int* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int steps = 0;
  for (unsigned x = in[i]; x != 1; ++steps) x = x % 2 ? 3 * x + 1 : x / 2;
  out[i] = steps;
}

// The first pair (p, q), p, q >= 2, with p * q = x as 1000 * p + q; p > 31 gives up. Values below 4 give -1.
extern "C" __global__ void divergence_nested(const int* in, int* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int x = in[i];
  if (x < 4) {
    out[i] = -1;
    return;
  }
  for (int p = 2; p <= 31; ++p) {
    if (p * p > x) break;
    if (p > 2 && p % 2 == 0) continue;
    for (int q = p; p * q <= x; ++q)
      if (p * q == x) {
        out[i] = 1000 * p + q;
        return;
      }
  }
  out[i] = 0;
}

// A small machine: eight operations, some of which fall through to the next; then the sum over the warp.
extern "C" __global__ void divergence_switch(const int* codes, const int* in, int* out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, x = in[i];
  for (int round = 0; round < 3; ++round) {
    switch (codes[i] >> 3 * round & 7) {
      case 0: x = x * 3 + 1; break;
      case 1: x ^= 0x55;
      case 2: x += 7; break;
      case 3: x = x < 0 ? -x : x - 100; break;
      case 4: x = (x << 3) | (x >> 29 & 7);
      case 5: x -= i;
      case 6: x = x % 1000; break;
      default:
        while (x > 50) x = x / 2 - 3;
    }
  }
  for (int mask = 16; mask > 0; mask /= 2) x += __shfl_xor_sync(0xffffffffu, x, mask);
  out[i] = x;
}

// Three ways through a table of branch targets; larger indices take the last.
extern "C" __global__ void divergence_table(const unsigned* codes, const int* in, int* out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x, x = in[i];
  asm volatile(
      "{\n"
      "  .reg .u32 index;\n"
      "  targets: .branchtargets add, triple, negate;\n"
      "  min.u32 index, %1, 2;\n"
      "  brx.idx index, targets;\n"
      "  add: add.s32 %0, %0, 5;\n"
      "  bra done;\n"
      "  triple: mul.lo.s32 %0, %0, 3;\n"
      "  bra done;\n"
      "  negate: neg.s32 %0, %0;\n"
      "  done:\n"
      "}"
      : "+r"(x)
      : "r"(codes[i]));
  out[i] = __shfl_down_sync(0xffffffffu, x, 1);
}
