// The C functions of the FFT convolution: from addresses to the code of a level.
#include "fftconv.h"

#include "tilewright.h"

namespace {

template <class T>
T* pointer(int64_t address) {
  return reinterpret_cast<T*>(static_cast<intptr_t>(address));
}

const tw::FftConvPlan& plan_at(int64_t address) { return *pointer<const tw::FftConvPlan>(address); }

int lanes(int level) { return 4 << level; }

int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }

int64_t bytes(int64_t floats) { return (floats * 4 + 63) / 64 * 64; }

#define TW_AT_LEVEL(level, call)            \
  (level == TW_LEVEL_AVX512 ? tw::avx512::call \
   : level == TW_LEVEL_AVX2 ? tw::avx2::call   \
                            : tw::x86_64::call)

}  // namespace

int64_t tw_fft_table_bytes(int level, int64_t n, int64_t radices) {
  return tw::fft_table_bytes(n, lanes(level), radices);
}

void tw_fft_table_init(int level, int64_t n, int64_t radices, double turns, int64_t table) {
  tw::fft_table_init(pointer<void>(table), n, lanes(level), radices, turns);
}

int64_t tw_fftconv_plan_bytes() { return bytes((sizeof(tw::FftConvPlan) + 3) / 4); }

void tw_fftconv_plan_init(int64_t plan, int64_t table, int64_t length, int64_t filter_length, int mode, int dtype,
                          int64_t group) {
  tw::FftConvPlan& p = *pointer<tw::FftConvPlan>(plan);
  p = {};
  p.fft = pointer<const tw::FftTable>(table);
  p.length = length;
  p.filterLength = filter_length;
  p.mode = mode;
  p.dtype = dtype;
  const int64_t n = p.fft->n, m = (length + n - 1) / n;
  p.blocks = m;
  p.periodic = mode == tw::kCircular && m * n == length;
  // The outermost lags of the filter, within those that two samples can be apart.
  int64_t highest = length - 1, lowest = 1 - length;
  if (mode == tw::kCausal) {
    highest = min(filter_length, length) - 1;
    lowest = 0;
  } else if (mode == tw::kBidirectional) {
    highest = min((filter_length + 1) / 2, length) - 1;
    lowest = -min(filter_length / 2, length - 1);
  }
  // K_d holds the lags from (d - 1) n to (d + 1) n - 1.
  p.dHigh = min(m - 1, highest / n + 1);
  p.dLow = p.periodic ? 0 : -min(m - 1, (n - 1 - lowest) / n);
  p.filterBlocks = p.periodic ? m : p.dHigh - p.dLow + 1;
  p.group = p.periodic || group <= 0 || group > m ? m : group;
}

int64_t tw_fftconv_spectrum_bytes(int level, int64_t plan) {
  return bytes(TW_AT_LEVEL(level, fftconv_spectrum_floats(plan_at(plan))));
}

int64_t tw_fftconv_scratch_bytes(int level, int64_t plan, bool backward) {
  return bytes(TW_AT_LEVEL(level, fftconv_scratch_floats(plan_at(plan), backward)));
}

void tw_fftconv_filter(int level, int64_t plan, int64_t k, int64_t spectrum, int64_t scratch) {
  const float* taps = pointer<const float>(k);
  TW_AT_LEVEL(level, fftconv_filter(plan_at(plan), taps, pointer<float>(spectrum), pointer<float>(scratch)));
}

void tw_fftconv_forward(int level, int64_t plan, int64_t batch, int64_t channels, int64_t u, int64_t pregate,
                        int64_t postgate, int64_t d, int64_t k, int64_t spectrum, int64_t y, int64_t h0, int64_t h1,
                        int64_t b0, int64_t b1, int64_t scratch) {
  tw::FftConvCall c{};
  c.plan = &plan_at(plan);
  c.batch = batch;
  c.channels = channels;
  c.u = pointer<const void>(u);
  c.pregate = pointer<const void>(pregate);
  c.postgate = pointer<const void>(postgate);
  c.d = pointer<const float>(d);
  c.k = pointer<const float>(k);
  c.spectrum = pointer<const float>(spectrum);
  c.y = pointer<void>(y);
  c.scratch = pointer<float>(scratch);
  for (int64_t h = h0; h < h1; h++) TW_AT_LEVEL(level, fftconv_forward(c, h, b0, b1));
}

void tw_fftconv_backward(int level, int64_t plan, int64_t batch, int64_t channels, int64_t u, int64_t pregate,
                         int64_t postgate, int64_t d, int64_t k, int64_t spectrum, int64_t dy, int64_t du, int64_t dk,
                         int64_t dd, int64_t dpregate, int64_t dpostgate, int64_t h0, int64_t h1, int64_t scratch) {
  tw::FftConvCall c{};
  c.plan = &plan_at(plan);
  c.batch = batch;
  c.channels = channels;
  c.u = pointer<const void>(u);
  c.pregate = pointer<const void>(pregate);
  c.postgate = pointer<const void>(postgate);
  c.d = pointer<const float>(d);
  c.k = pointer<const float>(k);
  c.spectrum = pointer<const float>(spectrum);
  c.dy = pointer<const void>(dy);
  c.du = pointer<void>(du);
  c.dk = pointer<float>(dk);
  c.dd = pointer<float>(dd);
  c.dpregate = pointer<void>(dpregate);
  c.dpostgate = pointer<void>(dpostgate);
  c.scratch = pointer<float>(scratch);
  for (int64_t h = h0; h < h1; h++) TW_AT_LEVEL(level, fftconv_backward(c, h));
}
