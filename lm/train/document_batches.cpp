#include "lm/train/document_batches.h"

#include <ATen/ops/empty.h>

#include <algorithm>

#include "lm/train/decoder_objective.h"

namespace rmt::lm {

DocumentBatches::DocumentBatches(const model::RmtDecoder& decoder, RowMixture rows, const std::vector<Stage>& stages)
    : decoder_(decoder), rows_(std::move(rows)), stages_(stages) {}

void DocumentBatches::next(const BatchPlan& plan) {
  const Stage& stage = stages_[static_cast<size_t>(plan.at.stage)];
  if (stage_ != plan.at.stage) lanes_.assign(static_cast<size_t>(stage.batch), {});
  stage_ = plan.at.stage;
  segments_ = plan.segments;

  const int64_t length = decoder_.config().segment_length, tokens = plan.segments * length;
  const int64_t pieces = stage.segments / plan.segments;
  batch_ = at::empty({stage.batch * pieces, tokens + 1}, at::kLong);
  auto* to = batch_.mutable_data_ptr<int64_t>();
  for (Lane& lane : lanes_) {
    const int32_t* from = take(lane, stage.segments * length);
    for (int64_t piece = 0; piece < pieces; ++piece, to += tokens + 1)
      std::copy_n(from + piece * tokens, tokens + 1, to);
  }
}

// The next tokens of a lane and the one after them, which is the next call's first.
const int32_t* DocumentBatches::take(Lane& lane, int64_t tokens) {
  const auto count = static_cast<size_t>(tokens);
  if (lane.used + count + 1 > lane.row.size()) lane = {rows_.next(), 0};
  const int32_t* from = lane.row.data() + lane.used;
  lane.used += count;
  return from;
}

std::unique_ptr<Objective> DocumentBatches::objective(BatchShare share) const {
  const int64_t rows = batch_.size(0), from = rows * share.index / share.count;
  const int64_t count = rows * (share.index + 1) / share.count - from;
  if (count == 0) return nullptr;
  return std::make_unique<DecoderObjective>(decoder_, batch_.narrow(0, from, count), decoder_.config().segment_length,
                                            1.0 / static_cast<double>(targets()));
}

int64_t DocumentBatches::targets() const {
  return batch_.size(0) * (batch_.size(1) - 1);
}

}  // namespace rmt::lm
