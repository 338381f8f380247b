#include "tests/lm/engine/scheduler_bench.h"

#include <utility>

#include "tests/support/doctest.h"

namespace rmt::tests {

Bench::Bench(ScriptedModel::Options options, engine::SchedulerOptions scheduling) {
  auto owned = std::make_unique<ScriptedModel>(options);
  model = owned.get();
  scheduler = std::make_unique<engine::Scheduler>(std::move(owned), tokenizer, std::move(scheduling));
}

std::shared_ptr<JobRecord> Bench::submit(engine::Job job) {
  auto record = std::make_shared<JobRecord>();
  last = scheduler->submit(std::move(job), record);
  return record;
}

std::vector<int32_t> text_of(size_t length, int32_t seed) {
  std::vector<int32_t> ids(length);
  for (size_t i = 0; i < length; ++i)
    ids[i] = static_cast<int32_t>((i * i + static_cast<size_t>(seed) * 7 + i / 5) % 31);
  return ids;
}

engine::Continuation greedy(int64_t tokens) {
  engine::Continuation continuation;
  continuation.sampling.temperature = 0;
  continuation.max_tokens = tokens;
  continuation.stop_at_eos = false;
  return continuation;
}

engine::Continuation drawn(int64_t tokens, uint64_t seed) {
  engine::Continuation continuation = greedy(tokens);
  continuation.sampling.temperature = 1;
  continuation.sampling.seed = seed;
  return continuation;
}

engine::Job scoring(std::vector<int32_t> prompt) {
  engine::Job job;
  job.prompt = std::move(prompt);
  job.scoring.wanted = true;
  return job;
}

engine::Job completing(std::vector<int32_t> prompt, engine::Continuation continuation) {
  engine::Job job;
  job.prompt = std::move(prompt);
  job.continuations = {std::move(continuation)};
  return job;
}

std::vector<float> scores_of(const JobRecord& record) {
  std::vector<float> scores;
  for (const engine::ScoredToken& token : record.scored_tokens())
    if (token.logprob) scores.push_back(*token.logprob);
  return scores;
}

void check_equal(const engine::Reading& left, const engine::Reading& right) {
  CHECK(left.memory == right.memory);
  CHECK(left.last_hidden == right.last_hidden);
  CHECK(left.tail == right.tail);
  CHECK(left.segments == right.segments);
  CHECK(left.tokens == right.tokens);
}

}  // namespace rmt::tests
