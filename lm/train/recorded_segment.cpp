#include "lm/train/recorded_segment.h"

#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include "lm/train/backward_roots.h"
#include "lm/train/token_loss.h"

namespace rmt::lm {

RecordedSegment::RecordedSegment(const model::RmtDecoder& decoder, int64_t rows, KeptGradients& gradients)
    : decoder_(decoder), gradients_(gradients) {
  const model::RmtConfig& config = decoder.config();
  const c10::Device device = decoder.backbone().device();
  const auto floats = at::TensorOptions().device(device).dtype(at::kFloat), ids = floats.dtype(at::kLong);
  ids_ = at::zeros({rows, config.segment_length}, ids);
  targets_ = at::zeros({rows, config.segment_length}, ids);
  memory_ = at::zeros({rows, config.memory_tokens, decoder.backbone().config().width}, floats);
  next_ = at::zeros_like(memory_);
  by_next_ = at::zeros_like(memory_);
  by_memory_ = at::zeros_like(memory_);
  scale_ = at::zeros({1}, floats);
  loss_ = at::zeros({}, floats.dtype(at::kDouble));
  // With a memory that is one: of a memory of zeros every gradient may be none, when its rows are normalised.
  memory_.copy_(decoder.initial_memory().detach().unsqueeze(0));
  read_ = model::repeated_step(device, [this] { read_in_place(); });
  gradients_.record([this] { learn_in_place(); },
                    [&] { learn_ = model::repeated_step(device, [this] { learn_in_place(); }); });
}

at::Tensor RecordedSegment::read(const at::Tensor& ids, const at::Tensor& memory) {
  const c10::AutoGradMode off(false);
  ids_.copy_(ids);
  memory_.copy_(memory);
  read_->run();
  return next_.clone();
}

RecordedSegment::Lesson RecordedSegment::learn(const at::Tensor& ids, const at::Tensor& targets, double scale,
                                               const at::Tensor& memory, const at::Tensor& by_next) {
  const c10::AutoGradMode off(false);
  gradients_.bring_back();
  ids_.copy_(ids);
  targets_.copy_(targets);
  memory_.copy_(memory);
  scale_.fill_(scale);
  if (by_next.defined())
    by_next_.copy_(by_next);
  else
    by_next_.zero_();
  learn_->run();
  return {loss_.clone(), by_memory_.clone()};
}

model::SegmentOutput RecordedSegment::step(const at::Tensor& memory, model::Wanted wanted) const {
  const std::vector<int64_t> lengths(static_cast<size_t>(rows()), ids_.size(1)), none(lengths.size(), 0);
  return decoder_.step({ids_, lengths, /*together=*/true}, {memory, none, none}, wanted);
}

void RecordedSegment::read_in_place() {
  const c10::AutoGradMode off(false);
  next_.copy_(step(memory_, model::Wanted::memory).state.memory);
}

void RecordedSegment::learn_in_place() {
  const c10::AutoGradMode on(true);
  by_memory_.zero_();
  const at::Tensor memory = memory_.detach().requires_grad_(true);
  memory.mutable_grad() = by_memory_;  // which is added to
  const model::SegmentOutput read = step(memory, model::Wanted::hidden);
  const auto dtype = decoder_.backbone().precision() == model::Precision::bf16 ? at::kBFloat16 : at::kFloat;
  const TokenLoss loss =
      token_loss_of_all(decoder_.backbone().head(), read.hidden.detach().reshape({-1, read.hidden.size(2)}),
                        targets_.view({-1}), scale_, dtype);
  loss_.copy_(loss.sum);
  BackwardRoots roots;
  roots.add(read.hidden, loss.gradient.view(read.hidden.sizes()));
  roots.add(read.state.memory, by_next_);
  roots.go_back();
}

}  // namespace rmt::lm
