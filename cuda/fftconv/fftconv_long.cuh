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

#include "../common/operands.cuh"
#include "../common/shared_moves.cuh"

namespace fftconv {

constexpr int LONG_COLUMNS = 64;  // of a block: points m
constexpr int LONG_WARPS = 4;
constexpr int LONG_PITCH = 144;   // bytes from row d to row d + 1 in shared memory: 16 more than its data

template <typename Element>
struct LongProblem {
  const Element* u;                // [batch, channels, length]
  const Element* pregate;          // the same, or null
  const Element* postgate;         // the same, or null
  const float* skip;               // [channels], or null
  const uint4* tables;             // the outer matrix, padded with zeros to tiles of 16 x 16: see GpuFftTables
  Element* waves;                  // [batch, channels, outer, 2, inner]
  Element* y;
  long long channels;
  long long length;
  int outer;
  int inner;
};

template <typename T, int TILES>
struct Long {
  using Element = typename T::Element;
  using Operand = ::Operand<T>;
  static constexpr int PARTS = T::PARTS;
  static constexpr int PLANE = 16 * TILES * LONG_PITCH;  // bytes of the real or the imaginary values of a part

  const LongProblem<Element>& p;
  const unsigned shared;
  const int lane = threadIdx.x & 31;
  const int warp = threadIdx.x >> 5;
  const long long row;  // of all rows
  const int m0;         // first column

  __device__ Long(const LongProblem<Element>& problem, unsigned shared)
      : p(problem),
        shared(shared),
        row(blockIdx.x / (problem.inner / LONG_COLUMNS)),
        m0(int(blockIdx.x % (problem.inner / LONG_COLUMNS)) * LONG_COLUMNS) {}

  __device__ void matrix(int m, int k, Operand& re, Operand& im) const {
#pragma unroll
    for (int q = 0; q < PARTS; q++) {
      const uint4* at = p.tables + ((q * TILES + m) * TILES + k) * 64 + lane;
      uint4 r = __ldg(at), i = __ldg(at + 32);
      re.part[q][0] = r.x, re.part[q][1] = r.y, re.part[q][2] = r.z, re.part[q][3] = r.w;
      im.part[q][0] = i.x, im.part[q][1] = i.y, im.part[q][2] = i.z, im.part[q][3] = i.w;
    }
  }

  // Of all parts; `stride` bytes from part to part.
  static __device__ __forceinline__ void load(Operand& to, unsigned from, int stride) {
#pragma unroll
    for (int q = 0; q < PARTS; q++) {
      load_transposed(to.part[q], from + q * stride);
    }
  }

  static __device__ __forceinline__ void put(unsigned to, const Pair<T>& pair, int stride) {
#pragma unroll
    for (int q = 0; q < PARTS; q++) {
      store_shared(to + q * stride, pair.part[q]);
    }
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
      long long at = left > 0 ? rowAt + n : 0;
      Eight<T> x(p.u + at, left);
      if (p.pregate != nullptr) {
        x.times(Eight<T>(p.pregate + at, left));
      }
      for (int j = 0; j < 4; j++) {
        put(shared + d * LONG_PITCH + 2 * c + 4 * j, x.pair(j), PLANE);
      }
    }
    __syncthreads();
    int used = (rows + 15) / 16;
    Operand x[TILES];
#pragma unroll
    for (int k = 0; k < TILES; k++) {
      load(x[k], shared + (16 * k + (lane & 15)) * LONG_PITCH + warp * 32 + (lane >> 4) * 16, PLANE);
    }
    int tiles = (p.outer + 15) / 16;
    for (int t = 0; t < tiles; t++) {
      float re[2][4] = {}, im[2][4] = {};
#pragma unroll
      for (int k = 0; k < TILES; k++) {
        if (k < used) {
          Operand sr, si;
          matrix(t, k, sr, si);
          for (int half = 0; half < 2; half++) {
            sr.product(re[half], x[k], half);
            si.product(im[half], x[k], half);
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
            Element* to = p.waves + (row * p.outer + k0) * 2 * p.inner + m;
            T::store(to, r[0], r[1]);
            T::store(to + p.inner, i[0], i[1]);
          }
        }
      }
    }
  }

  __device__ void join() {
    int pairs = 16 * TILES * (LONG_COLUMNS / 2);
    for (int i = threadIdx.x; i < pairs; i += LONG_WARPS * 32) {
      int k0 = i / (LONG_COLUMNS / 2);
      int c = i % (LONG_COLUMNS / 2) * 2;
      float r[2] = {0, 0}, im[2] = {0, 0};
      if (k0 < p.outer) {
        const Element* from = p.waves + (row * p.outer + k0) * 2 * p.inner + m0 + c;
        for (int e = 0; e < 2; e++) {
          float cs, sn, x = T::read(from + e), y = T::read(from + p.inner + e);
          turn(k0, m0 + c + e, cs, sn);
          r[e] = x * cs + y * sn;  // the conjugate
          im[e] = y * cs - x * sn;
        }
      }
      put(shared + k0 * LONG_PITCH + 2 * c, Pair<T>(r[0], r[1]), 2 * PLANE);
      put(shared + PLANE + k0 * LONG_PITCH + 2 * c, Pair<T>(im[0], im[1]), 2 * PLANE);
    }
    __syncthreads();
    int tiles = (int((p.length + p.inner - 1) / p.inner) + 15) / 16;
    for (int t = 0; t < tiles; t++) {
      float y[2][4] = {};
#pragma unroll 2
      for (int k = 0; k < TILES; k++) {
        Operand zr, zi, sr, si;
        unsigned from = shared + (16 * k + (lane & 15)) * LONG_PITCH + warp * 32 + (lane >> 4) * 16;
        load(zr, from, 2 * PLANE);
        load(zi, from + PLANE, 2 * PLANE);
        matrix(t, k, sr, si);
        for (int half = 0; half < 2; half++) {
          sr.product(y[half], zr, half);
          si.product(y[half], zi, half);
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
    if (p.postgate != nullptr) {
      v *= T::read(p.postgate + at);
    }
    if (p.skip != nullptr) {
      v += __ldg(p.skip + row % p.channels) * T::read(p.u + at);
    }
    p.y[at] = T::element(v);
  }
};

}  // namespace fftconv
