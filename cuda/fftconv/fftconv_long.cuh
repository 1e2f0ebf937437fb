// The two outer passes of a convolution of more points than a block holds: N = OUTER * INNER, n = INNER d + m,
// k = k0 + OUTER k'. The first transforms over d with frequencies k0 - 1/4 and turns each point by
// e^(-2 pi i m (k0 - 1/4) / N); what is left for each k0 is a plain cyclic convolution of INNER complex points, the middle
// pass (fftconv_fwd.cuh), a channel of its own; the last one undoes the first and keeps the real part.
//
// Between the passes a row lies as [OUTER][2][INNER]: for each k0 the real parts, then the imaginary ones.
//
// Napkin: 2 + 4, 4 + 4, 4 + 2 = 20 bytes of HBM a point; 2 * OUTER multiply-adds a point and pass on tensor cores stay
// below that up to OUTER = 128 on every chip.
#pragma once

#include "../common/half_types.cuh"
#include "../common/shared_moves.cuh"

namespace fftconv {

constexpr int LONG_COLUMNS = 64;  // of a block: points m
constexpr int LONG_WARPS = 4;
constexpr int LONG_PITCH = 144;   // bytes from row d to row d + 1 in shared memory: 16 more than its data

struct LongProblem {
  const unsigned short* u;         // [batch, channels, length]
  const unsigned short* pregate;   // the same, or null
  const unsigned short* postgate;  // the same, or null
  const float* skip;               // [channels], or null
  const uint4* tables;             // the outer matrix, padded with zeros to tiles of 16 x 16: see GpuFftTables
  unsigned short* waves;           // [batch, channels, outer, 2, inner]
  unsigned short* y;
  long long channels;
  long long length;
  int outer;
  int inner;
};

template <typename T, int TILES>
struct Long {
  const LongProblem& p;
  const unsigned shared;
  const int lane = threadIdx.x & 31;
  const int warp = threadIdx.x >> 5;
  const long long row;  // of all rows
  const int m0;         // first column

  __device__ Long(const LongProblem& problem, unsigned shared)
      : p(problem),
        shared(shared),
        row(blockIdx.x / (problem.inner / LONG_COLUMNS)),
        m0(int(blockIdx.x % (problem.inner / LONG_COLUMNS)) * LONG_COLUMNS) {}

  __device__ void matrix(int m, int k, unsigned (&re)[4], unsigned (&im)[4]) const {
    const uint4* at = p.tables + (m * TILES + k) * 64 + lane;
    uint4 r = __ldg(at), i = __ldg(at + 32);
    re[0] = r.x, re[1] = r.y, re[2] = r.z, re[3] = r.w;
    im[0] = i.x, im[1] = i.y, im[2] = i.z, im[3] = i.w;
  }

  // e^(-2 pi i m (k0 - 1/4) / N): the angle is exact, as 4 N <= 2^24.
  __device__ void turn(int k0, int m, float& re, float& im) const {
    unsigned whole = 4u * p.outer * p.inner;
    unsigned turns = unsigned(m) * (4u * k0 - 1u) & (whole - 1);
    sincospif(-2.0f * turns / whole, &im, &re);
  }

  __device__ void split() {
    long long rowAt = row * p.length;
    int rows = min(p.outer, int((p.length + p.inner - 1) / p.inner));  // that have samples
    int pieces = 16 * TILES * (LONG_COLUMNS / 8);
    for (int i = threadIdx.x; i < pieces; i += LONG_WARPS * 32) {
      int d = i / (LONG_COLUMNS / 8);
      int c = i % (LONG_COLUMNS / 8) * 8;
      long long n = (long long)d * p.inner + m0 + c;
      int left = d < rows ? int(min(8LL, max(0LL, p.length - n))) : 0;
      unsigned x[4], g[4];
      read(p.u + (left > 0 ? rowAt + n : 0), left, x);
      if (p.pregate != nullptr) {
        read(p.pregate + (left > 0 ? rowAt + n : 0), left, g);
        for (int j = 0; j < 4; j++) {
          x[j] = T::mul(x[j], g[j]);
        }
      }
      for (int j = 0; j < 4; j++) {
        store_shared(shared + d * LONG_PITCH + 2 * c + 4 * j, x[j]);
      }
    }
    __syncthreads();
    int used = (rows + 15) / 16;
    unsigned x[TILES][4];
#pragma unroll
    for (int k = 0; k < TILES; k++) {
      load_transposed(x[k], shared + (16 * k + (lane & 15)) * LONG_PITCH + warp * 32 + (lane >> 4) * 16);
    }
    int tiles = (p.outer + 15) / 16;
    for (int t = 0; t < tiles; t++) {
      float re[2][4] = {}, im[2][4] = {};
#pragma unroll
      for (int k = 0; k < TILES; k++) {
        if (k < used) {
          unsigned sr[4], si[4];
          matrix(t, k, sr, si);
          for (int half = 0; half < 2; half++) {
            T::mma(re[half], sr, x[k][2 * half], x[k][2 * half + 1]);
            T::mma(im[half], si, x[k][2 * half], x[k][2 * half + 1]);
          }
        }
      }
#pragma unroll
      for (int half = 0; half < 2; half++) {
#pragma unroll
        for (int h = 0; h < 2; h++) {
          int k0 = 16 * t + lane / 4 + 8 * h;
          int m = m0 + 16 * warp + 8 * half + 2 * (lane % 4);
          float r[2], i[2];
          for (int e = 0; e < 2; e++) {
            float c, s;
            turn(k0, m + e, c, s);
            r[e] = re[half][2 * h + e] * c - im[half][2 * h + e] * s;
            i[e] = re[half][2 * h + e] * s + im[half][2 * h + e] * c;
          }
          if (k0 < p.outer) {
            unsigned short* to = p.waves + (row * p.outer + k0) * 2 * p.inner + m;
            *reinterpret_cast<unsigned*>(to) = T::pack(r[0], r[1]);
            *reinterpret_cast<unsigned*>(to + p.inner) = T::pack(i[0], i[1]);
          }
        }
      }
    }
  }

  __device__ void join() {
    constexpr int PLANE = 16 * TILES * LONG_PITCH;  // bytes of the real parts
    int pairs = 16 * TILES * (LONG_COLUMNS / 2);
    for (int i = threadIdx.x; i < pairs; i += LONG_WARPS * 32) {
      int k0 = i / (LONG_COLUMNS / 2);
      int c = i % (LONG_COLUMNS / 2) * 2;
      unsigned zr = 0, zi = 0;
      if (k0 < p.outer) {
        const unsigned short* from = p.waves + (row * p.outer + k0) * 2 * p.inner + m0 + c;
        float r[2], im[2];
        T::unpack(*reinterpret_cast<const unsigned*>(from), r[0], r[1]);
        T::unpack(*reinterpret_cast<const unsigned*>(from + p.inner), im[0], im[1]);
        for (int e = 0; e < 2; e++) {
          float cs, sn;
          turn(k0, m0 + c + e, cs, sn);
          float t = r[e] * cs + im[e] * sn;  // the conjugate
          im[e] = im[e] * cs - r[e] * sn;
          r[e] = t;
        }
        zr = T::pack(r[0], r[1]);
        zi = T::pack(im[0], im[1]);
      }
      store_shared(shared + k0 * LONG_PITCH + 2 * c, zr);
      store_shared(shared + PLANE + k0 * LONG_PITCH + 2 * c, zi);
    }
    __syncthreads();
    int tiles = (int((p.length + p.inner - 1) / p.inner) + 15) / 16;
    for (int t = 0; t < tiles; t++) {
      float y[2][4] = {};
#pragma unroll 2
      for (int k = 0; k < TILES; k++) {
        unsigned zr[4], zi[4], sr[4], si[4];
        unsigned from = shared + (16 * k + (lane & 15)) * LONG_PITCH + warp * 32 + (lane >> 4) * 16;
        load_transposed(zr, from);
        load_transposed(zi, from + PLANE);
        matrix(t, k, sr, si);
        for (int half = 0; half < 2; half++) {
          T::mma(y[half], sr, zr[2 * half], zr[2 * half + 1]);
          T::mma(y[half], si, zi[2 * half], zi[2 * half + 1]);
        }
      }
#pragma unroll
      for (int half = 0; half < 2; half++) {
#pragma unroll
        for (int h = 0; h < 2; h++) {
          int d = 16 * t + lane / 4 + 8 * h;
          int m = m0 + 16 * warp + 8 * half + 2 * (lane % 4);
          long long n = (long long)d * p.inner + m;
          if (d < p.outer) {
            emit(n, y[half][2 * h]);
            emit(n + 1, y[half][2 * h + 1]);
          }
        }
      }
    }
  }

  __device__ void emit(long long n, float v) {
    if (n >= p.length) {
      return;
    }
    long long at = row * p.length + n;
    float x, none;
    if (p.postgate != nullptr) {
      T::unpack(p.postgate[at], x, none);
      v *= x;
    }
    if (p.skip != nullptr) {
      T::unpack(p.u[at], x, none);
      v += __ldg(p.skip + row % p.channels) * x;
    }
    p.y[at] = static_cast<unsigned short>(T::pack(v, v));
  }

  static __device__ __forceinline__ void read(const unsigned short* from, int left, unsigned (&x)[4]) {
    if (left == 8 && (reinterpret_cast<unsigned long long>(from) & 15) == 0) {
      uint4 v = *reinterpret_cast<const uint4*>(from);
      x[0] = v.x, x[1] = v.y, x[2] = v.z, x[3] = v.w;
    } else {
      for (int j = 0; j < 4; j++) {
        unsigned low = left > 2 * j ? from[2 * j] : 0;
        unsigned high = left > 2 * j + 1 ? from[2 * j + 1] : 0;
        x[j] = low | high << 16;
      }
    }
  }
};

}  // namespace fftconv
