#include "model/rmt/memory_state.h"

#include <ATen/ops/randn.h>

#include "model/error.h"
#include "model/weights/safetensors.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

using namespace rmt;
using model::Errc;
using model::MemoryState;
using tests::same_bits;

namespace {

const std::string kFingerprint(64, 'a');

MemoryState sample() {
  return {at::randn({2, 3, 8}), {4, 5}, {40, 41}};
}

Errc refusal(const std::string& bytes, const std::string& fingerprint) {
  try {
    model::load_state(bytes, fingerprint);
  } catch (const model::Error& error) {
    return error.code();
  }
  FAIL("a state that should be refused was loaded");
  return {};
}

}  // namespace

TEST_CASE("a saved state comes back bit for bit") {
  const MemoryState state = sample();
  const at::Tensor row = at::randn({8});
  const std::string bytes = model::save_state(state, kFingerprint, {{"last_hidden", row}});
  model::NamedTensors extra;
  const MemoryState back = model::load_state(bytes, kFingerprint, &extra);
  CHECK(same_bits(back.memory, state.memory));
  CHECK(back.segments == state.segments);
  CHECK(back.tokens == state.tokens);
  REQUIRE(extra.size() == 1);
  CHECK(extra[0].first == "last_hidden");
  CHECK(same_bits(extra[0].second, row));
  CHECK(model::save_state(back, kFingerprint, extra) == bytes);
}

TEST_CASE("a fork is independent of what it was forked from") {
  const MemoryState state = sample();
  MemoryState fork = state.fork();
  fork.memory.zero_();
  fork.segments[0] = 9;
  CHECK(state.memory.abs().sum().item<float>() > 0);
  CHECK(state.segments[0] == 4);
}

TEST_CASE("rows taken apart and joined are the batch again") {
  const MemoryState state = sample();
  const MemoryState again = model::join({model::rows_of(state, 0), model::rows_of(state, 1)});
  CHECK(same_bits(again.memory, state.memory));
  CHECK(again.tokens == state.tokens);
}

TEST_CASE("a foreign state is refused") {
  CHECK(refusal(model::save_state(sample(), std::string(64, 'b')), kFingerprint) == Errc::mismatch);
}

TEST_CASE("damaged bytes are refused, never misread") {
  const MemoryState state = sample();
  const std::string bytes = model::save_state(state, kFingerprint);
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    CAPTURE(cut);
    CHECK_THROWS_AS(model::load_state(bytes.substr(0, cut), kFingerprint), model::Error);
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    CAPTURE(at);
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    CHECK_THROWS_AS(model::load_state(flipped, kFingerprint), model::Error);
  }
  // Counts that disagree with the tensor, and counts that are none.
  MemoryState fewer = state;
  fewer.segments = {4};
  fewer.tokens = {40};
  CHECK(refusal(model::save_state(fewer, kFingerprint), kFingerprint) == Errc::malformed);
  MemoryState negative = state;
  negative.tokens = {-1, 3};
  CHECK(refusal(model::save_state(negative, kFingerprint), kFingerprint) == Errc::malformed);
  CHECK(refusal(model::write_safetensors({{"memory", state.memory}}, {}), kFingerprint) == Errc::malformed);
}
