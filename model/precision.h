// The arithmetic of a model's matrix products. Norms, softmax, the log-sum-exp, the residual stream
// and the memory are fp32 in every one of them.
#pragma once

#include <string_view>

namespace rmt::model {

enum class Precision {
  fp32,
  bf16,    ///< bf16 weights and products' inputs, fp32 accumulation
  int8,    ///< 8-bit weights and activations, scaled per row
  int8x2,  ///< 8-bit weights, 16-bit activations as two 8-bit products
  int4,    ///< 4-bit weights (of the head 8) and 8-bit activations, scaled per 32 of a row: for generation, where
           ///< reading the weights is what takes the time
};

std::string_view name(Precision precision);

}  // namespace rmt::model
