// Readings as bytes: what is saved comes back, what is damaged or another's is refused.
#include <ATen/ops/tensor.h>

#include <cmath>
#include <stdexcept>

#include "lm/streams/recurrent_model.h"
#include "model/rmt/memory_state.h"
#include "tests/lm/byte_models.h"
#include "tests/lm/streams/drawn_model.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using engine::Reading;
using lm::RecurrentModel;
using model::Architecture;
using model::Precision;

std::string refusal(const RecurrentModel& model, const std::string& bytes) {
  try {
    model.restore(bytes);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a saved reading comes back bit for bit") {
  RecurrentModel model(loaded(Architecture::gpt2));
  for (const size_t length : {0, 5, 24, 60}) {
    const Reading reading = read(model, model.start(), ids_of(random_text(length, 9))).reading;
    CHECK(same(model.restore(model.save(reading)), reading));
    CHECK(model.save(reading).size() < static_cast<size_t>(model.info().reading.state_bytes()) + 1000);
  }
}

TEST_CASE("a foreign, damaged or inconsistent reading is refused") {
  RecurrentModel model(loaded(Architecture::gpt2)), other(loaded(Architecture::gpt2, Precision::fp32, 12));
  const Reading good = read(model, model.start(), ids_of(random_text(30, 10))).reading;
  const std::string bytes = model.save(good);
  CHECK(refusal(model, bytes) == "");
  CHECK(refusal(other, bytes).find("another model") != std::string::npos);
  CHECK(refusal(model, "") != "");
  CHECK(refusal(model, bytes + "x") != "");
  for (size_t size = 0; size < bytes.size(); size += 37) CHECK(refusal(model, bytes.substr(0, size)) != "");

  const auto changed = [&](auto&& change) {
    Reading reading = good;
    change(reading);
    return reading;
  };
  const auto refused = [&](auto&& change) {
    CHECK_THROWS_AS(model.save(changed(change)), std::invalid_argument);
    CHECK_THROWS_AS(model.open_lane(changed(change)), std::invalid_argument);
  };
  refused([](Reading& r) { r.memory.pop_back(); });
  refused([](Reading& r) { r.last_hidden.clear(); });
  refused([](Reading& r) { r.tail.resize(kLength, 1); });
  refused([](Reading& r) { r.tail[0] = 256; });
  refused([](Reading& r) { r.tail[0] = -1; });
  refused([](Reading& r) { r.segments = 2; });
  refused([](Reading& r) { r.tokens = -30; });
  refused([](Reading& r) { r.memory[3] = NAN; });

  for (size_t at = 0; at < bytes.size(); at += 29) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    CHECK(refusal(model, flipped) != "");
  }

  // Whole bytes that lie.
  const at::Tensor memory = at::tensor(good.memory).view({1, kMemory, 64});
  const auto written = [&](int64_t segments, int64_t tokens, const std::string& name) {
    return model::save_state({memory, {segments}, {tokens}}, model.info().reading.fingerprint,
                             {{"tail", at::tensor(good.tail, at::kInt)}, {name, at::tensor(good.last_hidden)}});
  };
  CHECK(refusal(model, written(1, 30, "last_hidden")) == "");
  CHECK(refusal(model, written(1, 54, "last_hidden")).find("contradicts") != std::string::npos);
  CHECK(refusal(model, written(0, 6, "last_hidden")) != "");
  CHECK(refusal(model, written(1, 30, "another")).find("unknown") != std::string::npos);
}

}  // namespace
}  // namespace rmt::tests
