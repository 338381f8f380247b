// Residual addition and norm of one row: x <- x + delta, out = norm(x).
#pragma once

#include "model/cuda/row_block.h"

namespace rmt::model::cuda {

struct AddFloats {
  RMTLM_LANE_CODE float operator()(float a, float b) const { return a + b; }
};

/// x [width] fp32; delta [width] fp32 or bf16, or null: nothing is added and x stays. bias null: an RMS norm. A lane
/// reads only what it wrote itself.
template <class Block, class Delta, class Out>
RMTLM_LANE_CODE void normalize_row(Block& block, float* x, const Delta* delta, const float* weight, const float* bias,
                                   float eps, int64_t width, Out* out) {
  float sum = 0;
  for (int64_t i = block.lane(); i < width; i += block.lanes()) {
    if (delta != nullptr) x[i] += wide(delta[i]);
    sum += x[i];
  }
  const float count = static_cast<float>(width);
  const float mean = bias != nullptr ? reduce(block, sum, AddFloats{}) / count : 0.0f;
  float squares = 0;
  for (int64_t i = block.lane(); i < width; i += block.lanes()) squares += (x[i] - mean) * (x[i] - mean);
  const float variance = reduce(block, squares, AddFloats{}) / count;
#ifdef __CUDACC__
  const float scale = rsqrtf(variance + eps);
#else
  const float scale = 1.0f / std::sqrt(variance + eps);
#endif
  for (int64_t i = block.lane(); i < width; i += block.lanes())
    narrow((x[i] - mean) * scale * weight[i] + (bias != nullptr ? bias[i] : 0.0f), out[i]);
}

}  // namespace rmt::model::cuda
