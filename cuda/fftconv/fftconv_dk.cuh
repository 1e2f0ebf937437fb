// The gradient of a filter's spectrum: the sum over the batch of conj(U) G, U the spectra of the gated inputs, G those of
// the gated gradients of the outputs. Both are transformed as in fftconv_fwd.cuh, half way: the phases of its matrices
// cancel in the product. One partial sum a block and row of a pass, in the order of fftconv_filter.cu, added up there:
// no atomics, so the same bits in each run.
//
// Napkin, 4096 points: 2 x 20 mma a warp and row, 16 KB of HBM for two inputs: bound by HBM.
#pragma once

#include "fftconv_fwd.cuh"

namespace fftconv {

struct Gradient {
  Problem forward;             // u, its gates; no y, no spectrum
  const unsigned short* dy;    // [batch, channels, length]
  float4* partials;            // [parts * rows of a pass, channels, planes of a row, 4, lanes]
  uint4* spectra;              // [parts, channels, planes, 2, lanes]: U where registers do not hold it, from 64 planes on
};

template <typename T, int PLANES, int ROW_PLANES, int WARPS, bool COMPLEX>
struct FilterGradient : Forward<T, PLANES, ROW_PLANES, WARPS, false, COMPLEX> {
  using Base = Forward<T, PLANES, ROW_PLANES, WARPS, false, COMPLEX>;
  static constexpr int WARP_PLANES = Base::WARP_PLANES;
  static constexpr bool KEEPS = WARP_PLANES <= 2;  // U in registers
  static constexpr int UNROLL = KEEPS ? 2 : 1;

  const Gradient& g;
  const long long part;
  float dr[2][4] = {}, di[2][4] = {};  // the sum, where a warp has one plane

  __device__ FilterGradient(const Gradient& gradient, unsigned shared, long long channel, long long part, long long end)
      : Base(gradient.forward, shared, channel, part * gradient.forward.rows, end), g(gradient), part(part) {}

  __device__ void spread(long long row, const unsigned short* from, const unsigned short* gate) {
    __syncthreads();  // the last row has been read
    this->fetch(0, row, from, gate);
    commit_copies();
    await_copies();
    __syncthreads();
    this->Base::forward(0);
    __syncthreads();
  }

  __device__ float4* at(int plane) const {
    long long index = ((part * Base::ROWS + plane / ROW_PLANES) * this->p.channels + this->channel) * ROW_PLANES;
    return g.partials + (index + plane % ROW_PLANES) * 4 * 32 + this->lane;
  }

  __device__ uint4* aside(int plane) const {
    return g.spectra + ((part * this->p.channels + this->channel) * PLANES + plane) * 2 * 32 + this->lane;
  }

  __device__ void store(int plane) {
    for (int i = 0; i < 4; i++) {
      int t = i / 2, e = 2 * (i % 2);
      at(plane)[32 * i] = make_float4(dr[t][e], di[t][e], dr[t][e + 1], di[t][e + 1]);
    }
  }

  __device__ void load_sum(int plane) {
    for (int i = 0; i < 4; i++) {
      float4 v = at(plane)[32 * i];
      int t = i / 2, e = 2 * (i % 2);
      dr[t][e] = v.x;
      di[t][e] = v.y;
      dr[t][e + 1] = v.z;
      di[t][e + 1] = v.w;
    }
  }

  // Adds conj(U) G.
  __device__ void add(const unsigned (&u)[2][4], const float (&gr)[2][4], const float (&gi)[2][4]) {
    for (int t = 0; t < 2; t++) {
      for (int e = 0; e < 4; e++) {
        float ur, ui;
        T::unpack(u[t][e], ur, ui);
        dr[t][e] += ur * gr[t][e] + ui * gi[t][e];
        di[t][e] += ur * gi[t][e] - ui * gr[t][e];
      }
    }
  }

  __device__ void run() {
    if (WARP_PLANES == 1) {
      this->load_matrices(this->warp);
    }
    bool begun = false;
    for (long long row = this->first; row < this->end; row += Base::ROWS) {
      unsigned u[KEEPS ? WARP_PLANES : 1][2][4];  // (re, im) pairs
      float qr[2][4], qi[2][4];
      spread(row, this->p.u, this->p.pregate);
#pragma unroll UNROLL
      for (int i = 0; i < WARP_PLANES; i++) {
        int plane = this->warp + i * WARPS;
        if (WARP_PLANES > 1) {
          this->load_matrices(plane);
        }
        this->transform(0, plane, qr, qi);
        unsigned (&pairs)[2][4] = u[KEEPS ? i : 0];
        for (int t = 0; t < 2; t++) {
          for (int e = 0; e < 4; e++) {
            pairs[t][e] = T::pack(qr[t][e], qi[t][e]);
          }
          if (!KEEPS) {
            // A thread reads what it wrote itself.
            aside(plane)[32 * t] = make_uint4(pairs[t][0], pairs[t][1], pairs[t][2], pairs[t][3]);
          }
        }
      }
      spread(row, g.dy, this->p.postgate);
#pragma unroll UNROLL
      for (int i = 0; i < WARP_PLANES; i++) {
        int plane = this->warp + i * WARPS;
        if (WARP_PLANES > 1) {
          this->load_matrices(plane);
        }
        this->transform(0, plane, qr, qi);
        if (WARP_PLANES > 1) {
          if (begun) {
            load_sum(plane);
          } else {
            for (int t = 0; t < 2; t++) {
              for (int e = 0; e < 4; e++) {
                dr[t][e] = di[t][e] = 0;
              }
            }
          }
        }
        unsigned (&pairs)[2][4] = u[KEEPS ? i : 0];
        for (int t = 0; t < 2 && !KEEPS; t++) {
          uint4 v = aside(plane)[32 * t];
          pairs[t][0] = v.x;
          pairs[t][1] = v.y;
          pairs[t][2] = v.z;
          pairs[t][3] = v.w;
        }
        add(pairs, qr, qi);
        if (WARP_PLANES > 1) {
          store(plane);
        }
      }
      begun = true;
    }
    if (WARP_PLANES == 1) {
      store(this->warp);
    }
  }
};

template <typename T, int PLANES, int ROW_PLANES, int WARPS, bool COMPLEX>
static __device__ __forceinline__ void run(const Gradient& g) {
  extern __shared__ uint4 memory[];
  const Problem& p = g.forward;
  long long parts = (p.batch + p.rows - 1) / p.rows;
  long long channel = blockIdx.x / parts;
  long long part = blockIdx.x % parts;
  long long end = (part + 1) * p.rows < p.batch ? (part + 1) * p.rows : p.batch;
  FilterGradient<T, PLANES, ROW_PLANES, WARPS, COMPLEX>(g, shared_address(memory), channel, part, end).run();
}

}  // namespace fftconv
