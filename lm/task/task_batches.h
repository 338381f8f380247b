// Batches of a memory task's samples, made as they are needed.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "lm/task/task_model.h"
#include "lm/train/learner.h"

namespace rmt::lm {

/// Samples `first` .. `first + count` - 1: ids [B, N * T] and answers [B], int64.
struct TaskBatch {
  at::Tensor ids, answers;
};
TaskBatch make_batch(const corpora::TaskGenerator& generator, int64_t first, int64_t count);

class TaskBatches final : public Batches {
 public:
  /// All must outlive the batches.
  TaskBatches(const TaskModel& model, const corpora::TaskOptions& options, const corpora::Tokenizer& tokenizer,
              const corpora::Background& background, const std::vector<Stage>& stages);

  void next(const BatchPlan& plan) override;
  void skip(const BatchPlan&) override {}  // a sample depends on its number alone
  std::unique_ptr<Objective> objective(BatchShare share) const override;
  int64_t targets() const override { return batch_.answers.size(0); }
  int64_t tokens() const override { return batch_.ids.numel(); }

 private:
  const corpora::TaskGenerator& generator(int64_t segments, int64_t length);

  const TaskModel& model_;
  corpora::TaskOptions options_;
  const corpora::Tokenizer& tokenizer_;
  const corpora::Background& background_;
  const std::vector<Stage>& stages_;
  std::map<std::pair<int64_t, int64_t>, corpora::TaskGenerator> generators_;  // by segments and tokens in each
  TaskBatch batch_;
  int64_t segments_ = 1;
};

}  // namespace rmt::lm
