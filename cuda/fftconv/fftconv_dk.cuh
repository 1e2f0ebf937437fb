// The gradient of a filter's spectrum: the sum over the batch of conj(U) G, U the spectra of the gated inputs, G those of
// the gated gradients of the outputs. Both are transformed as in fftconv_fwd.cuh, half way: the phases of its matrices
// cancel in the product. One partial sum a block and row of a pass, in the order of fftconv_filter.cu, added up there:
// no atomics, so the same bits in each run.
//
// Napkin, 4096 points: 2 x 20 mma a warp and row, 16 KB of HBM for two inputs: bound by HBM.
#pragma once

#include "fftconv_fwd.cuh"

namespace fftconv {

template <typename Element>
struct Gradient {
  Problem<Element> forward;    // u, its gates; no y, no spectrum
  const Element* dy;           // [batch, channels, length]
  float4* partials;            // [parts * rows of a pass, channels, planes of a row, 4, lanes]
  float4* spectra;             // [parts, channels, planes, 4, lanes]: U where registers do not hold it
};

template <typename T, int PLANES, int ROW_PLANES, int WARPS, bool COMPLEX>
struct FilterGradient : Forward<T, PLANES, ROW_PLANES, WARPS, false, COMPLEX> {
  using Base = Forward<T, PLANES, ROW_PLANES, WARPS, false, COMPLEX>;
  static constexpr int WARP_PLANES = Base::WARP_PLANES;
  using Element = typename T::Element;
  static constexpr bool KEEPS = WARP_PLANES <= 2 && T::PARTS == 1;  // U in registers, as pairs (re, im)
  static constexpr int UNROLL = KEEPS || WARP_PLANES == 1 ? 2 : 1;

  const Gradient<Element>& g;
  const long long part;
  float dr[2][4] = {}, di[2][4] = {};  // the sum, where a warp has one plane

  __device__ FilterGradient(const Gradient<Element>& gradient, unsigned shared, long long channel, long long part, long long end)
      : Base(gradient.forward, shared, channel, part * gradient.forward.rows, end), g(gradient), part(part) {}

  __device__ void spread(long long row, const Element* from, const Element* gate) {
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

  __device__ float4* aside(int plane) const {
    return g.spectra + ((part * this->p.channels + this->channel) * PLANES + plane) * 4 * 32 + this->lane;
  }

  static __device__ void store(float4* to, const float (&re)[2][4], const float (&im)[2][4]) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int t = i / 2, e = 2 * (i % 2);
      to[32 * i] = make_float4(re[t][e], im[t][e], re[t][e + 1], im[t][e + 1]);
    }
  }

  static __device__ void fill(float (&re)[2][4], float (&im)[2][4], const float4* from) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      float4 v = from[32 * i];
      int t = i / 2, e = 2 * (i % 2);
      re[t][e] = v.x, im[t][e] = v.y, re[t][e + 1] = v.z, im[t][e + 1] = v.w;
    }
  }

  // Adds conj(U) G.
  __device__ void add(const float (&ur)[2][4], const float (&ui)[2][4], const float (&gr)[2][4], const float (&gi)[2][4]) {
    for (int t = 0; t < 2; t++) {
      for (int e = 0; e < 4; e++) {
        dr[t][e] += ur[t][e] * gr[t][e] + ui[t][e] * gi[t][e];
        di[t][e] += ur[t][e] * gi[t][e] - ui[t][e] * gr[t][e];
      }
    }
  }

  __device__ void run() {
    if (WARP_PLANES == 1) {
      this->load_matrices(this->warp);
    }
    bool begun = false;
    for (long long row = this->first; row < this->end; row += Base::ROWS) {
      unsigned u[KEEPS ? WARP_PLANES : 1][2][4];
      float qr[2][4], qi[2][4];
      spread(row, this->p.u, this->p.pregate);
#pragma unroll UNROLL
      for (int i = 0; i < WARP_PLANES; i++) {
        int plane = this->warp + i * WARPS;
        if (WARP_PLANES > 1) {
          this->load_matrices(plane);
        }
        this->transform(0, plane, qr, qi);
        if constexpr (KEEPS) {
          for (int t = 0; t < 2; t++) {
            for (int e = 0; e < 4; e++) {
              u[i][t][e] = T::pack(qr[t][e], qi[t][e]);
            }
          }
        } else {
          store(aside(plane), qr, qi);  // a thread reads what it wrote itself
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
            fill(dr, di, at(plane));
          } else {
            for (int t = 0; t < 2; t++) {
              for (int e = 0; e < 4; e++) {
                dr[t][e] = di[t][e] = 0;
              }
            }
          }
        }
        float ur[2][4], ui[2][4];
        if constexpr (KEEPS) {
          for (int t = 0; t < 2; t++) {
            for (int e = 0; e < 4; e++) {
              T::unpack(u[i][t][e], ur[t][e], ui[t][e]);
            }
          }
        } else {
          fill(ur, ui, aside(plane));
        }
        add(ur, ui, qr, qi);
        if (WARP_PLANES > 1) {
          store(at(plane), dr, di);
        }
      }
      begun = true;
    }
    if (WARP_PLANES == 1) {
      store(at(this->warp), dr, di);
    }
  }
};

template <typename T, int PLANES, int ROW_PLANES, int WARPS, bool COMPLEX>
static __device__ __forceinline__ void run(const Gradient<typename T::Element>& g) {
  extern __shared__ uint4 memory[];
  const auto& p = g.forward;
  long long parts = (p.batch + p.rows - 1) / p.rows;
  long long channel = blockIdx.x / parts;
  long long part = blockIdx.x % parts;
  long long end = (part + 1) * p.rows < p.batch ? (part + 1) * p.rows : p.batch;
  FilterGradient<T, PLANES, ROW_PLANES, WARPS, COMPLEX>(g, shared_address(memory), channel, part, end).run();
}

}  // namespace fftconv
