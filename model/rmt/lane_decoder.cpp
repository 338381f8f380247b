#include "model/rmt/lane_decoder.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <bit>

#include "model/device/work_queue.h"
#include "model/error.h"
#include "model/ops/attention.h"
#include "model/ops/logits.h"

namespace rmt::model {

namespace {

constexpr int64_t kIds = 0, kRows = 1, kPositions = 2;

// A row more than a segment has, for lanes that take part with nothing to do; in steps that suit attention kernels.
int64_t rows_of(const RmtConfig& config) {
  constexpr int64_t kStep = 16;
  return (config.memory_tokens + config.segment_length + 1 + kStep - 1) / kStep * kStep;
}

ops::LaneCache make_cache(const RmtDecoder& decoder, int64_t lanes) {
  const BackboneConfig& base = decoder.backbone().config();
  const auto dtype = decoder.backbone().precision() == Precision::bf16 ? at::kBFloat16 : at::kFloat;
  return {{.lanes = lanes,
           .layers = base.layers,
           .rows = rows_of(decoder.config()),
           .kv_heads = base.kv_heads,
           .head_size = base.head_size},
          at::TensorOptions().dtype(dtype).device(decoder.backbone().device())};
}

// Of a token with `tokens` before it in its segment, as RmtDecoder::step numbers rows.
int64_t position_of(const RmtConfig& config, int64_t tokens) {
  return config.positions == TextPositions::shifted ? config.memory_tokens + tokens : tokens;
}

at::Tensor positions_of(const RmtConfig& config, int64_t tokens, const at::Device& device) {
  const int64_t m = config.memory_tokens, t = config.segment_length;
  const auto options = at::TensorOptions().dtype(at::kLong).device(device);
  if (config.positions == TextPositions::shifted) return at::arange(m + tokens, options);
  return at::cat({at::arange(t, t + m, options), at::arange(tokens, options)});
}

}  // namespace

LaneDecoder::LaneDecoder(const RmtDecoder& decoder, int64_t lanes)
    : decoder_(decoder),
      lanes_(std::bit_ceil(static_cast<size_t>(std::max<int64_t>(lanes, 1)))),
      cache_(make_cache(decoder, this->lanes())) {
  const at::Device device = decoder.backbone().device();
  const auto longs = at::TensorOptions().dtype(at::kLong);
  staged_ = at::zeros({3, this->lanes()}, longs.pinned_memory(!device.is_cpu()));
  inputs_ = at::zeros({3, this->lanes()}, longs.device(device));
  logits_ = at::zeros({this->lanes(), decoder.backbone().config().vocab_size}, inputs_.options().dtype(at::kFloat));
  fetched_ = at::empty(logits_.sizes(), longs.dtype(at::kFloat).pinned_memory(!device.is_cpu()));
}

int64_t LaneDecoder::open_lanes() const {
  return std::count_if(lanes_.begin(), lanes_.end(), [](const LaneState& lane) { return lane.taken; });
}

int64_t LaneDecoder::take() {
  const auto free = std::find_if(lanes_.begin(), lanes_.end(), [](const LaneState& lane) { return !lane.taken; });
  if (free == lanes_.end())
    throw Error(Errc::unsupported, "all " + std::to_string(lanes()) + " lanes of the device are taken: raise --lanes");
  free->taken = true;
  return free - lanes_.begin();
}

int64_t LaneDecoder::open(const at::Tensor& memory, const at::Tensor& ids, int64_t from, at::Tensor& hidden) {
  const c10::NoGradGuard no_grad;
  const Backbone& backbone = decoder_.backbone();
  const RmtConfig& config = decoder_.config();
  const int64_t m = config.memory_tokens, t = ids.size(0);
  if (t > config.segment_length)
    throw Error(Errc::mismatch, "a segment of " + std::to_string(t) + " tokens where at most " +
                                    std::to_string(config.segment_length) + " were configured");
  const int64_t lane = take();
  lanes_[static_cast<size_t>(lane)].tokens = t;
  hidden = at::empty({0, backbone.config().width}, logits_.options());
  if (m + t == 0) return lane;
  const CustomAttention keep = [&](int64_t layer, int64_t query_from, const at::Tensor& q, const at::Tensor& k,
                                   const at::Tensor& v) {
    cache_.fill(lane, layer, 0, k.squeeze(0), v.squeeze(0));
    return ops::attention(q, k, v, {.causal = true, .query_from = query_from});
  };
  const at::Tensor rows = at::cat(
      {memory.to(backbone.device()), backbone.embed(ids.to(backbone.device()).unsqueeze(0))}, 1);  // [1, M + t, D]
  RowLayout layout;
  layout.positions = positions_of(config, t, backbone.device());
  layout.attention = &keep;
  const bool wanted = from < t;
  const at::Tensor out = backbone.forward(rows, layout, {wanted ? m + from : m + t - 1, m + t}).squeeze(0);
  if (wanted) hidden = out;
  return lane;
}

int64_t LaneDecoder::fork(int64_t lane) {
  const int64_t copy = take();
  lanes_[static_cast<size_t>(copy)].tokens = tokens_of(lane);
  cache_.copy(lane, copy);
  return copy;
}

void LaneDecoder::close(int64_t lane) {
  lanes_[static_cast<size_t>(lane)] = {};
}

at::Tensor LaneDecoder::extend(std::span<const int64_t> lanes, std::span<const int64_t> ids) {
  const c10::NoGradGuard no_grad;
  const RmtConfig& config = decoder_.config();
  for (const int64_t lane : lanes)
    if (tokens_of(lane) >= config.segment_length)
      throw Error(Errc::mismatch, "a lane's segment is full: it is to be read as a whole");
  const int64_t highest = *std::max_element(lanes.begin(), lanes.end());
  const auto count = static_cast<int64_t>(std::bit_ceil(static_cast<size_t>(highest + 1)));
  RepeatedStep& step = step_for(count);

  auto* staged = staged_.mutable_data_ptr<int64_t>();
  for (int64_t lane = 0; lane < count; ++lane) {
    staged[kIds * this->lanes() + lane] = 0;
    staged[kRows * this->lanes() + lane] = config.memory_tokens + tokens_of(lane);
    // A lane that is full has nothing to decode: any position does.
    staged[kPositions * this->lanes() + lane] =
        position_of(config, std::min(tokens_of(lane), config.segment_length - 1));
  }
  for (size_t i = 0; i < lanes.size(); ++i) staged[kIds * this->lanes() + lanes[i]] = ids[i];
  inputs_.copy_(staged_, /*non_blocking=*/true);
  step.run();

  fetched_.narrow(0, 0, count).copy_(logits_.narrow(0, 0, count), /*non_blocking=*/true);
  WorkQueue::current(decoder_.backbone().device()).finish();
  const at::Tensor out = at::empty({static_cast<int64_t>(lanes.size()), logits_.size(1)}, at::kFloat);
  for (size_t i = 0; i < lanes.size(); ++i) {
    out.select(0, static_cast<int64_t>(i)).copy_(fetched_.select(0, lanes[i]));
    ++lanes_[static_cast<size_t>(lanes[i])].tokens;
  }
  return out;
}

// Recording a step runs it, which writes at rows that are written again before they are read.
RepeatedStep& LaneDecoder::step_for(int64_t lanes) {
  std::unique_ptr<RepeatedStep>& step = steps_[lanes];
  if (!step) {
    for (int64_t lane = 0; lane < this->lanes(); ++lane)
      staged_.mutable_data_ptr<int64_t>()[kRows * this->lanes() + lane] =
          decoder_.config().memory_tokens + tokens_of(lane);
    inputs_.copy_(staged_);
    step = repeated_step(decoder_.backbone().device(), [this, lanes] { work(lanes); });
  }
  return *step;
}

void LaneDecoder::work(int64_t lanes) const {
  const c10::NoGradGuard no_grad;
  const Backbone& backbone = decoder_.backbone();
  const auto input = [&](int64_t which) { return inputs_.select(0, which).narrow(0, 0, lanes); };
  const at::Tensor rows = input(kRows);
  const CustomAttention attention = [&](int64_t layer, int64_t /*query_from*/, const at::Tensor& q, const at::Tensor& k,
                                        const at::Tensor& v) { return cache_.decode(layer, rows, q, k, v); };
  RowLayout layout;
  layout.positions = input(kPositions).unsqueeze(1);  // [lanes, 1]
  layout.attention = &attention;
  const at::Tensor hidden = backbone.forward(backbone.embed(input(kIds)).unsqueeze(1), layout, {0, 1}).squeeze(1);
  logits_.narrow(0, 0, lanes).copy_(ops::logits(backbone.head(), hidden.contiguous()));
}

}  // namespace rmt::model
