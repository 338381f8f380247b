#include "lm/eval/bootstrap.h"

#include <cmath>
#include <random>
#include <vector>

#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

// Shares whose parts are normal with the given deviation around 2 a unit of whole.
std::vector<Share> normal_shares(size_t count, double deviation, uint64_t seed) {
  std::mt19937_64 rng(seed);
  std::normal_distribution<double> noise(2, deviation);
  std::vector<Share> shares;
  for (size_t i = 0; i < count; ++i) shares.push_back({noise(rng), 1});
  return shares;
}

TEST_CASE("the interval has the width theory gives") {
  const auto interval = bootstrap(normal_shares(400, 0.5, 1));
  REQUIRE(interval);
  const double expected = 2 * 1.96 * 0.5 / std::sqrt(400.0);
  CHECK(interval->high - interval->low == doctest::Approx(expected).epsilon(0.15));
}

TEST_CASE("19 of 20 intervals hold the truth") {
  int held = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const auto interval = bootstrap(normal_shares(60, 1, seed), {.resamples = 400, .seed = seed});
    held += interval->low <= 2 && 2 <= interval->high;
  }
  CHECK(held >= 180);
  CHECK(held <= 199);
}

TEST_CASE("the same seed gives the same interval") {
  const auto shares = normal_shares(30, 1, 3);
  CHECK(bootstrap(shares, {.seed = 5})->low == bootstrap(shares, {.seed = 5})->low);
  CHECK(bootstrap(shares, {.seed = 5})->low != bootstrap(shares, {.seed = 6})->low);
}

TEST_CASE("documents weigh what they hold: a long one is one draw, not many") {
  const std::vector<Share> shares = {{1000, 1000}, {3, 1}};
  const auto interval = bootstrap(shares);
  CHECK(interval->low == doctest::Approx(1));
  CHECK(interval->high == doctest::Approx(3));
}

TEST_CASE("one share, or a few segments, have no error bar") {
  CHECK(!bootstrap(std::vector<Share>{{1, 1}}));
  CHECK(!block_bootstrap(std::vector<Share>(7, Share{1, 1})));
  CHECK(block_bootstrap(std::vector<Share>(8, Share{1, 1})));
}

TEST_CASE("blocks see that neighbours are alike where single draws do not") {
  std::mt19937_64 rng(7);
  std::normal_distribution<double> noise;
  std::vector<Share> walk;
  double level = 0;
  for (int i = 0; i < 1000; ++i) walk.push_back({level = 0.95 * level + noise(rng), 1});
  const auto alone = bootstrap(walk), in_blocks = block_bootstrap(walk);
  CHECK(in_blocks->high - in_blocks->low > 2 * (alone->high - alone->low));
}

}  // namespace
}  // namespace rmt::lm
