// Decoding token by token; compiled once per level. See fftconv_step.h for the idea.
#include "fftconv_step.h"

#include "fft.h"
#include "fftconv.h"

namespace tw {
namespace TW_LEVEL_NS {
namespace {

// Outputs that a direct tile holds in registers, and tokens between two such tiles.
constexpr int kAhead = 8;

int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t lines(int64_t floats) { return (floats + 15) / 16 * 16; }

// Takes `floats` whole cache lines off the end of something and returns their offset.
int64_t take(int64_t& end, int64_t floats) {
  const int64_t at = end;
  end += lines(floats);
  return at;
}

// Points up to which the passes of a transform go over it as a whole.
constexpr int64_t kWhole = 2048;

// 1, unknown to the compiler: else it unrolls the recursion and warns of passes that no table has.
TW_INLINE int second_pass() {
  int p = 1;
  asm("" : "+r"(p));
  return p;
}

// What is left of a transform after, or before, its pass from or to natural order.
void forward_rest(const Fft& fft, float* x) {
  if (fft.n() <= kWhole) {
    fft.forward_all(x);
    return fft.forward_lanes(x, fft.vectors(), 0);
  }
  const int64_t R = fft.radixOf(0), length = fft.vectors() / R;
  const int p = second_pass();
  for (int64_t r = 0; r < R; r++) fft.forward_below(x + fft.offset(r * length), length, p, r);
}
void inverse_rest(const Fft& fft, float* x) {
  if (fft.n() <= kWhole) {
    fft.inverse_lanes(x, fft.vectors(), 0);
    return fft.inverse_all(x);
  }
  const int64_t R = fft.radixOf(0), length = fft.vectors() / R;
  const int p = second_pass();
  for (int64_t r = 0; r < R; r++) fft.inverse_below(x + fft.offset(r * length), length, p, r);
}

// out[t] = scale * k[from + t], t < n; zero outside the filter.
void scaled_taps(const float* k, int64_t taps, int64_t from, int64_t n, float scale, float* out) {
  const int64_t count = taps - from < 0 ? 0 : min(taps - from, n);
  for (int64_t t = 0; t < count; t++) out[t] = scale * k[from + t];
  for (int64_t t = count; t < n; t++) out[t] = 0;
}

// y[first .. first+kAhead) of a base block += what its inputs before `first` give, W rows at once.
void direct_tile(const float* k, const float* u, int64_t first, int64_t taps, float* y) {
  V acc[kAhead];
  float* out = y + first * W;
  TW_UNROLL for (int t = 0; t < kAhead; t++) acc[t] = load(out + t * W);
  for (int64_t s = first < taps ? 0 : first - taps + 1; s < first; s++) {
    const V x = load(u + s * W);
    const float* tap = k + (first - s) * W;
    TW_UNROLL for (int t = 0; t < kAhead; t++) acc[t] += load(tap + t * W) * x;
  }
  TW_UNROLL for (int t = 0; t < kAhead; t++) store(out + t * W, acc[t]);
}

// acc[f] = sum over d = 1 .. count of K_d[f] U_{last + 1 - d}[f], U in a ring of `reach` spectra.
template <int T>
TW_INLINE void products(const StepScale& scale, const float* k, const float* u, int64_t last, int64_t count, int64_t f,
                        float* out) {
  C acc[T] = {};
  int64_t slot = last;
  for (int64_t d = 0; d < count; d++) {
    const float* kd = k + d * scale.storage + f;
    const float* ud = u + slot * scale.storage + f;
    TW_UNROLL for (int t = 0; t < T; t++) {
      const C a = load_c(kd + 2 * W * t), b = load_c(ud + 2 * W * t);
      acc[t] = {acc[t].r + a.r * b.r - a.i * b.i, acc[t].i + a.r * b.i + a.i * b.r};
    }
    slot = slot == 0 ? scale.reach - 1 : slot - 1;
  }
  TW_UNROLL for (int t = 0; t < T; t++) store_c(out + f + 2 * W * t, acc[t]);
}

// The base block's inputs go to the rows' history.
void keep_inputs(const FftConvStepper& s, int64_t group, int64_t at) {
  const float* from = s.state + s.recent + group * s.base * W;
  float* to = s.state + s.history + group * W * s.line + at;
  for (int64_t t = 0; t < s.base; t += W) {
    V v[W];
    TW_UNROLL for (int i = 0; i < W; i++) v[i] = load(from + (t + i) * W);
    transpose(v);
    TW_UNROLL for (int i = 0; i < W; i++) store(to + i * s.line + t, v[i]);
  }
}
// The partial outputs of the base block that starts at `at` come from the rows.
void fetch_partial(const FftConvStepper& s, int64_t group, int64_t at) {
  const float* from = s.state + s.partial + group * W * s.line + at;
  float* to = s.state + s.ahead + group * s.base * W;
  for (int64_t t = 0; t < s.base; t += W) {
    V v[W];
    TW_UNROLL for (int i = 0; i < W; i++) v[i] = load(from + i * s.line + t);
    transpose(v);
    TW_UNROLL for (int i = 0; i < W; i++) store(to + (t + i) * W, v[i]);
  }
}

// The first `lanes` of W elements from r on; zero where not given.
template <class S>
TW_INLINE V rows_at(const void* x, int64_t r, int lanes) {
  const typename S::T* p = static_cast<const typename S::T*>(x) + r;
  return lanes == W ? S::load(p) : load_part<S>(p, lanes);
}

// d of W rows from r on.
TW_INLINE V skip_weights(const float* d, int64_t channels, int64_t r, int lanes) {
  const int64_t h = r % channels;
  if (h + lanes <= channels) return rows_at<F32>(d, h, lanes);
  V v{};
  for (int i = 0; i < lanes; i++) v[i] = d[(h + i) % channels];
  return v;
}

template <class S>
void token(const FftConvStepper& s, const StepToken& c, int64_t g0, int64_t g1) {
  const int64_t slot = c.position & (s.base - 1), rows = s.batch * s.channels;
  const int64_t block = s.scales > 0 ? s.scale[s.scales - 1].fft->n : s.base;
  const int64_t inBlock = c.position & (block - 1);
  for (int64_t g = g0; g < g1; g++) {
    const float* k = s.filter + g * s.base * W;
    float* recent = s.state + s.recent + g * s.base * W;
    float* ahead = s.state + s.ahead + g * s.base * W;
    const int64_t r = g * W;
    const int lanes = rows - r < W ? static_cast<int>(rows - r) : W;

    if (slot == 0) {
      if (s.scales > 0 && c.position > 0)
        fetch_partial(s, g, inBlock);
      else
        for (int64_t t = 0; t < s.base; t++) store(ahead + t * W, V{});
    } else if (slot % kAhead == 0) {
      direct_tile(k, recent, slot, s.taps, ahead);
    }

    const V u = rows_at<S>(c.u, r, lanes);
    const V x = c.pregate ? u * rows_at<S>(c.pregate, r, lanes) : u;
    store(recent + slot * W, x);
    V even = load(ahead + slot * W) + load(k) * x, odd{};
    const int64_t near = slot % kAhead;
    int64_t j = 1;
    for (; j + 1 <= near; j += 2) {
      odd += load(k + j * W) * load(recent + (slot - j) * W);
      even += load(k + (j + 1) * W) * load(recent + (slot - j - 1) * W);
    }
    if (j <= near) odd += load(k + j * W) * load(recent + (slot - j) * W);
    V y = even + odd;
    if (c.postgate) y *= rows_at<S>(c.postgate, r, lanes);
    if (c.d) y += skip_weights(c.d, s.channels, r, lanes) * u;
    typename S::T* out = static_cast<typename S::T*>(c.y) + r;
    if (lanes == W)
      S::store(out, y);
    else
      store_part<S>(out, y, lanes);

    if (slot == s.base - 1 && s.scales > 0) keep_inputs(s, g, inBlock - slot);
  }
}

}  // namespace

void step_layout(FftConvStepper& s) {
  s.groups = (s.batch * s.channels + W - 1) / W;
  s.filterFloats = s.groups * s.base * W;
  s.stateFloats = 0;
  s.scratchFloats = 0;
  s.recent = take(s.stateFloats, s.groups * s.base * W);
  s.ahead = take(s.stateFloats, s.groups * s.base * W);
  if (s.scales == 0) return;
  // A line more: equal positions of neighbouring rows do not share a cache set.
  s.line = s.scale[s.scales - 1].fft->n + 16;
  s.history = take(s.stateFloats, s.groups * W * s.line);
  s.partialFloats = s.groups * W * s.line;
  s.partial = take(s.stateFloats, s.partialFloats);
  for (int l = 0; l < s.scales; l++) {
    StepScale& scale = s.scale[l];
    const Fft fft(scale.fft);
    const int64_t n = fft.n(), all = (s.length + n - 1) / n;
    scale.radix = l + 1 < s.scales ? s.scale[l + 1].fft->n / n : all;
    scale.reach = min(min(scale.radix, all) - 1, (s.taps - 1) / n + 1);
    scale.storage = fft.storage();
    scale.spectra = take(s.filterFloats, s.channels * scale.reach * scale.storage);
    scale.kept = take(s.stateFloats, s.batch * s.channels * scale.reach * scale.storage);
    const int64_t scratch = lines(2 * n) + scale.storage;
    if (scratch > s.scratchFloats) s.scratchFloats = scratch;
  }
}

void step_filter(const FftConvStepper& s, const float* k, int64_t h, int64_t filterLength, float* scratch) {
  const float* taps = k + h * filterLength;
  for (int64_t b = 0; b < s.batch; b++) {
    const int64_t row = b * s.channels + h;
    float* to = s.filter + row / W * s.base * W + row % W;
    for (int64_t t = 0; t < s.base; t++) to[t * W] = t < s.taps ? taps[t] : 0;
  }
  for (int l = 0; l < s.scales; l++) {
    const StepScale& scale = s.scale[l];
    const Fft fft(scale.fft);
    const int64_t n = fft.n();
    for (int64_t d = 1; d <= scale.reach; d++) {
      float* x = s.filter + scale.spectra + (h * scale.reach + d - 1) * scale.storage;
      scaled_taps(taps, s.taps, d * n, n, 1.0f / n, scratch);
      scaled_taps(taps, s.taps, d * n - n, n, -1.0f / n, scratch + n);
      fft.forward_top(scratch, scratch + n, x);
      forward_rest(fft, x);
    }
  }
}

void step_token(const FftConvStepper& s, const StepToken& c, int64_t g0, int64_t g1) {
  switch (s.dtype) {
    case kF16: return token<F16>(s, c, g0, g1);
    case kBF16: return token<BF16>(s, c, g0, g1);
    default: return token<F32>(s, c, g0, g1);
  }
}

// After `tokens` tokens, a multiple of base: the work of the largest scale whose block has ended, for one row.
void step_block(const FftConvStepper& s, int64_t tokens, int64_t row, float* scratch) {
  int l = s.scales - 1;
  while (tokens % s.scale[l].fft->n != 0) l--;
  const StepScale& scale = s.scale[l];
  const Fft fft(scale.fft);
  const bool last = l == s.scales - 1;
  const int64_t n = fft.n(), block = s.scale[s.scales - 1].fft->n;
  const int64_t j = (tokens / n - 1) % scale.radix, count = min(j + 1, scale.reach);
  const float* in = s.state + s.history + row * s.line + ((tokens - n) & (block - 1));
  float* out = s.state + s.partial + row * s.line + (tokens & (block - 1));
  float* kept = s.state + scale.kept + row * scale.reach * scale.storage;
  const float* spectra = s.filter + scale.spectra + row % s.channels * scale.reach * scale.storage;

  float* u = kept + j % scale.reach * scale.storage;
  fft.forward_top(in, u);
  forward_rest(fft, u);

  int64_t f = 0;
  for (; f + 8 * W <= scale.storage; f += 8 * W) products<4>(scale, spectra, kept, j % scale.reach, count, f, scratch);
  for (; f < scale.storage; f += 2 * W) products<1>(scale, spectra, kept, j % scale.reach, count, f, scratch);

  inverse_rest(fft, scratch);
  if (last) return fft.inverse_top(scratch, out);
  float* stage = scratch + lines(scale.storage);
  fft.inverse_top(scratch, stage);
  for (int64_t t = 0; t < n; t += W) store(out + t, load(out + t) + load(stage + t));
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
