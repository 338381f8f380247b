#include "lm/train/document_batches.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <utility>

#include "lm/train/decoder_objective.h"
#include "lm/train/recorded_objective.h"

namespace rmt::lm {

DocumentBatches::DocumentBatches(const model::RmtDecoder& decoder, RowMixture rows, const std::vector<Stage>& stages)
    : decoder_(decoder), rows_(std::move(rows)), stages_(stages) {}

void DocumentBatches::next(const BatchPlan& plan) {
  const Stage& stage = stages_[static_cast<size_t>(plan.at.stage)];
  if (stage_ != plan.at.stage) {
    lanes_.assign(static_cast<size_t>(stage.batch), {});
    if (recorded_) recorded_->forget();
  }
  stage_ = plan.at.stage;
  segments_ = plan.segments;

  const int64_t length = decoder_.config().segment_length, tokens = plan.segments * length;
  const int64_t pieces = stage.segments / plan.segments;
  batch_ = at::empty({stage.batch * pieces, tokens + 1}, at::kLong);
  targets_ = at::empty({stage.batch * pieces, tokens}, at::kLong);
  auto* id = batch_.mutable_data_ptr<int64_t>();
  auto* target = targets_.mutable_data_ptr<int64_t>();
  learned_ = 0;
  for (Lane& lane : lanes_) {
    size_t from = take(lane, stage.segments * length);
    for (int64_t piece = 0; piece < pieces; ++piece, from += static_cast<size_t>(tokens)) {
      *id++ = lane.row.ids[from];
      for (size_t at = from + 1; at <= from + static_cast<size_t>(tokens); ++at) {
        *id++ = lane.row.ids[at];
        *target++ = lane.row.learned[at] ? lane.row.ids[at] : -1;
        learned_ += lane.row.learned[at] ? 1 : 0;
      }
    }
  }
}

// Where in a lane's row the next tokens begin; the one after them is there, too, and is the next call's first.
size_t DocumentBatches::take(Lane& lane, int64_t tokens) {
  const auto count = static_cast<size_t>(tokens);
  if (lane.used + count + 1 > lane.row.ids.size()) lane = {rows_.next(), 0};
  return std::exchange(lane.used, lane.used + count);
}

std::unique_ptr<Objective> DocumentBatches::objective(BatchShare share) const {
  const int64_t rows = batch_.size(0), from = rows * share.index / share.count;
  const int64_t count = rows * (share.index + 1) / share.count - from;
  if (count == 0) return nullptr;
  // A batch in which nothing is learned has no gradient, whatever the scale.
  const double scale = 1.0 / static_cast<double>(std::max<int64_t>(learned_, 1));
  const at::Tensor ids = batch_.narrow(0, from, count), wanted = targets_.narrow(0, from, count);
  if (recorded_ && !stages_[static_cast<size_t>(stage_)].mixed)
    if (RecordedSegment* recorded = recorded_->of(count))
      return std::make_unique<RecordedObjective>(*recorded, decoder_, ids, wanted, scale);
  return std::make_unique<DecoderObjective>(decoder_, ids, wanted, decoder_.config().segment_length, scale);
}

}  // namespace rmt::lm
