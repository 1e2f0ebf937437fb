// MKL's DFTI through mkl_rt, held to one thread: the threads are ours. The archive ships no
// sequential layer, so the OpenMP one is loaded and told to use one thread.
#include "shared_object.hpp"
#include "transform.hpp"

#include <cstdio>
#include <cstring>

namespace twbench {
namespace {

constexpr const char* kLabel = "libmkl_rt";

// Values and prototypes of the DFTI interface, from MKL's reference manual.
enum Dfti {
  kPlacement = 11,
  kConjugateEvenStorage = 10,
  kThreadLimit = 27,
  kComplex = 32,
  kReal = 33,
  kComplexComplex = 39,
  kInplace = 43,
  kNotInplace = 44,
};
using Handle = void*;

struct Api {
  long (*create)(Handle*, int domain, long length);
  long (*set)(Handle, int parameter, ...);
  long (*commit)(Handle);
  long (*forward)(Handle, void*, ...);
  long (*backward)(Handle, void*, ...);
  long (*release)(Handle*);
  char* (*message)(long status);
  void (*version)(char*, int);
  void (*threads)(int);
};

class MklTransform final : public Transform {
 public:
  MklTransform(const Api& api, const TransformSpec& spec) : api_(api), inplace_(spec.inplace) {
    check(api_.create(&handle_, spec.real ? kReal : kComplex, spec.n));
    check(api_.set(handle_, kPlacement, spec.inplace ? kInplace : kNotInplace));
    check(api_.set(handle_, kThreadLimit, 1L));
    if (spec.real) {
      check(api_.set(handle_, kConjugateEvenStorage, kComplexComplex));
    }
    check(api_.commit(handle_));
  }
  ~MklTransform() override { api_.release(&handle_); }

  void forward(float* in, float* out) override {
    check(inplace_ ? api_.forward(handle_, in) : api_.forward(handle_, in, out));
  }
  void backward(float* in, float* out) override {
    check(inplace_ ? api_.backward(handle_, in) : api_.backward(handle_, in, out));
  }

 private:
  void check(long status) const {
    if (status != 0) {
      throw std::runtime_error(std::string("MKL DFTI: ") + api_.message(status));
    }
  }

  const Api& api_;
  const bool inplace_;
  Handle handle_ = nullptr;
};

class Mkl final : public Library {
 public:
  explicit Mkl(const std::string& directory) {
    // mkl_rt looks this one up by its bare name, which works once it is in the process.
    dlopen((directory + "/libiomp5.so").c_str(), RTLD_NOW | RTLD_GLOBAL);
    const std::string path = directory + "/libmkl_rt.so.2";
    void* library = dlopen(path.c_str(), RTLD_NOW);
    if (library == nullptr) {
      throw std::runtime_error(dlerror());
    }
    resolve(library, kLabel, "DftiCreateDescriptor_s_1d", api_.create);
    resolve(library, kLabel, "DftiSetValue", api_.set);
    resolve(library, kLabel, "DftiCommitDescriptor", api_.commit);
    resolve(library, kLabel, "DftiComputeForward", api_.forward);
    resolve(library, kLabel, "DftiComputeBackward", api_.backward);
    resolve(library, kLabel, "DftiFreeDescriptor", api_.release);
    resolve(library, kLabel, "DftiErrorMessage", api_.message);
    resolve(library, kLabel, "MKL_Get_Version_String", api_.version);
    resolve(library, kLabel, "MKL_Set_Num_Threads", api_.threads);
    api_.threads(1);
  }

  std::unique_ptr<Transform> plan(const TransformSpec& spec) override {
    return std::make_unique<MklTransform>(api_, spec);
  }

  std::string describe() override {
    plan({1024, true, true});  // the computing library is loaded by the first plan
    char text[256] = {};
    api_.version(text, sizeof(text) - 1);
    return std::string(text) + ", loaded " + kernels();
  }

 private:
  // The libmkl_<level>.so that MKL chose for this processor.
  static std::string kernels() {
    std::string found;
    FILE* maps = std::fopen("/proc/self/maps", "r");
    char line[4096];
    while (maps != nullptr && std::fgets(line, sizeof(line), maps) != nullptr) {
      const char* name = std::strstr(line, "libmkl_");
      if (name == nullptr) {
        continue;
      }
      std::string file(name, std::strcspn(name, "\n"));
      const bool dispatch = file.find("_rt.") != std::string::npos ||
                            file.find("_core.") != std::string::npos ||
                            file.find("_lp64.") != std::string::npos;
      if (!dispatch && found.find(file) == std::string::npos) {
        found += (found.empty() ? "" : " ") + file;
      }
    }
    if (maps != nullptr) {
      std::fclose(maps);
    }
    return found;
  }

  Api api_;
};

}  // namespace

std::unique_ptr<Library> open_mkl(const std::string& directory) {
  return std::make_unique<Mkl>(directory);
}

}  // namespace twbench
