#include "lm/task/task_evaluation.h"

#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <chrono>

#include "lm/task/answer_objective.h"
#include "lm/task/task_batches.h"

namespace rmt::lm {

namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

TaskScore pooled(const TaskScore& a, const TaskScore& b) {
  if (a.samples == 0 || b.samples == 0) return a.samples == 0 ? b : a;
  return {a.segments, a.tokens, a.samples + b.samples, a.correct + b.correct, a.seconds + b.seconds};
}

TaskScore evaluate_task(const TaskModel& model, const corpora::TaskGenerator& generator, int64_t samples, int64_t batch,
                        const std::function<bool(double)>& progress) {
  const c10::AutoGradMode off(false);
  const int64_t segments = generator.options().segments;
  TaskScore score;
  score.segments = segments;
  score.tokens = segments * generator.options().segment_length;
  const auto started = Clock::now();
  const auto all_steps = static_cast<double>((samples + batch - 1) / batch * segments);
  int64_t steps = 0;
  for (int64_t from = 0; from < samples; from += batch) {
    const int64_t count = std::min(batch, samples - from);
    const TaskBatch made = make_batch(generator, corpora::kFirstEvaluationIndex + from, count);
    const auto parts = cut_segments(made.ids, segments);
    model::MemoryState state = model.start(count);
    TaskRead read;
    for (int64_t s = 0; s < segments; ++s) {
      read = model.read(parts[static_cast<size_t>(s)], state, s + 1 == segments);
      state = std::move(read.next);
      score.seconds = std::chrono::duration<double>(Clock::now() - started).count();
      if (!progress(static_cast<double>(++steps) / all_steps)) return score;
    }
    score.correct += model.answer(read.row).argmax(-1).cpu().eq(made.answers).sum().item<int64_t>();
    score.samples += count;
  }
  return score;
}

}  // namespace rmt::lm
