// Host memory, threads and probes for the Java side: the functions that ask something of the operating system.
#include "tilewright.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

int64_t tw_alloc(int64_t bytes, int64_t alignment) {
  // aligned_alloc wants a multiple of the alignment.
  const uint64_t size = (static_cast<uint64_t>(bytes) + alignment - 1) & ~static_cast<uint64_t>(alignment - 1);
  return reinterpret_cast<int64_t>(std::aligned_alloc(alignment, size));
}

void tw_free(int64_t address) { std::free(reinterpret_cast<void*>(address)); }

void tw_write(int64_t address, const float* source, int64_t from, int64_t count) {
  std::memcpy(reinterpret_cast<void*>(address), source + from, count * sizeof(float));
}

void tw_write(int64_t address, const int16_t* source, int64_t from, int64_t count) {
  std::memcpy(reinterpret_cast<void*>(address), source + from, count * sizeof(int16_t));
}

void tw_write(int64_t address, const double* source, int64_t from, int64_t count) {
  std::memcpy(reinterpret_cast<void*>(address), source + from, count * sizeof(double));
}

void tw_read(int64_t address, float* target, int64_t from, int64_t count) {
  std::memcpy(target + from, reinterpret_cast<const void*>(address), count * sizeof(float));
}

void tw_read(int64_t address, int16_t* target, int64_t from, int64_t count) {
  std::memcpy(target + from, reinterpret_cast<const void*>(address), count * sizeof(int16_t));
}

void tw_read(int64_t address, double* target, int64_t from, int64_t count) {
  std::memcpy(target + from, reinterpret_cast<const void*>(address), count * sizeof(double));
}

namespace {
template <typename T>
void fill(int64_t address, int64_t count, int64_t bits) {
  T* const p = reinterpret_cast<T*>(address);
  for (int64_t i = 0; i < count; ++i) p[i] = static_cast<T>(bits);
}
}  // namespace

void tw_fill(int64_t address, int64_t count, int element_bytes, int64_t bits) {
  switch (element_bytes) {
    case 2: return fill<uint16_t>(address, count, bits);
    case 4: return fill<uint32_t>(address, count, bits);
    default: return fill<uint64_t>(address, count, bits);
  }
}

void tw_copy(int64_t from, int64_t to, int64_t bytes) {
  std::memcpy(reinterpret_cast<void*>(to), reinterpret_cast<const void*>(from), bytes);
}

int tw_dlopen_error(const char* name, signed char* message, int capacity) {
  void* const library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  if (library != nullptr) {
    dlclose(library);
    return 0;
  }
  const char* const error = dlerror();
  return std::snprintf(reinterpret_cast<char*>(message), capacity, "%s", error == nullptr ? "unknown error" : error);
}

int tw_cuda_driver_version() {
  void* const library = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) return -1;
  const auto get = reinterpret_cast<int (*)(int*)>(dlsym(library, "cuDriverGetVersion"));
  int version = 0;
  const bool good = get != nullptr && get(&version) == 0;
  dlclose(library);
  return good ? version : -1;
}
