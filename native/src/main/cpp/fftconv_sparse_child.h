// The transform of one child of a frequency-sparse convolution, without the nodes whose frequencies are all dropped: see
// fftconv_sparse.h for the idea.
#pragma once
#include "fft.h"
#include "fftconv_sparse.h"

namespace tw {
namespace TW_LEVEL_NS {

// Floats of all transforms in flight up to which a node goes pass by pass: they and the spectrum stay in L1.
constexpr int64_t kFlatFloats = 4096;

typedef C Group[4];

TW_INLINE void load_group(Group& c, const float* x) {
  TW_UNROLL for (int r = 0; r < 4; r++) c[r] = load_c(x + 2 * W * r);
}
TW_INLINE void store_group(const Group& c, float* x) {
  TW_UNROLL for (int r = 0; r < 4; r++) store_c(x + 2 * W * r, c[r]);
}
// The levels inside the parts.
TW_INLINE void forward_group(Group& c, const Twiddles<4>& t) {
  transpose_parts(c);
  radix<4>(c, t);
}
TW_INLINE void inverse_group(Group& c, const Twiddles<4>& t) {
  radix_inverse<4>(c, t);
  transpose_parts(c);
}

// The passes below the first of one child, without what is dropped.
class ChildTransform {
 public:
  ChildTransform(const SparsePlan& plan, const SparseChild& child)
      : fft(child.fft), base_(plan.bytes()), child_(child), table_(*child.fft) {}

  const Fft fft;

  // Forward passes of in[0 .. ins), middle(v, twiddles) for every group of 4 vectors v .. v+3, inverse passes of
  // out[0 .. outs). Nodes that are dropped get no middle; in `out` they are zeros.
  struct Io {
    float *in[2], *out[2];
    int ins, outs;
  };
  template <class Middle>
  void run(const Io& io, const Middle& middle) const {
    const int64_t R = fft.radixOf(0), length = fft.vectors() / R;
    for (int64_t r = 0; r < R; r++) descend(io, middle, 1, r, r * length, length);
  }

  // The mask of kept lanes on a spectrum's vector v.
  bool masked() const { return child_.masks != 0; }
  C mask(C x, int64_t v) const {
    const int32_t bits = reinterpret_cast<const uint16_t*>(base_ + child_.masks)[v];
    VI lane{};
    for (int l = 0; l < W; l++) lane[l] = 1 << l;
    const VI kept = ((VI{} + bits) & lane) != 0;
    return {(V)((VI)x.r & kept), (V)((VI)x.i & kept)};
  }

 private:
  template <class Middle>
  void descend(const Io& io, const Middle& middle, int p, int64_t b, int64_t v, int64_t length) const {
    const int64_t at = fft.offset(v);
    const uint8_t state = base_[child_.states[p] + b];
    if (state == kDropped) {
      const int64_t floats = length <= fft.period() ? length * 2 * W : fft.offset(length);
      for (int i = 0; i < io.outs; i++)
        for (int64_t f = 0; f < floats; f += W) store(io.out[i] + at + f, V{});
      return;
    }
    const int flights = io.ins > io.outs ? io.ins : io.outs;
    const bool divisible = p < fft.passes() && length / fft.radixOf(p) >= 4;
    if (divisible && (state == kPrunable || length * flights * 2 * W > kFlatFloats)) {
      for (int i = 0; i < io.ins; i++) fft.forward_pass(io.in[i] + at, length, 1, p, b);
      const int64_t R = fft.radixOf(p), s = length / R;
      for (int64_t r = 0; r < R; r++) descend(io, middle, p + 1, b * R + r, v + r * s, s);
      for (int i = 0; i < io.outs; i++) fft.inverse_pass(io.out[i] + at, length, 1, p, b);
      return;
    }
    for (int i = 0; i < io.ins; i++) {
      int64_t l = length, nodes = 1;
      for (int q = p; q < fft.passes(); q++) {
        fft.forward_pass(io.in[i] + at, l, nodes, q, b * nodes);
        l /= fft.radixOf(q), nodes *= fft.radixOf(q);
      }
    }
    for (int64_t g = 0; g < length; g += 4) middle(v + g, Twiddles<4>(table_.group((v + g) / 4)));
    for (int i = 0; i < io.outs; i++) {
      int64_t l = 1;
      for (int q = fft.passes() - 1; q >= p; q--) {
        l *= fft.radixOf(q);
        fft.inverse_pass(io.out[i] + at, l, length / l, q, b * (length / l));
      }
    }
  }

  const uint8_t* base_;
  const SparseChild& child_;
  const FftTable& table_;
};

}  // namespace TW_LEVEL_NS
}  // namespace tw
