// Short conv1d on rows [B, H, L], one row and one chunk of positions at a time. Compiled once per level.
#include "conv1d_inner.h"
#include "tilewright.h"

namespace tw {
namespace TW_LEVEL_NS {
namespace {

// From this many taps on packing into segments pays (measured; see bench/NOTES.md).
constexpr int SEGMENT_TAPS = 16;

// Room behind a line for what the last vectors read beyond it.
constexpr int SLACK = CONV1D_MAX_KERNEL + R + 2 * W;

// Parts of the scratch.
struct Room {
  float* taps;   // [K]
  float* line;   // chunk and halo of x
  float* other;  // the same of dy
  float* z;      // line, packed
  float* d;      // other, packed

  explicit Room(float* scratch) {
    taps = scratch;
    line = taps + CONV1D_MAX_KERNEL + W;
    other = line + CONV1D_CHUNK + SLACK;
    z = other + CONV1D_CHUNK + SLACK;
    d = z + CONV1D_CHUNK + (int64_t)(SLACK + W) * W;
  }

  static constexpr int64_t floats() {
    return CONV1D_MAX_KERNEL + W + 2 * (CONV1D_CHUNK + SLACK) + 2 * (CONV1D_CHUNK + (int64_t)(SLACK + W) * W);
  }
};

template <class S>
struct Bhl {
  typedef typename S::T T;

  static int64_t segment_of(int64_t n) { return round_up((n + W - 1) / W, R); }

  // n positions of a chunk need packing into segments?
  static bool segmented(int kernel, int64_t n) { return kernel >= SEGMENT_TAPS && n >= 2 * W * R; }

  // How much of a line the kernels may read for n outputs.
  static int64_t span(int kernel, int64_t n) {
    const int64_t outputs = segmented(kernel, n) ? segment_of(n) * W : round_up(n, W);
    return outputs + kernel - 1 + R + W;
  }

  // The line that starts at `start`: the row itself where all that may be read lies inside it and is f32.
  static const float* line_at(const T* row, int64_t length, int64_t start, int64_t n, float* buffer) {
    if (sizeof(T) == sizeof(float) && start >= 0 && start + n <= length) {
      return reinterpret_cast<const float*>(row) + start;
    }
    fill_line<S>(row, length, start, n, buffer);
    return buffer;
  }

  static void convolve_direct(const float* line, const float* taps, int kernel, float bias, T* y, int64_t n) {
    int64_t t = 0;
    for (; t + R * W <= n; t += R * W) {
      V acc[R];
#pragma GCC unroll 16
      for (int r = 0; r < R; r++) acc[r] = splat(bias);
      direct<R>(line + t, taps, kernel, acc);
#pragma GCC unroll 16
      for (int r = 0; r < R; r++) S::store(y + t + r * W, acc[r]);
    }
    for (; t < n; t += W) {
      V acc[1] = {splat(bias)};
      direct<1>(line + t, taps, kernel, acc);
      store_upto<S>(y + t, acc[0], n - t);
    }
  }

  // Positions s .. s + W - 1 of every segment; always inlined, or the accumulators would live in memory.
  TW_INLINE void store_segments(V* acc, int64_t segment, int64_t s, T* y, int64_t n) {
    transpose(acc);
#pragma GCC unroll 16
    for (int i = 0; i < W; i++) store_upto<S>(y + i * segment + s, acc[i], n - (i * segment + s));
  }

  static void convolve_segments(const float* z, int64_t segment, const float* taps, int kernel, float bias, T* y,
                                int64_t n) {
    for (int64_t s = 0; s < segment; s += R) {
      V acc[R];
#pragma GCC unroll 16
      for (int r = 0; r < R; r++) acc[r] = splat(bias);
      lanes<R, true>(z + s * W, taps, kernel, acc);
      store_segments(acc, segment, s, y, n);
      if (R > W) store_segments(acc + R - W, segment, s + R - W, y, n);
    }
  }

  // y[0, n) from a line that starts `pad` before it.
  static void convolve(const float* line, const Room& room, int kernel, float bias, T* y, int64_t n) {
    if (!segmented(kernel, n)) {
      convolve_direct(line, room.taps, kernel, bias, y, n);
      return;
    }
    const int64_t segment = segment_of(n);
    pack_segments(line, segment, segment + kernel - 1, room.z);
    convolve_segments(room.z, segment, room.taps, kernel, bias, y, n);
  }

  static void load_taps(const Conv1d& c, int64_t channel, bool reversed, float* taps) {
    const float* w = c.w + channel * c.kernel;
    for (int j = 0; j < c.kernel; j++) taps[j] = w[reversed ? c.kernel - 1 - j : j];
  }

  static void forward(const Conv1d& c) {
    const Room room(c.scratch);
    for (int64_t channel = c.c0; channel < c.c1; channel++) {
      const int64_t row = (c.b * c.channels + channel) * c.length;
      const T* x = static_cast<const T*>(c.x) + row;
      T* y = static_cast<T*>(c.y) + row;
      const float bias = c.bias ? c.bias[channel] : 0.0f;
      load_taps(c, channel, false, room.taps);
      for (int64_t t = c.t0; t < c.t1; t += CONV1D_CHUNK) {
        const int64_t n = min64(CONV1D_CHUNK, c.t1 - t);
        const float* line = line_at(x, c.length, t - c.pad, span(c.kernel, n), room.line);
        convolve(line, room, c.kernel, bias, y + t, n);
      }
    }
  }

  // sums[j + r] += the lane sums of acc[r], r < N.
  template <int N>
  TW_INLINE void add_sums(V* acc, double* sums) {
#pragma GCC unroll 16
    for (int r = 0; r < N; r++) sums[r] += sum(acc[r]);
  }

  // The same for W sums at once: the transpose turns lane sums into sums of vectors.
  TW_INLINE void add_lane_sums(V* acc, double* sums) {
    transpose(acc);
    V total = zero();
#pragma GCC unroll 16
    for (int i = 0; i < W; i += 4) total += (acc[i] + acc[i + 1]) + (acc[i + 2] + acc[i + 3]);
    float t[W];
    store(t, total);
    for (int i = 0; i < W; i++) sums[i] += t[i];
  }

  template <int N>
  static void sum_direct(const float* x, const float* dy, int64_t n, double* sums) {
    V acc[N];
    clear<N>(acc);
    dot_direct<N>(x, dy, n, acc);
    add_sums<N>(acc, sums);
  }

  template <int N>
  static void sum_segments(const float* z, const float* d, int64_t segment, double* sums) {
    V acc[N];
    clear<N>(acc);
    dot_lanes<N>(z, d, segment, acc);
    if (N == R) {
      add_lane_sums(acc, sums);
      if (R > W) add_lane_sums(acc + R - W, sums + R - W);
    } else {
      add_sums<N>(acc, sums);
    }
  }

  // Sum of dy over n rounded up to W, in four chains.
  static float total(const float* dy, int64_t n) {
    V t[4] = {zero(), zero(), zero(), zero()};
    for (int64_t i = 0; i < n; i += W) t[i / W & 3] += load(dy + i);
    return sum((t[0] + t[1]) + (t[2] + t[3]));
  }

  // sums[j] += dot of dy with x shifted by j; sums[K] += sum of dy. Beyond n, dy reads zeros up to a whole vector (or
  // segment): chunks end on CONV1D_CHUNK or at the end of the row.
  static void gradients(const float* x, const float* dy, const Room& room, int kernel, int64_t n, double* sums) {
    sums[kernel] += total(dy, n);
    int j = 0;
    if (!segmented(kernel, n)) {
      for (; j + 8 <= kernel; j += 8) sum_direct<8>(x + j, dy, n, sums + j);
      if (j + 4 <= kernel) {
        sum_direct<4>(x + j, dy, n, sums + j);
        j += 4;
      }
      if (j + 3 == kernel) sum_direct<3>(x + j, dy, n, sums + j);
      if (j + 2 == kernel) sum_direct<2>(x + j, dy, n, sums + j);
      if (j + 1 == kernel) sum_direct<1>(x + j, dy, n, sums + j);
      return;
    }
    const int64_t segment = segment_of(n);
    pack_segments(x, segment, segment + kernel - 1, room.z);
    pack_segments(dy, segment, segment, room.d);
    for (; j + R <= kernel; j += R) sum_segments<R>(room.z + j * W, room.d, segment, sums + j);
    for (; j + 4 <= kernel; j += 4) sum_segments<4>(room.z + j * W, room.d, segment, sums + j);
    for (; j < kernel; j++) sum_segments<1>(room.z + j * W, room.d, segment, sums + j);
  }

  static void backward(const Conv1d& c) {
    const Room room(c.scratch);
    const int after = c.kernel - 1 - c.pad;
    for (int64_t channel = c.c0; channel < c.c1; channel++) {
      const int64_t row = (c.b * c.channels + channel) * c.length;
      const T* dy = static_cast<const T*>(c.dy) + row;
      if (c.y) load_taps(c, channel, true, room.taps);
      for (int64_t t = c.t0; t < c.t1; t += CONV1D_CHUNK) {
        const int64_t n = min64(CONV1D_CHUNK, c.t1 - t);
        const int64_t reach = span(c.kernel, n);
        const float* from = line_at(dy, c.length, t - after, reach, room.other);
        if (c.y) convolve(from, room, c.kernel, 0.0f, static_cast<T*>(c.y) + row + t, n);
        if (c.sums) {
          const T* x = static_cast<const T*>(c.x) + row;
          const float* line = line_at(x, c.length, t - c.pad, reach, room.line);
          gradients(line, from + after, room, c.kernel, n, c.sums + channel * (c.kernel + 1));
        }
      }
    }
  }
};

}  // namespace

void conv1d_forward_bhl(const Conv1d& c) {
  switch (c.dtype) {
    case TW_F32: return Bhl<F32>::forward(c);
    case TW_F16: return Bhl<F16>::forward(c);
    default: return Bhl<BF16>::forward(c);
  }
}

void conv1d_backward_bhl(const Conv1d& c) {
  switch (c.dtype) {
    case TW_F32: return Bhl<F32>::backward(c);
    case TW_F16: return Bhl<F16>::backward(c);
    default: return Bhl<BF16>::backward(c);
  }
}

int64_t conv1d_bhl_scratch_floats() { return Room::floats(); }

}  // namespace TW_LEVEL_NS
}  // namespace tw
