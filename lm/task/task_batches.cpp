#include "lm/task/task_batches.h"

#include <ATen/ops/empty.h>

#include <algorithm>

#include "lm/task/answer_objective.h"

namespace rmt::lm {

TaskBatch make_batch(const corpora::TaskGenerator& generator, int64_t first, int64_t count) {
  const int64_t tokens = generator.options().segments * generator.options().segment_length;
  TaskBatch batch{at::empty({count, tokens}, at::kLong), at::empty({count}, at::kLong)};
  auto *to = batch.ids.mutable_data_ptr<int64_t>(), *answers = batch.answers.mutable_data_ptr<int64_t>();
  for (int64_t i = 0; i < count; ++i) {
    const corpora::TaskSample sample = generator.sample(first + i);
    to = std::copy(sample.ids.begin(), sample.ids.end(), to);
    answers[i] = sample.answer;
  }
  return batch;
}

TaskBatches::TaskBatches(const TaskModel& model, const corpora::TaskOptions& options,
                         const corpora::Tokenizer& tokenizer, const corpora::Background& background,
                         const std::vector<Stage>& stages)
    : model_(model), options_(options), tokenizer_(tokenizer), background_(background), stages_(stages) {}

const corpora::TaskGenerator& TaskBatches::generator(int64_t segments, int64_t length) {
  const auto key = std::make_pair(segments, length);
  const auto found = generators_.find(key);
  if (found != generators_.end()) return found->second;
  corpora::TaskOptions options = options_;
  options.segments = segments;
  options.segment_length = length;
  return generators_.try_emplace(key, options, tokenizer_, background_).first->second;
}

void TaskBatches::next(const BatchPlan& plan) {
  constexpr int64_t kMostRows = int64_t{1} << 20;  // of a batch: keeps the numbers of two steps' samples apart
  const Stage& stage = stages_[static_cast<size_t>(plan.at.stage)];
  segments_ = plan.segments;
  const int64_t length = stage.tokens > 0 ? stage.tokens : model_.config().segment_length;
  batch_ = make_batch(generator(segments_, length), plan.at.total * kMostRows, stage.batch);
}

std::unique_ptr<Objective> TaskBatches::objective(BatchShare share) const {
  const int64_t rows = targets(), from = rows * share.index / share.count;
  const int64_t count = rows * (share.index + 1) / share.count - from;
  if (count == 0) return nullptr;
  return std::make_unique<AnswerObjective>(model_, batch_.ids.narrow(0, from, count),
                                           batch_.answers.narrow(0, from, count), segments_,
                                           1.0 / static_cast<double>(rows));
}

}  // namespace rmt::lm
