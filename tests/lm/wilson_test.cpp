#include "lm/eval/wilson.h"

#include <cmath>
#include <stdexcept>
#include <vector>

#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

TEST_CASE("published intervals are met") {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (1998), method 3, 95 %.
  struct Published {
    int64_t successes, trials;
    double low, high;
  };
  const std::vector<Published> table = {
      {81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611}, {1, 29, 0.0061, 0.1718}};
  for (const auto& [successes, trials, low, high] : table) {
    CAPTURE(successes);
    const Interval interval = wilson_interval(successes, trials);
    CHECK(std::abs(interval.low - low) < 0.00005);
    CHECK(std::abs(interval.high - high) < 0.00005);
  }
}

TEST_CASE("failures mirror successes, and both ends are exact") {
  for (int64_t successes = 0; successes <= 50; ++successes) {
    const Interval interval = wilson_interval(successes, 50), mirrored = wilson_interval(50 - successes, 50);
    CHECK(interval.low == doctest::Approx(1 - mirrored.high));
    CHECK(interval.low <= static_cast<double>(successes) / 50);
    CHECK(interval.high >= static_cast<double>(successes) / 50);
  }
  CHECK(wilson_interval(0, 50).low == 0);
  CHECK(wilson_interval(50, 50).high == 1);
}

TEST_CASE("the interval narrows with trials and widens with z") {
  const auto width = [](const Interval& interval) { return interval.high - interval.low; };
  CHECK(width(wilson_interval(900, 1000)) < width(wilson_interval(90, 100)));
  CHECK(width(wilson_interval(90, 100, 2.576)) > width(wilson_interval(90, 100)));
  CHECK(width(wilson_interval(90, 100, 0)) == doctest::Approx(0));
}

TEST_CASE("without trials nothing is known; counts that cannot be are refused") {
  CHECK(wilson_interval(0, 0).low == 0);
  CHECK(wilson_interval(0, 0).high == 1);
  CHECK_THROWS_AS(wilson_interval(-1, 5), std::invalid_argument);
  CHECK_THROWS_AS(wilson_interval(6, 5), std::invalid_argument);
  CHECK_THROWS_AS(wilson_interval(1, 5, -1), std::invalid_argument);
  CHECK_THROWS_AS(wilson_interval(1, 5, std::nan("")), std::invalid_argument);
}

}  // namespace
}  // namespace rmt::lm
