// Twiddles of a transform of n points for vectors of W lanes: one block of memory, made once, shared by every plan.
#pragma once
#include <stdint.h>

// Code in headers that sources of several levels include must not be left for the linker to merge.
#define TW_ALWAYS_INLINE inline __attribute__((always_inline))

namespace tw {

constexpr int kMaxPasses = 8;
constexpr int kPartLanes = 4;  // lanes of a 128-bit part of a vector

struct FftTable {
  int64_t n;
  int32_t lanes;              // W
  int32_t passes;             // passes over memory
  int32_t radix[kMaxPasses];  // 2, 4, 8 or 16 each; their product is the number of vectors, n / W
  int32_t padShift;           // log2 of the smallest node of at least a page, in vectors (of the row, when that is smaller)
  // Float offsets from the block's start. A twiddle is a complex vector: W real parts, W imaginary parts.
  int64_t split;             // W/4 - 1 twiddles: powers of each part's root
  int64_t pass[kMaxPasses];  // radix/2 twiddles a node
  int64_t lane;              // 2 twiddles a group of 4 vectors

  TW_ALWAYS_INLINE const float* base() const { return reinterpret_cast<const float*>(this); }
  TW_ALWAYS_INLINE const float* node(int p, int64_t b) const { return base() + pass[p] + b * radix[p] * lanes; }
  TW_ALWAYS_INLINE const float* group(int64_t b) const { return base() + lane + b * kPartLanes * lanes; }
};

// Radices travel as one number, base 16, first pass in the lowest digit: digit = log2(radix).
// Returns the bytes of the table, or -1 when n, lanes and the radices do not fit together.
int64_t fft_table_bytes(int64_t n, int lanes, int64_t radices);
// Of x^n - e^{2 pi i turns}, 0 <= turns < 1: 1/4 is the right-angle transform, 0 the cyclic one. `memory` is 64-byte aligned.
void fft_table_init(void* memory, int64_t n, int lanes, int64_t radices, double turns);

}  // namespace tw
