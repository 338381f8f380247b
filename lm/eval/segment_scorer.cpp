#include "lm/eval/segment_scorer.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <stdexcept>

#include "model/ops/cross_entropy.h"

namespace rmt::lm {

namespace {

using corpora::Segment;

constexpr const char* kLastHidden = "last_hidden";

model::SegmentBatch batch_of(std::span<const Segment* const> segments) {
  model::SegmentBatch batch;
  for (const Segment* segment : segments) batch.lengths.push_back(static_cast<int64_t>(segment->ids.size()));
  const int64_t longest = *std::max_element(batch.lengths.begin(), batch.lengths.end());
  batch.ids = at::zeros({batch.batch(), longest}, at::kLong);
  for (size_t b = 0; b < segments.size(); ++b)
    std::copy(segments[b]->ids.begin(), segments[b]->ids.end(),
              batch.ids.data_ptr<int64_t>() + static_cast<int64_t>(b) * longest);
  return batch;
}

at::Tensor shuffled(const at::Tensor& memory, uint64_t seed, int64_t segment) {
  const auto generator = at::detail::createCPUGenerator(seed * 0x9e3779b97f4a7c15u + static_cast<uint64_t>(segment));
  return memory.index_select(1, at::randperm(memory.size(1), generator));
}

// hidden [len, D] of the segment's own rows; the row before them, if any, predicts its first token.
SegmentNll score(const model::Backbone& backbone, const Segment& segment, const at::Tensor& before,
                 const at::Tensor& hidden) {
  SegmentNll result;
  result.first_scored = before.defined() ? 0 : 1;
  const int64_t length = hidden.size(0), scored = length - result.first_scored;
  if (scored == 0) return result;

  at::Tensor predictors = hidden.narrow(0, 0, length - 1);
  if (before.defined()) predictors = at::cat({before.to(hidden.device()).unsqueeze(0), predictors});  // [scored, D]
  const std::vector<int64_t> targets(segment.ids.begin() + result.first_scored, segment.ids.end());
  const at::Tensor wanted = at::from_blob(const_cast<int64_t*>(targets.data()), {scored}, at::kLong);
  const at::Tensor nll = model::ops::token_nll(backbone.head(), predictors, wanted).to(at::kCPU, at::kDouble);
  result.token_nll.assign(nll.data_ptr<double>(), nll.data_ptr<double>() + scored);
  return result;
}

}  // namespace

SegmentScorer::SegmentScorer(const model::RmtDecoder& decoder, MemoryPolicy policy, uint64_t seed)
    : decoder_(decoder), policy_(policy), seed_(seed) {}

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
    scores.push_back(score(decoder_.backbone(), *segments[b], states[b]->last_hidden, hidden));
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
