// Operands of matrix products, of one part or of two: see element_types.cuh.
#pragma once

#include "element_types.cuh"

// Two neighbours, ready to be stored.
template <typename T>
struct Pair {
  unsigned part[T::PARTS];

  __device__ __forceinline__ Pair(float low, float high) { T::split(low, high, part); }
};

// The registers of a lane for a matrix of 16 x 16: an A operand, or two B operands of 16 x 8.
template <typename T>
struct Operand {
  unsigned part[T::PARTS][4];

  __device__ __forceinline__ void set(int i, float low, float high) {
    Pair<T> pair(low, high);
#pragma unroll
    for (int q = 0; q < T::PARTS; q++) {
      part[q][i] = pair.part[q];
    }
  }

  __device__ __forceinline__ Operand negative() const {
    Operand result;
#pragma unroll
    for (int q = 0; q < T::PARTS; q++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        result.part[q][i] = part[q][i] ^ 0x80008000u;
      }
    }
    return result;
  }

  // The two B operands of the transposed matrix.
  __device__ __forceinline__ Operand transposed() const {
    Operand result;
#pragma unroll
    for (int q = 0; q < T::PARTS; q++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        result.part[q][i] = part[q][(i & 1) * 2 + (i >> 1)];
      }
    }
    return result;
  }

  // d += this times half of b. Of two parts all products but the least.
  __device__ __forceinline__ void product(float (&d)[4], const Operand& b, int half) const {
    T::mma(d, part[0], b.part[0][2 * half], b.part[0][2 * half + 1]);
    if constexpr (T::PARTS == 2) {
      T::mma(d, part[0], b.part[1][2 * half], b.part[1][2 * half + 1]);
      T::mma(d, part[1], b.part[0][2 * half], b.part[0][2 * half + 1]);
    }
  }

  // The same where this is 16 x 8 and b is two of 8 x 8.
  __device__ __forceinline__ void narrow(float (&d)[4], const unsigned (&b)[T::PARTS][2], int half) const {
    T::mma(d, {part[0][0], part[0][1]}, b[0][half]);
    if constexpr (T::PARTS == 2) {
      T::mma(d, {part[0][0], part[0][1]}, b[1][half]);
      T::mma(d, {part[1][0], part[1][1]}, b[0][half]);
    }
  }
};

// Eight neighbours in memory, some of them there, the rest zeros.
template <typename T>
struct Eight {
  unsigned pairs[4];

  __device__ __forceinline__ Eight(const unsigned short* from, int left) {
    if (left == 8 && (reinterpret_cast<unsigned long long>(from) & 15) == 0) {
      uint4 v = *reinterpret_cast<const uint4*>(from);
      pairs[0] = v.x, pairs[1] = v.y, pairs[2] = v.z, pairs[3] = v.w;
    } else {
      for (int j = 0; j < 4; j++) {
        unsigned low = left > 2 * j ? from[2 * j] : 0;
        unsigned high = left > 2 * j + 1 ? from[2 * j + 1] : 0;
        pairs[j] = low | high << 16;
      }
    }
  }

  __device__ __forceinline__ void times(const Eight& that) {
    for (int j = 0; j < 4; j++) {
      pairs[j] = T::mul(pairs[j], that.pairs[j]);
    }
  }

  // As one part.
  __device__ __forceinline__ Pair<T> pair(int j) const {
    Pair<T> result(0, 0);
    result.part[0] = pairs[j];
    return result;
  }
};

template <>
struct Eight<F32> {
  float values[8];

  __device__ __forceinline__ Eight(const float* from, int left) {
    if (left == 8 && (reinterpret_cast<unsigned long long>(from) & 15) == 0) {
      float4 a = reinterpret_cast<const float4*>(from)[0], b = reinterpret_cast<const float4*>(from)[1];
      values[0] = a.x, values[1] = a.y, values[2] = a.z, values[3] = a.w;
      values[4] = b.x, values[5] = b.y, values[6] = b.z, values[7] = b.w;
    } else {
      for (int j = 0; j < 8; j++) {
        values[j] = left > j ? from[j] : 0;
      }
    }
  }

  __device__ __forceinline__ void times(const Eight& that) {
    for (int j = 0; j < 8; j++) {
      values[j] *= that.values[j];
    }
  }

  __device__ __forceinline__ Pair<F32> pair(int j) const { return Pair<F32>(values[2 * j], values[2 * j + 1]); }
};
