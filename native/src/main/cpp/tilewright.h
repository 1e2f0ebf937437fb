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

// Of the sources, the compiler and its options: what was measured on another build says nothing of this one.
int64_t tw_build();

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

// Copies bytes between two places that do not overlap.
void tw_copy(int64_t from, int64_t to, int64_t bytes);

// Sets `count` elements of 2, 4 or 8 bytes to the low bits of `bits`.
void tw_fill(int64_t address, int64_t count, int element_bytes, int64_t bits);

// 0 when the dynamic linker finds the library; else its message goes into `message`, zero-terminated, and the
// message's length comes back.
int tw_dlopen_error(const char* name, signed char* message, int capacity);

// The highest CUDA version that the installed driver supports, as 1000 * major + 10 * minor, or -1 without a driver.
int tw_cuda_driver_version();

// --- fftconv.cpp: long depthwise convolution by FFT; see fftconv.h ---
// Modes: 0 causal, 1 circular, 2 bidirectional. Element types: 0 f32, 1 f16, 2 bf16. Filters, D and their gradients are f32.

// Twiddles of a transform of n points at a level, to be made at a 64-byte aligned `table` and shared. `radices` holds log2 of
// the passes' radices (1 to 4 each), first pass in the lowest 4 bits; their product times the level's lanes is n, and n over
// lanes and the first radix is a multiple of 4. Bytes are -1 when they do not fit.
int64_t tw_fft_table_bytes(int level, int64_t n, int64_t radices);
// For polynomials modulo x^n - e^{2 pi i turns}: 1/4 in the calls below.
void tw_fft_table_init(int level, int64_t n, int64_t radices, double turns, int64_t table);

// A plan over a table. `group`: blocks in flight when the blocks of a row stream through; 0: all at once.
int64_t tw_fftconv_plan_bytes();
void tw_fftconv_plan_init(int64_t plan, int64_t table, int64_t length, int64_t filter_length, int mode, int dtype,
                          int64_t group);
// Bytes of one head's filter spectrum, and of one thread's scratch. Both are zeroed before their first use.
int64_t tw_fftconv_spectrum_bytes(int level, int64_t plan);
int64_t tw_fftconv_scratch_bytes(int level, int64_t plan, bool backward);

// One head: k [Lk] to its spectrum.
void tw_fftconv_filter(int level, int64_t plan, int64_t k, int64_t spectrum, int64_t scratch);
// Batches b0 .. b1-1 of head h. Addresses are those of whole tensors; 0: not given. With k the filter is transformed in the
// call, else `spectrum` holds every head's.
void tw_fftconv_forward(int level, int64_t plan, int64_t batch, int64_t channels, int64_t u, int64_t pregate,
                        int64_t postgate, int64_t d, int64_t k, int64_t spectrum, int64_t y, int64_t h, int64_t b0,
                        int64_t b1, int64_t scratch);
// All batches of head h; gradients whose address is 0 are not computed.
void tw_fftconv_backward(int level, int64_t plan, int64_t batch, int64_t channels, int64_t u, int64_t pregate,
                         int64_t postgate, int64_t d, int64_t k, int64_t spectrum, int64_t dy, int64_t du, int64_t dk,
                         int64_t dd, int64_t dpregate, int64_t dpostgate, int64_t h, int64_t scratch);

// --- fftconv_sparse.cpp: the same with only some frequencies of a cyclic transform of N points kept; see fftconv_sparse.h ---

// A plan: rows of N = split * points samples in `split` (1, 2, 4, 8 or 16) slices. `kept`: a bit for each frequency, in 16-bit
// words, lowest first. Then each residue modulo split that keeps a frequency gets its table, of `points` points and
// residue / split turns; all with the same radices. It serves the functions above as a dense plan does, but that b0 is even: rows
// go in pairs.
int64_t tw_fftconv_sparse_plan_bytes(int level, int64_t points, int64_t split);
void tw_fftconv_sparse_plan_init(int64_t plan, int64_t length, int64_t filter_length, int dtype, int64_t points,
                                 int64_t split, int64_t kept);
void tw_fftconv_sparse_plan_child(int64_t plan, int64_t residue, int64_t table, int64_t kept);

// --- fftconv_step.cpp: a causal convolution token by token; see fftconv_step.h ---

// Made in this order: init at `stepper` (64-byte aligned); the scales, tables of rising n that divide each other, the first of
// `base` points, none when L <= base or the filter is one tap; layout; then bind the memory whose sizes layout has set. Filter,
// state and scratch (one a thread) are zeroed before their first use; reset makes the state that of a new sequence.
int64_t tw_fftconv_step_bytes();
void tw_fftconv_step_init(int64_t stepper, int64_t batch, int64_t channels, int64_t length, int64_t filter_length, int dtype,
                          int64_t base);
void tw_fftconv_step_scale(int64_t stepper, int64_t table);
void tw_fftconv_step_layout(int level, int64_t stepper);
int64_t tw_fftconv_step_filter_bytes(int64_t stepper);
int64_t tw_fftconv_step_state_bytes(int64_t stepper);
int64_t tw_fftconv_step_scratch_bytes(int64_t stepper);
void tw_fftconv_step_bind(int64_t stepper, int64_t filter, int64_t state);
void tw_fftconv_step_reset(int64_t stepper);

// Takes over head h of k [H, Lk].
void tw_fftconv_step_filter(int level, int64_t stepper, int64_t k, int64_t filter_length, int64_t h, int64_t scratch);
// Token `position` of groups g0 .. g1-1, where a group is as many of the B H rows as the level has lanes. Arrays are [B, H] and
// may be one another; d is [H]; 0: not given.
void tw_fftconv_step_token(int level, int64_t stepper, int64_t position, int64_t u, int64_t pregate, int64_t postgate,
                           int64_t d, int64_t y, int64_t g0, int64_t g1);
// To be called when all groups have had `tokens` tokens, a multiple of base and less than L, and there are scales: rows i0 ..
// i1-1, counted batch first.
void tw_fftconv_step_block(int level, int64_t stepper, int64_t tokens, int64_t i0, int64_t i1, int64_t scratch);

// Element types of tensors, numbered as the Java enum DType.
enum { TW_F32 = 0, TW_F16 = 1, TW_BF16 = 2, TW_F64 = 3 };

// ---- short depthwise conv1d, see conv1d.h for the equation ----

// Layouts, numbered as DepthwiseConv1d.Layout: [B, H, L] and [B, L, H].
enum { TW_BHL = 0, TW_BLH = 1 };

// Scratch of one thread, for forward, backward and step; 64-byte aligned.
int64_t tw_conv1d_scratch_bytes(int level, int kernel);

// y of batch entry b for channels [c0, c1), positions [t0, t1). bias may be 0. In BHL, t0 and t1 are multiples of 2048 or L.
void tw_conv1d_forward(int level, int layout, int dtype, int64_t channels, int64_t length, int kernel, int pad, int64_t x,
                       int64_t w, int64_t bias, int64_t y, int64_t b, int64_t c0, int64_t c1, int64_t t0, int64_t t1,
                       int64_t scratch);

// For the same range: writes dx, unless 0, and adds to sums, unless 0, its share of dw and dbias in f64: [H, K + 1] in BHL,
// [K + 1, H] in BLH, dbias last. x may be 0 without sums, w without dx.
void tw_conv1d_backward(int level, int layout, int dtype, int64_t channels, int64_t length, int kernel, int pad, int64_t x,
                        int64_t w, int64_t dy, int64_t dx, int64_t sums, int64_t b, int64_t c0, int64_t c1, int64_t t0,
                        int64_t t1, int64_t scratch);

// dw [H, K] and dbias [H], each unless 0, for channels [c0, c1): the `parts` arrays of sums that lie behind each other, added
// in order.
void tw_conv1d_sum(int layout, int64_t channels, int kernel, int64_t parts, int64_t sums, int64_t dw, int64_t dbias,
                   int64_t c0, int64_t c1);

// One causal step for channels [c0, c1) of all batch entries: x [B, H] enters slot `position` of the ring history [K, B, H]
// f32, zeros at the start; y [B, H] is written. The caller moves position on, modulo K.
void tw_conv1d_step(int level, int dtype, int64_t batch, int64_t channels, int kernel, int position, int64_t x, int64_t w,
                    int64_t bias, int64_t y, int64_t history, int64_t c0, int64_t c1, int64_t scratch);
