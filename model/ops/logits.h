// The head's outputs of a few rows, to draw the next token from.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/ops/linear.h"

namespace rmt::model::ops {

/// hidden [N, D] -> [N, V] fp32, the sums of a narrower head not rounded. For the rows of a long text token_nll() and
/// token_scores() do without all of them at once.
at::Tensor logits(const Linear& head, const at::Tensor& hidden);

}  // namespace rmt::model::ops
