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
#include "fft_passes.h"

namespace tw {
namespace TW_LEVEL_NS {

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

  void forward_top(const float* in, float* x) const { top_in(real_side(Plain{const_cast<float*>(in)}), x); }
  void forward_top(GatedInput in, float* x) const { top_in(real_side(in), x); }
  void forward_top(const float* re, const float* im, float* x) const {
    top_in(SplitSide{const_cast<float*>(re), const_cast<float*>(im), t_.n / W / t_.radix[0], t_.n / kParts,
                     Split(t_.base() + t_.split)},
           x);
  }
  void inverse_top(const float* x, float* out) const { top_out(x, real_side(Plain{out})); }
  template <bool Gate, bool Skip>
  void inverse_top(const float* x, Output<Gate, Skip> out) const {
    top_out(x, real_side(out));
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

  template <class Io>
  RealSide<Io> real_side(Io io) const {
    return {io, t_.n / W / t_.radix[0], t_.n / kParts, Split(t_.base() + t_.split)};
  }
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
