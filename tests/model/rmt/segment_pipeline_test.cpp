// Reading in two parts, the chain of memories and what can wait, gives what reading in one gives.
#include "model/rmt/segment_pipeline.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <string>

#include "model/error.h"
#include "model/ops/cross_entropy.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

using namespace rmt;
using model::Precision;
using model::RmtDecoder;
using model::SegmentChain;
using model::SegmentPipeline;
using model::Wanted;
using tests::max_difference;
using tests::same_bits;

namespace {

constexpr int64_t kMemory = 3, kLength = 10, kBatch = 2;

struct Setting {
  std::string backbone = "gpt2-tiny";
  model::TextPositions positions = model::TextPositions::shifted;
  bool packed = true;
  int64_t memory = kMemory;
  model::MemoryScale scale = model::MemoryScale::written;
};

RmtDecoder make_decoder(const Setting& setting) {
  std::shared_ptr<model::Backbone> backbone = tests::tiny_backbone(setting.backbone);
  const at::Tensor memory = model::make_initial_memory(*backbone, setting.memory, 5);
  if (setting.packed)
    backbone->pack(Precision::fp32);
  else
    backbone->to(at::kCPU, Precision::fp32);
  return {backbone,
          {.memory_tokens = setting.memory,
           .segment_length = kLength,
           .positions = setting.positions,
           .scale = setting.scale},
          memory};
}

at::Tensor draw_ids(const RmtDecoder& decoder, int64_t segments, int64_t batch = kBatch) {
  return at::randint(decoder.backbone().config().vocab_size, {segments, batch, kLength}, at::kLong);
}

struct Read {
  std::vector<at::Tensor> memories;  // after each segment
  at::Tensor nll, last_hidden;       // [B, N * T], [B, D]
};

// One segment after the other, nothing deferred.
Read read_plainly(const RmtDecoder& decoder, const at::Tensor& ids, at::Tensor memory, at::Tensor last_hidden) {
  const c10::NoGradGuard no_grad;
  const int64_t batch = ids.size(1);
  model::MemoryState state = decoder.start(batch);
  if (memory.defined()) state.memory = memory;
  Read read;
  std::vector<at::Tensor> columns;
  for (int64_t s = 0; s < ids.size(0); ++s) {
    const auto out =
        decoder.step({ids[s], std::vector<int64_t>(static_cast<size_t>(batch), kLength)}, state, Wanted::hidden);
    for (int64_t t = 0; t < kLength; ++t) {
      if (last_hidden.defined())
        columns.push_back(
            model::ops::token_nll(decoder.backbone().head(), last_hidden, ids[s].select(1, t).contiguous()));
      last_hidden = out.hidden.select(1, t).contiguous();
    }
    state = out.state;
    read.memories.push_back(state.memory.clone());
  }
  read.nll = at::stack(columns, 1);
  read.last_hidden = last_hidden;
  return read;
}

const Setting kSettings[] = {{"gpt2-tiny"},
                             {"llama-tiny"},
                             {"gpt2-tiny", model::TextPositions::pretrained},
                             {"llama-tied", model::TextPositions::shifted, false},
                             {"llama-tied", model::TextPositions::shifted, true, kMemory, model::MemoryScale::initial},
                             {"gpt2-tiny", model::TextPositions::shifted, true, 0}};

}  // namespace

TEST_CASE("the chain hands on the memory of reading in one, bit for bit") {
  for (const Setting& setting : kSettings) {
    CAPTURE(setting.backbone);
    CAPTURE(setting.memory);
    const RmtDecoder decoder = make_decoder(setting);
    const at::Tensor ids = draw_ids(decoder, 5);
    const Read plain = read_plainly(decoder, ids, {}, {});
    for (const bool keeps_text : {true, false}) {
      SegmentChain chain(decoder, {.batch = kBatch, .slots = 2, .keeps_text = keeps_text});
      for (int64_t s = 0; s < 5; ++s) {
        chain.ids()[s % 2].copy_(ids[s]);
        chain.step();
        if (setting.packed)
          CHECK(same_bits(chain.memory(), plain.memories[static_cast<size_t>(s)]));
        else
          CHECK(max_difference(chain.memory(), plain.memories[static_cast<size_t>(s)]) < 1e-5);
      }
    }
  }
}

TEST_CASE("losses that waited are those that did not") {
  for (const Setting& setting : kSettings) {
    const RmtDecoder decoder = make_decoder(setting);
    for (const int64_t segments : {1, 3, 4, 9}) {
      for (const int64_t depth : {1, 2, 4}) {
        CAPTURE(setting.backbone);
        CAPTURE(segments);
        CAPTURE(depth);
        const at::Tensor ids = draw_ids(decoder, segments);
        const Read plain = read_plainly(decoder, ids, {}, {});
        SegmentPipeline pipeline(decoder, {.batch = kBatch, .depth = depth});
        SegmentPipeline::Standing standing = pipeline.start();
        const at::Tensor nll = pipeline.read(ids, standing);
        REQUIRE(nll.sizes() == at::IntArrayRef({kBatch, segments * kLength}));
        CHECK(nll.select(1, 0).isnan().all().item<bool>());
        CHECK(max_difference(nll.narrow(1, 1, nll.size(1) - 1), plain.nll) < 1e-6);
        CHECK(max_difference(standing.memory, plain.memories.back()) < 1e-6);
        CHECK(max_difference(standing.last_hidden, plain.last_hidden) < 1e-6);
      }
    }
  }
}

TEST_CASE("a text read in several runs is the text read in one") {
  const RmtDecoder decoder = make_decoder({});
  const at::Tensor ids = draw_ids(decoder, 11);
  SegmentPipeline pipeline(decoder, {.batch = kBatch, .depth = 2});
  SegmentPipeline::Standing whole = pipeline.start(), parts = pipeline.start();
  const at::Tensor expected = pipeline.read(ids, whole);
  std::vector<at::Tensor> pieces;
  int64_t from = 0;
  for (const int64_t count : {1, 5, 0, 2, 3}) {
    pieces.push_back(pipeline.read(ids.narrow(0, from, count), parts));
    from += count;
  }
  const at::Tensor nll = at::cat(pieces, 1);
  CHECK(max_difference(nll.narrow(1, 1, nll.size(1) - 1), expected.narrow(1, 1, nll.size(1) - 1)) < 1e-12);
  CHECK(same_bits(parts.memory, whole.memory));
  CHECK(same_bits(parts.last_hidden, whole.last_hidden));
}

TEST_CASE("only the memory") {
  const RmtDecoder decoder = make_decoder({"llama-tiny"});
  const at::Tensor ids = draw_ids(decoder, 7);
  SegmentPipeline scoring(decoder, {.batch = kBatch, .depth = 2});
  SegmentPipeline reading(decoder, {.batch = kBatch, .depth = 3, .scores = false});
  SegmentPipeline::Standing scored = scoring.start(), read = reading.start();
  scoring.read(ids, scored);
  CHECK(!reading.read(ids, read).defined());
  CHECK(same_bits(read.memory, scored.memory));
  CHECK(!read.last_hidden.defined());
}

TEST_CASE("what is handed in must fit") {
  const RmtDecoder decoder = make_decoder({});
  SegmentPipeline pipeline(decoder, {.batch = kBatch, .depth = 2});
  SegmentPipeline::Standing standing = pipeline.start();
  CHECK_THROWS_AS(pipeline.read(draw_ids(decoder, 2, kBatch + 1), standing), model::Error);
  CHECK_THROWS_AS(pipeline.read(draw_ids(decoder, 2).narrow(2, 0, kLength - 1), standing), model::Error);
  CHECK_THROWS_AS(SegmentPipeline(decoder, {.batch = 0}), model::Error);
}

TEST_CASE("a backbone moved to bf16 keeps its losses within bf16's reach") {
  for (const char* name : {"gpt2-tiny", "llama-tied"}) {
    CAPTURE(name);
    const RmtDecoder exact = make_decoder({name});
    std::shared_ptr<model::Backbone> narrow = tests::tiny_backbone(name);
    const at::Tensor memory = model::make_initial_memory(*narrow, kMemory, 5);
    narrow->to(at::kCPU, Precision::bf16);
    CHECK((narrow->head().weight().scalar_type() == at::kBFloat16));
    CHECK(narrow->head().weight().data_ptr() == narrow->embedding_table().data_ptr());  // still one
    CHECK((narrow->embed(at::zeros({1}, at::kLong)).scalar_type() == at::kFloat));
    const RmtDecoder decoder(narrow, exact.config(), memory);
    const at::Tensor ids = draw_ids(exact, 4);
    SegmentPipeline one(exact, {.batch = kBatch, .depth = 2}), other(decoder, {.batch = kBatch, .depth = 2});
    SegmentPipeline::Standing a = one.start(), b = other.start();
    const at::Tensor expected = one.read(ids, a).narrow(1, 1, 39), nll = other.read(ids, b).narrow(1, 1, 39);
    const double error = (nll - expected).norm().item<double>() / expected.norm().item<double>();
    CHECK(error > 1e-6);  // it is another arithmetic
    CHECK(error < 2e-2);
  }
}
