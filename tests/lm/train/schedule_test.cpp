// Learning rates over a stage, and the curriculum's plan: both functions of their arguments alone.
#include "lm/train/schedule.h"

#include <cmath>
#include <set>

#include "lm/train/stage.h"
#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

TEST_CASE("the rate rises in equal parts, never from 0, and then falls as asked") {
  Schedule schedule{.decay = Decay::linear, .peak = 2.0, .steps = 104, .warmup = 4, .floor = 0.0};
  CHECK(learning_rate(schedule, 0) == doctest::Approx(2.0 * 1 / 5));
  CHECK(learning_rate(schedule, 3) == doctest::Approx(2.0 * 4 / 5));
  CHECK(learning_rate(schedule, 4) == doctest::Approx(2.0));
  CHECK(learning_rate(schedule, 54) == doctest::Approx(1.0));
  CHECK(learning_rate(schedule, 103) == doctest::Approx(0.02));

  schedule.decay = Decay::cosine;
  CHECK(learning_rate(schedule, 4) == doctest::Approx(2.0));
  CHECK(learning_rate(schedule, 29) == doctest::Approx(1.0 + std::sqrt(0.5)));
  CHECK(learning_rate(schedule, 54) == doctest::Approx(1.0));
  CHECK(learning_rate(schedule, 103) < 0.001);

  schedule.decay = Decay::constant;
  CHECK(learning_rate(schedule, 0) == doctest::Approx(0.4));
  CHECK(learning_rate(schedule, 103) == 2.0);
}

TEST_CASE("the floor is a share of the peak") {
  for (const Decay decay : {Decay::linear, Decay::cosine}) {
    const Schedule schedule{.decay = decay, .peak = 2.0, .steps = 1000, .warmup = 0, .floor = 0.1};
    CHECK(learning_rate(schedule, 0) == doctest::Approx(2.0));
    CHECK(learning_rate(schedule, 500) == doctest::Approx(2.0 * 0.55));
    CHECK(learning_rate(schedule, 999) == doctest::Approx(0.2).epsilon(0.02));
    CHECK(learning_rate(schedule, 999) >= 0.2);
  }
}

TEST_CASE("a stage of one step has the whole rate") {
  for (const Decay decay : {Decay::constant, Decay::linear, Decay::cosine})
    CHECK(learning_rate({.decay = decay, .peak = 3.0, .steps = 1}, 0) == 3.0);
}

Stage stage(int64_t segments, int64_t steps, bool mixed = false) {
  return {.segments = segments, .mixed = mixed, .schedule = {.steps = steps}};
}

TEST_CASE("positions walk through the stages, each step once") {
  const std::vector<Stage> stages = {stage(1, 2), stage(2, 1), stage(4, 3)};
  CHECK(total_steps(stages) == 6);
  std::vector<std::pair<int64_t, int64_t>> walked;
  Position at;
  for (; at.stage < 3; at = next_position(stages, at)) {
    CHECK(at.total == static_cast<int64_t>(walked.size()));
    walked.emplace_back(at.stage, at.step);
  }
  CHECK((walked == std::vector<std::pair<int64_t, int64_t>>{{0, 0}, {0, 1}, {1, 0}, {2, 0}, {2, 1}, {2, 2}}));
  CHECK(at.total == 6);
}

TEST_CASE("a plan depends on stage, step and seed alone, and every step has its own") {
  const std::vector<Stage> stages = {stage(5, 400, true)};
  std::set<uint64_t> seeds;
  std::vector<int64_t> drawn(6);
  for (int64_t total = 0; total < 400; ++total) {
    const Position at{0, total, total};
    const BatchPlan plan = plan_batch(stages, at, 7), again = plan_batch(stages, at, 7);
    CHECK(plan.segments == again.segments);
    CHECK(plan.seed == again.seed);
    CHECK(plan.at.total == total);
    seeds.insert(plan.seed);
    REQUIRE(plan.segments >= 1);
    REQUIRE(plan.segments <= 5);
    ++drawn[static_cast<size_t>(plan.segments)];
  }
  CHECK(seeds.size() == 400);
  for (size_t n = 1; n <= 5; ++n) CHECK(drawn[n] > 40);  // 80 expected; 40 is 5 standard deviations off
  CHECK(plan_batch(stages, {}, 8).seed != plan_batch(stages, {}, 7).seed);
  CHECK(plan_batch(stages, {}, uint64_t{7} << 32).seed != plan_batch(stages, {}, 0).seed);
}

TEST_CASE("a stage that is not mixed has its own number of segments, always") {
  const std::vector<Stage> stages = {stage(3, 50)};
  for (int64_t total = 0; total < 50; ++total) CHECK(plan_batch(stages, {0, total, total}, 1).segments == 3);
}

}  // namespace
}  // namespace rmt::lm
