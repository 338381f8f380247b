// Token by token equals the whole segment; lanes do not know of each other; forks go their own ways.
#include "model/rmt/incremental.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include "model/error.h"
#include "model/ops/logits.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

using namespace rmt;
using model::Architecture;
using model::IncrementalDecoder;
using model::OpenSegment;
using model::Precision;
using model::RmtDecoder;
using model::TextPositions;
using tests::max_difference;
using tests::same_bits;

namespace {

constexpr int64_t kLength = 70, kVocabulary = 101;  // more than two pages of the cache

constexpr Precision kAll[] = {Precision::fp32, Precision::bf16, Precision::int8, Precision::int8x2, Precision::int4};

model::BackboneConfig config_of(Architecture architecture, int64_t head_size) {
  const bool llama = architecture == Architecture::llama;
  return {.architecture = architecture,
          .vocab_size = kVocabulary,
          .width = 4 * head_size,
          .layers = 3,
          .heads = 4,
          .kv_heads = llama ? 2 : 4,
          .head_size = head_size,
          .ffn_width = 96,
          .max_positions = 96,
          .tied_head = !llama};
}

struct Model {
  explicit Model(Architecture architecture, Precision precision = Precision::fp32, int64_t memory_tokens = 3,
                 TextPositions positions = TextPositions::shifted, int64_t head_size = 16) {
    std::shared_ptr<model::Backbone> backbone =
        load_backbone(config_of(architecture, head_size), tests::DrawnWeights(5, 0.15));
    const at::Tensor initial = make_initial_memory(*backbone, memory_tokens, 3);
    backbone->pack(precision);
    decoder = std::make_unique<RmtDecoder>(
        backbone, model::RmtConfig{.memory_tokens = memory_tokens, .segment_length = kLength, .positions = positions},
        initial);
    memory = decoder->start(1).memory;
  }

  IncrementalDecoder incremental() const { return IncrementalDecoder(*decoder); }

  // The segment as a whole.
  at::Tensor hidden(const at::Tensor& ids) const {
    const c10::NoGradGuard no_grad;
    return decoder->step({ids.unsqueeze(0), {ids.size(0)}}, decoder->start(1), model::Wanted::hidden).hidden.squeeze(0);
  }

  std::unique_ptr<RmtDecoder> decoder;
  at::Tensor memory;
};

at::Tensor text(int64_t length, int64_t seed) {
  return at::arange(length, at::kLong).mul(17).add(seed).square().remainder(kVocabulary);
}

// One token of one lane.
at::Tensor extend(const Model& model, OpenSegment& lane, int64_t token) {
  model::ops::KeyValueCache* caches[] = {&lane.cache};
  return model.incremental().extend(at::tensor({token}, at::kLong), caches);
}

// The hidden states of ids[from, …), decoded one by one.
at::Tensor decoded(const Model& model, OpenSegment& lane, const at::Tensor& ids, int64_t from) {
  std::vector<at::Tensor> rows;
  for (int64_t i = from; i < ids.size(0); ++i) rows.push_back(extend(model, lane, ids[i].item<int64_t>()));
  return at::cat(rows);
}

double bound(Precision precision) {
  return precision == Precision::fp32 || precision == Precision::int8x2 ? 2e-4 : 0.15;
}

}  // namespace

TEST_CASE("a segment decoded token by token is the segment read as a whole") {
  for (const Architecture architecture : {Architecture::gpt2, Architecture::llama})
    for (const TextPositions positions : {TextPositions::shifted, TextPositions::pretrained})
      for (const int64_t memory_tokens : {0, 3})
        for (const int64_t head_size : {8, 16, 48})
          for (const int64_t begun : {0, 1, 33}) {
            CAPTURE(static_cast<int>(architecture));
            CAPTURE(memory_tokens);
            CAPTURE(head_size);
            CAPTURE(begun);
            const Model model(architecture, Precision::fp32, memory_tokens, positions, head_size);
            const at::Tensor ids = text(kLength, 4), whole = model.hidden(ids);
            OpenSegment lane = model.incremental().begin(model.memory, ids.narrow(0, 0, begun));
            CHECK(lane.hidden.size(0) == begun);
            CHECK(max_difference(lane.hidden, whole.narrow(0, 0, begun)) < 1e-5);
            CHECK(max_difference(decoded(model, lane, ids, begun), whole.narrow(0, begun, kLength - begun)) < 1e-4);
          }
}

TEST_CASE("in every precision a decoded token is near the one read, and the right one") {
  for (const Architecture architecture : {Architecture::gpt2, Architecture::llama})
    for (const Precision precision : kAll) {
      CAPTURE(static_cast<int>(architecture));
      CAPTURE(std::string(name(precision)));
      const Model model(architecture, precision);
      const at::Tensor ids = text(40, 9), whole = model.hidden(ids);
      OpenSegment lane = model.incremental().begin(model.memory, ids.narrow(0, 0, 20));
      const at::Tensor rows = decoded(model, lane, ids, 20);
      CHECK(max_difference(rows, whole.narrow(0, 20, 20)) < bound(precision));
      CHECK(max_difference(rows, whole.narrow(0, 19, 20)) > 1);  // a row early would not do
      const at::Tensor logits = model::ops::logits(model.decoder->backbone().head(), rows);
      CHECK((logits.scalar_type() == at::kFloat));
      CHECK(logits.size(1) == kVocabulary);
    }
}

TEST_CASE("only the last hidden states are finished where only they are wanted") {
  const Model model(Architecture::llama);
  const at::Tensor ids = text(20, 1);
  const at::Tensor all = model.incremental().begin(model.memory, ids).hidden;
  const at::Tensor last = model.incremental().begin(model.memory, ids, 15).hidden;
  CHECK(same_bits(last, all.narrow(0, 15, 5)));
  CHECK(same_bits(all, model.hidden(ids)));  // no write rows, the same numbers
}

TEST_CASE("a lane in a batch is bit for bit the lane alone, however lanes are grouped") {
  // More lanes than go through the layers in one piece, too: the same numbers either way.
  for (const Architecture architecture : {Architecture::gpt2, Architecture::llama})
    for (const Precision precision : kAll) {
      CAPTURE(static_cast<int>(architecture));
      CAPTURE(std::string(name(precision)));
      const Model model(architecture, precision);
      constexpr int64_t kLanes = 35;
      std::vector<OpenSegment> together, alone;
      for (int64_t i = 0; i < kLanes; ++i) {
        together.push_back(model.incremental().begin(model.memory, text(i, i), i));
        alone.push_back(model.incremental().begin(model.memory, text(i, i), i));
      }
      for (int64_t step = 0; step < 3; ++step) {
        std::vector<model::ops::KeyValueCache*> caches;
        for (OpenSegment& lane : together) caches.push_back(&lane.cache);
        const at::Tensor tokens = text(kLanes, step);
        const at::Tensor rows = model.incremental().extend(tokens, caches);
        for (int64_t i = 0; i < kLanes; ++i)
          CHECK(same_bits(rows[i], extend(model, alone[static_cast<size_t>(i)], tokens[i].item<int64_t>())[0]));
      }
    }
}

TEST_CASE("a fork goes on from where it was taken, and neither sees the other") {
  const Model model(Architecture::llama);
  const at::Tensor ids = text(40, 2), other = text(40, 3);
  OpenSegment lane = model.incremental().begin(model.memory, ids.narrow(0, 0, 30));
  OpenSegment fork = lane, again = model.incremental().begin(model.memory, ids.narrow(0, 0, 30));
  CHECK(fork.cache.pages() == lane.cache.pages());  // shared until written to
  const at::Tensor forked = decoded(model, fork, other, 30);
  CHECK(fork.cache.pages().back() != lane.cache.pages().back());
  CHECK(same_bits(decoded(model, lane, ids, 30), decoded(model, again, ids, 30)));
  OpenSegment fresh = model.incremental().begin(model.memory, ids.narrow(0, 0, 30));
  CHECK(same_bits(forked, decoded(model, fresh, other, 30)));
}

TEST_CASE("a full segment takes no more tokens, and BERT none at all") {
  const Model model(Architecture::gpt2);
  OpenSegment lane = model.incremental().begin(model.memory, text(kLength, 1), kLength);
  CHECK_THROWS_AS(extend(model, lane, 5), model::Error);
  CHECK_THROWS_AS(model.incremental().begin(model.memory, text(kLength + 1, 1)), model::Error);

  const auto bert = tests::tiny_backbone("bert-tiny");
  model::ops::KeyValueCache cache({.layers = 3, .kv_heads = 4, .head_size = 8});
  model::RowLayout layout;
  layout.causal = false;
  layout.positions = at::arange(1, at::kLong);
  layout.caches = {&cache};
  CHECK_THROWS_AS(bert->forward(bert->embed(text(1, 1).unsqueeze(0)), layout, {0, 1}), model::Error);
}

TEST_CASE("the last token's hidden state alone, with the memory, is the one of the whole segment") {
  const Model model(Architecture::llama);
  const c10::NoGradGuard no_grad;
  const at::Tensor ids = at::cat({text(kLength, 1).unsqueeze(0), text(kLength, 2).unsqueeze(0)});
  const model::SegmentBatch batch{ids, {kLength, 12}};
  const auto all = model.decoder->step(batch, model.decoder->start(2), model::Wanted::hidden);
  for (const bool together : {false, true}) {
    const auto last = model.decoder->step({ids, {kLength, 12}, together}, model.decoder->start(2), model::Wanted::last);
    REQUIRE((last.hidden.sizes() == at::IntArrayRef({2, 1, 64})));
    CHECK(max_difference(last.hidden[0][0], all.hidden[0][kLength - 1]) < 1e-5);
    CHECK(max_difference(last.hidden[1][0], all.hidden[1][11]) < 1e-5);
    CHECK(max_difference(last.state.memory, all.state.memory) < 1e-5);
  }
  const auto alone =
      model.decoder->step({ids.narrow(0, 0, 1), {kLength}}, model.decoder->start(1), model::Wanted::last);
  CHECK(same_bits(alone.hidden[0][0], all.hidden[0][kLength - 1]));
  CHECK(same_bits(alone.state.memory[0], all.state.memory[0]));
}
