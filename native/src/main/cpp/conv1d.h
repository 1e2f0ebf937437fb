// Short depthwise conv1d, 1 <= K <= 256: what dispatch and the kernels of each level share.
//
//   y[b,h,t] = bias[h] + sum_j w[h,j] * x[b,h,t - pad + j],   0 <= t < L, x zero outside [0, L)
//
// dx is the same sum over dy with the taps reversed and pad' = K - 1 - pad; dw[h,j] is the sum over b and t of
// dy[b,h,t] * x[b,h,t - pad + j], which is again a correlation, with dy in the place of the taps. So one inner loop
// (conv1d_inner.h: lanes) serves all three.
#pragma once
#include <stdint.h>

namespace tw {

// Positions a BHL kernel works on at a time: small enough that the chunk, packed twice, stays in L1.
constexpr int CONV1D_CHUNK = 2048;
constexpr int CONV1D_MAX_KERNEL = 256;

// One call: channels [c0, c1) and positions [t0, t1) of one batch entry.
struct Conv1d {
  int dtype;  // TW_F32, TW_F16, TW_BF16
  int64_t channels, length;
  int kernel, pad;
  const void* x;   // [B, H, L] or [B, L, H]; for step [B, H]
  const void* dy;  // the same shape
  const float* w;  // [H, K]
  const float* bias;  // [H] or null
  void* y;            // output of forward (or step); dx or null of backward
  double* sums;       // backward adds the sums for dw and dbias: BHL [H, K + 1], BLH [K + 1, H]; or null
  int64_t b, c0, c1, t0, t1;
  float* scratch;  // conv1d_scratch_floats, 64-byte aligned
};

// One decoding step for channels [c0, c1) of every batch entry; history is a ring [K, B, H], its slot `position` is due.
struct Conv1dStep {
  Conv1d call;
  int64_t batch;
  float* history;
  int position;
};

#define TW_CONV1D_LEVEL(ns)                       \
  namespace ns {                                  \
  void conv1d_forward_bhl(const Conv1d& c);       \
  void conv1d_backward_bhl(const Conv1d& c);      \
  void conv1d_forward_blh(const Conv1d& c);       \
  void conv1d_backward_blh(const Conv1d& c);      \
  void conv1d_step(const Conv1dStep& s);          \
  int64_t conv1d_scratch_floats(int kernel);      \
  }
TW_CONV1D_LEVEL(x86_64)
TW_CONV1D_LEVEL(avx2)
TW_CONV1D_LEVEL(avx512)
#undef TW_CONV1D_LEVEL

}  // namespace tw
