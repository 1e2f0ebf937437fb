#include "conv1d.h"

#include "c_api.h"

namespace {

tw::Conv1d call(int dtype, int64_t channels, int64_t length, int kernel, int pad, int64_t w, int64_t b, int64_t c0,
                int64_t c1, int64_t t0, int64_t t1, int64_t scratch) {
  tw::Conv1d c{};
  c.dtype = dtype;
  c.channels = channels;
  c.length = length;
  c.kernel = kernel;
  c.pad = pad;
  c.w = pointer<const float>(w);
  c.b = b;
  c.c0 = c0;
  c.c1 = c1;
  c.t0 = t0;
  c.t1 = t1;
  c.scratch = pointer<float>(scratch);
  return c;
}

}  // namespace

int64_t tw_conv1d_scratch_bytes(int level, int kernel) {
  const int64_t floats = level == TW_LEVEL_AVX512 ? tw::avx512::conv1d_scratch_floats(kernel)
                         : level == TW_LEVEL_AVX2 ? tw::avx2::conv1d_scratch_floats(kernel)
                                                  : tw::x86_64::conv1d_scratch_floats(kernel);
  return (floats * 4 + 63) / 64 * 64;
}

void tw_conv1d_forward(int level, int layout, int dtype, int64_t channels, int64_t length, int kernel, int pad, int64_t x,
                       int64_t w, int64_t bias, int64_t y, int64_t b, int64_t c0, int64_t c1, int64_t t0, int64_t t1,
                       int64_t scratch) {
  tw::Conv1d c = call(dtype, channels, length, kernel, pad, w, b, c0, c1, t0, t1, scratch);
  c.x = pointer<const void>(x);
  c.bias = pointer<const float>(bias);
  c.y = pointer<void>(y);
  const bool bhl = layout == TW_BHL;
  switch (level) {
    case TW_LEVEL_AVX512: return bhl ? tw::avx512::conv1d_forward_bhl(c) : tw::avx512::conv1d_forward_blh(c);
    case TW_LEVEL_AVX2: return bhl ? tw::avx2::conv1d_forward_bhl(c) : tw::avx2::conv1d_forward_blh(c);
    default: return bhl ? tw::x86_64::conv1d_forward_bhl(c) : tw::x86_64::conv1d_forward_blh(c);
  }
}

void tw_conv1d_backward(int level, int layout, int dtype, int64_t channels, int64_t length, int kernel, int pad, int64_t x,
                        int64_t w, int64_t dy, int64_t dx, int64_t sums, int64_t b, int64_t c0, int64_t c1, int64_t t0,
                        int64_t t1, int64_t scratch) {
  tw::Conv1d c = call(dtype, channels, length, kernel, pad, w, b, c0, c1, t0, t1, scratch);
  c.x = pointer<const void>(x);
  c.dy = pointer<const void>(dy);
  c.y = pointer<void>(dx);
  c.sums = pointer<double>(sums);
  const bool bhl = layout == TW_BHL;
  switch (level) {
    case TW_LEVEL_AVX512: return bhl ? tw::avx512::conv1d_backward_bhl(c) : tw::avx512::conv1d_backward_blh(c);
    case TW_LEVEL_AVX2: return bhl ? tw::avx2::conv1d_backward_bhl(c) : tw::avx2::conv1d_backward_blh(c);
    default: return bhl ? tw::x86_64::conv1d_backward_bhl(c) : tw::x86_64::conv1d_backward_blh(c);
  }
}

void tw_conv1d_sum(int layout, int64_t channels, int kernel, int64_t parts, int64_t sums, int64_t dw, int64_t dbias,
                   int64_t c0, int64_t c1) {
  const int64_t row = kernel + 1;
  const int64_t channel_stride = layout == TW_BHL ? row : 1;
  const int64_t tap_stride = layout == TW_BHL ? 1 : channels;
  float* taps = pointer<float>(dw);
  float* biases = pointer<float>(dbias);
  for (int64_t h = c0; h < c1; h++) {
    for (int64_t j = 0; j < row; j++) {
      const double* p = pointer<const double>(sums) + h * channel_stride + j * tap_stride;
      double total = 0;
      for (int64_t i = 0; i < parts; i++) total += p[i * channels * row];
      if (j < kernel) {
        if (taps) taps[h * kernel + j] = static_cast<float>(total);
      } else if (biases) {
        biases[h] = static_cast<float>(total);
      }
    }
  }
}

void tw_conv1d_step(int level, int dtype, int64_t batch, int64_t channels, int kernel, int position, int64_t x, int64_t w,
                    int64_t bias, int64_t y, int64_t history, int64_t c0, int64_t c1, int64_t scratch) {
  tw::Conv1dStep s{};
  s.call = call(dtype, channels, 1, kernel, kernel - 1, w, 0, c0, c1, 0, 1, scratch);
  s.call.x = pointer<const void>(x);
  s.call.bias = pointer<const float>(bias);
  s.call.y = pointer<void>(y);
  s.batch = batch;
  s.history = pointer<float>(history);
  s.position = position;
  switch (level) {
    case TW_LEVEL_AVX512: return tw::avx512::conv1d_step(s);
    case TW_LEVEL_AVX2: return tw::avx2::conv1d_step(s);
    default: return tw::x86_64::conv1d_step(s);
  }
}
