// The spectrum of a filter, in the order in which fftconv_fwd.cuh wants it, in f32.
//
// A filter has taps of lag 0 and more and, where the mode looks ahead, of negative lags. With frequencies k - 1/4, what
// moves N back gains a factor 1/i: lag -a stands at N - a, times -i. So every mode is one complex sequence of N values.
//
// One block a plane k0 of a channel, one thread a point m: a direct sum over d2 (at most 128 terms), then 16 x 16 with the
// true twiddles, each angle reduced exactly as an integer before it is rounded once.
//
// spectrum[channel][plane][4][lane] of float4: (re, im) of elements 2 i and 2 i + 1 of the eight that a lane holds: element
// e = 4 tile + j is k1 = lane / 4 + 8 (j / 2), k2 = 8 tile + 2 (lane % 4) + j % 2, at frequency k0 + planes (k1 + 16 k2) - 1/4.

struct Filter {
  float* k;            // [channels, taps]
  float4* spectrum;    // of the gradient: the partial sums, [partials, channels, ...]
  long long taps;
  long long period;    // taps this far apart are added up
  long long ahead;     // lag -a is tap mirror - a, for a from 1 to this
  long long behind;    // lags 0 .. behind - 1
  long long mirror;
  int planes;
  int partials;
  float2* waves;       // [channels, planes, 256], for the gradient and for long filters
  long long channels;
  int outer;           // of a long transform, see below; 1 else
  int quarter;         // 1: frequencies k - 1/4; 0: k, of waves in place of taps
};

static __device__ float tap(const Filter& f, const float* k, long long at) {
  float sum = 0;
  for (long long i = at; i < f.taps; i += f.period) {
    sum += k[i];
  }
  return sum;
}

// e^(-2 pi i turns / whole) for 0 <= turns < whole
static __device__ float2 root(unsigned turns, unsigned whole) {
  float s, c;
  sincospif(-2 * float(turns) / float(whole), &s, &c);
  return make_float2(c, s);
}

static __device__ float2 times(float2 a, float2 b) { return make_float2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x); }

static __device__ void add(float2& sum, float2 a, float2 b) {
  sum.x += a.x * b.x - a.y * b.y;
  sum.y += a.x * b.y + a.y * b.x;
}

// The complex sequence of n values that a filter is, at one place.
static __device__ float2 sequence(const Filter& f, const float* k, long long at, long long n) {
  return make_float2(at < f.behind ? tap(f, k, at) : 0, n - at <= f.ahead ? -tap(f, k, f.mirror - (n - at)) : 0);
}

// Long transforms: n = inner d + m, with inner = 256 planes. The sum over d comes first, turned by
// e^(-2 pi i m (k0 - 1/4) / N): for each k0 a channel of inner complex values, whose spectrum is plain. One thread a value.
extern "C" __global__ void __launch_bounds__(256) fftconv_filter_split(Filter f) {
  __shared__ float2 outer[4 * 256];
  for (int i = threadIdx.x; i < 4 * f.outer; i += 256) {
    outer[i] = root(i, 4 * f.outer);
  }
  __syncthreads();
  int inner = 256 * f.planes;
  long long n = (long long)inner * f.outer;
  long long row = blockIdx.x / f.planes;
  int k0 = int(row % f.outer);
  int m = blockIdx.x % f.planes * 256 + threadIdx.x;
  const float* k = f.k + row / f.outer * f.taps;
  float2 sum = make_float2(0, 0);
  for (int d = 0; d < f.outer; d++) {
    add(sum, sequence(f, k, (long long)d * inner + m, n), outer[d * (4 * k0 - 1) & (4 * f.outer - 1)]);
  }
  unsigned whole = 4u * unsigned(n);
  f.waves[row * inner + m] = times(sum, root(unsigned(m) * (4u * k0 - 1u) & (whole - 1), whole));
}

extern "C" __global__ void __launch_bounds__(256) fftconv_filter(Filter f) {
  __shared__ float2 x[256];
  __shared__ float2 roots[256];   // of 256
  __shared__ float2 outer[4 * 128];  // of 4 planes
  long long channel = blockIdx.x / f.planes;
  int k0 = blockIdx.x % f.planes;
  int m = threadIdx.x;
  long long n = 256LL * f.planes;
  const float* k = f.k + channel * f.taps;
  roots[m] = root(m, 256);
  for (int i = m; i < 4 * f.planes; i += 256) {
    outer[i] = root(i, 4 * f.planes);
  }
  __syncthreads();
  // over d2, n = 256 d2 + m: the angle is d2 (k0 - 1/4) / planes
  float2 sum = make_float2(0, 0);
  for (int d = 0; d < f.planes; d++) {
    long long at = 256LL * d + m;
    float2 z = f.quarter ? sequence(f, k, at, n) : f.waves[channel * n + at];
    add(sum, z, outer[d * (4 * k0 - f.quarter) & (4 * f.planes - 1)]);
  }
  x[m] = times(sum, root(m * (4 * k0 - f.quarter) & (4 * int(n) - 1), 4 * int(n)));
  __syncthreads();
  // over d1, m = 16 d1 + d0
  int k1 = m / 16, d0 = m % 16;
  sum = make_float2(0, 0);
  for (int d1 = 0; d1 < 16; d1++) {
    add(sum, x[16 * d1 + d0], roots[16 * (d1 * k1 % 16)]);
  }
  sum = times(sum, roots[d0 * k1]);
  __syncthreads();
  x[m] = sum;  // [k1, d0]
  __syncthreads();
  int k2 = m % 16;
  sum = make_float2(0, 0);
  for (int i = 0; i < 16; i++) {
    add(sum, x[16 * k1 + i], roots[16 * (i * k2 % 16)]);
  }
  int lane = k1 % 8 * 4 + k2 % 8 / 2;
  int element = k2 / 8 * 4 + k1 / 8 * 2 + k2 % 2;
  float2* to = reinterpret_cast<float2*>(f.spectrum + ((channel * f.planes + k0) * 4 + element / 2) * 32 + lane);
  to[element % 2] = sum;
}

// The gradient's way back. First each plane: the partial sums are added up, transformed over k2 and k1, and turned.
extern "C" __global__ void __launch_bounds__(256) fftconv_filter_waves(Filter f) {
  __shared__ float2 x[256];
  __shared__ float2 roots[256];  // of 256, conjugate
  long long channel = blockIdx.x / f.planes;
  int k0 = blockIdx.x % f.planes;
  int m = threadIdx.x;
  float2 w = root(m, 256);
  roots[m] = make_float2(w.x, -w.y);
  int k1 = m / 16, k2 = m % 16;
  int lane = k1 % 8 * 4 + k2 % 8 / 2;
  int element = k2 / 8 * 4 + k1 / 8 * 2 + k2 % 2;
  float2 sum = make_float2(0, 0);
  for (long long i = 0; i < f.partials; i++) {
    const float4* at = f.spectrum + (((i * f.channels + channel) * f.planes + k0) * 4 + element / 2) * 32 + lane;
    float2 z = reinterpret_cast<const float2*>(at)[element % 2];
    sum.x += z.x;
    sum.y += z.y;
  }
  x[m] = sum;  // [k1, k2]
  __syncthreads();
  int d0 = m % 16;
  sum = make_float2(0, 0);
  for (int i = 0; i < 16; i++) {
    add(sum, x[16 * k1 + i], roots[16 * (d0 * i % 16)]);
  }
  sum = times(sum, roots[d0 * k1]);
  __syncthreads();
  x[m] = sum;  // [k1, d0]
  __syncthreads();
  int d1 = m / 16;
  sum = make_float2(0, 0);
  for (int i = 0; i < 16; i++) {
    add(sum, x[16 * i + d0], roots[16 * (d1 * i % 16)]);
  }
  int whole = 4 * 256 * f.planes;
  w = root(m * (4 * k0 - f.quarter) & (whole - 1), whole);
  f.waves[(channel * f.planes + k0) * 256 + m] = times(sum, make_float2(w.x, -w.y));
}

// The value at n of the inverse transform.
static __device__ float2 inverse(const Filter& f, const float2* outer, const float2* waves, long long n) {
  float2 sum = make_float2(0, 0);
  int d = int(n / 256);
  for (int k0 = 0; k0 < f.planes; k0++) {
    float2 w = outer[d * (4 * k0 - f.quarter) & (4 * f.planes - 1)];
    add(sum, waves[k0 * 256 + n % 256], make_float2(w.x, -w.y));
  }
  return sum;
}

// Of a long transform: each inner channel's inverse, into the partial sums' place, which are no longer needed.
extern "C" __global__ void __launch_bounds__(256) fftconv_filter_rows(Filter f) {
  __shared__ float2 outer[4 * 128];  // of 4 planes
  for (int i = threadIdx.x; i < 4 * f.planes; i += 256) {
    outer[i] = root(i, 4 * f.planes);
  }
  __syncthreads();
  int inner = 256 * f.planes;
  long long row = blockIdx.x / f.planes;
  int m = blockIdx.x % f.planes * 256 + threadIdx.x;
  reinterpret_cast<float2*>(f.spectrum)[row * inner + m] = inverse(f, outer, f.waves + row * inner, m);
}

// The value at n of a long inverse transform.
static __device__ float2 joined(const Filter& f, const float2* outer, long long channel, long long n) {
  int inner = 256 * f.planes;
  unsigned whole = 4u * inner * f.outer;
  int d = int(n / inner);
  int m = int(n % inner);
  float2 sum = make_float2(0, 0);
  for (int k0 = 0; k0 < f.outer; k0++) {
    float2 w = times(outer[d * (4 * k0 - 1) & (4 * f.outer - 1)], root(unsigned(m) * (4u * k0 - 1u) & (whole - 1), whole));
    float2 z = reinterpret_cast<const float2*>(f.spectrum)[(channel * f.outer + k0) * inner + m];
    add(sum, z, make_float2(w.x, -w.y));
  }
  return sum;
}

// Then the taps: the real part at their lag, and for a negative lag minus the imaginary part at N less it.
extern "C" __global__ void __launch_bounds__(256) fftconv_filter_taps(Filter f) {
  __shared__ float2 outer[4 * 256];
  int whole = 4 * (f.outer > 1 ? f.outer : f.planes);
  for (int i = threadIdx.x; i < whole; i += 256) {
    outer[i] = root(i, whole);
  }
  __syncthreads();
  long long parts = (f.taps + 255) / 256;
  long long channel = blockIdx.x / parts;
  long long at = blockIdx.x % parts * 256 + threadIdx.x;
  if (at >= f.taps) {
    return;
  }
  const float2* waves = f.waves + channel * f.planes * 256;
  long long n = 256LL * f.planes * f.outer;
  long long tap = at % f.period;
  long long back = f.mirror - tap;
  float sum = 0;
  if (tap < f.behind) {
    sum += f.outer > 1 ? joined(f, outer, channel, tap).x : inverse(f, outer, waves, tap).x;
  }
  if (back >= 1 && back <= f.ahead) {
    sum -= f.outer > 1 ? joined(f, outer, channel, n - back).y : inverse(f, outer, waves, n - back).y;
  }
  f.k[channel * f.taps + at] = sum;
}
