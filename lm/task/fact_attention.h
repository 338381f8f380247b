// Where a task model looks while it writes its memory: how much of that attention falls on the facts it will be asked
// for. A model that finds them spends more on them than their share of the text.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "lm/task/task_model.h"

namespace rmt::lm {

/// Means over the segments that hold tokens of a fact.
struct FactAttention {
  int64_t samples = 0, segments = 0;  ///< how many of each were looked at; segments with a fact
  at::Tensor shares;                  ///< [L, H] of 1: what the rows that write the memory give to a fact's tokens
  double even_share = 0;              ///< what they would give if they looked at all rows alike
};

/// Reads samples kFirstEvaluationIndex and following of `generator`. `go_on` is asked before each; false ends early.
FactAttention fact_attention(const TaskModel& model, const corpora::TaskGenerator& generator, int64_t samples,
                             const std::function<bool()>& go_on);

}  // namespace rmt::lm
