// The frequency-sparse convolution of the rows of one head; compiled once per level. See fftconv_sparse.h for the idea.
#include "fftconv_sparse.h"

#include "fftconv_slices.h"
#include "fftconv_sparse_child.h"
#include "scratch.h"
// The taps' part of this header is the dense convolution's.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "fftconv_rows.h"
#pragma GCC diagnostic pop

namespace tw {
namespace TW_LEVEL_NS {
namespace {

TW_INLINE V reversed(V x) {
  VI i{};
  for (int l = 0; l < W; l++) i[l] = W - 1 - l;
  return __builtin_shuffle(x, i);
}

TW_INLINE C product(C a, C b) { return {a.r * b.r - a.i * b.i, a.r * b.i + a.i * b.r}; }
// conj(a) b
TW_INLINE C adjoint_product(C a, C b) { return {a.r * b.r + a.i * b.i, a.r * b.i - a.i * b.r}; }

class SparseConvolution {
 public:
  SparseConvolution(const SparsePlan& plan, float* scratch, bool backward) : p_(plan), scratch_(scratch) {
    const int64_t M = p_.points;
    const int64_t slices = p_.slices() > p_.filterSlices() ? p_.slices() : p_.filterSlices();
    stride_ = Fft(p_.half(0).fft).storage();
    x_ = take(stride_);
    k_ = take(p_.halves() * stride_);
    in_ = {take(slices * M), take(slices * M)};
    out_ = {take(slices * M), take(slices * M)};
    take_children(u_);
    if (backward) {
      g_ = take(stride_);
      dk_ = take(p_.halves() * stride_);
      dyIn_ = {take(slices * M), take(slices * M)};
      take_children(dy_);
    }
  }

  static int64_t floats(const SparsePlan& plan, bool backward) { return SparseConvolution(plan, nullptr, backward).scratch_.used(); }
  static int64_t spectrum_floats(const SparsePlan& plan) { return plan.halves() * Fft(plan.half(0).fft).storage(); }

  void transform_filter(const float* k, float* spectrum) {
    const int64_t M = p_.points, slices = p_.filterSlices();
    const float scale = 1.0f / (M * p_.split);
    int64_t t = 0;
    for (; t + W <= p_.filterLength; t += W) store(in_.re + t, scale * TW_LEVEL_NS::load(k + t));
    if (t < slices * M) {
      store(in_.re + t, scale * load_part<F32>(k + t, p_.filterLength - t));
      for (t += W; t < slices * M; t += W) store(in_.re + t, V{});
    }
    for (int i = 0; i < p_.halves(); i++) {
      float* x = spectrum + i * stride_;
      const ChildTransform child(p_, p_.half(i));
      const Planes a = u_[0];
      if (p_.split == 1) {
        child.fft.forward_top(in_.re, x);
      } else if (i < p_.pairs) {
        real_slices_to_pair(in_.re, slices, M, p_.coefficients(i), a);
        child.fft.forward_top(a.re, a.im, x);
      } else {
        slices_to_single(in_.re, slices, M, p_.half(i).residue != 0, a.re);
        child.fft.forward_top(a.re, x);
      }
      child.run({{x}, {}, 1, 0}, [&](int64_t v, const Twiddles<4>& tw) {
        float* at = x + child.fft.offset(v);
        Group c;
        load_group(c, at);
        forward_group(c, tw);
        if (child.masked()) TW_UNROLL for (int r = 0; r < 4; r++) c[r] = child.mask(c[r], v + r);
        store_group(c, at);
      });
    }
  }

  // The spectra of head h: those given, or made now.
  const float* filter_of(const FftConvCall& c, int64_t h) {
    if (!c.k) return c.spectrum + h * spectrum_floats(p_);
    transform_filter(c.k + h * p_.filterLength, k_);
    return k_;
  }

  // Row b, and row b + 1 where there is one.
  void forward(const FftConvCall& c, int64_t h, int64_t b, bool two, const float* spectrum) {
    const int64_t row = (b * c.channels + h) * p_.length, next = row + c.channels * p_.length;
    load(c.u, c.pregate, row, next, two, in_, u_);
    for (int i = 0; i < p_.children(); i++) {
      const ChildTransform child(p_, p_.child[i]);
      child.fft.forward_top(u_[i].re, u_[i].im, x_);
      if (is_mirror(i))
        multiply<true>(child, spectrum + half_of(i) * stride_);
      else
        multiply<false>(child, spectrum + half_of(i) * stride_);
      child.fft.inverse_top(x_, u_[i].re, u_[i].im);
    }
    const float d = c.d ? c.d[h] : 0;
    const Planes y = joined(u_);
    narrow(p_.dtype, y.re, c.postgate, d, c.d ? c.u : nullptr, row, p_.length, c.y);
    if (two) narrow(p_.dtype, y.im, c.postgate, d, c.d ? c.u : nullptr, next, p_.length, c.y);
  }

  // Gradients of the same rows; those of the filter are added to dk_.
  void backward(const FftConvCall& c, int64_t h, int64_t b, bool two, const float* spectrum) {
    const bool filter = c.dk != nullptr, post = c.dpostgate != nullptr, input = c.du || c.dpregate;
    if (!filter && !post && !input) return;
    const int64_t row = (b * c.channels + h) * p_.length, next = row + c.channels * p_.length;
    if (filter || post) load(c.u, c.pregate, row, next, two, in_, u_);
    if (filter || input) load(c.dy, c.postgate, row, next, two, dyIn_, dy_);
    for (int i = 0; i < p_.children(); i++) {
      const ChildTransform child(p_, p_.child[i]);
      if (filter || post) child.fft.forward_top(u_[i].re, u_[i].im, x_);
      if (filter || input) child.fft.forward_top(dy_[i].re, dy_[i].im, g_);
      const float* k = spectrum + half_of(i) * stride_;
      float* dk = dk_ + half_of(i) * stride_;
      if (is_mirror(i))
        differentiate<true>(child, k, dk, filter, post, input);
      else
        differentiate<false>(child, k, dk, filter, post, input);
      if (post) child.fft.inverse_top(x_, u_[i].re, u_[i].im);
      if (input) child.fft.inverse_top(g_, dy_[i].re, dy_[i].im);
    }
    if (post) {
      const Planes z = joined(u_);
      narrow(p_.dtype, z.re, c.dy, 0, nullptr, row, p_.length, c.dpostgate);
      if (two) narrow(p_.dtype, z.im, c.dy, 0, nullptr, next, p_.length, c.dpostgate);
    }
    if (input) {
      const Planes dv = joined(dy_);
      put_input_gradients(c, h, dv.re, row);
      if (two) put_input_gradients(c, h, dv.im, next);
    }
  }

  void clear_filter_gradient() {
    for (int64_t i = 0; i < p_.halves() * stride_; i += W) store(dk_ + i, V{});
  }

  void filter_gradient(float* dk) {
    const int64_t M = p_.points;
    for (int i = 0; i < p_.halves(); i++) {
      float* x = dk_ + i * stride_;
      const ChildTransform child(p_, p_.half(i));
      child.run({{}, {x}, 0, 1}, [&](int64_t v, const Twiddles<4>& tw) {
        float* at = x + child.fft.offset(v);
        Group c;
        load_group(c, at);
        if (child.masked()) TW_UNROLL for (int r = 0; r < 4; r++) c[r] = child.mask(c[r], v + r);
        inverse_group(c, tw);
        store_group(c, at);
      });
      if (p_.split == 1)
        child.fft.inverse_top(x, in_.re);
      else
        child.fft.inverse_top(x, u_[i].re, u_[i].im);
    }
    if (p_.split > 1) halves_to_slices(p_, u_, p_.filterSlices(), in_.re);
    const float scale = 1.0f / (M * p_.split);
    for (int64_t t = 0; t < p_.filterLength; t++) dk[t] = scale * in_.re[t];
  }

  double dot_rows(const FftConvCall& c, int64_t h, int64_t b) const {
    return dot(p_.dtype, c.u, c.dy, (b * c.channels + h) * p_.length, p_.length);
  }

 private:
  float* take(int64_t floats) { return scratch_.take(floats); }
  void take_children(Planes (&x)[kMaxSplit]) {
    for (int i = 0; i < p_.children(); i++) x[i] = {take(p_.points), take(p_.points)};
  }
  bool is_mirror(int child) const { return child < 2 * p_.pairs && child % 2; }
  int64_t half_of(int child) const { return child < 2 * p_.pairs ? child / 2 : child - p_.pairs; }

  // Two gated rows to their children, or one row and zeros.
  void load(const void* x, const void* gate, int64_t row, int64_t next, bool two, Planes stage, Planes* children) {
    const int64_t M = p_.points, slices = p_.slices(), n = slices * M;
    Planes rows = p_.split == 1 ? children[0] : stage;
    if (p_.dtype == kF32 && !gate && n == p_.length && two && p_.split > 1) {
      float* f = const_cast<float*>(static_cast<const float*>(x));
      rows = {f + row, f + next};
    } else {
      widen(p_.dtype, x, gate, row, p_.length, n, rows.re);
      if (two)
        widen(p_.dtype, x, gate, next, p_.length, n, rows.im);
      else
        for (int64_t i = 0; i < n; i += W) store(rows.im + i, V{});
    }
    if (p_.split == 1) return;
    for (int i = 0; i < p_.pairs; i++)
      slices_to_pair(rows, slices, M, p_.coefficients(i), children[2 * i], children[2 * i + 1]);
    for (int i = 2 * p_.pairs; i < p_.children(); i++) {
      slices_to_single(rows.re, slices, M, p_.child[i].residue != 0, children[i].re);
      slices_to_single(rows.im, slices, M, p_.child[i].residue != 0, children[i].im);
    }
  }
  Planes joined(const Planes* children) {
    if (p_.split == 1) return children[0];
    children_to_slices(p_, children, out_);
    return out_;
  }

  // The spectrum at vector v of a child: its own, or of the child whose mirror it is.
  template <bool Mirror>
  static C tap(const Fft& fft, const float* k, int64_t v) {
    if (!Mirror) return load_c(k + fft.offset(v));
    const C c = load_c(k + fft.offset(fft.vectors() - 1 - v));
    return {reversed(c.r), -reversed(c.i)};
  }

  template <bool Mirror>
  void multiply(const ChildTransform& child, const float* k) {
    child.run({{x_}, {x_}, 1, 1}, [&](int64_t v, const Twiddles<4>& tw) {
      float* at = x_ + child.fft.offset(v);
      Group c;
      load_group(c, at);
      forward_group(c, tw);
      TW_UNROLL for (int r = 0; r < 4; r++) c[r] = product(tap<Mirror>(child.fft, k, v + r), c[r]);
      inverse_group(c, tw);
      store_group(c, at);
    });
  }

  // x_ and g_ hold u and dy: the product of conj(u) and dy is added to dk, x_ becomes u's product, g_ dy's adjoint product.
  template <bool Mirror>
  void differentiate(const ChildTransform& child, const float* k, float* dk, bool filter, bool post, bool input) {
    ChildTransform::Io io{};
    if (filter || post) io.in[io.ins++] = x_;
    if (filter || input) io.in[io.ins++] = g_;
    if (post) io.out[io.outs++] = x_;
    if (input) io.out[io.outs++] = g_;
    const Fft& fft = child.fft;
    child.run(io, [&](int64_t v, const Twiddles<4>& tw) {
      const int64_t at = fft.offset(v);
      Group u{}, g{};
      if (filter || post) {
        load_group(u, x_ + at);
        forward_group(u, tw);
      }
      if (filter || input) {
        load_group(g, g_ + at);
        forward_group(g, tw);
      }
      if (filter) TW_UNROLL for (int r = 0; r < 4; r++) {
        float* to = dk + fft.offset(Mirror ? fft.vectors() - 1 - v - r : v + r);
        C sum = adjoint_product(u[r], g[r]);
        if (Mirror) sum = {reversed(sum.r), -reversed(sum.i)};
        const C old = load_c(to);
        store_c(to, {old.r + sum.r, old.i + sum.i});
      }
      TW_UNROLL for (int r = 0; r < 4; r++) {
        const C t = tap<Mirror>(fft, k, v + r);
        u[r] = product(t, u[r]);
        g[r] = adjoint_product(t, g[r]);
      }
      if (post) {
        inverse_group(u, tw);
        store_group(u, x_ + at);
      }
      if (input) {
        inverse_group(g, tw);
        store_group(g, g_ + at);
      }
    });
  }

  void put_input_gradients(const FftConvCall& c, int64_t h, const float* dv, int64_t row) {
    if (c.du) narrow(p_.dtype, dv, c.pregate, c.d ? c.d[h] : 0, c.d ? c.dy : nullptr, row, p_.length, c.du);
    if (c.dpregate) narrow(p_.dtype, dv, c.u, 0, nullptr, row, p_.length, c.dpregate);
  }

  const SparsePlan& p_;
  Scratch scratch_;
  int64_t stride_;
  float *x_, *k_, *g_ = nullptr, *dk_ = nullptr;
  Planes in_, out_, dyIn_ = {};
  Planes u_[kMaxSplit], dy_[kMaxSplit];  // one plane pair a child
};

}  // namespace

int64_t fftconv_spectrum_floats(const SparsePlan& plan) { return SparseConvolution::spectrum_floats(plan); }

int64_t fftconv_scratch_floats(const SparsePlan& plan, bool backward) { return SparseConvolution::floats(plan, backward); }

void fftconv_filter(const SparsePlan& plan, const float* k, float* spectrum, float* scratch) {
  SparseConvolution(plan, scratch, false).transform_filter(k, spectrum);
}

void fftconv_forward(const SparsePlan& plan, const FftConvCall& c, int64_t h, int64_t b0, int64_t b1) {
  SparseConvolution conv(plan, c.scratch, false);
  const float* spectrum = conv.filter_of(c, h);
  for (int64_t b = b0; b < b1; b += 2) conv.forward(c, h, b, b + 1 < b1, spectrum);
}

void fftconv_backward(const SparsePlan& plan, const FftConvCall& c, int64_t h) {
  SparseConvolution conv(plan, c.scratch, true);
  const float* spectrum = conv.filter_of(c, h);
  if (c.dk) conv.clear_filter_gradient();
  double dd = 0;
  for (int64_t b = 0; b < c.batch; b += 2) conv.backward(c, h, b, b + 1 < c.batch, spectrum);
  if (c.dd) {
    for (int64_t b = 0; b < c.batch; b++) dd += conv.dot_rows(c, h, b);
    c.dd[h] = static_cast<float>(dd);
  }
  if (c.dk) conv.filter_gradient(c.dk + h * plan.filterLength);
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
