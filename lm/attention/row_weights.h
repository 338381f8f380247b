// What rows of a layer look at, of the queries and keys an observer is shown.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/attention_observer.h"

namespace rmt::lm {

/// The weights that rows [from, from + count) of a segment give to all its rows: [H, count, S]. `layer` is of one
/// stream, and holds the queries of those rows.
at::Tensor row_weights(const model::LayerAttention& layer, int64_t from, int64_t count);

}  // namespace rmt::lm
