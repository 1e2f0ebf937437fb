// Long convolution over a library's transforms, row by row: what a careful user of MKL or FFTW writes.
//
// A task is one head: its filter is transformed once and serves every row of the batch. A worker's
// scratch is one row (and one filter), so it stays in the cache from the copy in to the copy out.
// Nothing is allocated in a call.
#pragma once

#include "pool.hpp"
#include "transform.hpp"

#include <memory>
#include <vector>

namespace twbench {

enum class Mode { kCausal = 0, kCircular = 1, kBidirectional = 2 };

// How a row is transformed. The real forms pad to the linear length; the right-angle form convolves
// modulo x^N - i by one complex transform of the unpadded length (causal only).
enum class Form { kRealInplace = 0, kRealApart = 1, kRightAngleInplace = 2, kRightAngleApart = 3 };

struct ConvSpec {
  long batch = 1;
  long heads = 1;
  long length = 1;
  long taps = 1;
  Mode mode = Mode::kCausal;
  Form form = Form::kRealInplace;
};

class Conv {
 public:
  Conv(Library& library, Pool& pool, const ConvSpec& spec);

  // Transforms k [heads, taps] for the calls of forward whose k is null.
  void set_filter(const float* k);

  // y [batch, heads, length] = postgate * (k conv (u * pregate)); gates may be null.
  void forward(const float* u, const float* k, const float* pregate, const float* postgate,
               float* y);

  long workspace_bytes() const;

 private:
  struct Free {
    void operator()(float* p) const;
  };
  using Floats = std::unique_ptr<float[], Free>;

  struct Worker {
    std::unique_ptr<Transform> transform;
    Floats in;
    Floats spectrum;  // the same as `in` when the transform is in place
    Floats filter;
    Floats out;
  };

  static Floats allocate(long floats);
  bool right_angle() const { return spec_.form >= Form::kRightAngleInplace; }
  bool inplace() const {
    return spec_.form == Form::kRealInplace || spec_.form == Form::kRightAngleInplace;
  }
  void transform_filter(Worker& worker, const float* k, float* spectrum);
  void row(Worker& worker, const float* u, const float* filter, const float* pregate,
           const float* postgate, float* y);

  const ConvSpec spec_;
  Pool& pool_;
  long points_ = 0;    // of one transform
  long spectrum_ = 0;  // complex values of one spectrum
  std::vector<float> twist_;
  std::vector<Worker> workers_;
  Floats cached_;
};

}  // namespace twbench
