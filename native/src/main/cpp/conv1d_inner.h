// Inner loops and packing of the short conv1d, compiled once per level.
//
// The loads, not the products, limit a short convolution: taps are broadcast, and each product wants its own, mostly
// unaligned, vector of x. Two forms answer that:
//   direct   few taps, memory bound anyway: unaligned loads from a line of x.
//   lanes    x packed so that shifting it by one position is moving to the next vector: lane i holds segment i of the row
//            (BHL) or channel i (BLH). All loads are aligned, and two taps share them: 9 + 2 loads for 16 products.
#pragma once
#include "conv1d.h"
#include "simd.h"

namespace tw {
namespace TW_LEVEL_NS {

// Output vectors of one pass: enough chains to hide the latency of an FMA, few enough to stay in registers.
constexpr int R = W == 16 ? 16 : 8;

TW_INLINE int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }
TW_INLINE int64_t max64(int64_t a, int64_t b) { return a > b ? a : b; }
TW_INLINE int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

// Pins v to a register here. Without it GCC hoists the loads of all r, and spills accumulators for them: half the speed.
TW_INLINE void keep(V& v) { asm volatile("" : "+v"(v)); }

// acc[r] += sum over j < taps of w[j] * z[j + r], z and (unless one scalar a tap) w packed vectors. Taps are added in rising
// order, one by one, which step() relies on to give the bits of forward.
template <int N, bool SCALAR_TAPS>
TW_INLINE void lanes(const float* z, const float* w, int64_t taps, V* acc) {
  int64_t j = 0;
  for (; j + 2 <= taps; j += 2) {
    const V w0 = SCALAR_TAPS ? splat(w[j]) : load(w + j * W);
    const V w1 = SCALAR_TAPS ? splat(w[j + 1]) : load(w + (j + 1) * W);
    V z0 = load(z + j * W);
#pragma GCC unroll 16
    for (int r = 0; r < N; r++) {
      const V z1 = load(z + (j + r + 1) * W);
      acc[r] += w0 * z0;
      acc[r] += w1 * z1;
      keep(acc[r]);
      z0 = z1;
    }
  }
  if (j < taps) {
    const V w0 = SCALAR_TAPS ? splat(w[j]) : load(w + j * W);
#pragma GCC unroll 16
    for (int r = 0; r < N; r++) acc[r] += w0 * load(z + (j + r) * W);
  }
}

// acc[r] += sum over j < taps of w[j] * line[j + r W], unaligned.
template <int N>
TW_INLINE void direct(const float* line, const float* w, int taps, V* acc) {
  for (int j = 0; j < taps; j++) {
    const V wj = splat(w[j]);
#pragma GCC unroll 16
    for (int r = 0; r < N; r++) acc[r] += wj * load(line + j + r * W);
  }
}

// acc[r] += sum over vectors of dy * x shifted by r, unaligned.
template <int N>
TW_INLINE void direct_dot(const float* x, const float* dy, int64_t n, V* acc) {
  for (int64_t t = 0; t < n; t += W) {
    const V d = load(dy + t);
#pragma GCC unroll 16
    for (int r = 0; r < N; r++) acc[r] += d * load(x + t + r);
  }
}

template <int N>
TW_INLINE void clear(V* acc) {
#pragma GCC unroll 16
  for (int r = 0; r < N; r++) acc[r] = zero();
}

// Products summed in one chain before it is added to the total: equal terms of a long sequence round the same way each
// time, and the error of a chain grows with its length.
constexpr int64_t CHAIN = 64;

// Sums for N taps: total[r] += sum over t < n of dy[t] * x[t + r], x and dy packed.
template <int N>
TW_INLINE void dot_lanes(const float* x, const float* dy, int64_t n, V* total) {
  for (int64_t t = 0; t < n; t += CHAIN) {
    V acc[N];
    clear<N>(acc);
    lanes<N, false>(x + t * W, dy + t * W, min64(CHAIN, n - t), acc);
#pragma GCC unroll 16
    for (int r = 0; r < N; r++) total[r] += acc[r];
  }
}

// The same on lines; n is rounded up to W.
template <int N>
TW_INLINE void dot_direct(const float* x, const float* dy, int64_t n, V* total) {
  for (int64_t t = 0; t < n; t += CHAIN * W) {
    V acc[N];
    clear<N>(acc);
    direct_dot<N>(x + t, dy + t, min64(CHAIN * W, n - t), acc);
#pragma GCC unroll 16
    for (int r = 0; r < N; r++) total[r] += acc[r];
  }
}

// z[s] lane i = line[i * segment + s] for 0 <= s < count; reads count rounded up to W.
TW_INLINE void pack_segments(const float* line, int64_t segment, int64_t count, float* z) {
  for (int64_t s = 0; s < count; s += W) {
    V r[W];
#pragma GCC unroll 16
    for (int i = 0; i < W; i++) r[i] = load(line + i * segment + s);
    transpose(r);
#pragma GCC unroll 16
    for (int i = 0; i < W; i++) store(z + (s + i) * W, r[i]);
  }
}

// Taps of n <= W channels as [K][W], reversed for the input gradient; lanes from n on are zero.
TW_INLINE void pack_taps(const float* w, int n, int taps, bool reversed, float* packed) {
  for (int j = 0; j < taps; j += W) {
    const int m = taps - j < W ? taps - j : W;
    V r[W];
#pragma GCC unroll 16
    for (int i = 0; i < W; i++) {
      const float* p = w + (int64_t)i * taps + j;
      r[i] = i >= n ? zero() : m == W ? load(p) : load_part<F32>(p, m);
    }
    transpose(r);
#pragma GCC unroll 16
    for (int i = 0; i < W; i++) {
      if (i < m) store(packed + (int64_t)(reversed ? taps - 1 - (j + i) : j + i) * W, r[i]);
    }
  }
}

// Elements [start, start + n) of a row of `length` elements in f32, zeros outside it; writes n rounded up to W.
template <class S>
TW_INLINE void fill_line(const typename S::T* row, int64_t length, int64_t start, int64_t n, float* line) {
  const int64_t first = min64(max64(-start, 0), n);
  const int64_t last = max64(first, min64(length - start, n));
  int64_t i = 0;
  for (; i < first; i += W) store(line + i, zero());
  for (i = first; i + W <= last; i += W) store(line + i, S::load(row + start + i));
  if (i < last) {
    store(line + i, load_part<S>(row + start + i, (int)(last - i)));
    i += W;
  }
  for (; i < n; i += W) store(line + i, zero());
}

template <class S>
TW_INLINE void store_upto(typename S::T* p, V v, int64_t n) {
  if (n >= W) {
    S::store(p, v);
  } else if (n > 0) {
    store_part<S>(p, v, (int)n);
  }
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
