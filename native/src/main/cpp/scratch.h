// A thread's scratch memory, handed out piece by piece.
#pragma once
#include <stdint.h>

namespace tw {
namespace TW_LEVEL_NS {

// Takes pieces of whole cache lines. On an address of 0 it only counts what they need.
class Scratch {
 public:
  explicit Scratch(float* x) : x_(x) {}
  float* take(int64_t floats) {
    float* at = x_ ? x_ + used_ : nullptr;
    used_ += (floats + 15) / 16 * 16;
    return at;
  }
  int64_t used() const { return used_; }

 private:
  float* x_;
  int64_t used_ = 0;
};

}  // namespace TW_LEVEL_NS
}  // namespace tw
