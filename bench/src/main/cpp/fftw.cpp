// FFTW, single precision, planned with FFTW_MEASURE; one single-threaded plan a worker.
#include "shared_object.hpp"
#include "transform.hpp"

#include <cstdlib>
#include <mutex>

namespace twbench {
namespace {

constexpr const char* kLabel = "libfftw3f";

using Plan = void*;
constexpr unsigned kMeasure = 0;  // FFTW_MEASURE
constexpr int kForward = -1;
constexpr int kBackward = 1;

struct Api {
  Plan (*r2c)(int, float*, float*, unsigned);
  Plan (*c2r)(int, float*, float*, unsigned);
  Plan (*c2c)(int, float*, float*, int, unsigned);
  void (*execute_r2c)(Plan, float*, float*);
  void (*execute_c2r)(Plan, float*, float*);
  void (*execute_c2c)(Plan, float*, float*);
  void (*destroy)(Plan);
  const char* version;
};

std::mutex planner;  // FFTW's planner is not thread-safe

class FftwTransform final : public Transform {
 public:
  FftwTransform(const Api& api, const TransformSpec& spec) : api_(api), real_(spec.real) {
    std::lock_guard<std::mutex> lock(planner);
    const size_t bytes = (2 * spec.n + 32) * sizeof(float);
    float* in = static_cast<float*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
    float* out = spec.inplace ? in : static_cast<float*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
    const int n = static_cast<int>(spec.n);
    forward_ = real_ ? api_.r2c(n, in, out, kMeasure) : api_.c2c(n, in, out, kForward, kMeasure);
    backward_ = real_ ? api_.c2r(n, in, out, kMeasure) : api_.c2c(n, in, out, kBackward, kMeasure);
    std::free(in);
    if (out != in) {
      std::free(out);
    }
    if (forward_ == nullptr || backward_ == nullptr) {
      throw std::runtime_error("FFTW made no plan");
    }
  }
  ~FftwTransform() override {
    std::lock_guard<std::mutex> lock(planner);
    api_.destroy(forward_);
    api_.destroy(backward_);
  }

  void forward(float* in, float* out) override {
    (real_ ? api_.execute_r2c : api_.execute_c2c)(forward_, in, out);
  }
  void backward(float* in, float* out) override {
    (real_ ? api_.execute_c2r : api_.execute_c2c)(backward_, in, out);
  }

 private:
  const Api& api_;
  const bool real_;
  Plan forward_ = nullptr;
  Plan backward_ = nullptr;
};

class Fftw final : public Library {
 public:
  explicit Fftw(const std::string& directory) {
    void* library = nullptr;
    for (const char* name : {"/libfftw3f.so.3", "/libfftw3f.so"}) {
      // MKL exports FFTW's names; FFTW must find its own first.
      library = dlopen((directory + name).c_str(), RTLD_NOW | RTLD_DEEPBIND);
      if (library != nullptr) {
        break;
      }
    }
    if (library == nullptr) {
      throw std::runtime_error(dlerror());
    }
    resolve(library, kLabel, "fftwf_plan_dft_r2c_1d", api_.r2c);
    resolve(library, kLabel, "fftwf_plan_dft_c2r_1d", api_.c2r);
    resolve(library, kLabel, "fftwf_plan_dft_1d", api_.c2c);
    resolve(library, kLabel, "fftwf_execute_dft_r2c", api_.execute_r2c);
    resolve(library, kLabel, "fftwf_execute_dft_c2r", api_.execute_c2r);
    resolve(library, kLabel, "fftwf_execute_dft", api_.execute_c2c);
    resolve(library, kLabel, "fftwf_destroy_plan", api_.destroy);
    resolve(library, kLabel, "fftwf_version", api_.version);
  }

  std::unique_ptr<Transform> plan(const TransformSpec& spec) override {
    return std::make_unique<FftwTransform>(api_, spec);
  }

  std::string describe() override { return std::string(api_.version) + ", FFTW_MEASURE"; }

 private:
  Api api_;
};

}  // namespace

std::unique_ptr<Library> open_fftw(const std::string& directory) {
  return std::make_unique<Fftw>(directory);
}

}  // namespace twbench
