// Moves between memory and the 128-bit parts of vectors.
#pragma once
#include "simd.h"

namespace tw {
namespace TW_LEVEL_NS {

// Literal indices, repeated for every part: a shuffle whose indices the compiler learns too late is done lane by lane.
#if TW_LEVEL == 0
#define TW_SHUFFLE_PARTS(x, y, i, j, k, l) __builtin_shufflevector(x, y, i, j, k, l)
#elif TW_LEVEL == 1
#define TW_SHUFFLE_PARTS(x, y, i, j, k, l) \
  __builtin_shufflevector(x, y, TW_AT(i, 0), TW_AT(j, 0), TW_AT(k, 0), TW_AT(l, 0), TW_AT(i, 4), TW_AT(j, 4), TW_AT(k, 4), TW_AT(l, 4))
#else
#define TW_SHUFFLE_PARTS(x, y, i, j, k, l)                                                                                 \
  __builtin_shufflevector(x, y, TW_AT(i, 0), TW_AT(j, 0), TW_AT(k, 0), TW_AT(l, 0), TW_AT(i, 4), TW_AT(j, 4), TW_AT(k, 4), \
                          TW_AT(l, 4), TW_AT(i, 8), TW_AT(j, 8), TW_AT(k, 8), TW_AT(l, 8), TW_AT(i, 12), TW_AT(j, 12),      \
                          TW_AT(k, 12), TW_AT(l, 12))
#endif
// Index 4 and up mean the second vector.
#define TW_AT(i, part) ((i) < 4 ? (i) + (part) : (i)-4 + W + (part))

// A 4x4 transpose inside every part.
TW_INLINE void transpose_parts(V& a, V& b, V& c, V& d) {
  const V ab0 = TW_SHUFFLE_PARTS(a, b, 0, 4, 1, 5), ab1 = TW_SHUFFLE_PARTS(a, b, 2, 6, 3, 7);
  const V cd0 = TW_SHUFFLE_PARTS(c, d, 0, 4, 1, 5), cd1 = TW_SHUFFLE_PARTS(c, d, 2, 6, 3, 7);
  a = TW_SHUFFLE_PARTS(ab0, cd0, 0, 1, 4, 5);
  b = TW_SHUFFLE_PARTS(ab0, cd0, 2, 3, 6, 7);
  c = TW_SHUFFLE_PARTS(ab1, cd1, 0, 1, 4, 5);
  d = TW_SHUFFLE_PARTS(ab1, cd1, 2, 3, 6, 7);
}

// One part.
typedef float V4 __attribute__((vector_size(16), aligned(1), may_alias));
TW_INLINE V4 load4(const float* p) { return *reinterpret_cast<const V4*>(p); }
TW_INLINE void store4(float* p, V4 x) { *reinterpret_cast<V4*>(p) = x; }

// The 4 floats at p in every part.
TW_INLINE V broadcast_part(const float* p) {
  // As intrinsics, so that it is one load: the compiler would load and then shuffle.
#if TW_LEVEL == 2 && defined(__AVX512F__)
  return (V)_mm512_maskz_broadcast_f32x4(0xffff, _mm_loadu_ps(p));
#elif TW_LEVEL == 1
  return (V)_mm256_broadcast_ps(reinterpret_cast<const __m128*>(p));
#elif TW_LEVEL == 0
  return load(p);
#else
  const V4 x = load4(p);
  return __builtin_shufflevector(x, x, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
#endif
}

// put(q, the sum of z[q]'s parts) for each q.
template <class Put>
TW_INLINE void part_sums(const V (&z)[W / 4], const Put& put) {
#if TW_LEVEL == 0
  put(0, (V4)z[0]);
#elif TW_LEVEL == 1
  const V sum = __builtin_shufflevector(z[0], z[1], 0, 1, 2, 3, 8, 9, 10, 11) +
                __builtin_shufflevector(z[0], z[1], 4, 5, 6, 7, 12, 13, 14, 15);
  put(0, __builtin_shufflevector(sum, sum, 0, 1, 2, 3));
  put(1, __builtin_shufflevector(sum, sum, 4, 5, 6, 7));
#else
  // Parts 0+2 and 1+3 of z[0] | of z[1], and the same of z[2] | z[3]; then the two halves of each.
  const V a = __builtin_shufflevector(z[0], z[1], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
              __builtin_shufflevector(z[0], z[1], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  const V b = __builtin_shufflevector(z[2], z[3], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
              __builtin_shufflevector(z[2], z[3], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  const V sum = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
                __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  put(0, __builtin_shufflevector(sum, sum, 0, 1, 2, 3));
  put(1, __builtin_shufflevector(sum, sum, 4, 5, 6, 7));
  put(2, __builtin_shufflevector(sum, sum, 8, 9, 10, 11));
  put(3, __builtin_shufflevector(sum, sum, 12, 13, 14, 15));
#endif
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
