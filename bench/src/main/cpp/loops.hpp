// The vector loops around a transform: copy in (with the gate), complex product, copy out (with the
// gate). Compiled with -march=native, so a vector is as wide as the machine has.
#pragma once

#include <cstring>

namespace twbench {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
typedef float Vec __attribute__((vector_size(kLanes * 4)));
typedef float VecInMemory __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));

#if defined(__AVX512F__)
#define TW_LANES(a, b, f) \
  __builtin_shufflevector(a, b, f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7), f(8), f(9), f(10), \
                          f(11), f(12), f(13), f(14), f(15))
#elif defined(__AVX__)
#define TW_LANES(a, b, f) \
  __builtin_shufflevector(a, b, f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7))
#else
#define TW_LANES(a, b, f) __builtin_shufflevector(a, b, f(0), f(1), f(2), f(3))
#endif
#define TW_RE(i) ((i) & ~1)
#define TW_IM(i) ((i) | 1)
#define TW_SWAP(i) ((i) ^ 1)
#define TW_DUP_LOW(i) ((i) / 2)
#define TW_DUP_HIGH(i) (kLanes / 2 + (i) / 2)
#define TW_EVEN(i) (2 * (i))
#define TW_ODD(i) (2 * (i) + 1)

inline Vec load(const float* p) { return *reinterpret_cast<const VecInMemory*>(p); }
inline void store(float* p, Vec v) { *reinterpret_cast<VecInMemory*>(p) = v; }

// dst[0..n) = src * gate, where a null gate means none.
inline void copy_gated(float* dst, const float* src, const float* gate, long n) {
  if (gate == nullptr) {
    std::memcpy(dst, src, n * sizeof(float));
    return;
  }
  long i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    store(dst + i, load(src + i) * load(gate + i));
  }
  for (; i < n; ++i) {
    dst[i] = src[i] * gate[i];
  }
}

// dst[0..n) = src * scale.
inline void copy_scaled(float* dst, const float* src, float scale, long n) {
  for (long i = 0; i < n; ++i) {
    dst[i] = src[i] * scale;
  }
}

// z[0..n) *= k[0..n), complex, interleaved.
inline void multiply(float* z, const float* k, long n) {
  const long m = 2 * n;
  Vec sign;
  for (int j = 0; j < kLanes; ++j) {
    sign[j] = (j & 1) ? 1.0f : -1.0f;
  }
  long i = 0;
  for (; i + kLanes <= m; i += kLanes) {
    const Vec a = load(z + i);
    const Vec b = load(k + i);
    const Vec re = TW_LANES(b, b, TW_RE);
    const Vec im = TW_LANES(b, b, TW_IM);
    const Vec swapped = TW_LANES(a, a, TW_SWAP);
    store(z + i, a * re + swapped * (im * sign));
  }
  for (; i < m; i += 2) {
    const float re = z[i] * k[i] - z[i + 1] * k[i + 1];
    z[i + 1] = z[i] * k[i + 1] + z[i + 1] * k[i];
    z[i] = re;
  }
}

// z[n] = scale * u[n] * gate[n] * w[n], real times complex; a null gate means none.
inline void twist(float* z, const float* u, const float* gate, const float* w, float scale,
                  long n) {
  long i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    Vec a = load(u + i) * scale;
    if (gate != nullptr) {
      a *= load(gate + i);
    }
    store(z + 2 * i, TW_LANES(a, a, TW_DUP_LOW) * load(w + 2 * i));
    store(z + 2 * i + kLanes, TW_LANES(a, a, TW_DUP_HIGH) * load(w + 2 * i + kLanes));
  }
  for (; i < n; ++i) {
    const float a = scale * (gate == nullptr ? u[i] : u[i] * gate[i]);
    z[2 * i] = a * w[2 * i];
    z[2 * i + 1] = a * w[2 * i + 1];
  }
}

// y[n] = gate[n] * Re(z[n] * conj(w[n])); a null gate means none.
inline void untwist_real(float* y, const float* z, const float* gate, const float* w, long n) {
  long i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Vec low = load(z + 2 * i) * load(w + 2 * i);
    const Vec high = load(z + 2 * i + kLanes) * load(w + 2 * i + kLanes);
    Vec sum = TW_LANES(low, high, TW_EVEN) + TW_LANES(low, high, TW_ODD);
    if (gate != nullptr) {
      sum *= load(gate + i);
    }
    store(y + i, sum);
  }
  for (; i < n; ++i) {
    const float sum = z[2 * i] * w[2 * i] + z[2 * i + 1] * w[2 * i + 1];
    y[i] = gate == nullptr ? sum : sum * gate[i];
  }
}

}  // namespace twbench
