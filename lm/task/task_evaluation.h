// How often a task model answers right, by the number of segments it has to remember over.
#pragma once

#include <cstdint>
#include <functional>

#include "lm/task/task_model.h"

namespace rmt::lm {

struct TaskScore {
  int64_t segments = 0, tokens = 0;  ///< of each sample
  int64_t samples = 0, correct = 0;
  double seconds = 0;
};

/// Of more samples of the same length, as if asked in one go; one without samples adds nothing.
TaskScore pooled(const TaskScore& a, const TaskScore& b);

/// Samples kFirstEvaluationIndex and following of `generator`, `batch` at a time. Memory does not grow with the number
/// of segments but by 8 bytes a token and row. `progress` is told the share that is done, and returns false to stop
/// early: the score is then of the samples whose answer was reached.
TaskScore evaluate_task(const TaskModel& model, const corpora::TaskGenerator& generator, int64_t samples, int64_t batch,
                        const std::function<bool(double)>& progress);

}  // namespace rmt::lm
