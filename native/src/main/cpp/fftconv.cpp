// The C functions of the FFT convolution: from addresses to the code of a level.
#include "fftconv.h"

#include "c_api.h"
#include "fftconv_sparse.h"

namespace {

int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }

// f(the plan), of the kind that it says it is.
template <class F>
auto with_plan(int64_t plan, F f) {
  return *pointer<const tw::PlanKind>(plan) == tw::kSparsePlan ? f(*pointer<const tw::SparsePlan>(plan))
                                                               : f(*pointer<const tw::FftConvPlan>(plan));
}

// The tensors that both passes read.
tw::FftConvCall call_of(int64_t batch, int64_t channels, int64_t u, int64_t pregate, int64_t postgate, int64_t d, int64_t k,
                        int64_t spectrum, int64_t scratch) {
  tw::FftConvCall c{};
  c.batch = batch;
  c.channels = channels;
  c.u = pointer<const void>(u);
  c.pregate = pointer<const void>(pregate);
  c.postgate = pointer<const void>(postgate);
  c.d = pointer<const float>(d);
  c.k = pointer<const float>(k);
  c.spectrum = pointer<const float>(spectrum);
  c.scratch = pointer<float>(scratch);
  return c;
}

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
  return with_plan(plan, [&](const auto& p) { return bytes(TW_AT_LEVEL(level, fftconv_spectrum_floats(p))); });
}

int64_t tw_fftconv_scratch_bytes(int level, int64_t plan, bool backward) {
  return with_plan(plan, [&](const auto& p) { return bytes(TW_AT_LEVEL(level, fftconv_scratch_floats(p, backward))); });
}

void tw_fftconv_filter(int level, int64_t plan, int64_t k, int64_t spectrum, int64_t scratch) {
  with_plan(plan, [&](const auto& p) {
    TW_AT_LEVEL(level, fftconv_filter(p, pointer<const float>(k), pointer<float>(spectrum), pointer<float>(scratch)));
  });
}

void tw_fftconv_forward(int level, int64_t plan, int64_t batch, int64_t channels, int64_t u, int64_t pregate,
                        int64_t postgate, int64_t d, int64_t k, int64_t spectrum, int64_t y, int64_t h, int64_t b0,
                        int64_t b1, int64_t scratch) {
  tw::FftConvCall c = call_of(batch, channels, u, pregate, postgate, d, k, spectrum, scratch);
  c.y = pointer<void>(y);
  with_plan(plan, [&](const auto& p) { TW_AT_LEVEL(level, fftconv_forward(p, c, h, b0, b1)); });
}

void tw_fftconv_backward(int level, int64_t plan, int64_t batch, int64_t channels, int64_t u, int64_t pregate,
                         int64_t postgate, int64_t d, int64_t k, int64_t spectrum, int64_t dy, int64_t du, int64_t dk,
                         int64_t dd, int64_t dpregate, int64_t dpostgate, int64_t h, int64_t scratch) {
  tw::FftConvCall c = call_of(batch, channels, u, pregate, postgate, d, k, spectrum, scratch);
  c.dy = pointer<const void>(dy);
  c.du = pointer<void>(du);
  c.dk = pointer<float>(dk);
  c.dd = pointer<float>(dd);
  c.dpregate = pointer<void>(dpregate);
  c.dpostgate = pointer<void>(dpostgate);
  with_plan(plan, [&](const auto& p) { TW_AT_LEVEL(level, fftconv_backward(p, c, h)); });
}
