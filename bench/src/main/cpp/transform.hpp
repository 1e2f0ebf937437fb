// One-dimensional f32 transforms of a library that is loaded at run time: no header and no link
// dependency, so that building Tilewright never needs MKL or FFTW.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

namespace twbench {

struct TransformSpec {
  long n = 0;         // real points (real = true) or complex points
  bool real = true;   // real to n / 2 + 1 complex values (CCE), else complex to complex
  bool inplace = true;
};

class Transform {
 public:
  virtual ~Transform() = default;
  // Unscaled both ways. With inplace, out must be in. One thread at a time.
  virtual void forward(float* in, float* out) = 0;
  virtual void backward(float* in, float* out) = 0;
};

class Library {
 public:
  virtual ~Library() = default;
  virtual std::unique_ptr<Transform> plan(const TransformSpec& spec) = 0;
  // Name, version and the code path that was picked.
  virtual std::string describe() = 0;
};

// `directory` holds the library's shared objects, as the Maven archives unpack.
std::unique_ptr<Library> open_mkl(const std::string& directory);
std::unique_ptr<Library> open_fftw(const std::string& directory);

// The smallest even m >= n with no prime factor above 7.
inline long good_length(long n) {
  for (long m = n + (n & 1);; m += 2) {
    long r = m;
    for (long p : {2L, 3L, 5L, 7L}) {
      while (r % p == 0) {
        r /= p;
      }
    }
    if (r == 1) {
      return m;
    }
  }
}

}  // namespace twbench
