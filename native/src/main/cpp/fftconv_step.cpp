// The C functions of the decoder: from addresses to the code of a level.
#include "fftconv_step.h"

#include "c_api.h"

namespace {

tw::FftConvStepper& stepper_at(int64_t address) { return *pointer<tw::FftConvStepper>(address); }

}  // namespace

int64_t tw_fftconv_step_bytes() { return (sizeof(tw::FftConvStepper) + 63) / 64 * 64; }

void tw_fftconv_step_init(int64_t stepper, int64_t batch, int64_t channels, int64_t length, int64_t filter_length, int dtype,
                          int64_t base) {
  tw::FftConvStepper& s = stepper_at(stepper);
  s = {};
  s.batch = batch;
  s.channels = channels;
  s.length = length;
  s.taps = filter_length < length ? filter_length : length;
  s.dtype = dtype;
  s.base = base;
}

void tw_fftconv_step_scale(int64_t stepper, int64_t table) {
  tw::FftConvStepper& s = stepper_at(stepper);
  s.scale[s.scales++].fft = pointer<const tw::FftTable>(table);
}

void tw_fftconv_step_layout(int level, int64_t stepper) { TW_AT_LEVEL(level, step_layout(stepper_at(stepper))); }

int64_t tw_fftconv_step_filter_bytes(int64_t stepper) { return stepper_at(stepper).filterFloats * 4; }
int64_t tw_fftconv_step_state_bytes(int64_t stepper) { return stepper_at(stepper).stateFloats * 4; }
int64_t tw_fftconv_step_scratch_bytes(int64_t stepper) { return stepper_at(stepper).scratchFloats * 4; }

void tw_fftconv_step_bind(int64_t stepper, int64_t filter, int64_t state) {
  stepper_at(stepper).filter = pointer<float>(filter);
  stepper_at(stepper).state = pointer<float>(state);
}

// All else is written before it is read.
void tw_fftconv_step_reset(int64_t stepper) {
  const tw::FftConvStepper& s = stepper_at(stepper);
  float* partial = s.state + s.partial;
  for (int64_t i = 0; i < s.partialFloats; i++) partial[i] = 0;
}

void tw_fftconv_step_filter(int level, int64_t stepper, int64_t k, int64_t filter_length, int64_t h, int64_t scratch) {
  const float* taps = pointer<const float>(k);
  TW_AT_LEVEL(level, step_filter(stepper_at(stepper), taps, h, filter_length, pointer<float>(scratch)));
}

void tw_fftconv_step_token(int level, int64_t stepper, int64_t position, int64_t u, int64_t pregate, int64_t postgate,
                           int64_t d, int64_t y, int64_t g0, int64_t g1) {
  const tw::StepToken token{pointer<const void>(u), pointer<const void>(pregate), pointer<const void>(postgate),
                            pointer<const float>(d), pointer<void>(y), position};
  TW_AT_LEVEL(level, step_token(stepper_at(stepper), token, g0, g1));
}

void tw_fftconv_step_block(int level, int64_t stepper, int64_t tokens, int64_t i0, int64_t i1, int64_t scratch) {
  const tw::FftConvStepper& s = stepper_at(stepper);
  // A head's rows behind each other: its spectra are read once.
  for (int64_t i = i0; i < i1; i++) {
    const int64_t row = i % s.batch * s.channels + i / s.batch;
    TW_AT_LEVEL(level, step_block(s, tokens, row, pointer<float>(scratch)));
  }
}
