#include "conv.hpp"

#include "loops.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <new>

namespace twbench {
namespace {

long points(const ConvSpec& s) {
  const long last = s.length - 1;
  switch (s.mode) {
    case Mode::kCircular:
      return s.length;
    case Mode::kCausal:
      return good_length(s.length + std::min(s.taps - 1, last));
    case Mode::kBidirectional:
    default:
      return good_length(s.length + std::min(s.taps / 2, last));
  }
}

}  // namespace

void Conv::Free::operator()(float* p) const { std::free(p); }

Conv::Floats Conv::allocate(long floats) {
  constexpr size_t kPage = 4096;
  const size_t bytes = (floats * sizeof(float) + kPage - 1) / kPage * kPage;
  float* p = static_cast<float*>(std::aligned_alloc(kPage, bytes));
  if (p == nullptr) {
    throw std::bad_alloc();
  }
  std::memset(p, 0, bytes);
  return Floats(p);
}

Conv::Conv(Library& library, Pool& pool, const ConvSpec& spec) : spec_(spec), pool_(pool) {
  if (right_angle()) {
    if (spec.mode != Mode::kCausal) {
      throw std::invalid_argument("the right-angle form is causal");
    }
    points_ = good_length(spec.length);
    spectrum_ = points_;
    twist_.resize(2 * points_);
    for (long n = 0; n < points_; ++n) {
      const double angle = M_PI * n / (2.0 * points_);
      twist_[2 * n] = static_cast<float>(std::cos(angle));
      twist_[2 * n + 1] = static_cast<float>(std::sin(angle));
    }
  } else {
    points_ = points(spec);
    spectrum_ = points_ / 2 + 1;
  }
  const long floats = 2 * std::max(spectrum_, points_ / 2 + 1) + kLanes;
  workers_.resize(pool.threads());
  for (Worker& w : workers_) {
    w.transform = library.plan({points_, !right_angle(), inplace()});
    w.in = allocate(floats);
    w.filter = allocate(floats);
    if (!inplace()) {
      w.spectrum = allocate(floats);
      w.out = allocate(floats);
    }
  }
}

long Conv::workspace_bytes() const {
  const long row = (2 * spectrum_ + kLanes) * static_cast<long>(sizeof(float));
  long bytes = pool_.threads() * row * (inplace() ? 2 : 4);
  bytes += static_cast<long>(twist_.size() * sizeof(float));
  return cached_ ? bytes + spec_.heads * 2 * spectrum_ * static_cast<long>(sizeof(float)) : bytes;
}

void Conv::transform_filter(Worker& w, const float* k, float* spectrum) {
  const long length = spec_.length;
  const long taps = spec_.taps;
  float* in = inplace() ? spectrum : w.in.get();
  const float scale = 1.0f / static_cast<float>(points_);  // of the unscaled inverse, paid once here
  if (right_angle()) {
    const long used = std::min(taps, length);
    twist(in, k, nullptr, twist_.data(), scale, used);
    std::memset(in + 2 * used, 0, 2 * (points_ - used) * sizeof(float));
  } else {
    std::memset(in, 0, points_ * sizeof(float));
    if (spec_.mode == Mode::kCircular) {
      for (long i = 0; i < taps; ++i) {
        in[i % length] += scale * k[i];
      }
    } else if (spec_.mode == Mode::kCausal) {
      copy_scaled(in, k, scale, std::min(taps, length));
    } else {
      const long positive = std::min((taps + 1) / 2, length);
      const long negative = std::min(taps / 2, length - 1);
      copy_scaled(in, k, scale, positive);
      copy_scaled(in + points_ - negative, k + taps - negative, scale, negative);
    }
  }
  w.transform->forward(in, spectrum);
  if (!inplace()) {
    // The tail of `in` beyond the row is zero between calls; a filter may have been longer.
    const long row = (right_angle() ? 2 : 1) * length;
    const long end = (right_angle() ? 2 : 1) * points_;
    std::memset(in + row, 0, (end - row) * sizeof(float));
  }
}

void Conv::row(Worker& w, const float* u, const float* filter, const float* pregate,
               const float* postgate, float* y) {
  const long length = spec_.length;
  float* in = w.in.get();
  float* z = inplace() ? in : w.spectrum.get();
  float* out = inplace() ? in : w.out.get();
  if (right_angle()) {
    twist(in, u, pregate, twist_.data(), 1.0f, length);
    if (inplace()) {
      std::memset(in + 2 * length, 0, 2 * (points_ - length) * sizeof(float));
    }
  } else {
    copy_gated(in, u, pregate, length);
    if (inplace()) {
      std::memset(in + length, 0, (points_ - length) * sizeof(float));
    }
  }
  w.transform->forward(in, z);
  multiply(z, filter, spectrum_);
  w.transform->backward(z, out);
  if (right_angle()) {
    untwist_real(y, out, postgate, twist_.data(), length);
  } else {
    copy_gated(y, out, postgate, length);
  }
}

void Conv::set_filter(const float* k) {
  if (!cached_) {
    cached_ = allocate(spec_.heads * 2 * spectrum_);
  }
  Worker& w = workers_[0];
  for (long h = 0; h < spec_.heads; ++h) {
    transform_filter(w, k + h * spec_.taps, w.filter.get());
    std::memcpy(cached_.get() + h * 2 * spectrum_, w.filter.get(), 2 * spectrum_ * sizeof(float));
  }
}

void Conv::forward(const float* u, const float* k, const float* pregate, const float* postgate,
                   float* y) {
  const long heads = spec_.heads;
  const long length = spec_.length;
  const int threads = pool_.threads();
  // A single head still spreads its rows; then every worker transforms the filter for itself.
  const bool by_row = heads < threads;
  const long tasks = by_row ? heads * spec_.batch : heads;
  auto body = [&](int worker) {
    Worker& w = workers_[worker];
    for (long t = tasks * worker / threads; t < tasks * (worker + 1) / threads; ++t) {
      const long h = by_row ? t % heads : t;
      const float* filter = w.filter.get();
      if (k != nullptr) {
        transform_filter(w, k + h * spec_.taps, w.filter.get());
      } else {
        filter = cached_.get() + h * 2 * spectrum_;
      }
      const long first = by_row ? t / heads : 0;
      const long end = by_row ? first + 1 : spec_.batch;
      for (long b = first; b < end; ++b) {
        const long at = (b * heads + h) * length;
        row(w, u + at, filter, pregate == nullptr ? nullptr : pregate + at,
            postgate == nullptr ? nullptr : postgate + at, y + at);
      }
    }
  };
  pool_.run(body);
}

}  // namespace twbench
