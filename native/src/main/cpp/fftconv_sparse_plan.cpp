// The plan of a frequency-sparse convolution, and its C functions.
#include <cmath>

#include "fftconv_sparse.h"
#include "c_api.h"

namespace tw {
namespace {

bool has(const uint16_t* kept, int64_t f) { return kept[f >> 4] >> (f & 15) & 1; }

int64_t aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }

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

bool keeps_any(const uint16_t* kept, int64_t residue, int64_t points, int64_t split) {
  for (int64_t i = 0; i < points; i++)
    if (has(kept, residue + split * i)) return true;
  return false;
}

// Kept lanes of vector v. Leaf j of the tree lies in part j / (4 vectors); inside the parts groups of 4 x 4 leaves are transposed.
uint16_t kept_lanes(const FftTable& t, const uint16_t* kept, int64_t residue, int64_t split, int64_t v) {
  const int64_t perPart = t.n / t.lanes * kPartLanes;
  const int bits = log2_of(t.n);
  unsigned mask = 0;
  for (int l = 0; l < t.lanes; l++) {
    const int64_t leaf = l / kPartLanes * perPart + v / 4 * 16 + l % kPartLanes * 4 + v % 4;
    if (has(kept, residue + split * reversed(leaf, bits))) mask |= 1u << l;
  }
  return static_cast<uint16_t>(mask);
}

}  // namespace

int64_t sparse_plan_bytes(int lanes, int64_t points, int64_t split) {
  const int64_t vectors = points / lanes;
  // States: at most half as many nodes as vectors, all passes together; masks: 2 bytes a vector.
  return aligned(sizeof(SparsePlan)) + aligned(split * split * sizeof(float)) +
         split * (aligned(vectors) + aligned(2 * vectors) + 64 * kMaxPasses);
}

void sparse_plan_init(SparsePlan* p, int64_t length, int64_t filterLength, int dtype, int64_t points, int64_t split,
                      const uint16_t* kept) {
  *p = {};
  p->kind = kSparsePlan;
  p->length = length;
  p->filterLength = filterLength;
  p->points = points;
  p->split = split;
  p->dtype = dtype;
  p->used = aligned(sizeof(SparsePlan));
  int children = 0;
  for (int64_t r = 1; r < (split + 1) / 2; r++)
    if (keeps_any(kept, r, points, split)) {
      p->child[children++].residue = r;
      p->child[children++].residue = split - r;
      p->turns[p->pairs++] = p->used / static_cast<int64_t>(sizeof(float));
      float* turns = reinterpret_cast<float*>(reinterpret_cast<char*>(p) + p->used);
      for (int64_t s = 0; s < split; s++) {
        turns[2 * s] = static_cast<float>(std::cos(2 * M_PI * (r * s % split) / split));
        turns[2 * s + 1] = static_cast<float>(std::sin(2 * M_PI * (r * s % split) / split));
      }
      p->used += 2 * split * static_cast<int64_t>(sizeof(float));
    }
  for (int64_t r = 0; r < split; r += split == 1 ? 1 : split / 2)
    if (keeps_any(kept, r, points, split)) {
      p->child[children++].residue = r;
      p->singles++;
    }
  p->used = aligned(p->used);
}

void sparse_plan_child(SparsePlan* p, int64_t residue, const FftTable* fft, const uint16_t* kept) {
  SparseChild* c = nullptr;
  for (int i = 0; i < p->children(); i++)
    if (p->child[i].residue == residue) c = &p->child[i];
  if (!c) return;
  c->fft = fft;
  uint8_t* base = reinterpret_cast<uint8_t*>(p);
  const int64_t vectors = fft->n / fft->lanes;
  const unsigned all = (1u << fft->lanes) - 1;
  uint16_t* masks = reinterpret_cast<uint16_t*>(base + p->used);
  const int64_t masksAt = p->used;
  p->used += aligned(2 * vectors);
  for (int64_t v = 0; v < vectors; v++) masks[v] = kept_lanes(*fft, kept, residue, p->split, v);

  // Nodes are visited down to those whose children would have less than the 4 vectors of a transposed group.
  int last = 1;
  int64_t nodes = fft->radix[0];
  int64_t count[kMaxPasses] = {};
  for (;; last++) {
    count[last] = nodes;
    c->states[last] = p->used;
    p->used += aligned(nodes);
    if (last == fft->passes || vectors / nodes / fft->radix[last] < 4) break;
    nodes *= fft->radix[last];
  }
  const int64_t length = vectors / nodes;
  bool partial = false;
  for (int64_t b = 0; b < nodes; b++) {
    unsigned any = 0, every = all;
    for (int64_t v = b * length; v < (b + 1) * length; v++) any |= masks[v], every &= masks[v];
    base[c->states[last] + b] = any ? kWhole : kDropped;
    partial |= any && every != all;
  }
  for (int pass = last - 1; pass >= 1; pass--) {
    const int64_t radix = fft->radix[pass];
    for (int64_t b = 0; b < count[pass]; b++) {
      const uint8_t* below = base + c->states[pass + 1] + b * radix;
      bool whole = true, dropped = true;
      for (int64_t r = 0; r < radix; r++) whole &= below[r] == kWhole, dropped &= below[r] == kDropped;
      base[c->states[pass] + b] = whole ? kWhole : dropped ? kDropped : kPrunable;
    }
  }
  c->masks = partial ? masksAt : 0;
}

}  // namespace tw

int64_t tw_fftconv_sparse_plan_bytes(int level, int64_t points, int64_t split) {
  return tw::sparse_plan_bytes(lanes(level), points, split);
}

void tw_fftconv_sparse_plan_init(int64_t plan, int64_t length, int64_t filter_length, int dtype, int64_t points,
                                 int64_t split, int64_t kept) {
  tw::sparse_plan_init(pointer<tw::SparsePlan>(plan), length, filter_length, dtype, points, split,
                       pointer<const uint16_t>(kept));
}

void tw_fftconv_sparse_plan_child(int64_t plan, int64_t residue, int64_t table, int64_t kept) {
  tw::sparse_plan_child(pointer<tw::SparsePlan>(plan), residue, pointer<const tw::FftTable>(table),
                        pointer<const uint16_t>(kept));
}
