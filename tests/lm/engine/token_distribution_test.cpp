#include "lm/engine/token_distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "corpora/tasks/random_stream.h"
#include "lm/engine/logit_weights.h"
#include "tests/support/doctest.h"

using namespace rmt::engine;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> drawn_logits(size_t vocabulary, uint64_t seed) {
  rmt::corpora::RandomStream random(seed, 2);
  std::vector<float> logits(vocabulary);
  for (float& logit : logits) logit = static_cast<float>(random.below(1 << 20)) / (1 << 16) - 8;
  return logits;
}

double log_sum_exp(const std::vector<float>& logits) {
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit));
  return std::log(sum);
}

std::vector<int32_t> ids_of(const std::vector<TopToken>& tokens) {
  std::vector<int32_t> ids;
  for (const TopToken& token : tokens) ids.push_back(token.id);
  return ids;
}

}  // namespace

TEST_CASE("powers of two are right to 3e-7") {
  CHECK(power_of_two(0) == 1);
  CHECK(power_of_two(-1) == 0.5F);
  CHECK(power_of_two(-127) == 0);
  CHECK(power_of_two(-kInfinity) == 0);
  CHECK(power_of_two(kNan) == 0);
  for (float y = 0; y > -125; y -= 0.0137F) {
    const double exact = std::exp2(static_cast<double>(y));
    REQUIRE(std::abs(static_cast<double>(power_of_two(y)) / exact - 1) < 3e-7);
  }
}

TEST_CASE("log-probabilities are those of a log-softmax in double precision") {
  for (const size_t vocabulary : {1, 7, 512, 50257}) {
    const std::vector<float> logits = drawn_logits(vocabulary, vocabulary);
    const TokenDistribution distribution(logits);
    const double sum = log_sum_exp(logits);
    for (size_t i = 0; i < logits.size(); i += 1 + vocabulary / 100) {
      const double exact = static_cast<double>(logits[i]) - sum;
      CHECK(std::abs(static_cast<double>(distribution.logprob(static_cast<int32_t>(i))) - exact) < 1e-6);
    }
  }
}

TEST_CASE("a model that knows nothing gives every token exactly its share") {
  for (const size_t vocabulary : {2, 256, 50257}) {
    const std::vector<float> logits(vocabulary, -3.7F);
    const auto expected = static_cast<float>(-std::log(static_cast<double>(vocabulary)));
    CHECK(TokenDistribution(logits).logprob(1) == doctest::Approx(expected).epsilon(1e-7));
  }
}

TEST_CASE("very large and very different logits") {
  const std::vector<float> logits = {1e30F, 1e30F, -1e30F, -kInfinity};
  const TokenDistribution distribution(logits);
  CHECK(distribution.logprob(2) < -1e29F);
  CHECK(distribution.logprob(3) == -kInfinity);
  const std::vector<float> steep = {0, -60, -200};
  CHECK(TokenDistribution(steep).logprob(0) == 0);
  CHECK(TokenDistribution(steep).logprob(2) == -200);
}

TEST_CASE("logits that are no numbers") {
  const std::vector<float> some = {kNan, 1, kNan, 1};
  CHECK(TokenDistribution(some).logprob(1) == doctest::Approx(-0.6931472));
  CHECK(TokenDistribution(some).logprob(0) == -kInfinity);
  CHECK(ids_of(TokenDistribution(some).likeliest(4)) == std::vector<int32_t>{1, 3});
  for (const std::vector<float>& logits : {std::vector<float>{kNan, -kInfinity}, {1, kInfinity}, {}})
    CHECK(TokenDistribution(logits).likeliest(0).empty());
  const std::vector<float> broken = {kNan, -kInfinity};
  CHECK(std::isnan(TokenDistribution(broken).logprob(0)));
  const std::vector<float> overflown = {1, kInfinity};
  CHECK(std::isnan(TokenDistribution(overflown).logprob(0)));
}

TEST_CASE("the likeliest tokens, best first, with the very log-probabilities logprob() gives") {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    std::vector<float> logits = drawn_logits(3000, seed);
    if (seed % 2 == 1)
      for (float& logit : logits) logit = std::round(logit);  // many equals
    const TokenDistribution distribution(logits);
    std::vector<int32_t> order(logits.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      return logits[static_cast<size_t>(a)] > logits[static_cast<size_t>(b)];
    });
    for (const int count : {0, 1, 5, 20, 500, 3000, 4000}) {
      const auto best = distribution.likeliest(count);
      const auto wanted = std::min<std::ptrdiff_t>(count, 3000);
      REQUIRE(ids_of(best) == std::vector<int32_t>(order.begin(), order.begin() + wanted));
      for (const TopToken& token : best) REQUIRE(token.logprob == distribution.logprob(token.id));
    }
  }
}
