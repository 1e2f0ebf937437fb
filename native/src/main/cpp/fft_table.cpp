#include "fft_table.h"

#include <cmath>

namespace tw {
namespace {

constexpr int64_t kLine = 16;    // floats of a cache line
constexpr int64_t kPage = 4096;  // bytes

int64_t aligned(int64_t floats) { return (floats + kLine - 1) / kLine * kLine; }

int64_t reversed(int64_t b, int bits) {
  int64_t r = 0;
  for (int i = 0; i < bits; i++) r |= ((b >> i) & 1) << (bits - 1 - i);
  return r;
}

int log2_of(int64_t x) {
  int l = 0;
  while ((int64_t{1} << l) < x) l++;
  return l;
}

struct Writer {
  double theta;  // in turns
  int lanes, parts, split;

  void put(float* at, int lane, double turns) const {
    at[lane] = static_cast<float>(std::cos(2 * M_PI * turns));
    at[lanes + lane] = static_cast<float>(std::sin(2 * M_PI * turns));
  }
  // The root of the node at depth d, position b of the whole tree, in turns.
  double root(int d, int64_t b) const { return (theta + static_cast<double>(reversed(b, d))) / std::ldexp(1.0, d); }

  // Twiddle k of a radix node (see `radix` in fft.h for the order): half the angle of the node it splits.
  double node(int d, int64_t b, int k) const {
    int level = 0;
    int64_t group = 0;
    if (k > 0) {
      while ((2 << level) <= k) level++;
      group = 2 * (k - (1 << level));
      level++;
    }
    return root(d + level, (b << level) + group) / 2;
  }
};

bool layout(FftTable* t, int64_t n, int lanes, int64_t radices, int64_t* floats) {
  t->n = n;
  t->lanes = lanes;
  t->passes = 0;
  const int64_t vectors = n / lanes;
  int64_t at = aligned((sizeof(FftTable) + sizeof(float) - 1) / sizeof(float));
  t->split = at;
  at += aligned(int64_t{2} * lanes * (lanes / kPartLanes - 1));
  int64_t nodes = 1;
  for (; radices > 0; radices >>= 4) {
    const int log = radices & 15;
    if (log < 1 || log > 4 || t->passes == kMaxPasses) return false;
    t->radix[t->passes] = 1 << log;
    t->pass[t->passes++] = at;
    at += aligned((nodes << log) * lanes);
    nodes <<= log;
  }
  // Below the first pass every node holds whole groups of 4 vectors.
  if (t->passes == 0 || nodes * lanes != n || vectors / t->radix[0] % kPartLanes != 0) return false;
  t->lane = at;
  *floats = at + vectors * lanes;
  int64_t node = vectors;
  for (int p = 0; p < t->passes && node / t->radix[p] * lanes * 8 >= kPage; p++) node /= t->radix[p];
  t->padShift = log2_of(node);
  return true;
}

}  // namespace

int64_t fft_table_bytes(int64_t n, int lanes, int64_t radices) {
  FftTable t;
  int64_t floats;
  return layout(&t, n, lanes, radices, &floats) ? floats * static_cast<int64_t>(sizeof(float)) : -1;
}

void fft_table_init(void* memory, int64_t n, int lanes, int64_t radices, double turns) {
  FftTable* t = static_cast<FftTable*>(memory);
  int64_t floats;
  if (!layout(t, n, lanes, radices, &floats)) return;
  float* f = static_cast<float*>(memory);
  const int parts = lanes / kPartLanes;
  const Writer w{turns, lanes, parts, log2_of(parts)};
  for (int q = 1; q < parts; q++)
    for (int l = 0; l < lanes; l++)
      w.put(f + t->split + 2 * lanes * (q - 1), l, q * w.root(w.split, l / kPartLanes));
  int depth = 0;  // below the split
  int64_t nodes = 1;
  for (int p = 0; p < t->passes; p++) {
    for (int64_t b = 0; b < nodes; b++)
      for (int k = 0; k < t->radix[p] / 2; k++)
        for (int l = 0; l < lanes; l++)
          w.put(f + t->pass[p] + (b * t->radix[p] + 2 * k) * lanes, l,
                w.node(w.split + depth, l / kPartLanes * nodes + b, k));
    nodes *= t->radix[p];
    depth += log2_of(t->radix[p]);
  }
  for (int64_t b = 0; b < nodes; b += kPartLanes)
    for (int k = 0; k < 2; k++)
      for (int l = 0; l < lanes; l++)
        w.put(f + t->lane + (b + 2 * k) * lanes, l,
              w.node(w.split + depth, l / kPartLanes * nodes + b + l % kPartLanes, k));
}

}  // namespace tw
