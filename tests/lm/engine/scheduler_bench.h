// A scheduler with what it needs, the model's own answers to compare with, and jobs for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "lm/engine/scheduler.h"
#include "tests/lm/engine/job_record.h"
#include "tests/lm/engine/letter_tokenizer.h"
#include "tests/lm/engine/scripted_model.h"

namespace rmt::tests {

struct Bench {
  explicit Bench(ScriptedModel::Options options = {}, engine::SchedulerOptions scheduling = {});

  std::shared_ptr<JobRecord> submit(engine::Job job);

  LetterTokenizer tokenizer;
  ScriptedModel* model = nullptr;
  std::unique_ptr<engine::Scheduler> scheduler;
  engine::JobId last = 0;
};

std::vector<int32_t> text_of(size_t length, int32_t seed = 1);

engine::Continuation greedy(int64_t tokens);
engine::Continuation drawn(int64_t tokens, uint64_t seed);

engine::Job scoring(std::vector<int32_t> prompt);
engine::Job completing(std::vector<int32_t> prompt, engine::Continuation continuation);

std::vector<float> scores_of(const JobRecord& record);
void check_equal(const engine::Reading& left, const engine::Reading& right);

}  // namespace rmt::tests
