// The plan of an FFT convolution on a CPU: one row of L samples in m blocks of n points.
//
// Block i of a row is transformed by the right-angle transform F of n points. With g(lag) the filter and
//     c_d[t] = g(d n + t) - i g(d n + t - n),   K_d = F(c_d) / n,
// block j of the result is Re F^H( sum_i K_{j-i} U_i ): the real part of a product stays in its block, the imaginary part of the
// one before runs over into it. So nothing is padded, every mode is only a choice of g, and the adjoint (for gradients) is the
// same sum with conj(K) and the blocks in reverse.
//
// Short filters need few K_d. Then the blocks stream through in groups, each group seeing the spectra of the last blocks before
// it (overlap-save without waste); filter blocks with negative d become causal by a delay of whole blocks.
#pragma once
#include <stdint.h>

#include "fft_table.h"
#include "fftconv_call.h"

namespace tw {

enum FftConvMode { kCausal = 0, kCircular = 1, kBidirectional = 2 };

struct FftConvPlan {
  PlanKind kind;  // dense
  const FftTable* fft;
  int64_t length;        // L
  int64_t filterLength;  // Lk
  int64_t blocks;        // m = ceil(L / n)
  int64_t dLow, dHigh;   // the d with a non-zero K_d that any pair of blocks meets
  int64_t filterBlocks;  // stored K_d: dLow .. dHigh in rising order; or d = 0 .. m-1 modulo m when periodic
  int64_t group;         // blocks in flight; < blocks + delay means streaming
  int32_t mode;
  int32_t dtype;
  int32_t periodic;  // circular and L = m n

  TW_ALWAYS_INLINE bool streaming() const { return group < blocks; }
  // Streaming shifts the outputs by this many blocks, so that no block looks ahead.
  TW_ALWAYS_INLINE int64_t delay() const { return streaming() ? -dLow : 0; }
  TW_ALWAYS_INLINE int64_t history() const { return streaming() ? dHigh - dLow : 0; }
  // Every output reads inputs on both sides: the products cannot be formed in place.
  TW_ALWAYS_INLINE bool twoSided() const { return !streaming() && (dLow < 0 || periodic) && blocks > 1; }
};

TW_DECLARE_FFTCONV(x86_64, FftConvPlan)
TW_DECLARE_FFTCONV(avx2, FftConvPlan)
TW_DECLARE_FFTCONV(avx512, FftConvPlan)

}  // namespace tw
