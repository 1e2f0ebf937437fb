// Complex vectors and the radix steps of a transform, in registers: see fft.h for the idea.
#pragma once
#include "parts.h"
#include "simd.h"

namespace tw {
namespace TW_LEVEL_NS {

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

}  // namespace TW_LEVEL_NS
}  // namespace tw
