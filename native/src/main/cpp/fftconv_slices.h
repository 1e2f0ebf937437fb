// Between the slices of a row and its children (fftconv_sparse.h): plain sums, since few children are wanted and the slices
// behind the end of a sequence are zeros. A pair's two children share all products.
#pragma once
#include "fft.h"
#include "fftconv_sparse.h"

namespace tw {
namespace TW_LEVEL_NS {

struct Planes {  // real and imaginary parts in natural order
  float *re, *im;
};

// Children r and split - r of a complex row: sums over s of e^{+-2 pi i r s/split} slice_s.
static void slices_to_pair(Planes x, int64_t slices, int64_t points, const float* turns, Planes a, Planes b) {
  for (int64_t m = 0; m < points; m += W) {
    V rc{}, is{}, rs{}, ic{};
    for (int64_t s = 0; s < slices; s++) {
      const V re = load(x.re + s * points + m), im = load(x.im + s * points + m);
      const V c = splat(turns[2 * s]), d = splat(turns[2 * s + 1]);
      rc += c * re;
      ic += c * im;
      rs += d * re;
      is += d * im;
    }
    store(a.re + m, rc - is);
    store(a.im + m, ic + rs);
    store(b.re + m, rc + is);
    store(b.im + m, ic - rs);
  }
}
// Child r of a real row; the other one is its conjugate.
static void real_slices_to_pair(const float* x, int64_t slices, int64_t points, const float* turns, Planes a) {
  for (int64_t m = 0; m < points; m += W) {
    V c{}, d{};
    for (int64_t s = 0; s < slices; s++) {
      const V v = load(x + s * points + m);
      c += splat(turns[2 * s]) * v;
      d += splat(turns[2 * s + 1]) * v;
    }
    store(a.re + m, c);
    store(a.im + m, d);
  }
}
// Children 0 (the sum) and split / 2 (alternating signs) of one plane.
static void slices_to_single(const float* x, int64_t slices, int64_t points, bool alternating, float* a) {
  for (int64_t m = 0; m < points; m += W) {
    V even{}, odd{};
    for (int64_t s = 0; s < slices; s += 2) even += load(x + s * points + m);
    for (int64_t s = 1; s < slices; s += 2) odd += load(x + s * points + m);
    store(a + m, alternating ? even - odd : even + odd);
  }
}

// The transposed steps of all children together: slice s = sum of e^{-2 pi i r s/split} child_r. Children of the plan's order.
static void children_to_slices(const SparsePlan& p, const Planes* child, Planes out) {
  const int64_t M = p.points;
  for (int64_t m = 0; m < M; m += W) {
    // Of a pair a, b: with c = a + b and d = a - b, the sums are cos c.re + sin d.im and cos c.im - sin d.re.
    C sum[kMaxSplit / 2], difference[kMaxSplit / 2], even{}, odd{};
    for (int i = 0; i < p.pairs; i++) {
      const Planes a = child[2 * i], b = child[2 * i + 1];
      const V ar = load(a.re + m), ai = load(a.im + m), br = load(b.re + m), bi = load(b.im + m);
      sum[i] = {ar + br, ai + bi};
      difference[i] = {ar - br, ai - bi};
    }
    for (int i = 2 * p.pairs; i < p.children(); i++) {
      const C c = {load(child[i].re + m), load(child[i].im + m)};
      even = {even.r + c.r, even.i + c.i};
      odd = p.child[i].residue ? C{odd.r - c.r, odd.i - c.i} : C{odd.r + c.r, odd.i + c.i};
    }
    for (int64_t s = 0; s < p.slices(); s++) {
      C y = s % 2 ? odd : even;
      for (int i = 0; i < p.pairs; i++) {
        const float* t = p.coefficients(i) + 2 * s;
        y.r += splat(t[0]) * sum[i].r + splat(t[1]) * difference[i].i;
        y.i += splat(t[0]) * sum[i].i - splat(t[1]) * difference[i].r;
      }
      store(out.re + s * M + m, y.r);
      store(out.im + s * M + m, y.i);
    }
  }
}
// The same of a real row, from one child of each pair, which stands for both, and the real parts of the singles.
static void halves_to_slices(const SparsePlan& p, const Planes* half, int64_t slices, float* out) {
  const int64_t M = p.points;
  for (int64_t m = 0; m < M; m += W)
    for (int64_t s = 0; s < slices; s++) {
      V y{};
      for (int i = 0; i < p.halves(); i++) {
        const V re = load(half[i].re + m);
        if (i < p.pairs) {
          const float* t = p.coefficients(i) + 2 * s;
          y += splat(t[0]) * re + splat(t[1]) * load(half[i].im + m);
        } else {
          y += s % 2 && p.half(i).residue ? -re : re;
        }
      }
      store(out + s * M + m, y);
    }
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
