// The C API of Tilewright's CPU kernels, called from Java through JavaCPP.
//
// Every function is pure: addresses in, addresses out, no threads, no allocation, no global state, no exceptions.
// Addresses travel as int64_t so that a call costs no object on the Java side.
#pragma once
#include <cstdint>

// Levels of vector code, in rising order. The caller asks tw_cpu_level() once and passes a level at most that high.
enum { TW_LEVEL_X86_64 = 0, TW_LEVEL_AVX2 = 1, TW_LEVEL_AVX512 = 2, TW_LEVELS = 3 };

// The highest level this processor and operating system run.
int tw_cpu_level();
