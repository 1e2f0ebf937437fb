#include "probe.hpp"

#include "loops.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>
#include <vector>

namespace twbench {
namespace {

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The best of several: other work on the machine only ever slows a probe down.
template <class Body>
double best_seconds(Pool& pool, Body& body, int times) {
  double best = 1e9;
  pool.run(body);
  for (int i = 0; i < times; ++i) {
    const double start = seconds();
    pool.run(body);
    best = std::min(best, seconds() - start);
  }
  return best;
}

}  // namespace

double copy_bandwidth(Pool& pool) {
  const size_t bytes = size_t{128} << 20;
  char* from = static_cast<char*>(std::aligned_alloc(4096, bytes));
  char* to = static_cast<char*>(std::aligned_alloc(4096, bytes));
  if (from == nullptr || to == nullptr) {
    std::free(from);
    std::free(to);
    throw std::bad_alloc();
  }
  std::memset(from, 1, bytes);
  const size_t share = bytes / pool.threads();
  auto body = [&](int worker) { std::memcpy(to + worker * share, from + worker * share, share); };
  const double best = best_seconds(pool, body, 15);
  std::free(from);
  std::free(to);
  return 2.0 * share * pool.threads() / best;
}

double peak_flops(Pool& pool) {
  constexpr long kSteps = 400000;
  constexpr int kChains = 10;  // hides a latency of 4 or 5 at two a cycle
  std::vector<float> keep(pool.threads() * 64);
  auto body = [&](int worker) {
    Vec factor;
    Vec term;
    for (int lane = 0; lane < kLanes; ++lane) {
      factor[lane] = 0.999f;
      term[lane] = 0.001f * lane;
    }
    // Variables and not an array, which the compiler would keep in memory.
    Vec a = term, b = term, c = term, d = term, e = term;
    Vec f = term, g = term, h = term, i = term, j = term;
    for (long step = 0; step < kSteps; ++step) {
      a = a * factor + term;
      b = b * factor + term;
      c = c * factor + term;
      d = d * factor + term;
      e = e * factor + term;
      f = f * factor + term;
      g = g * factor + term;
      h = h * factor + term;
      i = i * factor + term;
      j = j * factor + term;
      // Else the chains, which are alike, would become one.
      asm("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d), "+v"(e));
      asm("" : "+v"(f), "+v"(g), "+v"(h), "+v"(i), "+v"(j));
    }
    store(&keep[worker * 64], a + b + c + d + e + f + g + h + i + j);
  };
  const double best = best_seconds(pool, body, 150);
  return 2.0 * kLanes * kChains * kSteps * pool.threads() / best;
}

}  // namespace twbench
