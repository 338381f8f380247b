// Batches of documents' rows for a decoder.
#pragma once

#include <memory>
#include <vector>

#include "lm/train/learner.h"
#include "lm/train/recorded_segments.h"
#include "lm/train/row_stream.h"
#include "model/rmt/decoder.h"

namespace rmt::lm {

/// A batch of stage N takes N segments from each of its rows; rows are as long as the longest stage needs and are
/// read on, step by step, where a stage needs less. A batch whose number of segments was drawn smaller
/// cuts its rows into several, so that a step always sees about as many tokens.
class DocumentBatches final : public Batches {
 public:
  /// All must outlive the batches; `rows` gives max(N) * T + 1 tokens a row.
  DocumentBatches(const model::RmtDecoder& decoder, RowMixture rows, const std::vector<Stage>& stages);

  /// From here on segments are learned by recorded steps, in stages whose shapes are fixed: those that are not mixed.
  /// To be used with recomputation, whose unit they are.
  void record(std::unique_ptr<RecordedSegments> recorded) { recorded_ = std::move(recorded); }

  void next(const BatchPlan& plan) override;
  void skip(const BatchPlan& plan) override { next(plan); }
  std::unique_ptr<Objective> objective(BatchShare share) const override;
  int64_t targets() const override { return learned_; }
  int64_t tokens() const override { return targets_.numel(); }

 private:
  /// A row and how many of its tokens are used up.
  struct Lane {
    Row row;
    size_t used = 0;
  };
  size_t take(Lane& lane, int64_t tokens);

  const model::RmtDecoder& decoder_;
  RowMixture rows_;
  const std::vector<Stage>& stages_;
  int64_t stage_ = -1;
  std::vector<Lane> lanes_;
  int64_t segments_ = 0;
  at::Tensor batch_;    // [B', n * T + 1] int64
  at::Tensor targets_;  // [B', n * T] int64, -1 where nothing is learned
  int64_t learned_ = 0;
  std::unique_ptr<RecordedSegments> recorded_;
};

}  // namespace rmt::lm
