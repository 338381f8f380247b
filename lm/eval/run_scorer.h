// Scores several segments of each of several documents in one step, as SegmentScorer would one after the other (up to
// rounding): where whole segments follow one another, a device works through them without waiting for the host.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "lm/eval/segment_scorer.h"
#include "model/rmt/segment_pipeline.h"

namespace rmt::lm {

/// What a document goes on with.
struct SegmentRun {
  std::vector<const corpora::Segment*> segments;
  ScoreState* state = nullptr;
};

class RunScorer {
 public:
  /// `ahead`: segments of a document in a step, at most; with 1 nothing differs from SegmentScorer in any bit. With
  /// `top1` the scores know which tokens were the likeliest, which a pipeline does not find out: a device then waits
  /// for the host after each segment whose memory is carried. The decoder must outlive the scorer.
  RunScorer(const model::RmtDecoder& decoder, MemoryPolicy policy, uint64_t seed, int64_t ahead, bool top1 = false);

  ScoreState start() const { return one_.start(); }
  /// -> of each run, one for each of its segments. Moves the states on.
  std::vector<std::vector<SegmentNll>> step(std::span<const SegmentRun> runs);

 private:
  using Scores = std::vector<std::vector<SegmentNll>>;

  bool is_whole(const SegmentRun& run) const;
  void read_in_turn(std::span<const SegmentRun> runs, const std::vector<size_t>& which, Scores& scores) const;
  void read_together(std::span<const SegmentRun> runs, const std::vector<size_t>& which, Scores& scores);
  void read_apart(std::span<const SegmentRun> runs, Scores& scores) const;
  model::SegmentPipeline& pipeline(size_t batch);

  const model::RmtDecoder& decoder_;
  MemoryPolicy policy_;
  int64_t ahead_;
  bool top1_;
  SegmentScorer one_;
  std::map<size_t, std::unique_ptr<model::SegmentPipeline>> pipelines_;  // by documents read together
};

}  // namespace rmt::lm
