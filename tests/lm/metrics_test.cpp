#include "lm/eval/metrics.h"

#include <cmath>
#include <numbers>
#include <vector>

#include "lm/eval/score_sum.h"
#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

TEST_CASE("a compensated sum keeps what plain addition loses") {
  const std::vector<double> terms = {1, 1e100, 1, -1e100};
  CHECK(compensated_sum(terms) == 2);
}

TEST_CASE("a compensated sum does not depend on how its terms are grouped") {
  std::vector<double> terms;
  for (int i = 0; i < 20000; ++i) terms.push_back(std::exp(std::sin(i) * 9));
  const double whole = compensated_sum(terms);
  for (const size_t size : {1, 7, 512, 4999}) {
    CompensatedSum in_parts;
    for (size_t from = 0; from < terms.size(); from += size) {
      CompensatedSum part;
      for (size_t i = from; i < std::min(terms.size(), from + size); ++i) part.add(terms[i]);
      in_parts.add(part);
    }
    CHECK(in_parts.value() == whole);
  }
}

TEST_CASE("figures in five units") {
  const double nll = 10 * std::numbers::ln2;
  const Figures values = figures(nll, {.tokens = 5, .bytes = 20, .chars = 10, .words = 2});
  CHECK(values.nll_per_token == doctest::Approx(2 * std::numbers::ln2));
  CHECK(values.ppl == doctest::Approx(4));
  CHECK(values.bits_per_byte == doctest::Approx(0.5));
  CHECK(values.bits_per_char == doctest::Approx(1));
  CHECK(values.word_ppl == doctest::Approx(32));
}

TEST_CASE("a figure per something that does not occur is not a number") {
  const Figures values = figures(0, {});
  CHECK(std::isnan(values.ppl));
  CHECK(std::isnan(values.bits_per_byte));
}

store::SegmentRow row_with(double nll, int64_t tokens, std::optional<double> reset) {
  store::SegmentRow row;
  row.scored_tokens = tokens;
  row.nll = nll;
  row.nll_reset = reset;
  return row;
}

TEST_CASE("the memory's gain is what resetting costs, per token") {
  ScoreSum sum;
  sum.add(row_with(10, 5, 12.0), 5);
  sum.add(row_with(6, 3, 7.0), 3);
  REQUIRE(sum.memory_gain());
  CHECK(*sum.memory_gain() == doctest::Approx(3.0 / 8));
}

TEST_CASE("one row without a reset score leaves no gain") {
  ScoreSum sum;
  sum.add(row_with(10, 5, 12.0), 5);
  sum.add(row_with(6, 3, std::nullopt), 3);
  CHECK(!sum.memory_gain());
  ScoreSum total;
  total.add(sum);
  CHECK(!total.has_reset);
}

TEST_CASE("a recipe that takes a label off a window weights its mean by the rest") {
  ScoreSum sum;
  sum.add(row_with(8, 4, {}), 4);   // mean 2, counted 4 times
  sum.add(row_with(12, 4, {}), 3);  // mean 3, counted 3 times
  CHECK(sum.recipe_tokens == 7);
  CHECK(sum.recipe_nll.value() == doctest::Approx(8 + 9));
}

}  // namespace
}  // namespace rmt::lm
