// The frequency-sparse kernels of one level against sums in float64: every split, patterns that drop at every depth.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <vector>

#include "tilewright.h"

namespace {

struct Memory {  // 64-byte aligned, zeroed
  explicit Memory(int64_t bytes) : p(std::aligned_alloc(64, (bytes + 63) / 64 * 64)) { tw_fill(address(), bytes / 4, 4, 0); }
  ~Memory() { std::free(p); }
  Memory(const Memory&) = delete;
  int64_t address() const { return reinterpret_cast<intptr_t>(p); }
  void* p;
};

int64_t at(const std::vector<float>& v) { return reinterpret_cast<intptr_t>(v.data()); }

double error(const std::vector<float>& got, const std::vector<double>& want) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < want.size(); i++) {
    difference += (got[i] - want[i]) * (got[i] - want[i]);
    norm += want[i] * want[i];
  }
  return std::sqrt(difference / norm);
}

// x with the dropped frequencies taken out: a real cyclic sequence of n.
std::vector<double> kept_part(const std::vector<double>& x, const std::vector<bool>& keep) {
  const size_t n = x.size();
  std::vector<double> cosine(n), out(n);
  for (size_t t = 0; t < n; t++)
    for (size_t f = 0; f < n; f++)
      if (keep[f]) cosine[t] += std::cos(2 * M_PI * (f * t % n) / n) / n;
  for (size_t t = 0; t < n; t++)
    for (size_t s = 0; s < n; s++) out[t] += cosine[(t + n - s) % n] * x[s];
  return out;
}

bool agrees(int level, int64_t n, int64_t split, int64_t radices, int64_t L, int64_t Lk, const std::vector<bool>& keep) {
  const int64_t B = 3, H = 1, points = n / split;
  Memory plan(tw_fftconv_sparse_plan_bytes(level, points, split)), bits(n / 8);
  for (int64_t f = 0; f < n; f++)
    if (keep[f]) static_cast<uint16_t*>(bits.p)[f / 16] |= static_cast<uint16_t>(1 << f % 16);
  std::vector<Memory*> tables;
  tw_fftconv_sparse_plan_init(plan.address(), L, Lk, 0, points, split, bits.address());
  for (int64_t r = 0; r < split; r++) {
    tables.push_back(new Memory(tw_fft_table_bytes(level, points, radices)));
    tw_fft_table_init(level, points, radices, static_cast<double>(r) / split, tables.back()->address());
    tw_fftconv_sparse_plan_child(plan.address(), r, tables.back()->address(), bits.address());
  }
  Memory scratch(tw_fftconv_scratch_bytes(level, plan.address(), true));
  std::mt19937 rng(static_cast<unsigned>(n + split));
  std::normal_distribution<float> normal;
  const auto noise = [&](int64_t count) {
    std::vector<float> v(count);
    for (float& x : v) x = normal(rng);
    return v;
  };
  const auto u = noise(B * L), dy = noise(B * L), k = noise(Lk);
  std::vector<float> y(B * L, NAN), du(B * L, NAN), dk(Lk, NAN);
  tw_fftconv_forward(level, plan.address(), B, H, at(u), 0, 0, 0, at(k), 0, at(y), 0, 0, B, scratch.address());
  tw_fftconv_backward(level, plan.address(), B, H, at(u), 0, 0, 0, at(k), 0, at(dy), at(du), at(dk), 0, 0, 0, 0,
                      scratch.address());
  std::vector<double> taps(n), dLags(n), wy(B * L), wdu(B * L);
  for (int64_t j = 0; j < Lk; j++) taps[j] = k[j];
  const std::vector<double> lags = kept_part(taps, keep);
  for (int64_t b = 0; b < B; b++)
    for (int64_t t = 0; t < L; t++)
      for (int64_t s = 0; s < L; s++) {
        const int64_t lag = (t - s + n) % n;
        wy[b * L + t] += lags[lag] * u[b * L + s];
        wdu[b * L + s] += lags[lag] * dy[b * L + t];
        dLags[lag] += static_cast<double>(dy[b * L + t]) * u[b * L + s];
      }
  std::vector<double> wdk = kept_part(dLags, keep);
  wdk.resize(Lk);
  for (Memory* table : tables) delete table;
  const double worst = std::fmax(error(y, wy), std::fmax(error(du, wdu), error(dk, wdk)));
  if (!(worst < 2e-6))
    std::printf("FAIL sparse level %d n %ld split %ld L %ld Lk %ld: %g\n", level, (long)n, (long)split, (long)L, (long)Lk, worst);
  return worst < 2e-6;
}

}  // namespace

// The number of failures at a level.
int sparse_selftest(int level) {
  const std::function<bool(int64_t, int64_t)> patterns[] = {
      [](int64_t, int64_t) { return true; },
      [](int64_t f, int64_t) { return f % 4 == 0; },
      [](int64_t f, int64_t) { return f % 32 == 3 || f % 32 == 29; },
      [](int64_t f, int64_t n) { return f < n / 8 || f > n - n / 8; },
      [](int64_t f, int64_t n) { return f % 2 == 0 && (f < n / 4 || f > n - n / 4); },
      [](int64_t f, int64_t n) { return f == 37 || f == n - 37; },
  };
  int failures = 0;
  const int lanes = 4 << level;
  for (int64_t split = 1; split <= 16; split *= 2)
    for (int64_t vectors : {8, 16, 64}) {
      const int64_t n = split * vectors * lanes, radices = vectors == 8 ? 0x21 : vectors == 16 ? 0x22 : 0x222;
      if (n < 256 || n > 1024) continue;
      for (const auto& pattern : patterns) {
        std::vector<bool> keep(n);
        for (int64_t f = 0; f < n; f++) keep[f] = pattern(f, n);
        failures += !agrees(level, n, split, radices, n / 2, n / 2, keep);
        failures += !agrees(level, n, split, radices, n - 3, 77, keep);
      }
    }
  return failures;
}
