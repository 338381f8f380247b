// What a run is told to take, against what runs were measured to take, and what it grows with.
#include "lm/train/memory_need.h"

#include <vector>

#include "lm/train/error.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using lm::MemoryNeed;
using lm::Stage;
using model::Precision;

// GPT-2 with 8 layers of width 384 and 16,000 tokens, as bench/run train has it.
model::BackboneConfig gpt2_21m() {
  model::BackboneConfig config;
  config.vocab_size = 16'000;
  config.width = 384;
  config.layers = 8;
  config.heads = config.kv_heads = 6;
  config.head_size = 64;
  config.ffn_width = 1536;
  config.max_positions = 1024;
  return config;
}

model::RmtConfig wrapped() {
  model::RmtConfig rmt;
  rmt.segment_length = 512;
  rmt.memory_tokens = 10;
  return rmt;
}

MemoryNeed need_of(Stage stage, Precision precision = Precision::fp32, int64_t processes = 1) {
  constexpr int64_t kTrained = 20'700'000;
  return lm::memory_need(gpt2_21m(), wrapped(), precision, kTrained, {stage}, processes);
}

TEST_CASE("the estimate is near what was measured") {
  Stage stage;
  stage.segments = 4;
  stage.batch = 1;
  // bench/README.md: 711 MiB at its peak, of which some 230 are the program and the model.
  const double mebibytes = static_cast<double>(need_of(stage).total()) / (1 << 20);
  CHECK(mebibytes > 480 * 2 / 3);
  CHECK(mebibytes < 480 * 3 / 2);
}

TEST_CASE("it grows with the share of a batch and not with the number of segments") {
  Stage stage;
  stage.batch = 8;
  stage.segments = 1;
  const int64_t one = need_of(stage).activations;
  stage.segments = 64;
  CHECK(need_of(stage).activations == one);
  stage.batch = 16;
  CHECK(need_of(stage).activations == 2 * one);
  CHECK(need_of(stage, Precision::fp32, 2).activations == one);
  stage.accumulate = 4;
  CHECK(need_of(stage).activations == one / 2);
  CHECK(need_of(stage, Precision::bf16).activations < one / 2);
}

TEST_CASE("the largest stage counts, and its number is told with what to change") {
  Stage small, large;
  small.batch = 1;
  large.batch = 64;
  const MemoryNeed need = lm::memory_need(gpt2_21m(), wrapped(), Precision::fp32, 1000, {small, large, small}, 1);
  CHECK(need.stage == 1);
  lm::require_memory(need, need.total());
  try {
    lm::require_memory(need, need.total() - 1);
    FAIL("a run that does not fit was let go on");
  } catch (const lm::TrainError& error) {
    CHECK(error.code() == lm::TrainErrc::memory);
    CHECK(std::string(error.what()).find("stage 2") != std::string::npos);
    CHECK(std::string(error.what()).find("accumulate") != std::string::npos);
  }
}

TEST_CASE("this machine has some memory to give") {
  const auto available = lm::available_memory();
  REQUIRE(available.has_value());
  CHECK(*available > 0);
}

}  // namespace
}  // namespace rmt::tests
