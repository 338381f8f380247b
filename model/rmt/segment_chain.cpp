#include "model/rmt/segment_chain.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include "model/error.h"

namespace rmt::model {

namespace {

AttendedRows narrow(const AttendedRows& rows, int64_t from, int64_t count) {
  const auto part = [&](const at::Tensor& x) { return x.defined() ? x.narrow(1, from, count) : x; };
  return {part(rows.residual), part(rows.mixed)};
}

}  // namespace

SegmentChain::SegmentChain(const RmtDecoder& decoder, const Shape& shape) : decoder_(decoder), shape_(shape) {
  const c10::NoGradGuard no_grad;
  const Backbone& backbone = decoder.backbone();
  const BackboneConfig& base = backbone.config();
  const RmtConfig& config = decoder.config();
  if (shape.batch < 1 || shape.slots < 1) throw Error(Errc::mismatch, "a chain reads at least one document");
  if (base.layers < 1) throw Error(Errc::unsupported, "a chain of segments needs a backbone with layers");

  const auto floats = at::TensorOptions().dtype(at::kFloat).device(backbone.device());
  const int64_t b = shape.batch, t = config.segment_length;
  ids_ = at::zeros({shape.slots, b, t}, floats.dtype(at::kLong));
  slot_ = at::zeros({1}, floats.dtype(at::kLong));
  initial_ = decoder.initial_memory().to(backbone.device(), at::kFloat);
  memory_ = decoder.start(b).memory.to(backbone.device(), at::kFloat).contiguous().clone();
  positions_ = row_positions();
  if (shape.keeps_text) {
    const auto mixed = backbone.precision() == Precision::bf16 ? floats.dtype(at::kBFloat16) : floats;
    text_ = {at::zeros({shape.slots, b, t, base.width}, floats),
             at::zeros({shape.slots, b, t, base.heads * base.head_size}, mixed)};
  }
  step_ = repeated_step(backbone.device(), [this] { work(); });
  rewind();
}

void SegmentChain::rewind() {
  slot_.zero_();
}

void SegmentChain::step() {
  const c10::NoGradGuard no_grad;
  step_->run();
}

void SegmentChain::work() const {
  const c10::NoGradGuard no_grad;
  const Backbone& backbone = decoder_.backbone();
  const int64_t m = decoder_.config().memory_tokens, t = decoder_.config().segment_length;
  const at::Tensor ids = at::index_select(ids_, 0, slot_).squeeze(0);           // [B, T]
  const at::Tensor rows = at::cat({memory_, backbone.embed(ids), memory_}, 1);  // [B, S, D]
  const RowLayout layout{.causal = true, .lengths = {}, .positions = positions_};
  const AttendedRows all = backbone.attended(rows, layout, {0, t + 2 * m});  // from the first row on: a plain triangle
  if (shape_.keeps_text) {
    const AttendedRows text = narrow(all, m, t);
    text_.residual.index_copy_(0, slot_, text.residual.unsqueeze(0));
    text_.mixed.index_copy_(0, slot_, text.mixed.unsqueeze(0));
  }
  if (m > 0) {
    const AttendedRows written = narrow(all, m + t, m);
    const at::Tensor finished = backbone.finish({written.residual.contiguous(), written.mixed.contiguous()});
    memory_.copy_(handed_on(finished, initial_, decoder_.config().scale));
  }
  slot_.add_(1).remainder_(shape_.slots);
}

// Undefined where rows are numbered in order.
at::Tensor SegmentChain::row_positions() const {
  const RmtConfig& config = decoder_.config();
  if (config.positions == TextPositions::shifted) return {};
  const int64_t m = config.memory_tokens, t = config.segment_length;
  return at::cat({at::arange(t, t + m, ids_.options()), at::arange(t, ids_.options()),
                  at::arange(t + m, t + 2 * m, ids_.options())});
}

}  // namespace rmt::model
