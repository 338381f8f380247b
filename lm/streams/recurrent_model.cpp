#include "lm/streams/recurrent_model.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "lm/attention/memory_observer.h"
#include "lm/streams/saved_reading.h"
#include "model/ops/cross_entropy.h"
#include "model/ops/logits.h"

namespace rmt::lm {

namespace {

using engine::DecodeWork;
using engine::Reading;
using engine::SegmentWork;

class RecurrentLane final : public engine::Lane {
 public:
  RecurrentLane(std::vector<int32_t> tokens, model::ops::KeyValueCache cache, at::Tensor logits)
      : tokens_(std::move(tokens)), cache_(std::move(cache)), logits_(std::move(logits)) {}

  std::unique_ptr<engine::Lane> fork() const override { return std::make_unique<RecurrentLane>(*this); }
  std::span<const int32_t> tokens() const override { return tokens_; }
  std::span<const float> logits() const override {
    if (!logits_.defined()) return {};
    return {logits_.const_data_ptr<float>(), static_cast<size_t>(logits_.numel())};
  }

  model::ops::KeyValueCache& cache() { return cache_; }
  void advance(int32_t token, at::Tensor logits) {
    tokens_.push_back(token);
    logits_ = std::move(logits);
  }

 private:
  std::vector<int32_t> tokens_;
  model::ops::KeyValueCache cache_;
  at::Tensor logits_;  // [V] fp32; undefined where nothing was read
};

/// A lane at a fixed place; given back when the lane ends.
class FixedLane final : public engine::Lane {
 public:
  FixedLane(std::shared_ptr<model::LaneDecoder> lanes, int64_t place, std::vector<int32_t> tokens, at::Tensor logits)
      : lanes_(std::move(lanes)), place_(place), tokens_(std::move(tokens)), logits_(std::move(logits)) {}
  ~FixedLane() override { lanes_->close(place_); }
  FixedLane(const FixedLane&) = delete;
  FixedLane& operator=(const FixedLane&) = delete;

  std::unique_ptr<engine::Lane> fork() const override {
    return std::make_unique<FixedLane>(lanes_, lanes_->fork(place_), tokens_, logits_);
  }
  std::span<const int32_t> tokens() const override { return tokens_; }
  std::span<const float> logits() const override {
    if (!logits_.defined()) return {};
    return {logits_.const_data_ptr<float>(), static_cast<size_t>(logits_.numel())};
  }

  int64_t place() const { return place_; }
  void set_logits(at::Tensor logits) { logits_ = std::move(logits); }
  void advance(int32_t token, at::Tensor logits) {
    tokens_.push_back(token);
    logits_ = std::move(logits);
  }

 private:
  std::shared_ptr<model::LaneDecoder> lanes_;
  int64_t place_;
  std::vector<int32_t> tokens_;
  at::Tensor logits_;  // [V] fp32 on the CPU; undefined where nothing was read
};

void decode_fixed(model::LaneDecoder& lanes, std::span<const DecodeWork> rows) {
  std::vector<int64_t> places, ids;
  for (const DecodeWork& row : rows) {
    places.push_back(static_cast<const FixedLane&>(*row.lane).place());
    ids.push_back(row.token);
  }
  const at::Tensor logits = lanes.extend(places, ids);  // [R, V]
  for (size_t i = 0; i < rows.size(); ++i)
    static_cast<FixedLane&>(*rows[i].lane).advance(rows[i].token, logits.select(0, static_cast<int64_t>(i)));
}

at::Tensor ids_of(std::span<const int32_t> ids) {  // -> [n] int64
  return at::from_blob(const_cast<int32_t*>(ids.data()), {static_cast<int64_t>(ids.size())}, at::kInt).to(at::kLong);
}

at::Tensor row_of(const std::vector<float>& values) {  // -> [1, n]
  return at::from_blob(const_cast<float*>(values.data()), {1, static_cast<int64_t>(values.size())}, at::kFloat);
}

std::vector<float> floats_of(const at::Tensor& x) {
  const at::Tensor dense = x.cpu().contiguous();
  return {dense.const_data_ptr<float>(), dense.const_data_ptr<float>() + dense.numel()};
}

// The chosen layer's, or the mean of all; heads averaged.
at::Tensor averaged(const at::Tensor& maps, const std::optional<int64_t>& layer) {  // [L, H, …] -> […]
  return (layer ? maps.select(0, *layer) : maps.mean({0})).mean({0});
}

void keep_maps(const MemoryObserver& maps, SegmentWork& work, int64_t text_tokens) {
  const at::Tensor read = averaged(maps.read(), work.look_layer);    // [T, M]
  const at::Tensor write = averaged(maps.write(), work.look_layer);  // [M, S]
  work.read_map = floats_of(read);
  work.write_map = floats_of(write.narrow(1, read.size(1), text_tokens));
}

}  // namespace

engine::GeneratorInfo describe(const LoadedModel& model, ServedMemory memory) {
  engine::GeneratorInfo info;
  info.model = model.name;
  info.dtype = model::name(model.backbone->precision());
  info.device = model.backbone->device().str();
  info.parameters = model.backbone->parameter_count() + model.initial_memory.numel();
  info.weight_bytes = model.backbone->bytes_per_row();
  info.layers = model.backbone->config().layers;
  info.resets_memory = memory == ServedMemory::reset;
  info.reading = {.fingerprint = model.state_fingerprint + (memory == ServedMemory::reset ? " reset" : ""),
                  .segment_length = model.rmt.segment_length,
                  .memory_tokens = model.rmt.memory_tokens,
                  .width = model.backbone->config().width,
                  .vocabulary = model.backbone->config().vocab_size};
  if (const auto eos = model.tokenizer->specials().eos) info.eos = {*eos};
  return info;
}

RecurrentModel::RecurrentModel(const LoadedModel& model, ServedMemory memory, int64_t fixed_lanes)
    : info_(describe(model, memory)), memory_(memory), decoder_(make_decoder(model)), incremental_(decoder_) {
  constexpr int64_t kUsualLanes = 32;
  if (!model.backbone->device().is_cpu() && fixed_lanes == 0) fixed_lanes = kUsualLanes;
  if (fixed_lanes > 0) fixed_ = std::make_shared<model::LaneDecoder>(decoder_, fixed_lanes);
}

at::Tensor RecurrentModel::begun(const at::Tensor& memory, const at::Tensor& ids, int64_t from) const {
  if (!fixed_) return incremental_.begin(memory, ids, from).hidden;
  at::Tensor hidden;
  fixed_->close(fixed_->open(memory, ids, from, hidden));
  return hidden;
}

at::Tensor RecurrentModel::logits_after(const at::Tensor& hidden) const {
  const auto& backbone = decoder_.backbone();
  return model::ops::logits(backbone.head(), hidden.to(backbone.device())).squeeze(0).cpu();
}

Reading RecurrentModel::start() const {
  Reading reading;
  reading.memory = floats_of(decoder_.initial_memory());
  return reading;
}

void RecurrentModel::read(std::span<SegmentWork* const> rows) {
  const c10::NoGradGuard no_grad;
  const int64_t length = info_.reading.segment_length;
  for (SegmentWork* work : rows) {
    const auto size = static_cast<int64_t>(work->ids.size());
    if (work->from == nullptr || !work->from->tail.empty())
      throw std::invalid_argument("a segment is read from the end of a whole one");
    if (size < 1 || size > length || (work->write && size < length))
      throw std::invalid_argument("a segment of " + std::to_string(size) + " tokens to read" +
                                  (work->write ? " as a whole" : "") + ", where one has " + std::to_string(length));
    const at::Tensor before = work->reset_memory ? decoder_.initial_memory() : row_of(work->from->memory);
    const at::Tensor memory = before.view({1, info_.reading.memory_tokens, info_.reading.width});
    if (work->write && memory_ == ServedMemory::carried) {
      read_whole(*work, memory, ids_of(work->ids));
      continue;
    }
    read_part(*work, memory, ids_of(work->ids));
    if (work->write) work->memory = work->from->memory;
    if (!work->look) continue;
    SegmentWork whole = *work;  // what the memory would be written from, were it carried
    read_whole(whole, memory, ids_of(work->ids));
    work->write_map = std::move(whole.write_map);
    work->read_map = std::move(whole.read_map);
  }
}

void RecurrentModel::read_whole(SegmentWork& work, const at::Tensor& memory, const at::Tensor& ids) const {
  const model::MemoryState state{memory, {work.from->segments}, {work.from->tokens}};
  const auto wanted = work.score_from || work.look ? model::Wanted::hidden : model::Wanted::last;
  std::optional<MemoryObserver> maps;
  if (work.look) maps.emplace(info_.reading.memory_tokens, ids.size(0));
  const auto out = decoder_.step({ids.unsqueeze(0), {ids.size(0)}}, state, wanted, maps ? &maps->observer() : nullptr);
  if (maps) keep_maps(*maps, work, ids.size(0));
  const at::Tensor hidden = out.hidden.squeeze(0);  // [T, D] or [1, D]
  work.memory = floats_of(out.state.memory);
  work.last_hidden = floats_of(hidden.select(0, hidden.size(0) - 1));
  if (work.score_from) score(work, *work.from, work.ids, hidden, 0);
}

// Rows that no memory follows: the write rows are left out.
void RecurrentModel::read_part(SegmentWork& work, const at::Tensor& memory, const at::Tensor& ids) const {
  const int64_t first = work.score_from ? std::max<int64_t>(*work.score_from - 1, 0) : ids.size(0) - 1;
  const int64_t from = std::min(first, ids.size(0) - 1);
  const at::Tensor hidden = begun(memory, ids, from);
  work.memory.clear();
  work.last_hidden = floats_of(hidden.select(0, hidden.size(0) - 1));
  if (work.score_from) score(work, *work.from, work.ids, hidden, from);
}

// `hidden` begins with token `hidden_from`; each row predicts the token after it, and the reading's last one the first.
void RecurrentModel::score(SegmentWork& work, const Reading& from, std::span<const int32_t> ids,
                           const at::Tensor& hidden, int64_t hidden_from) const {
  work.scores.clear();
  const auto end = static_cast<int64_t>(ids.size());
  int64_t first = std::max<int64_t>(*work.score_from, 0);
  if (first == 0 && from.last_hidden.empty()) first = 1;
  if (first >= end) return;
  const int64_t after = std::max<int64_t>(first, 1);  // tokens from here on have their predictor in `hidden`
  at::Tensor predictors = hidden.narrow(0, after - 1 - hidden_from, end - after);
  if (first == 0) predictors = at::cat({row_of(from.last_hidden).to(predictors.device()), predictors});  // [scored, D]

  const auto targets = ids_of(ids.subspan(static_cast<size_t>(first)));
  const auto scores = model::ops::token_scores(decoder_.backbone().head(), predictors.contiguous(), targets, work.top);
  const auto* nll = scores.nll.const_data_ptr<double>();
  for (int64_t i = 0; i < end - first; ++i) {
    engine::TokenScore& token = work.scores.emplace_back();
    token.logprob = static_cast<float>(-nll[i]);
    for (const auto& [id, logprob] : scores.top[static_cast<size_t>(i)])
      token.top.push_back({static_cast<int32_t>(id), static_cast<float>(logprob)});
  }
}

std::unique_ptr<engine::Lane> RecurrentModel::open_lane(const Reading& reading, SegmentWork* scoring) {
  const c10::NoGradGuard no_grad;
  check_reading(reading, info_.reading);
  const at::Tensor memory = row_of(reading.memory).view({1, info_.reading.memory_tokens, info_.reading.width});
  const auto length = static_cast<int64_t>(reading.tail.size());
  int64_t from = std::max<int64_t>(length - 1, 0);
  if (scoring != nullptr && scoring->score_from) from = std::clamp<int64_t>(*scoring->score_from - 1, 0, from);
  const auto ended = [&](const at::Tensor& hidden) {  // the logits after the text, [V]
    if (scoring != nullptr && scoring->score_from) score(*scoring, reading, reading.tail, hidden, from);
    if (length > 0) return logits_after(hidden.narrow(0, length - 1 - from, 1));
    return reading.last_hidden.empty() ? at::Tensor() : logits_after(row_of(reading.last_hidden));
  };
  if (fixed_) {
    at::Tensor hidden;
    auto lane = std::make_unique<FixedLane>(fixed_, fixed_->open(memory, ids_of(reading.tail), from, hidden),
                                            reading.tail, at::Tensor());
    lane->set_logits(ended(hidden));
    return lane;
  }
  auto segment = incremental_.begin(memory, ids_of(reading.tail), from);
  at::Tensor logits = ended(segment.hidden);
  return std::make_unique<RecurrentLane>(reading.tail, std::move(segment.cache), std::move(logits));
}

void RecurrentModel::decode(std::span<const DecodeWork> rows) {
  const c10::NoGradGuard no_grad;
  if (rows.empty()) return;
  std::vector<int32_t> tokens;
  std::vector<model::ops::KeyValueCache*> caches;
  std::set<const engine::Lane*> seen;
  for (const DecodeWork& row : rows) {
    if (!seen.insert(row.lane).second) throw std::invalid_argument("a lane takes one token at a time");
    if (static_cast<int64_t>(row.lane->tokens().size()) >= info_.reading.segment_length)
      throw std::invalid_argument("a lane's segment is full: it is to be read as a whole");
    if (fixed_) continue;
    tokens.push_back(row.token);
    caches.push_back(&static_cast<RecurrentLane&>(*row.lane).cache());
  }
  if (fixed_) return decode_fixed(*fixed_, rows);
  const at::Tensor hidden = incremental_.extend(ids_of(tokens), caches);                          // [R, D]
  const at::Tensor logits = model::ops::logits(decoder_.backbone().head(), hidden.contiguous());  // [R, V]
  for (size_t i = 0; i < rows.size(); ++i)
    static_cast<RecurrentLane&>(*rows[i].lane).advance(rows[i].token, logits.select(0, static_cast<int64_t>(i)));
}

std::string RecurrentModel::save(const Reading& reading) const {
  return save_reading(reading, info_.reading);
}

Reading RecurrentModel::restore(const std::string& bytes) const {
  return restore_reading(bytes, info_.reading);
}

}  // namespace rmt::lm
