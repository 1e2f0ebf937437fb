// The storage types, one struct each: how elements are read and written, and how tensor cores multiply them.
//
// f16 and bf16 are one part. f32 is two, bf16 high and bf16 of what the first leaves out, 16 to 17 bits in any range: a
// product of matrices is three, high by high, high by low and low by high, some 6e-6 apart from f32's.
// A pair is a 32-bit register with the element of the lower address in the low half.
#pragma once

// What types of 16 bits have in common, by their own pack and unpack.
template <typename T>
struct SixteenBits {
  using Element = unsigned short;
  static constexpr int PARTS = 1;

  static __device__ __forceinline__ void split(float low, float high, unsigned (&pair)[1]) { pair[0] = T::pack(low, high); }
  static __device__ __forceinline__ Element element(float v) { return static_cast<Element>(T::pack(v, v)); }
  static __device__ __forceinline__ float read(const Element* at) {
    float low, high;
    T::unpack(*at, low, high);
    return low;
  }
  // Whether four elements that begin at a multiple of four are one access.
  static __device__ __forceinline__ bool isFour(const Element* at) { return (reinterpret_cast<unsigned long long>(at) & 7) == 0; }
  static __device__ __forceinline__ void read(const Element* at, float (&v)[4]) {
    if (isFour(at)) {
      uint2 w = *reinterpret_cast<const uint2*>(at);
      T::unpack(w.x, v[0], v[1]);
      T::unpack(w.y, v[2], v[3]);
    } else {
      for (int i = 0; i < 4; i++) {
        v[i] = read(at + i);
      }
    }
  }
  static __device__ __forceinline__ void store(Element* to, float y0, float y1) {
    *reinterpret_cast<unsigned*>(to) = T::pack(y0, y1);
  }
  // Written out: nvcc parts a uint2 in some loops, and then a request has half sectors.
  static __device__ __forceinline__ void store(Element* to, float y0, float y1, float y2, float y3) {
    asm volatile("st.global.v2.b32 [%0], {%1, %2};" ::"l"(__cvta_generic_to_global(to)), "r"(T::pack(y0, y1)), "r"(T::pack(y2, y3))
                 : "memory");
  }
};

struct F16 : SixteenBits<F16> {
  static __device__ __forceinline__ unsigned pack(float low, float high) {
    unsigned r;
#if __CUDA_ARCH__ >= 800
    asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low));
#else
    asm("{.reg .b16 a, b; cvt.rn.f16.f32 a, %2; cvt.rn.f16.f32 b, %1; mov.b32 %0, {a, b};}" : "=r"(r) : "f"(high), "f"(low));
#endif
    return r;
  }
  static __device__ __forceinline__ void unpack(unsigned pair, float& low, float& high) {
    asm("{.reg .b16 a, b; mov.b32 {a, b}, %2; cvt.f32.f16 %0, a; cvt.f32.f16 %1, b;}" : "=f"(low), "=f"(high) : "r"(pair));
  }
  static __device__ __forceinline__ unsigned mul(unsigned a, unsigned b) {
    unsigned r;
    asm("mul.rn.f16x2 %0, %1, %2;" : "=r"(r) : "r"(a), "r"(b));
    return r;
  }
  // d += a b: 16 x 16 times 16 x 8, summed in f32.
  static __device__ __forceinline__ void mma(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
#if __CUDA_ARCH__ < 800
    mma(d, {a[0], a[1]}, b0);
    mma(d, {a[2], a[3]}, b1);
#else
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#endif
  }
  // The same with 8 to sum over.
  static __device__ __forceinline__ void mma(float (&d)[4], const unsigned (&a)[2], unsigned b) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(b));
  }
};

struct Bf16 : SixteenBits<Bf16> {
  static __device__ __forceinline__ unsigned pack(float low, float high) {
    unsigned r;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low));
    return r;
  }
  static __device__ __forceinline__ void unpack(unsigned pair, float& low, float& high) {
    low = __uint_as_float(pair << 16);
    high = __uint_as_float(pair & 0xffff0000u);
  }
  // sm_80 has no product of pairs: a fused one that adds -0 rounds the same.
  static __device__ __forceinline__ unsigned mul(unsigned a, unsigned b) {
    unsigned r;
    asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(r) : "r"(a), "r"(b), "r"(0x80008000u));
    return r;
  }
  static __device__ __forceinline__ void mma(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
  }
  static __device__ __forceinline__ void mma(float (&d)[4], const unsigned (&a)[2], unsigned b) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(b));
  }
};

struct F32 {
  using Element = float;
  static constexpr int PARTS = 2;

  static __device__ __forceinline__ void split(float low, float high, unsigned (&pair)[2]) {
    pair[0] = Bf16::pack(low, high);
    float l, h;
    Bf16::unpack(pair[0], l, h);
    pair[1] = Bf16::pack(low - l, high - h);
  }
  static __device__ __forceinline__ void mma(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    Bf16::mma(d, a, b0, b1);
  }
  static __device__ __forceinline__ void mma(float (&d)[4], const unsigned (&a)[2], unsigned b) { Bf16::mma(d, a, b); }
  static __device__ __forceinline__ float element(float v) { return v; }
  static __device__ __forceinline__ float read(const float* at) { return *at; }
  static __device__ __forceinline__ bool isFour(const float* at) { return (reinterpret_cast<unsigned long long>(at) & 15) == 0; }
  static __device__ __forceinline__ void read(const float* at, float (&v)[4]) {
    if (isFour(at)) {
      float4 w = *reinterpret_cast<const float4*>(at);
      v[0] = w.x, v[1] = w.y, v[2] = w.z, v[3] = w.w;
    } else {
      for (int i = 0; i < 4; i++) {
        v[i] = at[i];
      }
    }
  }
  static __device__ __forceinline__ void store(float* to, float y0, float y1) {
    *reinterpret_cast<float2*>(to) = make_float2(y0, y1);
  }
  static __device__ __forceinline__ void store(float* to, float y0, float y1, float y2, float y3) {
    asm volatile("st.global.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(__cvta_generic_to_global(to)), "f"(y0), "f"(y1), "f"(y2), "f"(y3)
                 : "memory");
  }
};
