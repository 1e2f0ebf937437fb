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
  const float* k;      // [channels, taps]
  float4* spectrum;
  long long taps;
  long long period;    // taps this far apart are added up
  long long ahead;     // lag -a is tap mirror - a, for a from 1 to this
  long long behind;    // lags 0 .. behind - 1
  long long mirror;
  int planes;
};

static __device__ float tap(const Filter& f, const float* k, long long at) {
  float sum = 0;
  for (long long i = at; i < f.taps; i += f.period) {
    sum += k[i];
  }
  return sum;
}

// e^(-2 pi i turns / whole) for 0 <= turns < whole
static __device__ float2 root(int turns, int whole) {
  float s, c;
  sincospif(-2 * float(turns) / float(whole), &s, &c);
  return make_float2(c, s);
}

static __device__ float2 times(float2 a, float2 b) { return make_float2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x); }

static __device__ void add(float2& sum, float2 a, float2 b) {
  sum.x += a.x * b.x - a.y * b.y;
  sum.y += a.x * b.y + a.y * b.x;
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
    float2 z = make_float2(at < f.behind ? tap(f, k, at) : 0, n - at <= f.ahead ? -tap(f, k, f.mirror - (n - at)) : 0);
    add(sum, z, outer[d * (4 * k0 - 1) & (4 * f.planes - 1)]);
  }
  x[m] = times(sum, root(m * (4 * k0 - 1) & (4 * int(n) - 1), 4 * int(n)));
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
