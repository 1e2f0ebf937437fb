// The plan of a frequency-sparse convolution: y = IFFT_N(FFT_N(u) FFT_N(k) kept)[0 .. L), N >= L, Lk.
//
// A row is cut into `split` slices of M = N / split samples, and a residue class r of frequencies modulo `split` is the residue
// of the row modulo x^M - e^{2 pi i r/split}: a child, sum over s of slice_s e^{2 pi i r s/split}. Only children that keep a
// frequency are made; each goes through a transform of M points of its own (fft.h, any angle), in which nodes whose frequencies
// are all dropped are neither split, nor multiplied, nor joined. Dropped frequencies in nodes that must be visited are zeros of
// the filter's spectrum.
//
// Two real rows of a head travel as one complex one: filter and kept set are those of a real convolution, so nothing mixes. The
// filter itself is real: child split - r holds the conjugates of child r, in reverse order of leaves, and is never made.
#pragma once
#include <stdint.h>

#include "fft_table.h"
#include "fftconv_call.h"

namespace tw {

constexpr int kMaxSplit = 16;

enum SparseState : uint8_t {
  kDropped = 0,   // no frequency below this node is kept
  kPrunable = 1,  // some node below is dropped
  kWhole = 2      // no node below is dropped
};

struct SparseChild {
  const FftTable* fft;
  int64_t residue;
  int64_t states[kMaxPasses];  // byte offset, from the plan's start, of the states of the nodes that pass p splits, p >= 1
  int64_t masks;               // byte offset of a bit mask of kept lanes for each vector, or 0: all lanes that matter are kept
};

struct SparsePlan {
  PlanKind kind;         // sparse
  int64_t length;        // L
  int64_t filterLength;  // Lk
  int64_t points;        // M
  int64_t split;         // 1, 2, 4, 8 or 16
  int32_t dtype;
  int32_t pairs;                 // children 2 i and 2 i + 1 are residues r and split - r, i < pairs
  int32_t singles;               // then those of residues 0 and split / 2, whose children of a real row are real
  int64_t turns[kMaxSplit / 2];  // float offset of e^{2 pi i r s/split}, s < split, of each pair: cosine, sine
  int64_t used;                  // bytes
  SparseChild child[kMaxSplit];

  TW_ALWAYS_INLINE const uint8_t* bytes() const { return reinterpret_cast<const uint8_t*>(this); }
  TW_ALWAYS_INLINE const float* coefficients(int pair) const { return reinterpret_cast<const float*>(this) + turns[pair]; }
  TW_ALWAYS_INLINE int children() const { return 2 * pairs + singles; }
  // Spectra of a real row: one of each pair, and the singles.
  TW_ALWAYS_INLINE int halves() const { return pairs + singles; }
  TW_ALWAYS_INLINE const SparseChild& half(int i) const { return child[i < pairs ? 2 * i : pairs + i]; }
  TW_ALWAYS_INLINE int64_t slices() const { return (length + points - 1) / points; }
  TW_ALWAYS_INLINE int64_t filterSlices() const { return (filterLength + points - 1) / points; }
};

// `kept`: bit f % 16 of the 16-bit word f / 16 for frequency f; f and N - f are kept together.
int64_t sparse_plan_bytes(int lanes, int64_t points, int64_t split);
void sparse_plan_init(SparsePlan* plan, int64_t length, int64_t filterLength, int dtype, int64_t points, int64_t split,
                      const uint16_t* kept);
// Gives the child of a residue its transform, of theta = residue / split turns; no effect when the child is dropped.
void sparse_plan_child(SparsePlan* plan, int64_t residue, const FftTable* fft, const uint16_t* kept);

TW_DECLARE_FFTCONV(x86_64, SparsePlan)
TW_DECLARE_FFTCONV(avx2, SparsePlan)
TW_DECLARE_FFTCONV(avx512, SparsePlan)

}  // namespace tw
