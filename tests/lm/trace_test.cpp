#include "lm/eval/trace.h"

#include <cmath>
#include <vector>

#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

TEST_CASE("a trace that grows too long merges neighbours and loses nothing") {
  Trace trace(8);
  for (int64_t i = 0; i < 100; ++i) trace.add(i, {static_cast<double>(i), 0, 1, 2});
  CHECK(trace.width() == 16);
  CHECK(trace.bins().size() == 7);
  double nll = 0, tokens = 0;
  for (const TraceBin& bin : trace.bins()) {
    nll += bin.nll;
    tokens += bin.tokens;
  }
  CHECK(nll == 99 * 100 / 2);
  CHECK(tokens == 100);
  CHECK(trace.bins()[1].nll == (16 + 31) * 16 / 2);
}

TEST_CASE("segments of equal number share a bin, in whatever order they come") {
  Trace trace;
  trace.add(3, {1, 0, 1, 1});
  trace.add(0, {2, 0, 1, 1});
  trace.add(3, {4, 0, 1, 1});
  REQUIRE(trace.bins().size() == 4);
  CHECK(trace.bins()[3].nll == 5);
  CHECK(trace.bins()[1].tokens == 0);
}

TEST_CASE("a window's score is spread over the segments it lies in") {
  Trace trace;
  add_spread(trace, {8, 0, 8, 16}, 6, 14, 10);
  REQUIRE(trace.bins().size() == 2);
  CHECK(trace.bins()[0].nll == doctest::Approx(4));
  CHECK(trace.bins()[1].tokens == doctest::Approx(4));
}

TEST_CASE("the profile averages by position") {
  PositionProfile profile(4);
  profile.add(1, std::vector<double>{2, 4, 6});
  profile.add(0, std::vector<double>{1, 4});
  const auto means = profile.means();
  CHECK(means == std::vector<double>{1, 3, 4, 6});
  PositionProfile never(2);
  CHECK(std::isnan(never.means()[0]));
}

}  // namespace
}  // namespace rmt::lm
