// Short conv1d on [B, L, H], vectors along the channels, and the decoding step. Compiled once per level.
//
// A few channel vectors at a time are copied out of the strided rows: rows a power of two apart would share a few cache
// sets, and the copy is where 16-bit elements become f32 and the ends of the sequence become zeros.
#include "conv1d_inner.h"
#include "tilewright.h"

namespace tw {
namespace TW_LEVEL_NS {

int64_t conv1d_bhl_scratch_floats();

namespace {

constexpr int MAX_VECTORS = 64 / W;

// Channel vectors of one pass: a whole cache line of f32 at least, 64 channels at most, and the taps within a third of L1.
int vectors_of(int kernel) {
  const int fit = (int)(12 * 1024 / sizeof(float) / W) / kernel;
  const int line = W == 4 ? 4 : W == 8 ? 2 : 1;
  return fit < line ? line : fit > MAX_VECTORS ? MAX_VECTORS : fit / line * line;
}

// Positions of one pass: the halo of K - 1 stays a fair part of it, and one vector's window stays in L1.
int64_t positions_of(int kernel) { return round_up(64 + kernel, R); }

// Vectors of one packed window.
int64_t window_of(int kernel) { return positions_of(kernel) + kernel - 1 + R; }

int64_t floats_of(int kernel) {
  return (int64_t)vectors_of(kernel) * W * (kernel + 2 * window_of(kernel));
}

template <class S>
struct Blh {
  typedef typename S::T T;

  // One pass: channels [channel, channel + width) in `vectors` vectors.
  struct Pass {
    const Conv1d& c;
    int vectors;
    int64_t channel;
    int64_t width;
    int64_t window;
    float* taps;
    float* z;
    float* d;

    Pass(const Conv1d& call, int64_t from) : c(call), channel(from) {
      const int most = vectors_of(c.kernel);
      width = min64((int64_t)most * W, c.c1 - from);
      vectors = (int)((width + W - 1) / W);
      window = window_of(c.kernel);
      taps = c.scratch;
      z = taps + (int64_t)most * W * c.kernel;
      d = z + (int64_t)most * W * window;
    }

    // Lanes of vector v.
    int lanes_of(int v) const { return (int)min64(W, width - (int64_t)v * W); }

    void load_taps(bool reversed) const {
      for (int v = 0; v < vectors; v++) {
        const float* w = c.w + (channel + (int64_t)v * W) * c.kernel;
        pack_taps(w, lanes_of(v), c.kernel, reversed, taps + (int64_t)v * W * c.kernel);
      }
    }

    const T* row(const void* p, int64_t t) const {
      return static_cast<const T*>(p) + (c.b * c.length + t) * c.channels + channel;
    }

    // packed[v][s] = positions start + s of channel vector v, for s < n.
    void fill(const void* p, int64_t start, int64_t n, float* packed) const {
      for (int64_t s = 0; s < n; s++) {
        const int64_t t = start + s;
        const bool inside = t >= 0 && t < c.length;
        const T* from = row(p, inside ? t : 0);
        float* to = packed + s * W;
        for (int v = 0; v < vectors; v++) {
          const int m = lanes_of(v);
          const T* q = from + (int64_t)v * W;
          store(to + v * window * W, !inside ? zero() : m == W ? S::load(q) : load_part<S>(q, m));
        }
      }
    }

    // y at positions [t, t + n) from a packed window that starts `pad` before t.
    void convolve(const float* packed, const float* bias, int64_t t, int64_t n) const {
      for (int64_t s = 0; s < n; s += R) {
        T* to = const_cast<T*>(row(c.y, t + s));
        for (int v = 0; v < vectors; v++) {
          const int m = lanes_of(v);
          const V first = bias ? load_part<F32>(bias + channel + (int64_t)v * W, m) : zero();
          V acc[R];
#pragma GCC unroll 16
          for (int r = 0; r < R; r++) acc[r] = first;
          lanes<R, false>(packed + (v * window + s) * W, taps + (int64_t)v * W * c.kernel, c.kernel, acc);
          T* q = to + (int64_t)v * W;
#pragma GCC unroll 16
          for (int r = 0; r < R; r++) {
            if (s + r < n) store_upto<S>(q + r * c.channels, acc[r], m);
          }
        }
      }
    }

    // sums[j + r][h] += acc[r], r < N.
    template <int N>
    inline __attribute__((always_inline)) void add_sums(const V* acc, int v, int j) const {
      const int m = lanes_of(v);
      double* to = c.sums + j * c.channels + channel + (int64_t)v * W;
      float t[N][W];
#pragma GCC unroll 16
      for (int r = 0; r < N; r++) store(t[r], acc[r]);
      for (int r = 0; r < N; r++, to += c.channels) {
        for (int i = 0; i < m; i++) to[i] += t[r][i];
      }
    }

    template <int N>
    void dot(const float* x, const float* dy, int64_t n, int v, int j) const {
      V acc[N];
      clear<N>(acc);
      dot_lanes<N>(x + j * W, dy, n, acc);
      add_sums<N>(acc, v, j);
    }

    void gradients(const float* x, const float* dy, int64_t n) const {
      for (int v = 0; v < vectors; v++, x += window * W, dy += window * W) {
        V total[4] = {zero(), zero(), zero(), zero()};
        for (int64_t s = 0; s < n; s++) total[s & 3] += load(dy + s * W);
        total[0] = (total[0] + total[1]) + (total[2] + total[3]);
        add_sums<1>(total, v, c.kernel);
        int j = 0;
        for (; j + R <= c.kernel; j += R) dot<R>(x, dy, n, v, j);
        for (; j + 4 <= c.kernel; j += 4) dot<4>(x, dy, n, v, j);
        if (j + 3 == c.kernel) dot<3>(x, dy, n, v, j);
        if (j + 2 == c.kernel) dot<2>(x, dy, n, v, j);
        if (j + 1 == c.kernel) dot<1>(x, dy, n, v, j);
      }
    }
  };

  static void forward(const Conv1d& c) {
    const int64_t step = positions_of(c.kernel);
    for (int64_t channel = c.c0; channel < c.c1; channel += (int64_t)vectors_of(c.kernel) * W) {
      const Pass pass(c, channel);
      pass.load_taps(false);
      for (int64_t t = c.t0; t < c.t1; t += step) {
        const int64_t n = min64(step, c.t1 - t);
        pass.fill(c.x, t - c.pad, round_up(n, R) + c.kernel - 1, pass.z);
        pass.convolve(pass.z, c.bias, t, n);
      }
    }
  }

  static void backward(const Conv1d& c) {
    const int64_t step = positions_of(c.kernel);
    const int after = c.kernel - 1 - c.pad;
    for (int64_t channel = c.c0; channel < c.c1; channel += (int64_t)vectors_of(c.kernel) * W) {
      const Pass pass(c, channel);
      if (c.y) pass.load_taps(true);
      for (int64_t t = c.t0; t < c.t1; t += step) {
        const int64_t n = min64(step, c.t1 - t);
        const int64_t reach = round_up(n, R) + c.kernel - 1;
        pass.fill(c.dy, t - after, reach, pass.d);
        if (c.y) pass.convolve(pass.d, nullptr, t, n);
        if (c.sums) {
          pass.fill(c.x, t - c.pad, reach, pass.z);
          pass.gradients(pass.z, pass.d + after * W, n);
        }
      }
    }
  }

  // Writes x to the due slot of the ring, then y from the K slots, the oldest first.
  static void step(const Conv1dStep& s) {
    const Conv1d& c = s.call;
    constexpr int N = 4;
    const int64_t plane = s.batch * c.channels;
    for (int64_t channel = c.c0; channel < c.c1; channel += N * W) {
      for (int v = 0; v < N; v++) {
        const int m = (int)max64(0, min64(W, c.c1 - channel - v * W));
        if (m > 0) {
          const float* w = c.w + (channel + v * W) * c.kernel;
          pack_taps(w, m, c.kernel, false, c.scratch + (int64_t)v * W * c.kernel);
        }
      }
      for (int64_t b = 0; b < s.batch; b++) {
        const int64_t at = b * c.channels + channel;
        V acc[N];
        int m[N];
#pragma GCC unroll 4
        for (int v = 0; v < N; v++) {
          m[v] = (int)max64(0, min64(W, c.c1 - channel - v * W));
          acc[v] = c.bias ? load_part<F32>(c.bias + channel + v * W, m[v]) : zero();
          const V x = load_part<S>(static_cast<const T*>(c.x) + at + v * W, m[v]);
          store_part<F32>(s.history + s.position * plane + at + v * W, x, m[v]);
        }
        const bool whole = m[N - 1] == W;
        for (int j = 0; j < c.kernel; j++) {
          int slot = s.position + 1 + j;
          if (slot >= c.kernel) slot -= c.kernel;
          const float* from = s.history + slot * plane + at;
          const float* w = c.scratch + (int64_t)j * W;
#pragma GCC unroll 4
          for (int v = 0; v < N; v++) {
            if (!whole && m[v] <= 0) continue;
            const V x = whole ? load(from + v * W) : load_part<F32>(from + v * W, m[v]);
            acc[v] += load(w + (int64_t)v * W * c.kernel) * x;
          }
        }
#pragma GCC unroll 4
        for (int v = 0; v < N; v++) store_upto<S>(static_cast<T*>(c.y) + at + v * W, acc[v], m[v]);
      }
    }
  }
};

}  // namespace

void conv1d_forward_blh(const Conv1d& c) {
  switch (c.dtype) {
    case TW_F32: return Blh<F32>::forward(c);
    case TW_F16: return Blh<F16>::forward(c);
    default: return Blh<BF16>::forward(c);
  }
}

void conv1d_backward_blh(const Conv1d& c) {
  switch (c.dtype) {
    case TW_F32: return Blh<F32>::backward(c);
    case TW_F16: return Blh<F16>::backward(c);
    default: return Blh<BF16>::backward(c);
  }
}

void conv1d_step(const Conv1dStep& s) {
  switch (s.call.dtype) {
    case TW_F32: return Blh<F32>::step(s);
    case TW_F16: return Blh<F16>::step(s);
    default: return Blh<BF16>::step(s);
  }
}

int64_t conv1d_scratch_floats(int kernel) {
  return max64(max64(conv1d_bhl_scratch_floats(), floats_of(kernel)), (int64_t)4 * W * kernel);
}

}  // namespace TW_LEVEL_NS
}  // namespace tw
