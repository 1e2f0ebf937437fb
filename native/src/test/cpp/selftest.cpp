// Self-test of the native kernels on their own: every level that this machine runs, against float64 sums. Runs under
// AddressSanitizer and UBSan in the deep profile.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "tilewright.h"

namespace {

int failures = 0;

struct Buffer {  // 64-byte aligned, zeroed
  explicit Buffer(int64_t bytes) : p(static_cast<char*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64))) {
    std::memset(p, 0, (bytes + 63) / 64 * 64);
  }
  ~Buffer() { std::free(p); }
  Buffer(const Buffer&) = delete;
  int64_t address() const { return reinterpret_cast<intptr_t>(p); }
  char* p;
};

int64_t at(const std::vector<float>& v) { return reinterpret_cast<intptr_t>(v.data()); }

std::vector<float> noise(std::mt19937& rng, int64_t n) {
  std::normal_distribution<float> normal;
  std::vector<float> v(n);
  for (float& x : v) x = normal(rng);
  return v;
}

// The taps whose sum is the filter at `lag`; see FftConv.Mode.
template <class F>
void for_each_tap(int mode, int64_t L, int64_t Lk, int64_t lag, F f) {
  if (mode == 0 && lag >= 0 && lag < Lk) f(lag);
  if (mode == 2 && lag >= 0 && lag < (Lk + 1) / 2) f(lag);
  if (mode == 2 && lag < 0 && -lag <= Lk / 2) f(Lk + lag);
  if (mode == 1)
    for (int64_t j = (lag + L) % L; j < Lk; j += L) f(j);
}

void check(const char* what, const std::vector<float>& got, const std::vector<double>& want, const char* where) {
  double error = 0, norm = 0;
  for (size_t i = 0; i < want.size(); i++) {
    error += (got[i] - want[i]) * (got[i] - want[i]);
    norm += want[i] * want[i];
  }
  const double relative = std::sqrt(error / (norm > 0 ? norm : 1));
  if (!(relative < 2e-6)) {
    std::printf("FAIL %s %s: %g\n", where, what, relative);
    failures++;
  }
}

void convolution(int level, int64_t L, int64_t Lk, int mode, int64_t n, int64_t radices, int64_t group) {
  char where[200];
  std::snprintf(where, sizeof where, "level %d L %ld Lk %ld mode %d n %ld radices %lx group %ld", level, (long)L, (long)Lk,
                mode, (long)n, (long)radices, (long)group);
  const int64_t B = 2, H = 2;
  std::mt19937 rng(static_cast<unsigned>(L * 31 + Lk));
  const int64_t tableBytes = tw_fft_table_bytes(level, n, radices);
  Buffer table(tableBytes), plan(tw_fftconv_plan_bytes());
  tw_fft_table_init(level, n, radices, 0.25, table.address());
  tw_fftconv_plan_init(plan.address(), table.address(), L, Lk, mode, 0, group);
  Buffer scratch(tw_fftconv_scratch_bytes(level, plan.address(), true));
  const auto u = noise(rng, B * H * L), pre = noise(rng, B * H * L), post = noise(rng, B * H * L), d = noise(rng, H),
             dy = noise(rng, B * H * L);
  auto k = noise(rng, H * Lk);
  for (int64_t i = 0; i < H * Lk; i++) k[i] /= std::sqrt(1.0f + i % Lk);
  std::vector<float> y(B * H * L, NAN), du(y), dpre(y), dpost(y), dk(H * Lk, NAN), dd(H, NAN);
  for (int64_t h = 0; h < H; h++) {
    tw_fftconv_forward(level, plan.address(), B, H, at(u), at(pre), at(post), at(d), at(k), 0, at(y), h, 0, B,
                       scratch.address());
    tw_fftconv_backward(level, plan.address(), B, H, at(u), at(pre), at(post), at(d), at(k), 0, at(dy), at(du), at(dk),
                        at(dd), at(dpre), at(dpost), h, scratch.address());
  }
  std::vector<double> wy(B * H * L), wdu(wy), wdpre(wy), wdpost(wy), wdk(H * Lk), wdd(H);
  for (int64_t h = 0; h < H; h++) {
    std::vector<double> g(2 * L - 1), dg(2 * L - 1);
    for (int64_t lag = 1 - L; lag < L; lag++)
      for_each_tap(mode, L, Lk, lag, [&](int64_t j) { g[lag + L - 1] += k[h * Lk + j]; });
    for (int64_t b = 0; b < B; b++) {
      const int64_t r = (b * H + h) * L;
      std::vector<double> dv(L);
      for (int64_t t = 0; t < L; t++) {
        double conv = 0;
        const double dz = static_cast<double>(dy[r + t]) * post[r + t];
        for (int64_t s = 0; s < L; s++) {
          const double v = static_cast<double>(u[r + s]) * pre[r + s];
          conv += g[t - s + L - 1] * v;
          dv[s] += g[t - s + L - 1] * dz;
          dg[t - s + L - 1] += v * dz;
        }
        wy[r + t] = post[r + t] * conv + static_cast<double>(d[h]) * u[r + t];
        wdpost[r + t] = dy[r + t] * conv;
        wdd[h] += static_cast<double>(dy[r + t]) * u[r + t];
      }
      for (int64_t s = 0; s < L; s++) {
        wdu[r + s] = dv[s] * pre[r + s] + static_cast<double>(d[h]) * dy[r + s];
        wdpre[r + s] = dv[s] * u[r + s];
      }
    }
    for (int64_t lag = 1 - L; lag < L; lag++)
      for_each_tap(mode, L, Lk, lag, [&](int64_t j) { wdk[h * Lk + j] += dg[lag + L - 1]; });
  }
  check("y", y, wy, where);
  check("du", du, wdu, where);
  check("dk", dk, wdk, where);
  check("dd", dd, wdd, where);
  check("dpregate", dpre, wdpre, where);
  check("dpostgate", dpost, wdpost, where);
}

void convolutions(int level) {
  const int64_t lanes = 4 << level;
  // Vectors of a transform, radices of its passes.
  const int64_t plans[][2] = {{8, 0x21}, {8, 0x12}, {16, 0x22}, {32, 0x23}, {64, 0x33}, {128, 0x223}, {256, 0x44}, {256, 0x2222}};
  for (const auto& plan : plans) {
    const int64_t n = plan[0] * lanes;
    if (tw_fft_table_bytes(level, n, plan[1]) < 0) continue;
    for (int mode = 0; mode < 3; mode++)
      for (int64_t blocks : {1, 2, 3, 5, 9}) {
        const int64_t full = blocks * n;
        if (full > 3000) continue;
        convolution(level, full, full, mode, n, plan[1], 0);
        convolution(level, full - 3, full / 2 + 1, mode, n, plan[1], 0);
        convolution(level, full - n + 1, 2 * full + 5, mode, n, plan[1], 0);
        convolution(level, full, n / 2, mode, n, plan[1], 2);
        convolution(level, full - 1, 2 * n + 1, mode, n, plan[1], 3);
        convolution(level, full, 1, mode, n, plan[1], 1);
      }
  }
}

}  // namespace

int sparse_selftest(int level);  // selftest_sparse.cpp

int main() {
  for (int level = 0; level <= tw_cpu_level(); level++) {
    convolutions(level);
    failures += sparse_selftest(level);
  }
  std::printf("%s\n", failures ? "self-test failed" : "self-test passed");
  return failures != 0;
}
