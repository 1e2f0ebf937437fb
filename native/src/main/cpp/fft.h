// Right-angle and cyclic complex transforms of one row, in the layout that the convolution wants.
//
// The transform of a polynomial u of degree < n is its residues modulo the factors of x^n - e^{i theta} (theta = pi/2: the
// right-angle transform, whose products keep the whole linear convolution; theta = 0: the cyclic one). A node of the
// factorisation tree at depth d, position b, is the residue modulo x^(n/2^d) - e^{i angle(d,b)} with
//     angle(d,b) = (theta + 2 pi rev_d(b)) / 2^d,        rev_d: reversal of d bits.
// It splits as low +- w high with ONE scalar w = e^{i angle(d,b)/2} for the whole node, so passes need no twiddle vectors, the
// twist of the right-angle form is free, and the result never needs a permutation: the order of the residues is the order of
// the leaves, and the inverse takes them in that order. With fused multiply-add a butterfly is 6 operations.
//
// A vector is W/4 parts of 4 lanes. The first log2(W/4) levels put one child into each part: a dense transform over broadcast
// loads, no shuffle. From there on every part holds a transform of its own, and only the last two levels need transposes, of
// 4x4 lanes inside the parts. Work and storage are counted in complex vectors: W real parts, then W imaginary parts. Every
// 2^padShift vectors a gap of whole vectors is left, so that the power-of-two strides of the outer passes do not fall on the same cache
// sets; the period is the size of some node, so that a pass has either one stride or whole periods.
#pragma once
#include "fft_table.h"
#include "simd.h"
#include "parts.h"

namespace tw {
namespace TW_LEVEL_NS {

constexpr int kParts = W / kPartLanes;

// Offset in floats of complex vector v in padded storage.
constexpr int64_t kGap = 2 * W < 16 ? 16 : 2 * W;
TW_INLINE int64_t padded(int64_t v, int64_t padShift) { return 2 * W * v + (v >> padShift) * kGap; }

struct C {
  V r, i;
};

TW_INLINE C load_c(const float* p) { return {load(p), load(p + W)}; }
TW_INLINE void store_c(float* p, C x) {
  store(p, x.r);
  store(p + W, x.i);
}

#define TW_INLINE_MEMBER inline __attribute__((always_inline))
#define TW_UNROLL _Pragma("GCC unroll 16")

// (a, b) -> (a + w b, a - w b); rotated: with i w in place of w.
template <bool Rotated>
TW_INLINE void butterfly(C& a, C& b, V wr, V wi) {
#if TW_LEVEL == 2
  // All six operations are fused multiply-adds: right where multiply and add share the ports.
  C s = Rotated ? C{a.r - wr * b.i - wi * b.r, a.i + wr * b.r - wi * b.i}
                : C{a.r + wr * b.r - wi * b.i, a.i + wr * b.i + wi * b.r};
  b = {2.0f * a.r - s.r, 2.0f * a.i - s.i};
  a = s;
#else
  C t = {wr * b.r - wi * b.i, wr * b.i + wi * b.r};
  if (Rotated) t = {-t.i, t.r};
  b = {a.r - t.r, a.i - t.i};
  a = {a.r + t.r, a.i + t.i};
#endif
}

// The transposed step: (a, b) -> (a + b, conj(w) (a - b)).
template <bool Rotated>
TW_INLINE void butterfly_inverse(C& a, C& b, V wr, V wi) {
  C d = {a.r - b.r, a.i - b.i};
  a = {a.r + b.r, a.i + b.i};
  // conj(i w) d = conj(w) (-i d)
  if (Rotated) d = {d.i, -d.r};
  b = {wr * d.r + wi * d.i, wr * d.i - wi * d.r};
}

// Keeps a loaded value in its register: the compiler would rather load it again at each use, and loads are what binds.
TW_INLINE V pinned(V x) {
#if TW_LEVEL == 0 || (TW_LEVEL == 1 && defined(__AVX2__)) || defined(__AVX512F__)
  asm("" : "+v"(x));
#endif
  return x;
}

// The R/2 twiddles of a radix-R node (level 1: index 0; level l > 1: 2^(l-2) .. 2^(l-1)-1; odd groups use i times the even
// one's).
template <int R>
struct Twiddles {
  static constexpr bool kHeld = R <= (W == 16 ? 8 : 4);  // all of them fit into registers beside the data
  const float* t;
  V held[kHeld ? R : 1];

  explicit Twiddles(const float* at) : t(at) {
    if (kHeld) TW_UNROLL for (int k = 0; k < R; k++) held[k] = pinned(load(at + W * k));
  }
  V re(int k) const { return kHeld ? held[2 * k] : pinned(load(t + 2 * W * k)); }
  V im(int k) const { return kHeld ? held[2 * k + 1] : pinned(load(t + 2 * W * k + W)); }
};

template <int R>
TW_INLINE void radix(C (&x)[R], const Twiddles<R>& t) {
  TW_UNROLL for (int span = R / 2, groups = 1; span >= 1; span /= 2, groups *= 2) {
    TW_UNROLL for (int g = 0; g < groups; g++) {
      const int k = groups == 1 ? 0 : groups / 2 + g / 2;
      const V wr = t.re(k), wi = t.im(k);
      TW_UNROLL for (int j = 0; j < span; j++) {
        C& a = x[2 * span * g + j];
        C& b = x[2 * span * g + j + span];
        if (g % 2)
          butterfly<true>(a, b, wr, wi);
        else
          butterfly<false>(a, b, wr, wi);
      }
    }
  }
}

template <int R>
TW_INLINE void radix_inverse(C (&x)[R], const Twiddles<R>& t) {
  TW_UNROLL for (int span = 1, groups = R / 2; groups >= 1; span *= 2, groups /= 2) {
    TW_UNROLL for (int g = 0; g < groups; g++) {
      const int k = groups == 1 ? 0 : groups / 2 + g / 2;
      const V wr = t.re(k), wi = t.im(k);
      TW_UNROLL for (int j = 0; j < span; j++) {
        C& a = x[2 * span * g + j];
        C& b = x[2 * span * g + j + span];
        if (g % 2)
          butterfly_inverse<true>(a, b, wr, wi);
        else
          butterfly_inverse<false>(a, b, wr, wi);
      }
    }
  }
}

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
    TW_UNROLL for (int q = 1; q < kParts; q++) {
      re[q - 1] = pinned(load(t + 2 * W * (q - 1)));
      im[q - 1] = pinned(load(t + 2 * W * (q - 1) + W));
    }
  }
  // One kind of output for every q: sum over the parts of Re(conj(root^q) c), or of the imaginary part.
  void put_real(float* x, int64_t quarter, C c) const {
    V z[kParts];
    z[0] = c.r;
    TW_UNROLL for (int q = 1; q < kParts; q++) z[q] = re[q - 1] * c.r + im[q - 1] * c.i;
    store_part_sums(x, quarter, z);
  }
};

// Natural order, split into the parts' polynomials: sum over q of root^q * x[q n / kParts + t]. `s` vectors from r to r + 1,
// `quarter` = n / kParts points from q to q + 1.
struct RealSide {  // the imaginary part is zero on the way in and dropped on the way out
  float* x;
  int64_t s, quarter;
  Split split;
  C get(int r, int64_t v) const {
    const float* p = x + kPartLanes * (r * s + v);
    C c = {broadcast_part(p), V{}};
    TW_UNROLL for (int q = 1; q < kParts; q++) {
      const V u = broadcast_part(p + q * quarter);
      c.r += split.re[q - 1] * u;
      c.i = q == 1 ? split.im[0] * u : c.i + split.im[q - 1] * u;
    }
    return c;
  }
  void put(int r, int64_t v, C c) const { split.put_real(x + kPartLanes * (r * s + v), quarter, c); }
  RealSide at(int64_t v, int64_t) const { return {x + kPartLanes * v, s, quarter, split}; }
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
    split.put_real(re + at, quarter, c);
    split.put_real(im + at, quarter, {c.i, -c.r});
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

TW_INLINE void transpose_parts(C (&c)[4]) {
  transpose_parts(c[0].r, c[1].r, c[2].r, c[3].r);
  transpose_parts(c[0].i, c[1].i, c[2].i, c[3].i);
}

// The last two levels, inside the parts: 4 neighbouring nodes of 4 points are transposed, a node a lane.
TW_INLINE void lanes_forward(float* x, const float* tw) {
  C c[4];
  TW_UNROLL for (int r = 0; r < 4; r++) c[r] = load_c(x + 2 * W * r);
  transpose_parts(c);
  radix<4>(c, Twiddles<4>(tw));
  TW_UNROLL for (int r = 0; r < 4; r++) store_c(x + 2 * W * r, c[r]);
}
TW_INLINE void lanes_inverse(float* x, const float* tw) {
  C c[4];
  TW_UNROLL for (int r = 0; r < 4; r++) c[r] = load_c(x + 2 * W * r);
  radix_inverse<4>(c, Twiddles<4>(tw));
  transpose_parts(c);
  TW_UNROLL for (int r = 0; r < 4; r++) store_c(x + 2 * W * r, c[r]);
}

// The last levels, the product with k or its conjugate, and the first levels back, without a trip to memory.
template <bool Conj>
TW_INLINE void lanes_product(float* x, const float* k, const float* tw) {
  C c[4];
  TW_UNROLL for (int r = 0; r < 4; r++) c[r] = load_c(x + 2 * W * r);
  transpose_parts(c);
  const Twiddles<4> t(tw);
  radix<4>(c, t);
  TW_UNROLL for (int r = 0; r < 4; r++) {
    C b = load_c(k + 2 * W * r);
    if (Conj) b.i = -b.i;
    c[r] = {b.r * c[r].r - b.i * c[r].i, b.r * c[r].i + b.i * c[r].r};
  }
  radix_inverse<4>(c, t);
  transpose_parts(c);
  TW_UNROLL for (int r = 0; r < 4; r++) store_c(x + 2 * W * r, c[r]);
}

// The transforms of one row of n points in padded storage. Pass 0 goes from or to natural order (`top`), the deeper ones work
// in place on any node (`below`).
class Fft {
 public:
  explicit Fft(const FftTable* table) : t_(*table) {}

  int64_t n() const { return t_.n; }
  int64_t vectors() const { return t_.n / W; }
  int passes() const { return t_.passes; }
  int64_t radixOf(int p) const { return t_.radix[p]; }
  int64_t period() const { return int64_t{1} << t_.padShift; }
  int64_t offset(int64_t v) const { return padded(v, t_.padShift); }
  // Floats of one transform's storage; the gap keeps neighbours off the same cache sets.
  int64_t storage() const { return padded(vectors(), t_.padShift) + (vectors() < period() ? kGap : 0); }

  void forward_top(const float* in, float* x) const {
    top_in(RealSide{const_cast<float*>(in), t_.n / W / t_.radix[0], t_.n / kParts, Split(t_.base() + t_.split)}, x);
  }
  void forward_top(const float* re, const float* im, float* x) const {
    top_in(SplitSide{const_cast<float*>(re), const_cast<float*>(im), t_.n / W / t_.radix[0], t_.n / kParts,
                     Split(t_.base() + t_.split)},
           x);
  }
  void inverse_top(const float* x, float* out) const {
    top_out(x, RealSide{out, t_.n / W / t_.radix[0], t_.n / kParts, Split(t_.base() + t_.split)});
  }
  void inverse_top(const float* x, float* re, float* im) const {
    top_out(x, SplitSide{re, im, t_.n / W / t_.radix[0], t_.n / kParts, Split(t_.base() + t_.split)});
  }

  // Passes p and deeper of node b, `length` vectors at x, all but the levels inside the parts. Depth first until a node is small,
  // then pass by pass.
  void forward_passes(float* x, int64_t length, int p, int64_t b) const {
    if (length > kFlat && deeper(p)) {
      forward_pass(x, length, 1, p, b);
      const int64_t R = t_.radix[p], s = length / R;
      for (int64_t r = 0; r < R; r++) forward_passes(x + offset(r * s), s, p + 1, b * R + r);
      return;
    }
    int64_t nodes = 1;
    for (int64_t l = length; deeper(p); p++) {
      const int64_t R = t_.radix[p];
      forward_pass(x, l, nodes, p, b);
      l /= R, nodes *= R, b *= R;
    }
  }
  void inverse_passes(float* x, int64_t length, int p, int64_t b) const {
    if (length > kFlat && deeper(p)) {
      const int64_t R = t_.radix[p], s = length / R;
      for (int64_t r = 0; r < R; r++) inverse_passes(x + offset(r * s), s, p + 1, b * R + r);
      inverse_pass(x, length, 1, p, b);
      return;
    }
    int64_t l = 1;
    for (int q = t_.passes - 1; q >= p; q--) {
      l *= t_.radix[q];
      inverse_pass(x, l, length / l, q, b * (length / l));
    }
  }
  // The same for all children of the root at once.
  void forward_all(float* x) const {
    int64_t nodes = t_.radix[0], l = vectors() / nodes;
    for (int p = 1; p < t_.passes; p++) {
      forward_pass(x, l, nodes, p, 0);
      l /= t_.radix[p], nodes *= t_.radix[p];
    }
  }
  void inverse_all(float* x) const {
    int64_t l = 1;
    for (int p = t_.passes - 1; p >= 1; p--) {
      l *= t_.radix[p];
      inverse_pass(x, l, vectors() / l, p, 0);
    }
  }
  // f(x + offset, twiddles) for every group of 4 vectors of node b, `length` vectors: where the levels inside the parts work.
  template <class F>
  TW_INLINE_MEMBER void for_each_group(int64_t length, int64_t b, F f) const {
    const float* tw = t_.group(b * length / 4);
    const int64_t run = length < period() ? length : period();
    for (int64_t v = 0; v < length; v += run) {
      const int64_t at = offset(v);
      for (int64_t i = 0; i < run; i += 4, tw += 4 * W) f(at + 2 * W * i, tw);
    }
  }
  void forward_lanes(float* x, int64_t length, int64_t b) const {
    for_each_group(length, b, [&](int64_t at, const float* tw) { lanes_forward(x + at, tw); });
  }
  void inverse_lanes(float* x, int64_t length, int64_t b) const {
    for_each_group(length, b, [&](int64_t at, const float* tw) { lanes_inverse(x + at, tw); });
  }
  // All levels below pass p.
  void forward_below(float* x, int64_t length, int p, int64_t b) const {
    forward_passes(x, length, p, b);
    forward_lanes(x, length, b);
  }
  void inverse_below(float* x, int64_t length, int p, int64_t b) const {
    inverse_lanes(x, length, b);
    inverse_passes(x, length, p, b);
  }
  // One pass on `nodes` neighbouring nodes of `length` vectors, the first of them number b.
  void forward_pass(float* x, int64_t length, int64_t nodes, int p, int64_t b) const {
    const int64_t s = length / t_.radix[p];
    if (length * nodes <= period()) return any_flat_pass<false>(x, s, nodes, p, b);
    const PaddedSide side{x, offset(s)};
    any_pass(side, side, s, nodes, p, b);
  }
  void inverse_pass(float* x, int64_t length, int64_t nodes, int p, int64_t b) const {
    const int64_t s = length / t_.radix[p];
    if (length * nodes <= period()) return any_flat_pass<true>(x, s, nodes, p, b);
    const PaddedSide side{x, offset(s)};
    any_pass_inverse(side, side, s, nodes, p, b);
  }

 private:
  static constexpr int64_t kFlat = 2048 / W;

  // The second bound is for the compiler, which follows the recursion beyond the arrays.
  TW_INLINE_MEMBER bool deeper(int p) const { return p < t_.passes && p < kMaxPasses; }

  template <class In>
  void top_in(In in, float* x) const {
    any_pass(in, PaddedSide{x, offset(in.s)}, in.s, 1, 0, 0);
  }
  template <class Out>
  void top_out(const float* x, Out out) const {
    any_pass_inverse(PaddedSide{const_cast<float*>(x), offset(out.s)}, out, out.s, 1, 0, 0);
  }

  template <class In>
  void any_pass(In in, PaddedSide out, int64_t s, int64_t nodes, int p, int64_t b) const {
    const float* tw = t_.node(p, b);
    switch (t_.radix[p]) {
      case 2: return pass<2>(in, out, s, nodes, t_.padShift, tw);
      case 4: return pass<4>(in, out, s, nodes, t_.padShift, tw);
      case 8: return pass<8>(in, out, s, nodes, t_.padShift, tw);
      default: return pass<16>(in, out, s, nodes, t_.padShift, tw);
    }
  }
  template <class Out>
  void any_pass_inverse(PaddedSide in, Out out, int64_t s, int64_t nodes, int p, int64_t b) const {
    const float* tw = t_.node(p, b);
    switch (t_.radix[p]) {
      case 2: return pass_inverse<2>(in, out, s, nodes, t_.padShift, tw);
      case 4: return pass_inverse<4>(in, out, s, nodes, t_.padShift, tw);
      case 8: return pass_inverse<8>(in, out, s, nodes, t_.padShift, tw);
      default: return pass_inverse<16>(in, out, s, nodes, t_.padShift, tw);
    }
  }

  template <bool Inverse>
  void any_flat_pass(float* x, int64_t s, int64_t nodes, int p, int64_t b) const {
    const float* tw = t_.node(p, b);
    switch (t_.radix[p]) {
      case 2: return flat_pass_of<2, Inverse>(x, s, nodes, tw);
      case 4: return flat_pass_of<4, Inverse>(x, s, nodes, tw);
      case 8: return flat_pass_of<8, Inverse>(x, s, nodes, tw);
      default: return flat_pass_of<16, Inverse>(x, s, nodes, tw);
    }
  }
  template <int R, bool Inverse>
  static void flat_pass_of(float* x, int64_t s, int64_t nodes, const float* tw) {
    switch (s) {
      case 1: return flat_pass<R, 1, Inverse>(x, s, nodes, tw);
      case 4: return flat_pass<R, 4, Inverse>(x, s, nodes, tw);
      default: return flat_pass<R, 0, Inverse>(x, s, nodes, tw);
    }
  }

  const FftTable& t_;
};

}  // namespace TW_LEVEL_NS
}  // namespace tw
