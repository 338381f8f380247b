// The loss of a memory task: the cross-entropy of the answer, after the last segment.
#pragma once

#include <vector>

#include "lm/task/task_model.h"
#include "lm/train/objective.h"

namespace rmt::lm {

class AnswerObjective final : public Objective {
 public:
  /// ids [B, N * T] int64, answers [B] int64. The loss is `scale` times the sum over the rows. The model must outlive
  /// the objective.
  AnswerObjective(const TaskModel& model, const at::Tensor& ids, at::Tensor answers, int64_t segments, double scale);

  int64_t segments() const override { return static_cast<int64_t>(segments_.size()); }
  model::MemoryState start() const override { return model_.start(answers_.size(0)); }
  model::MemoryState read(int64_t s, const model::MemoryState& state) const override;
  SegmentStep step(int64_t s, const model::MemoryState& state) const override;

 private:
  const TaskModel& model_;
  std::vector<model::SegmentBatch> segments_;
  at::Tensor answers_;
  double scale_;
};

/// ids [B, N * T] cut into N segments.
std::vector<model::SegmentBatch> cut_segments(const at::Tensor& ids, int64_t segments);

}  // namespace rmt::lm
