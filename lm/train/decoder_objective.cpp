#include "lm/train/decoder_objective.h"

#include "lm/train/token_loss.h"

namespace rmt::lm {

DecoderObjective::DecoderObjective(const model::RmtDecoder& decoder, const at::Tensor& rows, const at::Tensor& targets,
                                   int64_t segment_length, double scale)
    : decoder_(decoder), scale_(scale) {
  const std::vector<int64_t> lengths(static_cast<size_t>(rows.size(0)), segment_length);
  const c10::Device device = decoder.backbone().device();
  const at::Tensor here = rows.to(device), wanted = targets.to(device);
  for (int64_t from = 0; from + segment_length < rows.size(1); from += segment_length) {
    segments_.push_back({here.narrow(1, from, segment_length).contiguous(), lengths, /*together=*/true});
    targets_.push_back(wanted.narrow(1, from, segment_length).contiguous());
  }
}

model::MemoryState DecoderObjective::start() const {
  return decoder_.start(segments_.front().batch());
}

model::MemoryState DecoderObjective::read(int64_t s, const model::MemoryState& state) const {
  return decoder_.step(segments_[static_cast<size_t>(s)], state, model::Wanted::memory).state;
}

SegmentStep DecoderObjective::step(int64_t s, const model::MemoryState& state) const {
  model::SegmentOutput read = decoder_.step(segments_[static_cast<size_t>(s)], state, model::Wanted::hidden);
  const auto dtype = decoder_.backbone().precision() == model::Precision::bf16 ? at::kBFloat16 : at::kFloat;
  const int64_t width = read.hidden.size(2);
  TokenLoss loss = token_loss(decoder_.backbone().head(), read.hidden.detach().reshape({-1, width}),
                              targets_[static_cast<size_t>(s)].view({-1}), scale_, dtype);
  SegmentStep step;
  step.gradient = loss.gradient.view(read.hidden.sizes());
  step.output = std::move(read.hidden);
  step.loss = loss.sum.item<double>();
  step.next = std::move(read.state);
  return step;
}

}  // namespace rmt::lm
