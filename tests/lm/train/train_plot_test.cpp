// The picture of a training run: what is drawn, over which steps.
#include "lm/train/train_plot.h"

#include <cmath>

#include "tests/support/doctest.h"
#include "tests/support/xml.h"

namespace rmt::lm {
namespace {

std::vector<store::TrainStepRow> steps(int64_t count, int64_t segments) {
  std::vector<store::TrainStepRow> rows;
  for (int64_t i = 1; i <= count; ++i) {
    store::TrainStepRow row;
    row.step = i;
    row.segments = segments;
    row.loss = static_cast<double>(i);
    row.learning_rate = 1e-4;
    for (int64_t s = 0; s < segments; ++s) row.by_segment.push_back(row.loss + static_cast<double>(s));
    rows.push_back(std::move(row));
  }
  return rows;
}

TEST_CASE("every step of a short run is a dot, and the curve a mean around it") {
  const auto rows = steps(64, 2);
  const Chart chart = train_chart(rows, {"run", "", {}});
  REQUIRE(chart.panels.size() == 3);
  const ChartSeries& loss = chart.panels[0].series.at(0);
  REQUIRE(loss.dots.size() == 64);
  CHECK(loss.dots[9].x == 10);
  CHECK(loss.dots[9].y == 10);
  CHECK(loss.curve[9].y == doctest::Approx(10));
  CHECK(loss.curve[0].y == doctest::Approx(1.5));  // of the first two steps
  CHECK(chart.panels[1].series.size() == 2);
  CHECK(chart.panels[1].series[1].curve[9].y == doctest::Approx(11));
  CHECK(chart.panels[2].series.at(0).curve[9].y == 1e-4);
  CHECK(tests::is_well_formed(to_svg(chart)));
}

TEST_CASE("long runs are drawn as means of equal stretches, many segments as a few") {
  const auto rows = steps(5000, 20);
  const Chart chart = train_chart(rows, {"run", "", {}});
  const auto& dots = chart.panels[0].series.at(0).dots;
  CHECK(dots.size() == 500);
  CHECK(dots[0].x == doctest::Approx(5.5));
  CHECK(dots[0].y == doctest::Approx(5.5));
  REQUIRE(chart.panels[1].series.size() == 6);
  CHECK(chart.panels[1].series.front().label == "segment 0");
  CHECK(chart.panels[1].series.back().label == "segment 19");
}

TEST_CASE("a segment is averaged over the steps that had it; no steps at all are a picture too") {
  auto rows = steps(32, 1);
  rows[20].by_segment.push_back(100);
  rows[21].by_segment.push_back(std::nan(""));
  const Chart chart = train_chart(rows, {"run", "", {}});
  REQUIRE(chart.panels[1].series.size() == 2);
  const auto& second = chart.panels[1].series[1].curve;
  REQUIRE(second.size() == 1);
  CHECK(second[0].x == 21);
  CHECK(second[0].y == 100);
  const std::string empty = to_svg(train_chart({}, {"run", "", {}}));
  CHECK(tests::is_well_formed(empty));
  CHECK(tests::occurrences(empty, "nan") == 0);
}

}  // namespace
}  // namespace rmt::lm
