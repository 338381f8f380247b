#include "model/rmt/segment_pipeline.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <limits>

#include "model/error.h"
#include "model/ops/cross_entropy.h"

namespace rmt::model {

namespace {

// What each token predicts, [N, B, T]; the last ones, whose next is not known, predict 0.
at::Tensor next_tokens(const at::Tensor& ids) {
  const int64_t n = ids.size(0), b = ids.size(1), t = ids.size(2);
  const at::Tensor texts = ids.transpose(0, 1).reshape({b, n * t});
  const at::Tensor next = at::cat({texts.narrow(1, 1, n * t - 1), at::zeros({b, 1}, ids.options())}, 1);
  return next.view({b, n, t}).transpose(0, 1).contiguous();
}

}  // namespace

SegmentPipeline::SegmentPipeline(const RmtDecoder& decoder, const Shape& shape)
    : decoder_(decoder),
      shape_(shape),
      device_(decoder.backbone().device()),
      chain_(decoder,
             {.batch = shape.batch, .slots = 2 * std::max<int64_t>(1, shape.depth), .keeps_text = shape.scores}),
      beside_(WorkQueue::another(device_)),
      halves_{make_half(), make_half()} {
  if (shape.depth < 1) throw Error(Errc::mismatch, "at least one segment is scored at a time");
  targets_ = at::zeros_like(chain_.ids());
  last_hidden_ = at::zeros({shape.batch, decoder.backbone().config().width}, chain_.memory().options());
}

SegmentPipeline::Half SegmentPipeline::make_half() const {
  const auto options = at::TensorOptions().pinned_memory(!device_.is_cpu());
  const int64_t t = decoder_.config().segment_length;
  const auto losses = device_.is_cpu() ? at::kDouble : at::kFloat;  // as token_nll() gives them
  return {.ids = at::empty({shape_.depth, shape_.batch, t}, options.dtype(at::kLong)),
          .targets = at::empty({shape_.depth, shape_.batch, t}, options.dtype(at::kLong)),
          .nll = at::empty({shape_.depth * shape_.batch * t}, options.dtype(losses)),
          .sent = QueueMark(device_),
          .read = QueueMark(device_),
          .scored = QueueMark(device_)};
}

SegmentPipeline::Standing SegmentPipeline::start() const {
  return {decoder_.start(shape_.batch).memory.cpu().contiguous(), {}};
}

at::Tensor SegmentPipeline::read(const at::Tensor& ids, Standing& standing) {
  const c10::NoGradGuard no_grad;
  const int64_t n = ids.size(0), b = shape_.batch, t = decoder_.config().segment_length;
  if (ids.dim() != 3 || ids.size(1) != b || ids.size(2) != t || ids.scalar_type() != at::kLong || !ids.is_cpu())
    throw Error(Errc::mismatch, "a run needs ids [N, " + std::to_string(b) + ", " + std::to_string(t) +
                                    "] int64 on the CPU, got " + c10::str(ids.sizes()));
  if (n == 0) return shape_.scores ? at::empty({b, 0}, at::kDouble) : at::Tensor();
  const WorkQueue main = WorkQueue::current(device_);
  const at::Tensor targets = shape_.scores ? next_tokens(ids) : at::Tensor();
  const at::Tensor losses = shape_.scores ? at::empty({n, b, t}, at::kDouble) : at::Tensor();
  const at::Tensor first = shape_.scores ? first_losses(ids, standing) : at::Tensor();
  chain_.memory().copy_(standing.memory);
  chain_.rewind();

  for (int64_t group = 0; group * shape_.depth < n; ++group) {
    Half& half = halves_[static_cast<size_t>(group % 2)];
    const int64_t slot = group % 2 * shape_.depth;
    fetch(half, losses);
    half.first = group * shape_.depth;
    half.count = std::min(shape_.depth, n - half.first);
    send(half, slot, ids, targets);
    for (int64_t s = 0; s < half.count; ++s) chain_.step();
    main.mark(half.read);
    if (shape_.scores) score(half, slot);
  }
  for (const int64_t older : {1, 0}) fetch(halves_[static_cast<size_t>(((n - 1) / shape_.depth + older) % 2)], losses);
  main.finish();
  standing.memory = chain_.memory().to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);
  if (!shape_.scores) {
    standing.last_hidden = at::Tensor();
    return {};
  }
  standing.last_hidden = last_hidden_.to(at::kCPU, false, true);
  const at::Tensor after = losses.transpose(0, 1).reshape({b, n * t});  // of the token after each
  return at::cat({first.unsqueeze(1), after.narrow(1, 0, n * t - 1)}, 1);
}

// Tokens of a group to the device, in the main queue, before its segments are read there.
void SegmentPipeline::send(Half& half, int64_t slot, const at::Tensor& ids, const at::Tensor& targets) {
  half.sent.wait();
  const auto move = [&](const at::Tensor& from, const at::Tensor& pinned, const at::Tensor& to) {
    pinned.narrow(0, 0, half.count).copy_(from.narrow(0, half.first, half.count));
    to.narrow(0, slot, half.count).copy_(pinned.narrow(0, 0, half.count), /*non_blocking=*/true);
  };
  move(ids, half.ids, chain_.ids());
  if (shape_.scores) move(targets, half.targets, targets_);
  WorkQueue::current(device_).mark(half.sent);
}

// The text rows of a group through what is left of the model, in the queue beside.
void SegmentPipeline::score(Half& half, int64_t slot) {
  beside_.wait_for(half.read);
  const WorkQueue::Use use(beside_);
  const Backbone& backbone = decoder_.backbone();
  const int64_t b = shape_.batch, t = decoder_.config().segment_length, rows = half.count * b * t;
  const auto of_group = [&](const at::Tensor& x) {
    return x.narrow(0, slot, half.count).view({half.count * b, t, -1});
  };
  const at::Tensor hidden = backbone.finish({of_group(chain_.text().residual), of_group(chain_.text().mixed)});
  last_hidden_.copy_(hidden.view({half.count, b, t, -1}).select(0, half.count - 1).select(1, t - 1));
  const at::Tensor targets = targets_.narrow(0, slot, half.count).view({rows});
  const at::Tensor nll = ops::token_nll(backbone.head(), hidden.view({rows, -1}), targets);
  half.nll.narrow(0, 0, rows).copy_(nll, /*non_blocking=*/true);
  beside_.mark(half.scored);
}

// Waits for a group's losses and puts them where they belong; its buffers are free afterwards.
void SegmentPipeline::fetch(Half& half, const at::Tensor& losses) {
  if (half.count == 0) return;
  (shape_.scores ? half.scored : half.read).wait();
  if (shape_.scores) {
    const at::Tensor to = losses.narrow(0, half.first, half.count);
    to.copy_(half.nll.narrow(0, 0, to.numel()).view(to.sizes()));
  }
  half.count = 0;
}

at::Tensor SegmentPipeline::first_losses(const at::Tensor& ids, const Standing& standing) const {
  if (!standing.last_hidden.defined())
    return at::full({shape_.batch}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  const at::Tensor nll = ops::token_nll(decoder_.backbone().head(), standing.last_hidden.to(device_),
                                        ids.select(0, 0).select(1, 0).contiguous().to(device_));
  return nll.to(at::kCPU, at::kDouble);
}

}  // namespace rmt::model
