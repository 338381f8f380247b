// The launches of our GPU kernels. No torch header here or in kernels.cu, so that nvcc compiles them in seconds and for
// any version of it. Each returns what the CUDA runtime says of the launch, null when all is well.
#pragma once

#include <cstdint>

namespace rmt::model::cuda {

/// Rows of normalize_row(), dense: `delta` and `out` are bf16 or fp32.
struct NormLaunch {
  float* x = nullptr;
  const void* delta = nullptr;
  bool delta_is_bf16 = false;
  const float *weight = nullptr, *bias = nullptr;
  float eps = 0;
  void* out = nullptr;
  bool out_is_bf16 = false;
  int64_t rows = 0, width = 0;
};

/// `stream` is a cudaStream_t.
const char* launch_normalize(const NormLaunch& norm, void* stream);

/// logits [rows, vocabulary] dense, targets [rows] -> nll [rows].
const char* launch_token_nll(const float* logits, const int64_t* targets, float* nll, int64_t rows, int64_t vocabulary,
                             void* stream);

/// logits [rows, vocabulary] dense, bf16 or fp32, become the gradients of `*scale` times the losses [rows]; the scale
/// is read on the device. Rows with a negative target have neither.
const char* launch_softmax_gradient(void* logits, bool is_bf16, const int64_t* targets, const float* scale,
                                    float* losses, int64_t rows, int64_t vocabulary, void* stream);

}  // namespace rmt::model::cuda
