#include "tests/lm/streams/drawn_model.h"

#include <span>
#include <utility>

#include "model/backbone.h"
#include "tests/lm/byte_models.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"

namespace rmt::tests {

using engine::Reading;
using engine::SegmentWork;
using lm::RecurrentModel;
using model::Architecture;
using model::Precision;

lm::LoadedModel loaded(Architecture architecture, Precision precision, uint64_t seed) {
  const bool llama = architecture == Architecture::llama;
  const model::BackboneConfig config{.architecture = architecture,
                                     .vocab_size = 256,
                                     .width = 64,
                                     .layers = 2,
                                     .heads = 4,
                                     .kv_heads = llama ? 2 : 4,
                                     .head_size = 16,
                                     .ffn_width = 96,
                                     .max_positions = 64,
                                     .tied_head = !llama};
  std::shared_ptr<model::Backbone> backbone = model::load_backbone(config, DrawnWeights(seed, 0.2));
  lm::LoadedModel model;
  model.name = "drawn";
  model.tokenizer = byte_tokenizer();
  model.rmt = {.memory_tokens = kMemory, .segment_length = kLength};
  model.initial_memory = model::make_initial_memory(*backbone, kMemory, 2);
  model.state_fingerprint = "fingerprint " + std::to_string(seed);
  backbone->pack(precision);
  model.backbone = backbone;
  return model;
}

std::vector<int32_t> ids_of(const std::string& text) {
  return {text.begin(), text.end()};
}

Read read(RecurrentModel& model, Reading reading, std::vector<int32_t> ids, int top) {
  Read result;
  ids.insert(ids.begin(), reading.tail.begin(), reading.tail.end());
  const auto seen = static_cast<int64_t>(reading.tail.size());
  reading.tail.clear();
  size_t at = 0;
  for (; at + kLength <= ids.size(); at += kLength) {
    SegmentWork work;
    work.from = &reading;
    work.ids = std::span(ids).subspan(at, kLength);
    work.score_from = at == 0 ? seen : 0;
    work.top = top;
    SegmentWork* rows[] = {&work};
    model.read(rows);
    reading.memory = work.memory;
    reading.last_hidden = work.last_hidden;
    reading.segments += 1;
    result.scores.insert(result.scores.end(), work.scores.begin(), work.scores.end());
  }
  if (at < ids.size()) {
    SegmentWork work;
    work.from = &reading;
    work.ids = std::span(ids).subspan(at);
    work.write = false;
    work.score_from = at == 0 ? seen : 0;
    work.top = top;
    SegmentWork* rows[] = {&work};
    model.read(rows);
    CHECK(work.memory.empty());
    result.scores.insert(result.scores.end(), work.scores.begin(), work.scores.end());
  }
  reading.tail.assign(ids.begin() + static_cast<std::ptrdiff_t>(at), ids.end());
  reading.tokens = reading.segments * kLength + static_cast<int64_t>(reading.tail.size());
  result.reading = reading;
  return result;
}

bool same(const Reading& a, const Reading& b) {
  return a.memory == b.memory && a.last_hidden == b.last_hidden && a.tail == b.tail && a.segments == b.segments &&
         a.tokens == b.tokens;
}

}  // namespace rmt::tests
