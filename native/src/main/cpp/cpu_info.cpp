#include "tilewright.h"

int tw_cpu_level() {
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  return avx512 ? TW_LEVEL_AVX512 : avx2 ? TW_LEVEL_AVX2 : TW_LEVEL_X86_64;
}

int64_t tw_build() { return TW_BUILD; }
