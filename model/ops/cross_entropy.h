// The head and the cross-entropy together, so that no [T, V] of logits is ever kept.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/ops/linear.h"

namespace rmt::model::ops {

/// hidden [N, D], targets [N] int64 -> negative log-likelihoods [N], fp64 on the CPU, in nats.
/// Works through `rows_at_once` rows at a time; the result does not depend on it.
at::Tensor token_nll(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets,
                     int64_t rows_at_once = 128);

}  // namespace rmt::model::ops
