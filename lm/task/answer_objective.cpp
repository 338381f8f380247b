#include "lm/task/answer_objective.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/log_softmax.h>
#include <c10/core/GradMode.h>

namespace rmt::lm {

std::vector<model::SegmentBatch> cut_segments(const at::Tensor& ids, int64_t segments) {
  const int64_t length = ids.size(1) / segments;
  const std::vector<int64_t> lengths(static_cast<size_t>(ids.size(0)), length);
  std::vector<model::SegmentBatch> all;
  for (int64_t s = 0; s < segments; ++s)
    all.push_back({ids.narrow(1, s * length, length).contiguous(), lengths, /*together=*/true});
  return all;
}

AnswerObjective::AnswerObjective(const TaskModel& model, const at::Tensor& ids, at::Tensor answers, int64_t segments,
                                 double scale)
    : model_(model), segments_(cut_segments(ids, segments)), answers_(std::move(answers)), scale_(scale) {}

model::MemoryState AnswerObjective::read(int64_t s, const model::MemoryState& state) const {
  return model_.read(segments_[static_cast<size_t>(s)], state, /*answer_wanted=*/false).next;
}

SegmentStep AnswerObjective::step(int64_t s, const model::MemoryState& state) const {
  const bool last = s + 1 == segments();
  TaskRead read = model_.read(segments_[static_cast<size_t>(s)], state, last);
  SegmentStep step;
  step.next = std::move(read.next);
  if (!last) return step;

  step.output = model_.answer(read.row);  // [B, C]
  const c10::AutoGradMode off(false);
  const at::Tensor answers = answers_.to(step.output.device()), index = answers.unsqueeze(1);
  const at::Tensor log_probability = at::log_softmax(step.output.detach(), -1);
  step.loss = -log_probability.gather(1, index).sum().item<double>();
  step.correct = log_probability.argmax(-1).eq(answers).sum().item<int64_t>();
  const at::Tensor minus_one = at::full(index.sizes(), -1.0, log_probability.options());
  step.gradient = log_probability.exp().scatter_add(1, index, minus_one).mul(scale_);
  return step;
}

}  // namespace rmt::lm
