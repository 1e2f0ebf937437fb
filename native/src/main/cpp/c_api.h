// What the C functions share: addresses, and the code of a level.
#pragma once
#include <stdint.h>

#include "tilewright.h"

namespace {

template <class T>
T* pointer(int64_t address) {
  return reinterpret_cast<T*>(static_cast<intptr_t>(address));
}

// Bytes of so many floats, in whole cache lines.
inline int64_t bytes(int64_t floats) { return (floats * 4 + 63) / 64 * 64; }

inline int lanes(int level) { return 4 << level; }

}  // namespace

#define TW_AT_LEVEL(level, call)               \
  (level == TW_LEVEL_AVX512 ? tw::avx512::call \
   : level == TW_LEVEL_AVX2 ? tw::avx2::call   \
                            : tw::x86_64::call)
