// GPT-2's feed-forward entry: a linear layer and its GELU, in one product where the device has one.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/ops/linear.h"

namespace rmt::model::ops {

/// gelu_tanh(linear(x)).
at::Tensor linear_gelu_tanh(const Linear& linear, const at::Tensor& x);

}  // namespace rmt::model::ops
