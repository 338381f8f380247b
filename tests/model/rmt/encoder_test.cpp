// The recurrent encoder against an independent PyTorch recurrence.
#include "model/rmt/encoder.h"

#include <ATen/ops/cat.h>
#include <c10/core/GradMode.h>

#include "model/error.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

using namespace rmt;
using tests::max_difference;
using tests::same_bits;

namespace {

constexpr int64_t kMemory = 3, kLength = 10;

model::RmtEncoder tiny_encoder(std::map<std::string, at::Tensor>& expected) {
  return {tests::tiny_backbone("bert-tiny"),
          {.memory_tokens = kMemory, .segment_length = kLength},
          expected["memory"],
          expected["cls_id"].item<int64_t>(),
          expected["sep_id"].item<int64_t>()};
}

}  // namespace

TEST_CASE("memories and CLS rows over 8 segments equal the reference recurrence") {
  auto expected = tests::reference_values("bert-tiny");
  const auto encoder = tiny_encoder(expected);
  for (const bool gradients : {false, true}) {
    const c10::AutoGradMode mode(gradients);
    auto state = encoder.start(2);
    for (int64_t n = 0; n < 8; ++n) {
      const int64_t from = n * kLength, length = std::min(kLength, expected["ids"].size(1) - from);
      const auto out = encoder.step({expected["ids"].narrow(1, from, length), {length, length}}, state);
      CHECK(max_difference(out.state.memory, expected["memories"][n]) < 1e-4);
      CHECK(max_difference(out.cls, expected["cls"][n]) < 1e-4);
      state = out.state;
    }
    CHECK(state.tokens == std::vector<int64_t>{76, 76});
  }
}

TEST_CASE("an encoder row in a batch equals the row alone; padding is not seen") {
  auto expected = tests::reference_values("bert-tiny");
  const auto encoder = tiny_encoder(expected);
  const at::Tensor ids = at::cat({expected["ids"], expected["ids"].flip(1)}).narrow(1, 0, kLength);
  const std::vector<int64_t> lengths{kLength, 4, 0, 1};
  const auto start = encoder.start(4);
  const auto batched = encoder.step({ids, lengths}, start);  // with gradients: one product, a key mask
  const c10::NoGradGuard no_grad;
  const auto each = encoder.step({ids, lengths}, start);
  for (int64_t b = 0; b < 4; ++b) {
    CAPTURE(b);
    const int64_t length = lengths[static_cast<size_t>(b)];
    CHECK(max_difference(batched.state.memory[b], each.state.memory[b]) < 1e-5);
    if (length == 0) {
      CHECK(same_bits(each.state.memory[b], start.memory[b]));
      continue;
    }
    CHECK(max_difference(batched.cls[b], each.cls[b]) < 1e-5);
    const auto alone = encoder.step({ids.narrow(0, b, 1).narrow(1, 0, length), {length}}, model::rows_of(start, b));
    CHECK(same_bits(each.state.memory.narrow(0, b, 1), alone.state.memory));
    CHECK(same_bits(each.cls.narrow(0, b, 1), alone.cls));
  }
}

TEST_CASE("an encoder wrapper refuses what does not fit") {
  const std::shared_ptr<const model::Backbone> bert = tests::tiny_backbone("bert-tiny"),
                                               gpt2 = tests::tiny_backbone("gpt2-tiny");
  const at::Tensor memory = model::make_initial_memory(*bert, kMemory, 1);
  CHECK_THROWS_WITH_AS(model::RmtEncoder(bert, {.memory_tokens = kMemory, .segment_length = 27}, memory, 5, 6),
                       doctest::Contains("between 1 and 26"), model::Error);
  CHECK_THROWS_AS(model::RmtEncoder(gpt2, {.memory_tokens = kMemory, .segment_length = 8}, memory, 5, 6), model::Error);
  CHECK_THROWS_AS(model::RmtEncoder(bert, {.memory_tokens = kMemory, .segment_length = 8}, memory, 5, 101),
                  model::Error);
  CHECK_THROWS_AS(bert->head(), model::Error);
}
