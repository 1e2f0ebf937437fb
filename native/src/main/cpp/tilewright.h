// The C API of Tilewright's CPU kernels, called from Java through JavaCPP.
//
// Every function is pure: addresses in, addresses out, no threads, no allocation, no global state, no exceptions; those of
// memory.cpp alone ask the operating system for something.
// Addresses travel as int64_t so that a call costs no object on the Java side.
#pragma once
#include <cstdint>

// Levels of vector code, in rising order. The caller asks tw_cpu_level() once and passes a level at most that high.
enum { TW_LEVEL_X86_64 = 0, TW_LEVEL_AVX2 = 1, TW_LEVEL_AVX512 = 2, TW_LEVELS = 3 };

// The highest level this processor and operating system run.
int tw_cpu_level();

// --- memory.cpp: the only functions that ask something of the operating system ---

// Uninitialised memory of at least `bytes` on a boundary of `alignment` (a power of two), or 0 when there is none.
int64_t tw_alloc(int64_t bytes, int64_t alignment);
void tw_free(int64_t address);

// Copy `count` elements between an array, from index `from` on, and memory at `address`.
void tw_write(int64_t address, const float* source, int64_t from, int64_t count);
void tw_write(int64_t address, const int16_t* source, int64_t from, int64_t count);
void tw_write(int64_t address, const double* source, int64_t from, int64_t count);
void tw_read(int64_t address, float* target, int64_t from, int64_t count);
void tw_read(int64_t address, int16_t* target, int64_t from, int64_t count);
void tw_read(int64_t address, double* target, int64_t from, int64_t count);

// Sets `count` elements of 2, 4 or 8 bytes to the low bits of `bits`.
void tw_fill(int64_t address, int64_t count, int element_bytes, int64_t bits);

// 0 when the dynamic linker finds the library; else its message goes into `message`, zero-terminated, and the
// message's length comes back.
int tw_dlopen_error(const char* name, signed char* message, int capacity);

// The highest CUDA version that the installed driver supports, as 1000 * major + 10 * minor, or -1 without a driver.
int tw_cuda_driver_version();
