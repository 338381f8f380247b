#include "lm/eval/segment_scorer.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randperm.h>
#include <c10/core/GradMode.h>

#include <stdexcept>

namespace rmt::lm {

namespace {

using corpora::Segment;

constexpr const char* kLastHidden = "last_hidden";

at::Tensor shuffled(const at::Tensor& memory, uint64_t seed, int64_t segment) {
  const auto generator = at::detail::createCPUGenerator(seed * 0x9e3779b97f4a7c15u + static_cast<uint64_t>(segment));
  return memory.index_select(1, at::randperm(memory.size(1), generator));
}

}  // namespace

SegmentScorer::SegmentScorer(const model::RmtDecoder& decoder, MemoryPolicy policy, uint64_t seed, bool top1)
    : decoder_(decoder), policy_(policy), seed_(seed), top1_(top1) {}

ScoreState SegmentScorer::start() const {
  return {decoder_.start(1), {}};
}

std::vector<SegmentNll> SegmentScorer::step(std::span<const Segment* const> segments,
                                            std::span<ScoreState* const> states) const {
  if (segments.empty() || segments.size() != states.size())
    throw std::invalid_argument("a step needs one state for each of its segments, and at least one");
  const c10::NoGradGuard no_grad;

  std::vector<model::MemoryState> memories;
  for (const ScoreState* state : states) {
    model::MemoryState memory = state->memory;
    if (policy_ == MemoryPolicy::reset) memory.memory = decoder_.start(1).memory;
    if (policy_ == MemoryPolicy::shuffle) memory.memory = shuffled(memory.memory, seed_, memory.segments[0]);
    memories.push_back(std::move(memory));
  }
  const model::SegmentOutput out = decoder_.step(batch_of(segments), model::join(memories), model::Wanted::hidden);

  std::vector<SegmentNll> scores;
  for (size_t b = 0; b < segments.size(); ++b) {
    const auto row = static_cast<int64_t>(b), length = static_cast<int64_t>(segments[b]->ids.size());
    const at::Tensor hidden = out.hidden.select(0, row).narrow(0, 0, length);  // [len, D]
    scores.push_back(segment_nll(decoder_.backbone(), *segments[b], states[b]->last_hidden, hidden, top1_));
    *states[b] = {model::rows_of(out.state, row), hidden.select(0, length - 1).to(at::kCPU, false, /*copy=*/true)};
    states[b]->memory.memory = states[b]->memory.memory.cpu();
  }
  return scores;
}

std::string save_score_state(const ScoreState& state, const std::string& fingerprint) {
  model::NamedTensors extra;
  if (state.last_hidden.defined()) extra.emplace_back(kLastHidden, state.last_hidden);
  return model::save_state(state.memory, fingerprint, extra);
}

ScoreState load_score_state(const std::string& bytes, const std::string& fingerprint) {
  model::NamedTensors extra;
  ScoreState state{model::load_state(bytes, fingerprint, &extra), {}};
  for (const auto& [name, tensor] : extra)
    if (name == kLastHidden) state.last_hidden = tensor;
  return state;
}

}  // namespace rmt::lm
