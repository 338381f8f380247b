// The recurrent decoder against an independent PyTorch recurrence, and the properties it must have.
#include "model/rmt/decoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <c10/core/GradMode.h>

#include "model/error.h"
#include "model/ops/cross_entropy.h"
#include "model/weights/sha256.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

using namespace rmt;
using model::RmtDecoder;
using model::SegmentBatch;
using model::Wanted;
using tests::max_difference;
using tests::same_bits;

namespace {

constexpr int64_t kMemory = 3, kLength = 10;

struct Tiny {
  explicit Tiny(const std::string& name, model::TextPositions positions = model::TextPositions::shifted)
      : expected(tests::reference_values(name)),
        decoder(tests::tiny_backbone(name),
                {.memory_tokens = kMemory, .segment_length = kLength, .positions = positions}, expected["memory"]) {}

  std::map<std::string, at::Tensor> expected;
  RmtDecoder decoder;
};

SegmentBatch segment_of(const at::Tensor& ids, int64_t index) {  // ids [B, N*T]
  const int64_t from = index * kLength, length = std::min(kLength, ids.size(1) - from);
  return {ids.narrow(1, from, length), std::vector<int64_t>(static_cast<size_t>(ids.size(0)), length)};
}

std::string weights_hash(const model::Backbone& backbone) {
  std::string bytes;
  for (const auto& [name, tensor] : backbone.parameters()) {
    const at::Tensor dense = tensor.contiguous();
    bytes += name;
    bytes.append(static_cast<const char*>(dense.data_ptr()), dense.nbytes());
  }
  return model::sha256_hex(bytes);
}

}  // namespace

TEST_CASE("memories and losses over 8 segments equal the reference recurrence") {
  for (const char* name : {"gpt2-tiny", "llama-tiny", "llama-tied"}) {
    for (const bool gradients : {false, true}) {
      CAPTURE(name);
      CAPTURE(gradients);
      Tiny tiny(name);
      const c10::AutoGradMode mode(gradients);
      const at::Tensor ids = tiny.expected["ids"], memories = tiny.expected["memories"];
      model::MemoryState state = tiny.decoder.start(ids.size(0));
      std::vector<at::Tensor> hidden;
      for (int64_t n = 0; n < memories.size(0); ++n) {
        auto out = tiny.decoder.step(segment_of(ids, n), state, Wanted::hidden);
        CHECK(max_difference(out.state.memory, memories[n]) < 1e-4);
        hidden.push_back(out.hidden);
        state = out.state;
      }
      CHECK(state.segments == std::vector<int64_t>{8, 8});
      CHECK(state.tokens == std::vector<int64_t>{76, 76});

      const at::Tensor rows = at::cat(hidden, 1);  // [B, N*T, D]
      const int64_t scored = ids.size(1) - 1;
      for (int64_t b = 0; b < ids.size(0); ++b) {
        const at::Tensor nll = model::ops::token_nll(tiny.decoder.backbone().head(), rows[b].narrow(0, 0, scored),
                                                     ids[b].narrow(0, 1, scored), 7);
        CHECK(max_difference(nll, tiny.expected["nll"][b]) < 1e-4);
      }
    }
  }
}

TEST_CASE("no memory tokens is the plain backbone, bit for bit") {
  const c10::NoGradGuard no_grad;
  for (const char* name : {"gpt2-tiny", "llama-tiny"}) {
    CAPTURE(name);
    const std::shared_ptr<const model::Backbone> backbone = tests::tiny_backbone(name);
    const RmtDecoder decoder(backbone, {.memory_tokens = 0, .segment_length = kLength},
                             model::make_initial_memory(*backbone, 0, 1));
    const at::Tensor ids = tests::reference_values(name)["ids"].narrow(0, 0, 1);
    auto state = decoder.start(1);
    for (int64_t n = 0; n < 3; ++n) {
      const SegmentBatch segment = segment_of(ids, n);
      auto out = decoder.step(segment, state, Wanted::hidden);
      const at::Tensor plain = backbone->forward(backbone->embed(segment.ids), {}, {0, kLength});
      CHECK(same_bits(out.hidden.contiguous(), plain));
      state = out.state;
    }
  }
}

TEST_CASE("wrapping leaves the backbone's weights as they were") {
  const std::shared_ptr<const model::Backbone> backbone = tests::tiny_backbone("llama-tiny");
  const std::string before = weights_hash(*backbone);
  const RmtDecoder decoder(backbone, {.memory_tokens = kMemory, .segment_length = kLength},
                           model::make_initial_memory(*backbone, kMemory, 1));
  const at::Tensor ids = tests::reference_values("llama-tiny")["ids"];
  {
    const c10::NoGradGuard no_grad;
    decoder.step(segment_of(ids, 0), decoder.start(2), Wanted::hidden);
  }
  CHECK(weights_hash(*backbone) == before);
  CHECK(weights_hash(*tests::tiny_backbone("llama-tied")) != before);
}

TEST_CASE("reading alone gives the same memory as scoring") {
  const c10::NoGradGuard no_grad;
  Tiny tiny("gpt2-tiny");
  auto read = tiny.decoder.start(2), scored = tiny.decoder.start(2);
  for (int64_t n = 0; n < 8; ++n) {
    const SegmentBatch segment = segment_of(tiny.expected["ids"], n);
    auto out = tiny.decoder.step(segment, read, Wanted::memory);
    CHECK(!out.hidden.defined());
    read = out.state;
    scored = tiny.decoder.step(segment, scored, Wanted::hidden).state;
    CHECK(max_difference(read.memory, scored.memory) < 1e-5);
  }
}

TEST_CASE("a row in a batch is bit for bit what it is alone; a finished row does not move") {
  const c10::NoGradGuard no_grad;
  for (const char* name : {"gpt2-tiny", "llama-tiny"}) {
    CAPTURE(name);
    Tiny tiny(name);
    const at::Tensor ids = at::cat({tiny.expected["ids"], tiny.expected["ids"].flip(1)}).narrow(1, 0, kLength);
    const std::vector<int64_t> lengths{kLength, 4, 0, 1};
    auto start = tiny.decoder.start(4);
    start.memory = start.memory.add(at::full({4, 1, 1}, 0.1).cumsum(0));  // each row a memory of its own
    const auto out = tiny.decoder.step({ids, lengths}, start, Wanted::hidden);
    for (int64_t b = 0; b < 4; ++b) {
      CAPTURE(b);
      const int64_t length = lengths[static_cast<size_t>(b)];
      if (length == 0) {
        CHECK(same_bits(out.state.memory[b], start.memory[b]));
        CHECK(out.state.segments[static_cast<size_t>(b)] == 0);
        continue;
      }
      const auto alone = tiny.decoder.step({ids.narrow(0, b, 1).narrow(1, 0, length), {length}},
                                           model::rows_of(start, b), Wanted::hidden);
      CHECK(same_bits(out.state.memory.narrow(0, b, 1), alone.state.memory));
      CHECK(same_bits(out.hidden.narrow(0, b, 1).narrow(1, 0, length).contiguous(), alone.hidden.contiguous()));
    }
  }
}

TEST_CASE("rows of different lengths in one product equal the rows alone") {
  for (const auto positions : {model::TextPositions::shifted, model::TextPositions::pretrained}) {
    Tiny tiny("gpt2-tiny", positions);
    const at::Tensor ids = at::cat({tiny.expected["ids"], tiny.expected["ids"].flip(1)}).narrow(1, 0, kLength);
    const std::vector<int64_t> lengths{kLength, 4, 0, 1};
    const auto start = tiny.decoder.start(4);
    for (const Wanted wanted : {Wanted::hidden, Wanted::memory}) {
      const auto batched = tiny.decoder.step({ids, lengths}, start, wanted);  // with gradients: one product
      const c10::NoGradGuard no_grad;
      const auto each = tiny.decoder.step({ids, lengths}, start, wanted);  // without: row by row
      CHECK(max_difference(batched.state.memory, each.state.memory) < 1e-5);
      if (wanted == Wanted::memory) continue;
      for (int64_t b : {0, 1, 3})
        CHECK(max_difference(batched.hidden[b].narrow(0, 0, lengths[static_cast<size_t>(b)]),
                             each.hidden[b].narrow(0, 0, lengths[static_cast<size_t>(b)])) < 1e-5);
    }
  }
}

TEST_CASE("text at its pre-trained positions differs from the official numbering") {
  const c10::NoGradGuard no_grad;
  Tiny official("gpt2-tiny"), pretrained("gpt2-tiny", model::TextPositions::pretrained);
  const SegmentBatch segment = segment_of(official.expected["ids"], 0);
  const auto a = official.decoder.step(segment, official.decoder.start(2), Wanted::hidden);
  const auto b = pretrained.decoder.step(segment, pretrained.decoder.start(2), Wanted::hidden);
  CHECK(max_difference(a.hidden, b.hidden) > 1e-3);
}

TEST_CASE("scaled memory points where the written one does, as long as the initial one") {
  const c10::NoGradGuard no_grad;
  const Tiny tiny("gpt2-tiny");
  const at::Tensor initial = tiny.decoder.initial_memory() * 0.3;
  const std::shared_ptr<const model::Backbone> backbone = tests::tiny_backbone("gpt2-tiny");
  const RmtDecoder written(backbone, {.memory_tokens = kMemory, .segment_length = kLength}, initial);
  const RmtDecoder scaled(
      backbone, {.memory_tokens = kMemory, .segment_length = kLength, .scale = model::MemoryScale::initial}, initial);
  const SegmentBatch segment = segment_of(tiny.expected.at("ids"), 0);
  const at::Tensor raw = written.step(segment, written.start(2), Wanted::memory).state.memory;  // [B, M, D]
  const at::Tensor sized = scaled.step(segment, scaled.start(2), Wanted::memory).state.memory;  // [B, M, D]
  const at::Tensor initial_length = initial.norm(2, -1).unsqueeze(0);                           // [1, M]
  CHECK(max_difference(sized.norm(2, -1), initial_length.expand({2, -1})) < 1e-5);
  CHECK(max_difference(sized, raw * (initial_length / raw.norm(2, -1)).unsqueeze(-1)) < 1e-5);
  CHECK(max_difference(sized, raw) > 1e-2);
  CHECK(same_bits(scaled.step(segment, scaled.start(2), Wanted::hidden).hidden,
                  written.step(segment, written.start(2), Wanted::hidden).hidden));
}

TEST_CASE("gradients reach the initial memory through every segment") {
  const std::shared_ptr<const model::Backbone> backbone = tests::tiny_backbone("gpt2-tiny");
  at::Tensor initial = model::make_initial_memory(*backbone, kMemory, 1).requires_grad_(true);
  const RmtDecoder decoder(backbone, {.memory_tokens = kMemory, .segment_length = kLength}, initial);
  const at::Tensor ids = tests::reference_values("gpt2-tiny")["ids"];
  auto state = decoder.start(2);
  for (int64_t n = 0; n < 4; ++n) state = decoder.step(segment_of(ids, n), state, Wanted::memory).state;
  state.memory.sum().backward();
  REQUIRE(initial.grad().defined());
  CHECK(initial.grad().abs().min().item<float>() > 0);
}

TEST_CASE("what does not fit is refused with a sentence") {
  const std::shared_ptr<const model::Backbone> gpt2 = tests::tiny_backbone("gpt2-tiny"),
                                               bert = tests::tiny_backbone("bert-tiny");
  const at::Tensor memory = model::make_initial_memory(*gpt2, kMemory, 1);
  CHECK_THROWS_WITH_AS(RmtDecoder(gpt2, {.memory_tokens = kMemory, .segment_length = 27}, memory),
                       doctest::Contains("choose segment-length between 1 and 26"), model::Error);
  CHECK_THROWS_AS(RmtDecoder(gpt2, {.memory_tokens = 4, .segment_length = 8}, memory), model::Error);
  CHECK_THROWS_AS(RmtDecoder(bert, {.memory_tokens = kMemory, .segment_length = 8}, memory), model::Error);

  const RmtDecoder decoder(gpt2, {.memory_tokens = kMemory, .segment_length = 8}, memory);
  const at::Tensor ids = at::full({2, 8}, 1, at::kLong);
  CHECK_THROWS_AS(decoder.step({ids, {8}}, decoder.start(1), Wanted::hidden), model::Error);
  CHECK_THROWS_AS(decoder.step({ids, {8, 9}}, decoder.start(2), Wanted::hidden), model::Error);
  CHECK_THROWS_AS(decoder.step({ids, {8, 8}}, decoder.start(1), Wanted::hidden), model::Error);
  CHECK_THROWS_AS(decoder.step({at::full({1, 9}, 1, at::kLong), {9}}, decoder.start(1), Wanted::hidden), model::Error);
}

TEST_CASE("the initial memory is drawn with the deviation of the embeddings") {
  const auto backbone = tests::tiny_backbone("llama-tied");
  const at::Tensor memory = model::make_initial_memory(*backbone, 200, 5);
  CHECK(memory.std().item<double>() == doctest::Approx(backbone->embedding_table().std().item<double>()).epsilon(0.05));
  CHECK(same_bits(memory, model::make_initial_memory(*backbone, 200, 5)));
  CHECK(max_difference(memory, model::make_initial_memory(*backbone, 200, 6)) > 0.01);
}
