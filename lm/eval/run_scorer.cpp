#include "lm/eval/run_scorer.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <stdexcept>

namespace rmt::lm {

namespace {

using corpora::Segment;
using model::SegmentPipeline;

constexpr int64_t kDepth = 8;       // segments whose losses a pipeline works out together
constexpr size_t kRowsAtOnce = 32;  // segments in one product, where none needs another's memory

// [N, B, T]
at::Tensor ids_of(std::span<const SegmentRun> runs, const std::vector<size_t>& which, int64_t length) {
  const auto batch = static_cast<int64_t>(which.size());
  const auto segments = static_cast<int64_t>(runs[which.front()].segments.size());
  at::Tensor ids = at::empty({segments, batch, length}, at::kLong);
  int64_t* to = ids.data_ptr<int64_t>();
  for (size_t s = 0; s < static_cast<size_t>(segments); ++s)
    for (const size_t run : which) to = std::ranges::copy(runs[run].segments[s]->ids, to).out;
  return ids;
}

// A document that nothing was read of has no last row yet; what stands in its place is not looked at.
SegmentPipeline::Standing standing_of(std::span<const SegmentRun> runs, const std::vector<size_t>& which) {
  std::vector<at::Tensor> memories, hidden;
  bool begun = false;
  for (const size_t run : which) {
    const ScoreState& state = *runs[run].state;
    memories.push_back(state.memory.memory);
    hidden.push_back(state.last_hidden.defined() ? state.last_hidden : at::zeros({memories.back().size(2)}));
    begun = begun || state.last_hidden.defined();
  }
  return {at::cat(memories), begun ? at::stack(hidden) : at::Tensor()};
}

void move_on(ScoreState& state, const SegmentPipeline::Standing& standing, int64_t row, int64_t segments,
             int64_t length) {
  state.memory.memory = standing.memory.narrow(0, row, 1).clone();
  state.memory.segments[0] += segments;
  state.memory.tokens[0] += segments * length;
  state.last_hidden = standing.last_hidden.select(0, row).clone();
}

// `nll` [N * T], the first of them no figure where `begun` is false.
std::vector<SegmentNll> split(const at::Tensor& nll, int64_t segments, int64_t length, bool begun) {
  const at::Tensor losses = nll.contiguous();
  std::vector<SegmentNll> scores(static_cast<size_t>(segments));
  for (int64_t s = 0; s < segments; ++s) {
    SegmentNll& one = scores[static_cast<size_t>(s)];
    one.first_scored = s == 0 && !begun ? 1 : 0;
    const double* from = losses.const_data_ptr<double>() + s * length;
    one.token_nll.assign(from + one.first_scored, from + length);
  }
  return scores;
}

}  // namespace

RunScorer::RunScorer(const model::RmtDecoder& decoder, MemoryPolicy policy, uint64_t seed, int64_t ahead, bool top1)
    : decoder_(decoder), policy_(policy), ahead_(ahead), top1_(top1), one_(decoder, policy, seed, top1) {
  if (ahead < 1) throw std::invalid_argument("at least one segment is read in a step");
}

RunScorer::Scores RunScorer::step(std::span<const SegmentRun> runs) {
  const c10::NoGradGuard no_grad;
  Scores scores(runs.size());
  if (ahead_ > 1 && policy_ == MemoryPolicy::reset) {
    read_apart(runs, scores);
    return scores;
  }
  std::vector<size_t> whole, others;
  for (size_t i = 0; i < runs.size(); ++i) (is_whole(runs[i]) ? whole : others).push_back(i);
  if (!whole.empty()) read_together(runs, whole, scores);
  read_in_turn(runs, others, scores);
  return scores;
}

bool RunScorer::is_whole(const SegmentRun& run) const {
  const auto length = static_cast<size_t>(decoder_.config().segment_length);
  return ahead_ > 1 && !top1_ && policy_ == MemoryPolicy::carry &&
         static_cast<int64_t>(run.segments.size()) == ahead_ &&
         std::ranges::all_of(run.segments, [&](const Segment* segment) { return segment->ids.size() == length; });
}

// Segment after segment, the first ones of all, then the second ones.
void RunScorer::read_in_turn(std::span<const SegmentRun> runs, const std::vector<size_t>& which, Scores& scores) const {
  for (size_t s = 0;; ++s) {
    std::vector<const Segment*> segments;
    std::vector<ScoreState*> states;
    std::vector<size_t> of;
    for (const size_t run : which) {
      if (s >= runs[run].segments.size()) continue;
      segments.push_back(runs[run].segments[s]);
      states.push_back(runs[run].state);
      of.push_back(run);
    }
    if (of.empty()) return;
    std::vector<SegmentNll> next = one_.step(segments, states);
    for (size_t i = 0; i < of.size(); ++i) scores[of[i]].push_back(std::move(next[i]));
  }
}

void RunScorer::read_together(std::span<const SegmentRun> runs, const std::vector<size_t>& which, Scores& scores) {
  const int64_t length = decoder_.config().segment_length;
  SegmentPipeline::Standing standing = standing_of(runs, which);
  const at::Tensor nll = pipeline(which.size()).read(ids_of(runs, which, length), standing);  // [B, N * T]
  for (size_t row = 0; row < which.size(); ++row) {
    ScoreState& state = *runs[which[row]].state;
    const auto b = static_cast<int64_t>(row);
    scores[which[row]] = split(nll.select(0, b), ahead_, length, state.last_hidden.defined());
    move_on(state, standing, b, ahead_, length);
  }
}

// With the memory reset a segment needs nothing of the one before but the row that predicts its first token.
void RunScorer::read_apart(std::span<const SegmentRun> runs, Scores& scores) const {
  std::vector<const Segment*> segments;
  std::vector<size_t> of;
  for (size_t run = 0; run < runs.size(); ++run) {
    segments.insert(segments.end(), runs[run].segments.begin(), runs[run].segments.end());
    of.resize(segments.size(), run);
  }
  for (size_t from = 0; from < segments.size(); from += kRowsAtOnce) {
    const auto some = std::span(segments).subspan(from, std::min(kRowsAtOnce, segments.size() - from));
    const auto out =
        decoder_.step(batch_of(some), decoder_.start(static_cast<int64_t>(some.size())), model::Wanted::hidden);
    for (size_t i = 0; i < some.size(); ++i) {
      ScoreState& state = *runs[of[from + i]].state;
      const auto row = static_cast<int64_t>(i), length = static_cast<int64_t>(some[i]->ids.size());
      const at::Tensor hidden = out.hidden.select(0, row).narrow(0, 0, length);  // [len, D]
      scores[of[from + i]].push_back(segment_nll(decoder_.backbone(), *some[i], state.last_hidden, hidden, top1_));
      state.memory.memory = model::rows_of(out.state, row).memory.cpu();
      state.memory.segments[0] += 1;
      state.memory.tokens[0] += length;
      state.last_hidden = hidden.select(0, length - 1).to(at::kCPU, false, /*copy=*/true);
    }
  }
}

SegmentPipeline& RunScorer::pipeline(size_t batch) {
  std::unique_ptr<SegmentPipeline>& one = pipelines_[batch];
  if (!one)
    one = std::make_unique<SegmentPipeline>(
        decoder_, SegmentPipeline::Shape{.batch = static_cast<int64_t>(batch), .depth = std::min(kDepth, ahead_)});
  return *one;
}

}  // namespace rmt::lm
