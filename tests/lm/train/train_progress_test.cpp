// What a step's JSON says of the arithmetic done.
#include "lm/train/train_progress.h"

#include <nlohmann/json.hpp>

#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

StepReport step_of(int64_t tokens, double seconds) {
  StepReport step;
  step.tokens = tokens;
  step.seconds = seconds;
  return step;
}

TEST_CASE("utilisation is told where it is known") {
  const StepReport step = step_of(1000, 2);
  const auto json_of = [&](double flops_per_token, double peak) {
    TrainProgress::Options options;
    options.flops_per_token = flops_per_token;
    options.peak_flops = peak;
    return to_json(step, options);
  };
  CHECK(!json_of(0, 0).contains("tflops"));
  CHECK(json_of(6e9, 0)["tflops"] == doctest::Approx(3.0));
  CHECK(!json_of(6e9, 0).contains("mfu"));
  CHECK(json_of(6e9, 12e12)["mfu"] == doctest::Approx(0.25));
  CHECK(json_of(6e9, 12e12)["tokens"] == 1000);
}

}  // namespace
}  // namespace rmt::lm
