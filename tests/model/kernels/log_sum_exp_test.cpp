// The streamed log-sum-exp against double.
#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/model/kernels/samples.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using model::kernels::Kernels;
using model::kernels::LogSumExpState;

/// All logits of one row, a panel at a time.
double streamed(const Kernels& table, const std::vector<float>& logits) {
  std::vector<LogSumExpState> state(1);
  const auto columns = static_cast<size_t>(table.panel_columns);
  for (size_t from = 0; from < logits.size(); from += columns) {
    const std::vector<float> part(logits.begin() + static_cast<long>(from),
                                  logits.begin() + static_cast<long>(std::min(logits.size(), from + columns)));
    table.add_logits(part.data(), table.panel_columns, 1, static_cast<int64_t>(part.size()), state.data());
  }
  const auto total = table.log_sum_exp(state[0]);
  return total.highest + std::log(total.sum);
}

double exact(const std::vector<float>& logits) {
  double highest = -INFINITY, sum = 0;
  for (const float x : logits) highest = std::max<double>(highest, x);
  for (const float x : logits) sum += std::exp(x - highest);
  return highest + std::log(sum);
}

TEST_CASE("equal logits give log(V) to the accuracy of double") {
  for (const Kernels* table : all_tables())
    for (const size_t count : {1, 3, 31, 32, 50257})
      for (const float logit : {0.0f, -7.25f, 90.0f}) {
        const std::vector<float> logits(count, logit);
        CHECK(std::abs(streamed(*table, logits) - logit - std::log(static_cast<double>(count))) < 2e-14);
      }
}

TEST_CASE("any logits: rising, falling, far apart") {
  for (const Kernels* table : all_tables())
    for (const size_t count : {1, 5, 17, 33, 1000}) {
      auto logits = uniform(static_cast<int64_t>(count), 71, -30, 30);
      CHECK(streamed(*table, logits) == doctest::Approx(exact(logits)).epsilon(1e-7));
      std::sort(logits.begin(), logits.end());
      CHECK(streamed(*table, logits) == doctest::Approx(exact(logits)).epsilon(1e-7));
      std::reverse(logits.begin(), logits.end());
      CHECK(streamed(*table, logits) == doctest::Approx(exact(logits)).epsilon(1e-7));
      for (float& x : logits) x *= 1000;
      CHECK(streamed(*table, logits) == doctest::Approx(exact(logits)).epsilon(1e-7));
      for (float& x : logits) x -= 1e6f;
      CHECK(streamed(*table, logits) == doctest::Approx(exact(logits)).epsilon(1e-7));
    }
}

TEST_CASE("-infinity counts for nothing, NaN and infinity show") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const Kernels* table : all_tables()) {
    auto logits = uniform(100, 72);
    const double before = streamed(*table, logits);
    logits.insert(logits.begin(), 64, -infinity);
    CHECK(streamed(*table, logits) == doctest::Approx(before).epsilon(1e-7));
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), infinity})
      for (const size_t place : {size_t{0}, size_t{80}, logits.size() - 1}) {
        auto spoiled = logits;
        spoiled[place] = bad;
        CHECK(!std::isfinite(streamed(*table, spoiled)));
      }
  }
}

}  // namespace
}  // namespace rmt::tests
