// One pass of a transform over memory, in natural order on one side or in padded storage on both: see fft.h for the idea.
#pragma once
#include "fft_radix.h"
#include "fft_table.h"

namespace tw {
namespace TW_LEVEL_NS {

constexpr int kParts = W / kPartLanes;

// Offset in floats of complex vector v in padded storage.
constexpr int64_t kGap = 2 * W < 16 ? 16 : 2 * W;
TW_INLINE int64_t padded(int64_t v, int64_t padShift) { return 2 * W * v + (v >> padShift) * kGap; }

// One side of a pass over nodes of R * s vectors: vector r * s + v of a node is get(r, v). at(v) moves on by whole nodes or
// padding periods.
struct PaddedSide {  // the storage of the transform; `stride` floats from r to r + 1
  float* x;
  int64_t stride;
  C get(int r, int64_t v) const { return load_c(x + r * stride + 2 * W * v); }
  void put(int r, int64_t v, C c) const { store_c(x + r * stride + 2 * W * v, c); }
  PaddedSide at(int64_t v, int64_t padShift) const { return {x + padded(v, padShift), stride}; }
};
// The powers 1 .. kParts-1 of each part's root.
struct Split {
  V re[kParts > 1 ? kParts - 1 : 1], im[kParts > 1 ? kParts - 1 : 1];

  explicit Split(const float* t) {
    if (kParts == 1) re[0] = im[0] = V{};
    TW_UNROLL for (int q = 1; q < kParts; q++) {
      re[q - 1] = pinned(load(t + 2 * W * (q - 1)));
      im[q - 1] = pinned(load(t + 2 * W * (q - 1) + W));
    }
  }
  // put(q, sum over the parts of Re(conj(root^q) c)) for every q.
  template <class Put>
  TW_INLINE_MEMBER void real_sums(C c, const Put& put) const {
    V z[kParts];
    z[0] = c.r;
    TW_UNROLL for (int q = 1; q < kParts; q++) z[q] = re[q - 1] * c.r + im[q - 1] * c.i;
    part_sums(z, put);
  }
};

// What a row in natural order is read from and written to, 4 samples at a time.
struct Plain {
  float* x;
  TW_INLINE_MEMBER V get(int64_t at) const { return broadcast_part(x + at); }
  TW_INLINE_MEMBER void put(int64_t at, V4 v) const { store4(x + at, v); }
  Plain at(int64_t i) const { return {x + i}; }
};
struct GatedInput {  // x * gate
  const float* x;
  const float* gate;
  TW_INLINE_MEMBER V get(int64_t at) const { return broadcast_part(x + at) * broadcast_part(gate + at); }
  GatedInput at(int64_t i) const { return {x + i, gate + i}; }
};
template <bool Gate, bool Skip>
struct Output {  // y = gate * v + d * skip
  float* y;
  const float* gate;
  const float* skip;
  float d;
  TW_INLINE_MEMBER void put(int64_t at, V4 v) const {
    if (Gate) v *= load4(gate + at);
    if (Skip) v += d * load4(skip + at);
    store4(y + at, v);
  }
  Output at(int64_t i) const { return {y + i, Gate ? gate + i : nullptr, Skip ? skip + i : nullptr, d}; }
};

// Natural order, split into the parts' polynomials: sum over q of root^q * x[q n / kParts + t]. `s` vectors from r to r + 1,
// `quarter` = n / kParts points from q to q + 1.
template <class Io>
struct RealSide {  // the imaginary part is zero on the way in and dropped on the way out
  Io io;
  int64_t s, quarter;
  Split split;
  C get(int r, int64_t v) const {
    const int64_t at = kPartLanes * (r * s + v);
    C c = {io.get(at), V{}};
    TW_UNROLL for (int q = 1; q < kParts; q++) {
      const V u = io.get(at + q * quarter);
      c.r += split.re[q - 1] * u;
      c.i = q == 1 ? split.im[0] * u : c.i + split.im[q - 1] * u;
    }
    return c;
  }
  void put(int r, int64_t v, C c) const {
    const int64_t at = kPartLanes * (r * s + v);
    split.real_sums(c, [&](int q, V4 x) { io.put(at + q * quarter, x); });
  }
  RealSide at(int64_t v, int64_t) const { return {io.at(kPartLanes * v), s, quarter, split}; }
};
struct SplitSide {  // complex: real and imaginary parts in arrays of their own
  float* re;
  float* im;
  int64_t s, quarter;
  Split split;
  C get(int r, int64_t v) const {
    const int64_t at = kPartLanes * (r * s + v);
    C c = {broadcast_part(re + at), broadcast_part(im + at)};
    TW_UNROLL for (int q = 1; q < kParts; q++) {
      const V u = broadcast_part(re + at + q * quarter), w = broadcast_part(im + at + q * quarter);
      c.r += split.re[q - 1] * u - split.im[q - 1] * w;
      c.i += split.re[q - 1] * w + split.im[q - 1] * u;
    }
    return c;
  }
  void put(int r, int64_t v, C c) const {
    const int64_t at = kPartLanes * (r * s + v);
    split.real_sums(c, [&](int q, V4 x) { store4(re + at + q * quarter, x); });
    split.real_sums({c.i, -c.r}, [&](int q, V4 x) { store4(im + at + q * quarter, x); });
  }
  SplitSide at(int64_t v, int64_t) const { return {re + kPartLanes * v, im + kPartLanes * v, s, quarter, split}; }
};

// One radix-R step of `nodes` neighbouring nodes of R * s vectors each.
template <int R, class In>
static void pass(In in, PaddedSide out, int64_t s, int64_t nodes, int padShift, const float* tw) {
  const int64_t period = int64_t{1} << padShift, length = s < period ? s : period;
  for (int64_t b = 0; b < nodes; b++, tw += R * W) {
    const Twiddles<R> t(tw);
    for (int64_t run = 0; run < s; run += period) {
      const In from = in.at(b * R * s + run, padShift);
      const PaddedSide to = out.at(b * R * s + run, padShift);
      for (int64_t v = 0; v < length; v++) {
        C x[R];
        TW_UNROLL for (int r = 0; r < R; r++) x[r] = from.get(r, v);
        radix<R>(x, t);
        TW_UNROLL for (int r = 0; r < R; r++) to.put(r, v, x[r]);
      }
    }
  }
}
template <int R, class Out>
static void pass_inverse(PaddedSide in, Out out, int64_t s, int64_t nodes, int padShift, const float* tw) {
  const int64_t period = int64_t{1} << padShift, length = s < period ? s : period;
  for (int64_t b = 0; b < nodes; b++, tw += R * W) {
    const Twiddles<R> t(tw);
    for (int64_t run = 0; run < s; run += period) {
      const PaddedSide from = in.at(b * R * s + run, padShift);
      const Out to = out.at(b * R * s + run, padShift);
      for (int64_t v = 0; v < length; v++) {
        C x[R];
        TW_UNROLL for (int r = 0; r < R; r++) x[r] = from.get(r, v);
        radix_inverse<R>(x, t);
        TW_UNROLL for (int r = 0; r < R; r++) to.put(r, v, x[r]);
      }
    }
  }
}

// The same in place on nodes that lie in one padding period: one after the other, with S vectors from r to r + 1 (0: s).
template <int R, int S, bool Inverse>
static void flat_pass(float* x, int64_t s, int64_t nodes, const float* tw) {
  const int64_t step = 2 * W * (S ? S : s);
  for (int64_t b = 0; b < nodes; b++, tw += R * W) {
    const Twiddles<R> t(tw);
    float* const end = x + step;
    do {
      C c[R];
      TW_UNROLL for (int r = 0; r < R; r++) c[r] = load_c(x + r * step);
      if (Inverse)
        radix_inverse<R>(c, t);
      else
        radix<R>(c, t);
      TW_UNROLL for (int r = 0; r < R; r++) store_c(x + r * step, c[r]);
      x += 2 * W;
    } while (S != 1 && x < end);
    x += (R - 1) * step;
  }
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
