// What stands between the tensors of a call and blocks of f32: dtypes, gates, tails, taps.
#pragma once
#include "fftconv.h"
#include "simd.h"

namespace tw {
namespace TW_LEVEL_NS {

// x[i] * gate[i] (gate null: x) for i < count, zeros up to n. n is a multiple of W.
template <class S>
static void widen_block(const void* xs, const void* gates, int64_t at, int64_t count, int64_t n, float* out) {
  typedef typename S::T T;
  const T* x = static_cast<const T*>(xs) + at;
  const T* gate = gates ? static_cast<const T*>(gates) + at : nullptr;
  int64_t i = 0;
  if (gate)
    for (; i + W <= count; i += W) store(out + i, S::load(x + i) * S::load(gate + i));
  else
    for (; i + W <= count; i += W) store(out + i, S::load(x + i));
  if (i < count) {
    V v = load_part<S>(x + i, count - i);
    if (gate) v *= load_part<S>(gate + i, count - i);
    store(out + i, v);
    i += W;
  }
  for (; i < n; i += W) store(out + i, V{});
}

// y[i] = gate[i] * v[i] + d * x[i]; gate or x may be null.
template <class S>
static void narrow_block(const float* v, const void* gates, float d, const void* xs, int64_t at, int64_t count, void* ys) {
  typedef typename S::T T;
  const T* gate = gates ? static_cast<const T*>(gates) + at : nullptr;
  const T* x = xs ? static_cast<const T*>(xs) + at : nullptr;
  T* y = static_cast<T*>(ys) + at;
  const V dv = splat(d);
  int64_t i = 0;
  for (; i + W <= count; i += W) {
    V o = load(v + i);
    if (gate) o *= S::load(gate + i);
    if (x) o += dv * S::load(x + i);
    S::store(y + i, o);
  }
  if (i < count) {
    V o = load(v + i);
    if (gate) o *= load_part<S>(gate + i, count - i);
    if (x) o += dv * load_part<S>(x + i, count - i);
    store_part<S>(y + i, o, count - i);
  }
}

// Sum of a[i] * b[i], in double: gradients of scalars cancel.
template <class S>
static double dot_block(const void* as, const void* bs, int64_t at, int64_t count) {
  typedef typename S::T T;
  typedef double D __attribute__((vector_size(8 * W)));
  const T* a = static_cast<const T*>(as) + at;
  const T* b = static_cast<const T*>(bs) + at;
  D total{};
  for (int64_t i = 0; i < count; i += W) {
    const int64_t left = count - i;
    const V x = left >= W ? S::load(a + i) : load_part<S>(a + i, left);
    const V y = left >= W ? S::load(b + i) : load_part<S>(b + i, left);
    total += __builtin_convertvector(x, D) * __builtin_convertvector(y, D);
  }
  double s = 0;
  for (int l = 0; l < W; l++) s += total[l];
  return s;
}

// The storage types by number, for code outside the inner loops.
TW_INLINE void widen(int dtype, const void* x, const void* gate, int64_t at, int64_t count, int64_t n, float* out) {
  switch (dtype) {
    case kF16: return widen_block<F16>(x, gate, at, count, n, out);
    case kBF16: return widen_block<BF16>(x, gate, at, count, n, out);
    default: return widen_block<F32>(x, gate, at, count, n, out);
  }
}
TW_INLINE void narrow(int dtype, const float* v, const void* gate, float d, const void* x, int64_t at, int64_t count, void* y) {
  switch (dtype) {
    case kF16: return narrow_block<F16>(v, gate, d, x, at, count, y);
    case kBF16: return narrow_block<BF16>(v, gate, d, x, at, count, y);
    default: return narrow_block<F32>(v, gate, d, x, at, count, y);
  }
}
TW_INLINE double dot(int dtype, const void* a, const void* b, int64_t at, int64_t count) {
  switch (dtype) {
    case kF16: return dot_block<F16>(a, b, at, count);
    case kBF16: return dot_block<BF16>(a, b, at, count);
    default: return dot_block<F32>(a, b, at, count);
  }
}

// The lags of a plan's filter as runs of taps: f(first lag, end lag, index of the first lag's tap). A tap may stand in several
// runs and a lag too (a folded filter): values add up.
template <class F>
TW_INLINE void for_each_run(const FftConvPlan& p, F f) {
  const int64_t L = p.length, Lk = p.filterLength;
  if (p.mode == kCausal) {
    f(0, Lk < L ? Lk : L, 0);
  } else if (p.mode == kBidirectional) {
    const int64_t ahead = (Lk + 1) / 2, behind = Lk / 2 < L - 1 ? Lk / 2 : L - 1;
    f(0, ahead < L ? ahead : L, 0);
    if (behind > 0) f(-behind, 0, Lk - behind);
  } else {
    for (int64_t at = 0; at < Lk; at += L) {
      const int64_t count = Lk - at < L ? Lk - at : L;
      f(0, count, at);
      if (count > 1) f(1 - L, count - L, at + 1);
    }
  }
}

// A folded filter's taps at lag .. lag + n - 1: each the sum, in double, of all taps that fold onto it.
static void gather_folded(const FftConvPlan& p, const float* k, int64_t lag, int64_t n, float scale, float* out) {
  for (int64_t t = 0; t < n; t++) {
    double s = 0;
    if (lag + t > -p.length && lag + t < p.length)
      for (int64_t j = (lag + t + p.length) % p.length; j < p.filterLength; j += p.length) s += k[j];
    out[t] = static_cast<float>(scale * s);
  }
}

// out[t] = scale * g(lag + t), t < n; false when none of these lags has a tap.
static bool gather_taps(const FftConvPlan& p, const float* k, int64_t lag, int64_t n, float scale, float* out) {
  if (p.mode == kCircular && p.filterLength > p.length) {
    gather_folded(p, k, lag, n, scale, out);
    return true;
  }
  const V s = splat(scale);
  bool any = false;
  for_each_run(p, [&](int64_t begin, int64_t end, int64_t tap) {
    const int64_t from = begin > lag ? begin : lag, to = end < lag + n ? end : lag + n;
    if (from >= to) return;
    // Runs do not overlap here: what one leaves out is zero or another's.
    if (!any && to - from < n)
      for (int64_t t = 0; t < n; t += W) store(out + t, V{});
    any = true;
    const float* in = k + tap + (from - begin);
    float* o = out + (from - lag);
    const int64_t count = to - from;
    int64_t i = 0;
    for (; i + W <= count; i += W) store(o + i, s * load(in + i));
    for (; i < count; i++) o[i] = scale * in[i];
  });
  if (!any)
    for (int64_t t = 0; t < n; t += W) store(out + t, V{});
  return any;
}
// The transposed step: the tap of lag + t gets scale * in[t] more.
static void scatter_taps(const FftConvPlan& p, const float* in, int64_t lag, int64_t n, float scale, float* dk) {
  const V s = splat(scale);
  for_each_run(p, [&](int64_t begin, int64_t end, int64_t tap) {
    const int64_t from = begin > lag ? begin : lag, to = end < lag + n ? end : lag + n;
    if (from >= to) return;
    float* o = dk + tap + (from - begin);
    const float* x = in + (from - lag);
    const int64_t count = to - from;
    int64_t i = 0;
    for (; i + W <= count; i += W) store(o + i, load(o + i) + s * load(x + i));
    for (; i < count; i++) o[i] += scale * x[i];
  });
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
