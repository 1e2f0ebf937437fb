// Token by token decoding of a causal convolution, exact, for rows r = b H + h.
//
// The contributions to an output are formed in pieces as soon as their inputs are there, so that every input block is
// transformed once a scale (relaxed multiplication; Flash Inference, arXiv 2410.12982, is the case of radix 2):
// - Inside a base block, directly, W rows in the lanes of a vector.
// - Scale l has blocks of n_l points. When one has ended it is transformed and kept, and the next one receives what the blocks
//   before it in the same block of scale l + 1 give: sum over d of K_d U_{j-d}, one inverse transform (K_d as in fftconv.h). A
//   radix R = n_{l+1} / n_l does the work of log2 R scales of radix 2 with the transforms of two.
// - The last scale has no parent: its blocks reach back as far as the filter.
// Exactly one scale has work at a boundary of base blocks. Outputs of any scale stay inside one block of the last, so inputs and
// partial outputs are kept for one such block only.
#pragma once
#include <stdint.h>

#include "fft_table.h"

namespace tw {

constexpr int kStepScales = 16;

struct StepScale {
  const FftTable* fft;
  int64_t radix;     // blocks in a parent; of the last scale all there are
  int64_t reach;     // the largest block distance; also how many spectra are kept
  int64_t storage;   // floats of a spectrum
  int64_t spectra;   // offset in the filter: [H][reach][storage], K_1 first
  int64_t kept;      // offset in the state: [rows][reach][storage]
};

struct FftConvStepper {
  int64_t batch, channels, length, taps;  // taps: min(L, Lk)
  int64_t base;                           // tokens of a base block, a power of two
  int64_t line;                           // floats from row to row of history and partial
  int64_t groups;                         // of W rows, the last one may be part empty
  int32_t dtype, scales;
  StepScale scale[kStepScales];
  // The filter: taps 0 .. base-1 [groups][base][W], then the spectra. Made once.
  float* filter;
  // The state, and offsets in it: inputs and partial outputs of the base block [groups][base][W], both of the block of the
  // last scale [groups W][line].
  float* state;
  int64_t recent, ahead, history, partial;
  int64_t filterFloats, stateFloats, scratchFloats, partialFloats;
};

// One token: [B, H] arrays of the stepper's dtype, null where not given; d is [H].
struct StepToken {
  const void *u, *pregate, *postgate;
  const float* d;
  void* y;
  int64_t position;
};

#define TW_DECLARE_STEP(level)                                                                                      \
  namespace level {                                                                                                 \
  void step_layout(FftConvStepper& s);                                                                              \
  void step_filter(const FftConvStepper& s, const float* k, int64_t h, int64_t filterLength, float* scratch);       \
  void step_token(const FftConvStepper& s, const StepToken& token, int64_t g0, int64_t g1);                         \
  void step_block(const FftConvStepper& s, int64_t tokens, int64_t row, float* scratch);                            \
  }
TW_DECLARE_STEP(x86_64)
TW_DECLARE_STEP(avx2)
TW_DECLARE_STEP(avx512)
#undef TW_DECLARE_STEP

}  // namespace tw
