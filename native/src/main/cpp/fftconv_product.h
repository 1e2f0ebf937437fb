// Products of block spectra, the middle of the convolution: sums of complex multiply-adds along the blocks, vector by vector.
#pragma once
#include "fft.h"

namespace tw {
namespace TW_LEVEL_NS {

// Outputs formed together: as many accumulators as the registers hold beside the operands.
constexpr int kTile = W == 16 ? 8 : 4;

template <bool Conj>
TW_INLINE void multiply_add(C& acc, C k, C u) {
  if (Conj) {
    acc.r = acc.r + k.r * u.r + k.i * u.i;
    acc.i = acc.i + k.r * u.i - k.i * u.r;
  } else {
    acc.r = acc.r + k.r * u.r - k.i * u.i;
    acc.i = acc.i + k.r * u.i + k.i * u.r;
  }
}

// `floats` of every block from each pointer on; blocks are `stride` floats apart (negative: in reverse).
struct Blocks {
  float* x;
  int64_t stride;
  float* operator[](int64_t i) const { return x + i * stride; }
};

// Outputs t = 0 .. T-1 in place of inputs 0 .. T-1 of `u`: sum over e of K_e u[t - e], e <= last, t - e >= -before.
template <int T, bool Conj>
static void convolve_tile(Blocks u, Blocks k, int64_t before, int64_t last, int64_t floats) {
  const int64_t lowest = last < before ? -last : -before;
  for (int64_t f = 0; f < floats; f += 2 * W) {
    C acc[T] = {};
    TW_UNROLL for (int r = T - 1; r > 0; r--) {
      const C x = load_c(u[r] + f);
      TW_UNROLL for (int t = r; t < T; t++) multiply_add<Conj>(acc[t], load_c(k[t - r] + f), x);
    }
    int64_t r = 0;
    for (; r >= lowest && T - 1 - r <= last; r--) {
      const C x = load_c(u[r] + f);
      TW_UNROLL for (int t = 0; t < T; t++) multiply_add<Conj>(acc[t], load_c(k[t - r] + f), x);
    }
    for (; r >= lowest; r--) {
      const C x = load_c(u[r] + f);
      TW_UNROLL for (int t = 0; t < T - 1; t++)
        if (t - r <= last) multiply_add<Conj>(acc[t], load_c(k[t - r] + f), x);
    }
    TW_UNROLL for (int t = 0; t < T; t++) store_c(u[t] + f, acc[t]);
  }
}

// In place for j = count-1 .. 0: u[j] = sum over e <= last of K_e u[j - e], where `history` blocks stand before u[0].
template <bool Conj>
static void convolve(Blocks u, Blocks k, int64_t count, int64_t history, int64_t last, int64_t floats) {
  int64_t j = count;
  while (j > 0) {
    if (kTile == 8 && j >= 8 && last >= 7) {
      j -= 8;
      convolve_tile<kTile, Conj>({u[j], u.stride}, k, history + j, last, floats);
    } else if (j >= 4 && last >= 3) {
      j -= 4;
      convolve_tile<4, Conj>({u[j], u.stride}, k, history + j, last, floats);
    } else if (j >= 2 && last >= 1) {
      j -= 2;
      convolve_tile<2, Conj>({u[j], u.stride}, k, history + j, last, floats);
    } else {
      j -= 1;
      convolve_tile<1, Conj>({u[j], u.stride}, k, history + j, last, floats);
    }
  }
}

// dk[e] += sum over j of conj(u[j - e]) g[j], e <= last, j - e >= -history.
template <int T>
static void correlate_tile(Blocks dk, Blocks u, Blocks g, int64_t first, int64_t count, int64_t history, int64_t floats) {
  for (int64_t f = 0; f < floats; f += 2 * W) {
    C acc[T];
    TW_UNROLL for (int t = 0; t < T; t++) acc[t] = load_c(dk[first + t] + f);
    int64_t j = first - history > 0 ? first - history : 0;
    for (; j < count && j - first - (T - 1) < -history; j++) {
      const C x = load_c(g[j] + f);
      TW_UNROLL for (int t = 0; t < T; t++)
        if (j - first - t >= -history) multiply_add<true>(acc[t], load_c(u[j - first - t] + f), x);
    }
    for (; j < count; j++) {
      const C x = load_c(g[j] + f);
      TW_UNROLL for (int t = 0; t < T; t++) multiply_add<true>(acc[t], load_c(u[j - first - t] + f), x);
    }
    TW_UNROLL for (int t = 0; t < T; t++) store_c(dk[first + t] + f, acc[t]);
  }
}
static void correlate(Blocks dk, Blocks u, Blocks g, int64_t count, int64_t history, int64_t last, int64_t floats) {
  int64_t e = 0;
  for (; e + 3 <= last; e += 4) correlate_tile<4>(dk, u, g, e, count, history, floats);
  for (; e <= last; e++) correlate_tile<1>(dk, u, g, e, count, history, floats);
}

// The two-sided sums, d = o - i over all pairs of blocks: K_d stands at k[d - dLow], or at k[d mod m] when periodic.
struct TwoSided {
  int64_t blocks, dLow;
  bool periodic;
  int64_t index(int64_t d) const { return periodic ? (d < 0 ? d + blocks : d) : d - dLow; }
  bool has(int64_t d, int64_t dHigh) const { return periodic || (d >= dLow && d <= dHigh); }
};

// out[o] = sum over i of K_{o-i} in[i], or with conj(K_{i-o}).
template <bool Adjoint>
static void two_sided(Blocks out, Blocks in, Blocks k, TwoSided s, int64_t dHigh, int64_t floats) {
  for (int64_t o = 0; o < s.blocks; o++)
    for (int64_t f = 0; f < floats; f += 2 * W) {
      C acc = {};
      for (int64_t i = 0; i < s.blocks; i++) {
        const int64_t d = Adjoint ? i - o : o - i;
        if (s.has(d, dHigh)) multiply_add<Adjoint>(acc, load_c(k[s.index(d)] + f), load_c(in[i] + f));
      }
      store_c(out[o] + f, acc);
    }
}
// dk[d] += sum over i of conj(u[i]) g[i + d].
static void two_sided_correlate(Blocks dk, Blocks u, Blocks g, TwoSided s, int64_t dHigh, int64_t floats) {
  for (int64_t d = 1 - s.blocks; d < s.blocks; d++) {
    if (!s.has(d, dHigh)) continue;
    float* out = dk[s.index(d)];
    for (int64_t f = 0; f < floats; f += 2 * W) {
      C acc = load_c(out + f);
      for (int64_t i = d < 0 ? -d : 0; i < s.blocks && i + d < s.blocks; i++)
        multiply_add<true>(acc, load_c(u[i] + f), load_c(g[i + d] + f));
      store_c(out + f, acc);
    }
  }
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
