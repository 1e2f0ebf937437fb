// The FFT convolution of one row or one head; compiled once per level. See fftconv.h for the idea.
#include "fftconv.h"

#include "fft.h"
#include "fftconv_product.h"
#include "fftconv_rows.h"
#include "scratch.h"

namespace tw {
namespace TW_LEVEL_NS {
namespace {

// Working set of the innermost recursion step: what a transform and its products read again and again stays in L1.
constexpr int64_t kResidentFloats = 6 * 1024;
// Up to here a whole transform is one node: calls cost more than locality gains.
constexpr int64_t kSmall = 512;

// Blocks whose products one running sum of the filter's gradient takes.
constexpr int64_t kShortSum = 64;

class Convolution {
 public:
  Convolution(const FftConvPlan& plan, float* scratch, bool backward) : p_(plan), fft_(plan.fft), scratch_(scratch) {
    n_ = fft_.n();
    stride_ = fft_.storage();
    slots_ = p_.history() + p_.group;
    const int64_t filter = p_.filterBlocks * stride_, row = slots_ * stride_;
    k_ = scratch_.take(filter);
    u_ = scratch_.take(row);
    g_ = backward ? scratch_.take(row) : nullptr;  // right behind u_: both pass as one run of blocks
    saved_ = scratch_.take(p_.history() * stride_);
    out_ = p_.twoSided() ? scratch_.take(row) : nullptr;
    stage_ = scratch_.take(n_);
    stageOut_ = scratch_.take(n_);
    if (backward) {
      dk_ = scratch_.take(filter);
      dkTotal_ = scratch_.take(filter);
      stageIm_ = scratch_.take(n_);
    }
  }

  static int64_t floats(const FftConvPlan& plan, bool backward) {
    return Convolution(plan, nullptr, backward).scratch_.used();
  }

  // The spectra of one head's filter.
  void transform_filter(const float* k, float* spectrum) {
    for (int64_t e = 0; e < p_.filterBlocks; e++) {
      const int64_t lag = (p_.periodic ? e : e + p_.dLow) * n_;
      float* x = spectrum + e * stride_;
      gather_taps(p_, k, lag, n_, 1.0f / n_, stage_);
      if (gather_taps(p_, k, lag - n_, n_, -1.0f / n_, stageOut_))
        fft_.forward_top(stage_, stageOut_, x);
      else
        fft_.forward_top(stage_, x);
      transform_below(x);
    }
  }

  void forward(const FftConvCall& c, int64_t h, int64_t b, const float* spectrum) {
    const int64_t row = (b * c.channels + h) * p_.length;
    const float d = c.d ? c.d[h] : 0;
    sweep<false>(spectrum,
                 [&](int64_t j, float* x) {
                   load(c.u, c.pregate, row, j, x);
                   if (!p_.streaming()) return;
                   if (j < p_.blocks) prefetch<true>(c.y, row + j * n_, valid(j));
                   if (j + p_.group < p_.blocks) prefetch<false>(c.u, row + (j + p_.group) * n_, valid(j + p_.group));
                 },
                 [&](int64_t j, const float* x) {
                   store(x, c.postgate, d, c.d ? c.u : nullptr, row, j, c.y);
                 });
  }

  // Gradients of one row; those of the filter are added to dk_.
  void backward(const FftConvCall& c, int64_t h, int64_t b, const float* spectrum, double* dd) {
    const int64_t row = (b * c.channels + h) * p_.length;
    const float d = c.d ? c.d[h] : 0;
    const auto dz = [&](int64_t j, float* x) { load(c.dy, c.postgate, row, j, x); };
    const auto put_dv = [&](int64_t j, const float* x) {
      if (!c.dpregate) return store(x, c.pregate, d, c.d ? c.dy : nullptr, row, j, c.du);
      const float* v = natural(x);
      const int64_t at = row + j * n_, count = valid(j);
      if (c.du) narrow(p_.dtype, v, c.pregate, d, c.d ? c.dy : nullptr, at, count, c.du);
      if (c.dpregate) narrow(p_.dtype, v, c.u, 0, nullptr, at, count, c.dpregate);
    };
    if (p_.streaming() || p_.twoSided()) {
      if (c.dk || c.dpostgate) filter_sweep(c, row, spectrum, dz);
      if (c.du || c.dpregate) sweep<true>(spectrum, dz, put_dv);
    } else {
      joint_sweep(c, row, spectrum, dz, put_dv);
    }
    if (dd)
      for (int64_t j = 0; j < p_.blocks; j++) *dd += dot(p_.dtype, c.u, c.dy, row + j * n_, valid(j));
  }

  void clear_filter_gradient() {
    clear(dk_, p_.filterBlocks * stride_);
    clear(dkTotal_, p_.filterBlocks * stride_);
    terms_ = 0;
  }

  void filter_gradient(float* dk) {
    flush_filter_gradient();
    for (int64_t i = 0; i < p_.filterLength; i++) dk[i] = 0;
    for (int64_t e = 0; e < p_.filterBlocks; e++) {
      const int64_t lag = (p_.periodic ? e : e + p_.dLow) * n_;
      float* x = dkTotal_ + e * stride_;
      for_each_child([&](int64_t r, int64_t at, int64_t length) {
        fft_.inverse_below(x + at, length, 1, r);
      });
      fft_.inverse_top(x, stage_, stageIm_);
      scatter_taps(p_, stage_, lag, n_, 1.0f / n_, dk);
      scatter_taps(p_, stageIm_, lag - n_, n_, -1.0f / n_, dk);
    }
  }

  // The spectra of head h: those given, or made now.
  const float* filter_of(const FftConvCall& c, int64_t h) {
    if (!c.k) return c.spectrum + h * p_.filterBlocks * stride_;
    transform_filter(c.k + h * p_.filterLength, k_);
    return k_;
  }

 private:
  int64_t valid(int64_t j) const {
    const int64_t left = p_.length - j * n_;
    return left < n_ ? left : n_;
  }

  // dk_ is a short sum: after some blocks it moves to dkTotal_, so that many rows and blocks keep their digits.
  void count_filter_terms(int64_t blocks) {
    terms_ += blocks;
    if (terms_ >= kShortSum) flush_filter_gradient();
  }
  void flush_filter_gradient() {
    for (int64_t i = 0; i < p_.filterBlocks * stride_; i += W)
      TW_LEVEL_NS::store(dkTotal_ + i, TW_LEVEL_NS::load(dkTotal_ + i) + TW_LEVEL_NS::load(dk_ + i));
    clear(dk_, p_.filterBlocks * stride_);
    terms_ = 0;
  }

  static void clear(float* x, int64_t floats) {
    for (int64_t i = 0; i < floats; i += W) TW_LEVEL_NS::store(x + i, V{});
  }

  template <class F>
  void for_each_child(F f) const {
    const int64_t R = fft_.radixOf(0), length = fft_.vectors() / R;
    for (int64_t r = 0; r < R; r++) f(r, fft_.offset(r * length), length);
  }

  void transform_below(float* x) const {
    for_each_child([&](int64_t r, int64_t at, int64_t length) {
      fft_.forward_below(x + at, length, 1, r);
    });
  }

  // First pass of block j of a row; zeros beyond its end.
  void load(const void* x, const void* gate, int64_t row, int64_t j, float* out) {
    if (j < 0 || j >= p_.blocks) return clear(out, stride_);
    const int64_t at = row + j * n_, count = valid(j);
    if (p_.dtype == kF32 && count == n_) {
      const float *in = static_cast<const float*>(x) + at, *g = static_cast<const float*>(gate);
      return g ? fft_.forward_top(GatedInput{in, g + at}, out) : fft_.forward_top(in, out);
    }
    widen(p_.dtype, x, gate, at, count, n_, stage_);
    fft_.forward_top(stage_, out);
  }
  // Asks for a block early: to read, or to write.
  template <bool Write>
  void prefetch(const void* x, int64_t at, int64_t count) const {
    const int64_t size = p_.dtype == kF32 ? 4 : 2;
    const char* p = static_cast<const char*>(x) + at * size;
    for (int64_t i = 0; i < count * size; i += 64) __builtin_prefetch(p + i, Write, 2);
  }
  const float* natural(const float* x) {
    fft_.inverse_top(x, stageOut_);
    return stageOut_;
  }
  void store(const float* x, const void* gate, float d, const void* skip, int64_t row, int64_t j, void* y) {
    const int64_t at = row + j * n_, count = valid(j);
    if (p_.dtype == kF32 && count == n_) {
      float* out = static_cast<float*>(y) + at;
      const float* g = gate ? static_cast<const float*>(gate) + at : nullptr;
      const float* s = skip ? static_cast<const float*>(skip) + at : nullptr;
      if (g && s) return fft_.inverse_top(x, Output<true, true>{out, g, s, d});
      if (g) return fft_.inverse_top(x, Output<true, false>{out, g, nullptr, 0});
      if (s) return fft_.inverse_top(x, Output<false, true>{out, nullptr, s, d});
      return fft_.inverse_top(x, out);
    }
    narrow(p_.dtype, natural(x), gate, d, skip, at, count, y);
  }

  // Forward passes of every block of `in`, product(offset, vectors, node), inverse passes of every block of `out`, on the nodes
  // below the first pass: depth first until a node of all blocks fits the L1 cache. The product begins and ends with the levels
  // inside the parts.
  template <class Product>
  void descend(Blocks in, int64_t ins, Blocks out, int64_t outs, const Product& product) const {
    if (n_ <= kSmall && ins * stride_ <= kResidentFloats) {
      for (int64_t i = 0; i < ins; i++) fft_.forward_all(in[i]);
      product(0, fft_.vectors(), 0);
      for (int64_t i = 0; i < outs; i++) fft_.inverse_all(out[i]);
      return;
    }
    for_each_child([&](int64_t r, int64_t at, int64_t length) { descend(in, ins, out, outs, product, 1, r, at, length); });
  }
  template <class Product>
  void descend(Blocks in, int64_t ins, Blocks out, int64_t outs, const Product& product, int p, int64_t b, int64_t at,
               int64_t length) const {
    if (p < fft_.passes() && length / fft_.radixOf(p) >= 4 && ins * length * 2 * W > kResidentFloats) {
      for (int64_t i = 0; i < ins; i++) fft_.forward_pass(in[i] + at, length, 1, p, b);
      const int64_t R = fft_.radixOf(p), s = length / R;
      for (int64_t r = 0; r < R; r++)
        descend(in, ins, out, outs, product, p + 1, b * R + r, at + fft_.offset(r * s), s);
      for (int64_t i = 0; i < outs; i++) fft_.inverse_pass(out[i] + at, length, 1, p, b);
      return;
    }
    for (int64_t i = 0; i < ins; i++) fft_.forward_passes(in[i] + at, length, p, b);
    product(at, length, b);
    for (int64_t i = 0; i < outs; i++) fft_.inverse_passes(out[i] + at, length, p, b);
  }

  // One row through K, or through its adjoint with the blocks in reverse. load(block, x) makes the first pass of an input block,
  // store(block, x) the last pass of an output block.
  template <bool Adjoint, class Load, class Store>
  void sweep(const float* spectrum, const Load& load, const Store& store) {
    const Blocks k{const_cast<float*>(spectrum), stride_};
    if (p_.twoSided()) {
      const Blocks in{u_, stride_}, out{out_, stride_};
      for (int64_t i = 0; i < p_.blocks; i++) load(i, in[i]);
      descend(in, p_.blocks, out, p_.blocks, [&](int64_t at, int64_t length, int64_t b) {
        const Blocks from{u_ + at, stride_}, to{out_ + at, stride_};
        lanes_in(from, p_.blocks, length, b);
        two_sided<Adjoint>(to, from, {k.x + at, stride_}, two_sided_shape(), p_.dHigh, floats_of(length));
        lanes_out(to, p_.blocks, length, b);
      });
      for (int64_t o = 0; o < p_.blocks; o++) store(o, out[o]);
      return;
    }
    const int64_t history = p_.history(), total = p_.blocks + p_.delay();
    const Blocks slots{u_ + history * stride_, stride_};
    clear(u_, history * stride_);
    for (int64_t first = 0; first < total; first += p_.group) {
      const int64_t count = total - first < p_.group ? total - first : p_.group;
      for (int64_t i = 0; i < count; i++) load(block<Adjoint>(first + i), slots[i]);
      descend(slots, count, slots, count, [&](int64_t at, int64_t length, int64_t b) {
        const Blocks s{slots.x + at, stride_}, kept{saved_ + at, stride_}, before{u_ + at, stride_};
        if (total == 1) {
          fft_.for_each_group(length, b, [&](int64_t g, const float* tw) { lanes_product<Adjoint>(s.x + g, k.x + at + g, tw); });
          return;
        }
        const int64_t floats = floats_of(length);
        lanes_in(s, count, length, b);
        keep(s, count, before, kept, floats);
        convolve<Adjoint>(s, {k.x + at, stride_}, count, history, p_.dHigh - p_.dLow, floats);
        for (int64_t i = 0; i < history; i++) copy(kept[i], before[i], floats);
        lanes_out(s, count, length, b);
      });
      for (int64_t i = 0; i < count; i++) {
        const int64_t o = first + i - p_.delay();
        if (o >= 0) store(block<Adjoint>(o), slots[i]);
      }
    }
  }

  // The spectra of the last blocks, which the next group needs when this one's are overwritten by its products.
  void keep(Blocks slots, int64_t count, Blocks before, Blocks kept, int64_t floats) const {
    const int64_t history = p_.history();
    for (int64_t i = 0; i < history; i++) {
      const int64_t from = count - history + i;  // < 0: still one of those before
      copy(from >= 0 ? slots[from] : before[history + from], kept[i], floats);
    }
  }
  // Floats of a node. One of whole periods has gaps; multiplying them along is cheaper than stepping over them.
  int64_t floats_of(int64_t length) const { return length <= fft_.period() ? length * 2 * W : fft_.offset(length); }

  void lanes_in(Blocks x, int64_t count, int64_t length, int64_t b) const {
    for (int64_t i = 0; i < count; i++) fft_.forward_lanes(x[i], length, b);
  }
  void lanes_out(Blocks x, int64_t count, int64_t length, int64_t b) const {
    for (int64_t i = 0; i < count; i++) fft_.inverse_lanes(x[i], length, b);
  }

  static void copy(const float* from, float* to, int64_t floats) {
    for (int64_t i = 0; i < floats; i += W) TW_LEVEL_NS::store(to + i, TW_LEVEL_NS::load(from + i));
  }

  template <bool Adjoint>
  int64_t block(int64_t i) const {
    return Adjoint ? p_.blocks - 1 - i : i;
  }
  TwoSided two_sided_shape() const { return {p_.blocks, p_.dLow, p_.periodic != 0}; }

  // What needs u and dy at once: the filter's gradient into dk_, and the convolution again for the postgate's.
  template <class Dz>
  void filter_sweep(const FftConvCall& c, int64_t row, const float* spectrum, const Dz& dz) {
    const int64_t history = p_.history(), total = p_.blocks + p_.delay(), last = p_.dHigh - p_.dLow;
    const bool post = c.dpostgate != nullptr, filter = c.dk != nullptr;
    const Blocks k{const_cast<float*>(spectrum), stride_}, slots{u_ + history * stride_, stride_}, g{g_, stride_};
    const Blocks out = p_.twoSided() ? Blocks{out_, stride_} : slots;
    clear(u_, history * stride_);
    for (int64_t first = 0; first < total; first += p_.group) {
      const int64_t count = total - first < p_.group ? total - first : p_.group;
      for (int64_t i = 0; i < count; i++) load(c.u, c.pregate, row, first + i, slots[i]);
      if (filter)
        for (int64_t i = 0; i < count; i++) {
          dz(first + i - p_.delay(), g[i]);
          transform_below(g[i]);
        }
      descend(slots, count, out, post ? count : 0, [&](int64_t at, int64_t length, int64_t b) {
        const Blocks s{slots.x + at, stride_}, dy{g_ + at, stride_}, dk{dk_ + at, stride_}, ka{k.x + at, stride_};
        const Blocks to{out.x + at, stride_};
        const int64_t floats = floats_of(length);
        lanes_in(s, count, length, b);
        if (p_.twoSided()) {
          if (filter) two_sided_correlate(dk, s, dy, two_sided_shape(), p_.dHigh, floats);
          if (post) two_sided<false>(to, s, ka, two_sided_shape(), p_.dHigh, floats);
          if (post) lanes_out(to, count, length, b);
          return;
        }
        const Blocks kept{saved_ + at, stride_}, before{u_ + at, stride_};
        if (filter) correlate(dk, s, dy, count, history, last, floats);
        keep(s, count, before, kept, floats);
        if (post) convolve<false>(s, ka, count, history, last, floats);
        for (int64_t i = 0; i < history; i++) copy(kept[i], before[i], floats);
        if (post) lanes_out(to, count, length, b);
      });
      if (filter) count_filter_terms(count);
      if (post)
        for (int64_t i = 0; i < count; i++) {
          const int64_t o = first + i - p_.delay();
          if (o >= 0) narrow(p_.dtype, natural(out[i]), c.dy, 0, nullptr, row + o * n_, valid(o), c.dpostgate);
        }
    }
  }

  // filter_sweep and the adjoint sweep in one, when all blocks are in flight and none looks ahead: dy is transformed once.
  template <class Dz, class PutDv>
  void joint_sweep(const FftConvCall& c, int64_t row, const float* spectrum, const Dz& dz, const PutDv& put_dv) {
    const int64_t m = p_.blocks, last = p_.dHigh;
    const bool filter = c.dk != nullptr, post = c.dpostgate != nullptr, input = c.du || c.dpregate;
    const bool needU = filter || post, needDy = filter || input;
    const Blocks u{u_, stride_}, g{g_, stride_};
    for (int64_t i = 0; i < m; i++) {
      if (needU) load(c.u, c.pregate, row, i, u[i]);
      if (needDy) dz(i, g[i]);
    }
    descend(needU ? u : g, (needU + needDy) * m, post ? u : g, (post + input) * m, [&](int64_t at, int64_t length, int64_t b) {
      const Blocks s{u_ + at, stride_}, dy{g_ + at, stride_}, k{const_cast<float*>(spectrum) + at, stride_};
      const int64_t floats = floats_of(length);
      if (needU) lanes_in(s, m, length, b);
      if (needDy) lanes_in(dy, m, length, b);
      if (filter) correlate({dk_ + at, stride_}, s, dy, m, 0, last, floats);
      if (post) {
        convolve<false>(s, k, m, 0, last, floats);
        lanes_out(s, m, length, b);
      }
      if (input) {
        convolve<true>({dy[m - 1], -stride_}, k, m, 0, last, floats);
        lanes_out(dy, m, length, b);
      }
    });
    if (filter) count_filter_terms(m);
    for (int64_t i = 0; i < m; i++) {
      if (input) put_dv(i, g[i]);
      if (post) narrow(p_.dtype, natural(u[i]), c.dy, 0, nullptr, row + i * n_, valid(i), c.dpostgate);
    }
  }

  const FftConvPlan& p_;
  const Fft fft_;
  Scratch scratch_;
  int64_t n_, stride_, slots_, terms_ = 0;
  float *k_, *u_, *saved_, *out_, *stage_, *stageOut_, *dk_ = nullptr, *dkTotal_ = nullptr, *g_ = nullptr, *stageIm_ = nullptr;
};

}  // namespace

int64_t fftconv_spectrum_floats(const FftConvPlan& plan) { return plan.filterBlocks * Fft(plan.fft).storage(); }

int64_t fftconv_scratch_floats(const FftConvPlan& plan, bool backward) { return Convolution::floats(plan, backward); }

void fftconv_filter(const FftConvPlan& plan, const float* k, float* spectrum, float* scratch) {
  Convolution(plan, scratch, false).transform_filter(k, spectrum);
}

void fftconv_forward(const FftConvPlan& plan, const FftConvCall& c, int64_t h, int64_t b0, int64_t b1) {
  Convolution conv(plan, c.scratch, false);
  const float* spectrum = conv.filter_of(c, h);
  for (int64_t b = b0; b < b1; b++) conv.forward(c, h, b, spectrum);
}

void fftconv_backward(const FftConvPlan& plan, const FftConvCall& c, int64_t h) {
  Convolution conv(plan, c.scratch, true);
  const float* spectrum = conv.filter_of(c, h);
  if (c.dk) conv.clear_filter_gradient();
  double dd = 0;
  for (int64_t b = 0; b < c.batch; b++) conv.backward(c, h, b, spectrum, c.dd ? &dd : nullptr);
  if (c.dd) c.dd[h] = static_cast<float>(dd);
  if (c.dk) conv.filter_gradient(c.dk + h * plan.filterLength);
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
