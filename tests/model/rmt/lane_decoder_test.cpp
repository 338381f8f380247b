// Lanes of fixed shape decode what the incremental decoder decodes, whatever lies in the lanes beside.
#include "model/rmt/lane_decoder.h"

#include <ATen/ops/randint.h>
#include <ATen/ops/tensor.h>

#include "model/error.h"
#include "model/ops/logits.h"
#include "model/rmt/incremental.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

using namespace rmt;
using model::LaneDecoder;
using model::RmtDecoder;
using tests::max_difference;
using tests::same_bits;

namespace {

constexpr int64_t kMemory = 3, kLength = 10;

RmtDecoder make_decoder(const std::string& name, model::TextPositions positions = model::TextPositions::shifted) {
  std::shared_ptr<model::Backbone> backbone = tests::tiny_backbone(name);
  const at::Tensor memory = model::make_initial_memory(*backbone, kMemory, 5);
  backbone->to(at::kCPU, model::Precision::fp32);
  return {backbone, {.memory_tokens = kMemory, .segment_length = kLength, .positions = positions}, memory};
}

// The incremental decoder's logits after each of `ids` from `from` on, [n, V].
at::Tensor expected_logits(const RmtDecoder& decoder, const std::vector<int64_t>& ids, int64_t from) {
  const model::IncrementalDecoder incremental(decoder);
  const auto segment = incremental.begin(decoder.start(1).memory, at::tensor(ids, at::kLong), from);
  return model::ops::logits(decoder.backbone().head(), segment.hidden.contiguous());
}

std::vector<int64_t> draw(const RmtDecoder& decoder, int64_t count) {
  const at::Tensor ids = at::randint(decoder.backbone().config().vocab_size, {count}, at::kLong);
  return {ids.const_data_ptr<int64_t>(), ids.const_data_ptr<int64_t>() + count};
}

int64_t open(LaneDecoder& lanes, const RmtDecoder& decoder, const std::vector<int64_t>& ids) {
  at::Tensor hidden;
  return lanes.open(decoder.start(1).memory, at::tensor(ids, at::kLong), 0, hidden);
}

}  // namespace

TEST_CASE("three lanes of different lengths, token by token to the segment's end") {
  for (const char* name : {"gpt2-tiny", "llama-tiny"}) {
    for (const auto positions : {model::TextPositions::shifted, model::TextPositions::pretrained}) {
      CAPTURE(name);
      const RmtDecoder decoder = make_decoder(name, positions);
      LaneDecoder lanes(decoder, 3);
      CHECK(lanes.lanes() == 4);
      const std::vector<std::vector<int64_t>> texts{draw(decoder, kLength), draw(decoder, kLength),
                                                    draw(decoder, kLength)};
      const int64_t begun[] = {0, 4, 7};
      std::vector<int64_t> lane;
      for (size_t i = 0; i < 3; ++i)
        lane.push_back(open(lanes, decoder, {texts[i].begin(), texts[i].begin() + begun[i]}));
      for (int64_t step = 0; step < kLength; ++step) {
        std::vector<int64_t> which, ids;
        std::vector<size_t> of;
        for (size_t i = 0; i < 3; ++i) {
          if (begun[i] + step >= kLength) continue;  // this one is full
          which.push_back(lane[i]);
          ids.push_back(texts[i][static_cast<size_t>(begun[i] + step)]);
          of.push_back(i);
        }
        const at::Tensor logits = lanes.extend(which, ids);
        for (size_t row = 0; row < of.size(); ++row) {
          const std::vector<int64_t>& text = texts[of[row]];
          const int64_t tokens = begun[of[row]] + step + 1;
          CHECK(lanes.tokens_of(which[row]) == tokens);
          const at::Tensor expected = expected_logits(decoder, {text.begin(), text.begin() + tokens}, tokens - 1);
          CHECK(max_difference(logits[static_cast<int64_t>(row)].unsqueeze(0), expected) < 1e-4);
        }
      }
      CHECK_THROWS_AS(lanes.extend(std::vector<int64_t>{lane[0]}, std::vector<int64_t>{1}), model::Error);
    }
  }
}

TEST_CASE("what is read when a lane is opened") {
  const RmtDecoder decoder = make_decoder("llama-tiny");
  LaneDecoder lanes(decoder, 2);
  const std::vector<int64_t> text = draw(decoder, 6);
  at::Tensor hidden;
  lanes.open(decoder.start(1).memory, at::tensor(text, at::kLong), 2, hidden);
  REQUIRE(hidden.size(0) == 4);
  CHECK(max_difference(model::ops::logits(decoder.backbone().head(), hidden), expected_logits(decoder, text, 2)) <
        1e-4);
}

TEST_CASE("lanes are taken, forked and given back") {
  const RmtDecoder decoder = make_decoder("gpt2-tiny");
  LaneDecoder lanes(decoder, 2);
  const std::vector<int64_t> text = draw(decoder, 5);
  const int64_t first = open(lanes, decoder, {text.begin(), text.begin() + 3});
  const int64_t second = lanes.fork(first);
  CHECK(first == 0);
  CHECK(second == 1);
  CHECK(lanes.open_lanes() == 2);
  CHECK_THROWS_AS(lanes.fork(first), model::Error);

  lanes.extend(std::vector<int64_t>{first}, std::vector<int64_t>{text[4]});  // the branch does not see this
  const at::Tensor branch = lanes.extend(std::vector<int64_t>{second}, std::vector<int64_t>{text[3]});
  CHECK(max_difference(branch, expected_logits(decoder, {text.begin(), text.begin() + 4}, 3)) < 1e-4);

  lanes.close(first);
  CHECK(open(lanes, decoder, text) == first);
  const at::Tensor after = lanes.extend(std::vector<int64_t>{first}, std::vector<int64_t>{text[0]});
  std::vector<int64_t> whole = text;
  whole.push_back(text[0]);
  CHECK(max_difference(after, expected_logits(decoder, whole, 5)) < 1e-4);
}

TEST_CASE("a lane does not depend on its neighbours") {
  const RmtDecoder decoder = make_decoder("gpt2-tiny");
  const std::vector<int64_t> text = draw(decoder, 4);
  LaneDecoder quiet(decoder, 2), busy(decoder, 2);
  const int64_t alone = open(quiet, decoder, text);
  open(quiet, decoder, {});
  const int64_t beside = open(busy, decoder, text);
  const int64_t other = open(busy, decoder, draw(decoder, 8));
  const at::Tensor a = quiet.extend(std::vector<int64_t>{alone, 1}, std::vector<int64_t>{7, 0});
  const at::Tensor b = busy.extend(std::vector<int64_t>{beside, other}, std::vector<int64_t>{7, 3});
  CHECK(same_bits(a[0], b[0]));
}
