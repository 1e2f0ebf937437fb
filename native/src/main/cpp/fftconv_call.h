// One call of an FFT convolution, dense or frequency-sparse.
#pragma once
#include <stdint.h>

namespace tw {

enum ElementType { kF32 = 0, kF16 = 1, kBF16 = 2 };

// What every plan begins with, so that one set of C functions serves both.
enum PlanKind : int32_t { kDensePlan = 0, kSparsePlan = 1 };

// Rows are [B, H, L] arrays of the plan's dtype unless said otherwise; null where not given.
struct FftConvCall {
  int64_t batch, channels;
  const void *u, *pregate, *postgate, *dy;
  const float *d, *k;     // [H], [H, Lk]
  const float* spectrum;  // [H] filter spectra, when k is null
  void *y, *du, *dpregate, *dpostgate;
  float *dd, *dk;  // [H], [H, Lk]
  float* scratch;  // of this thread
};

// The functions of a kind of plan at a level; pure and single-threaded. Batch ranges of a sparse plan begin at an even row, for
// the same pairs in every call.
#define TW_DECLARE_FFTCONV(level, Plan)                                                                           \
  namespace level {                                                                                               \
  int64_t fftconv_spectrum_floats(const Plan& plan);                                                              \
  int64_t fftconv_scratch_floats(const Plan& plan, bool backward);                                                \
  void fftconv_filter(const Plan& plan, const float* k, float* spectrum, float* scratch);                         \
  void fftconv_forward(const Plan& plan, const FftConvCall& call, int64_t h, int64_t b0, int64_t b1);             \
  void fftconv_backward(const Plan& plan, const FftConvCall& call, int64_t h);                                    \
  }

}  // namespace tw
