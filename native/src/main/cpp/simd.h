// Vectors of one level: the only header that kernels compiled once per level share.
//
// A kernel source is compiled three times, with TW_LEVEL 0, 1, 2 and that level's machine flags (see CMakeLists.txt). All it
// defines lives in namespace tw::TW_LEVEL_NS. The linker merges equal inline symbols of different objects, and could keep
// the AVX-512 copy for everyone; so such a source includes no standard header that holds inline code or templates, and has
// nothing with external linkage outside this namespace.
//
// Vectors are GCC vector extensions: + - * and comparisons work lane by lane, a scalar operand is broadcast, and a * b + c
// becomes an FMA where the level has one.
#pragma once
#include <immintrin.h>
#include <stdint.h>

#if TW_LEVEL == 0
#define TW_LEVEL_NS x86_64
#elif TW_LEVEL == 1
#define TW_LEVEL_NS avx2
#elif TW_LEVEL == 2
#define TW_LEVEL_NS avx512
#else
#error "TW_LEVEL must be 0, 1 or 2"
#endif

#define TW_INLINE static inline __attribute__((always_inline))

namespace tw {
namespace TW_LEVEL_NS {

// Lanes of a vector.
constexpr int W = 4 << TW_LEVEL;

typedef float V __attribute__((vector_size(4 * W)));
typedef int32_t VI __attribute__((vector_size(4 * W)));
typedef uint32_t VU __attribute__((vector_size(4 * W)));
typedef uint16_t VH __attribute__((vector_size(2 * W)));

// The same at any address.
typedef V VAny __attribute__((aligned(1), may_alias));
typedef VH VHAny __attribute__((aligned(1), may_alias));

TW_INLINE V load(const float* p) { return *reinterpret_cast<const VAny*>(p); }
TW_INLINE void store(float* p, V v) { *reinterpret_cast<VAny*>(p) = v; }
TW_INLINE V splat(float x) { return x - V{}; }
TW_INLINE V zero() { return V{}; }

// mask ? a : b, lane by lane; the mask is a comparison's result.
TW_INLINE VU select(VI mask, VU a, VU b) { return mask ? a : b; }

// ---- f16 and bf16: round to nearest even; a NaN stays a NaN, quiet, with the top bits of its payload ----

// Lanes of 16 bits from the low half of lanes of 32 bits.
TW_INLINE VH narrow(VU u) {
#if TW_LEVEL == 1
  const __m256i a = (__m256i)u;
  return (VH)_mm_packus_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
#else
  return __builtin_convertvector(u, VH);
#endif
}

TW_INLINE VU widen(VH h) { return __builtin_convertvector(h, VU); }

TW_INLINE V from_f16(VH h) {
#if defined(__AVX512F__) && TW_LEVEL == 2
  return (V)_mm512_maskz_cvtph_ps(0xffff, (__m256i)h);
#elif defined(__F16C__) && TW_LEVEL == 1
  return (V)_mm256_cvtph_ps((__m128i)h);
#else
  const VU bits = widen(h);
  const VU magnitude = (bits & 0x7fffu) << 13;
  const VU exponent = magnitude & (0x7c00u << 13);
  const VU normal = magnitude + ((127u - 15u) << 23);
  // Exponent 31 is Inf or NaN: 255 in f32, and the quiet bit set on a NaN. Exponent 0 is zero or subnormal: let the f32
  // subtraction normalise it.
  const VU special = normal + ((128u - 16u) << 23);
  const VU quiet = select(magnitude > exponent, special | 0x400000u, special);
  const VU subnormal = (VU)((V)(normal + (1u << 23)) - (V)(VU{} + (113u << 23)));
  const VU finite = select(exponent == 0, subnormal, normal);
  return (V)(select(exponent == (0x7c00u << 13), quiet, finite) | ((bits & 0x8000u) << 16));
#endif
}

TW_INLINE VH to_f16(V v) {
#if defined(__AVX512F__) && TW_LEVEL == 2
  return (VH)_mm512_maskz_cvtps_ph(0xffff, (__m512)v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#elif defined(__F16C__) && TW_LEVEL == 1
  return (VH)_mm256_cvtps_ph((__m256)v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
  const VU bits = (VU)v;
  const VU sign = bits & 0x80000000u;
  const VU magnitude = bits ^ sign;
  const VU infinity = VU{} + 0x7c00u;
  const VU nan = ((magnitude >> 13) & 0x1ffu) | 0x7e00u;
  // Adding 0.5 puts the ten bits of a subnormal result at the bottom of the mantissa, rounded.
  const VU magic = VU{} + ((127u - 15u + 23u - 10u + 1u) << 23);
  const VU subnormal = (VU)((V)magnitude + (V)magic) - magic;
  const VU odd = (magnitude >> 13) & 1u;
  const VU normal = (magnitude - ((127u - 15u) << 23) + 0xfffu + odd) >> 13;
  // Magnitudes have no sign bit, so signed comparisons are right, and SSE2 has no other.
  const VI m = (VI)magnitude;
  const VU finite = select(m < (113 << 23), subnormal, normal);
  const VU large = select(m > (255 << 23), nan, infinity);
  return narrow(select(m >= ((127 + 16) << 23), large, finite) | (sign >> 16));
#endif
}

TW_INLINE V from_bf16(VH h) { return (V)(widen(h) << 16); }

TW_INLINE VH to_bf16(V v) {
  const VU bits = (VU)v;
  const VU rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const VU nan = (bits >> 16) | 0x40u;
  return narrow(select(v == v, rounded, nan));
}

TW_INLINE V load_f16(const uint16_t* p) { return from_f16(*reinterpret_cast<const VHAny*>(p)); }
TW_INLINE void store_f16(uint16_t* p, V v) { *reinterpret_cast<VHAny*>(p) = to_f16(v); }
TW_INLINE V load_bf16(const uint16_t* p) { return from_bf16(*reinterpret_cast<const VHAny*>(p)); }
TW_INLINE void store_bf16(uint16_t* p, V v) { *reinterpret_cast<VHAny*>(p) = to_bf16(v); }

// ---- storage types, for templates: T is an element in memory, arithmetic is on V ----

struct F32 {
  typedef float T;
  TW_INLINE V load(const T* p) { return TW_LEVEL_NS::load(p); }
  TW_INLINE void store(T* p, V v) { TW_LEVEL_NS::store(p, v); }
};

struct F16 {
  typedef uint16_t T;
  TW_INLINE V load(const T* p) { return load_f16(p); }
  TW_INLINE void store(T* p, V v) { store_f16(p, v); }
};

struct BF16 {
  typedef uint16_t T;
  TW_INLINE V load(const T* p) { return load_bf16(p); }
  TW_INLINE void store(T* p, V v) { store_bf16(p, v); }
};

// The first n elements at p, 0 <= n <= W, zeros in the other lanes; nothing beyond them is read.
template <class S>
TW_INLINE V load_part(const typename S::T* p, int n) {
  typename S::T t[W] = {};
  __builtin_memcpy(t, p, n * sizeof(typename S::T));
  return S::load(t);
}

// Writes the first n lanes, 0 <= n <= W; nothing beyond them is written.
template <class S>
TW_INLINE void store_part(typename S::T* p, V v, int n) {
  typename S::T t[W];
  S::store(t, v);
  __builtin_memcpy(p, t, n * sizeof(typename S::T));
}

// Sum of all lanes, halves first.
TW_INLINE float sum(V v) {
  float t[W];
  store(t, v);
  for (int n = W / 2; n > 0; n /= 2) {
    for (int i = 0; i < n; i++) t[i] += t[i + n];
  }
  return t[0];
}

// ---- W x W transpose in registers: r[i][j] <-> r[j][i] ----

namespace detail {

// Indices for a shuffle of (a, b): within each 128-bit lane, the four indices given; 4..7 mean b.
TW_INLINE VI quad_indices(int i0, int i1, int i2, int i3) {
  const int q[4] = {i0, i1, i2, i3};
  VI m{};
  for (int l = 0; l < W; l++) m[l] = (l & ~3) + (q[l & 3] & 3) + (q[l & 3] >= 4 ? W : 0);
  return m;
}

// Indices for a shuffle of (a, b) that move whole 128-bit lanes; an index of W / 4 or more means b.
TW_INLINE VI lane_indices(int i0, int i1, int i2, int i3) {
  const int q[4] = {i0, i1, i2, i3};
  VI m{};
  for (int l = 0; l < W; l++) m[l] = q[l / 4] * 4 + (l & 3);
  return m;
}

}  // namespace detail

// Afterwards lane m of r[g + k], g a multiple of 4, holds r[g .. g + 3][4 m + k].
TW_INLINE void transpose_in_lanes(V* r) {
  using detail::quad_indices;
  const V t0 = __builtin_shuffle(r[0], r[1], quad_indices(0, 4, 1, 5));
  const V t1 = __builtin_shuffle(r[0], r[1], quad_indices(2, 6, 3, 7));
  const V t2 = __builtin_shuffle(r[2], r[3], quad_indices(0, 4, 1, 5));
  const V t3 = __builtin_shuffle(r[2], r[3], quad_indices(2, 6, 3, 7));
  r[0] = __builtin_shuffle(t0, t2, quad_indices(0, 1, 4, 5));
  r[1] = __builtin_shuffle(t0, t2, quad_indices(2, 3, 6, 7));
  r[2] = __builtin_shuffle(t1, t3, quad_indices(0, 1, 4, 5));
  r[3] = __builtin_shuffle(t1, t3, quad_indices(2, 3, 6, 7));
}

TW_INLINE void transpose(V* r) {
#pragma GCC unroll 4
  for (int g = 0; g < W; g += 4) transpose_in_lanes(r + g);
#if TW_LEVEL == 1
#pragma GCC unroll 4
  for (int k = 0; k < 4; k++) {
    const V a = r[k];
    const V b = r[k + 4];
    r[k] = (V)_mm256_permute2f128_ps((__m256)a, (__m256)b, 0x20);
    r[k + 4] = (V)_mm256_permute2f128_ps((__m256)a, (__m256)b, 0x31);
  }
#elif TW_LEVEL == 2
  using detail::lane_indices;
#pragma GCC unroll 4
  for (int k = 0; k < 4; k++) {
    const V a = __builtin_shuffle(r[k], r[k + 4], lane_indices(0, 2, 4, 6));
    const V b = __builtin_shuffle(r[k], r[k + 4], lane_indices(1, 3, 5, 7));
    const V c = __builtin_shuffle(r[k + 8], r[k + 12], lane_indices(0, 2, 4, 6));
    const V d = __builtin_shuffle(r[k + 8], r[k + 12], lane_indices(1, 3, 5, 7));
    r[k] = __builtin_shuffle(a, c, lane_indices(0, 2, 4, 6));
    r[k + 4] = __builtin_shuffle(b, d, lane_indices(0, 2, 4, 6));
    r[k + 8] = __builtin_shuffle(a, c, lane_indices(1, 3, 5, 7));
    r[k + 12] = __builtin_shuffle(b, d, lane_indices(1, 3, 5, 7));
  }
#endif
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
