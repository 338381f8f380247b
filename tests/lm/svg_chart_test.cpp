#include "lm/eval/svg_chart.h"

#include <cmath>
#include <string>
#include <vector>

#include "lm/eval/trace_plot.h"
#include "tests/support/doctest.h"
#include "tests/support/xml.h"

namespace rmt::lm {
namespace {

using tests::is_well_formed;
using tests::occurrences;

Chart chart_of(std::vector<ChartSeries> series) {
  return {"a title", "below", {"a note"}, {{"panel", "x", "y", std::move(series)}}};
}

TEST_CASE("markup in names is text, and bytes that are not UTF-8 are replaced") {
  CHECK(xml_escaped("a<b>&\"'c") == "a&lt;b&gt;&amp;&quot;&apos;c");
  CHECK(xml_escaped("tab\there") == "tab\xef\xbf\xbdhere");
  CHECK(xml_escaped("caf\xc3\xa9") == "caf\xc3\xa9");
  CHECK(xml_escaped("\xff\xc3") == "\xef\xbf\xbd\xef\xbf\xbd");
  Chart chart = chart_of({{"<script>alert(1)</script>", "#000\" onload=\"x", {}, {{0, 1}, {1, 2}}, false}});
  chart.title = "]]><svg>";
  const std::string svg = to_svg(chart);
  CHECK(is_well_formed(svg));
  CHECK(occurrences(svg, "<script") == 0);
  CHECK(occurrences(svg, "onload=\"x") == 0);
}

TEST_CASE("ticks are round, inside the range and in order") {
  CHECK(round_ticks(0, 10, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(round_ticks(17.2, 19.9, 5).front() == doctest::Approx(17.5));
  for (const double span : {1e-6, 0.3, 7.0, 4096.0, 3e9}) {
    const auto ticks = round_ticks(span, 2 * span, 7);
    CHECK(ticks.size() >= 3);
    CHECK(ticks.size() <= 16);
    CHECK(ticks.front() >= span * (1 - 1e-9));
    CHECK(ticks.back() <= 2 * span * (1 + 1e-9));
  }
}

TEST_CASE("gaps, no points, one point and equal points are drawn without a number that is none") {
  const double gap = std::nan("");
  const std::string gaps = to_svg(chart_of({{"s", "#000", {}, {{0, 1}, {1, gap}, {2, 3}}, false}}));
  CHECK(is_well_formed(gaps));
  for (const auto& points : {std::vector<ChartPoint>{}, {{0, 5}}, {{0, 0}, {1, 0}}, {{0, gap}}}) {
    const std::string svg = to_svg(chart_of({{"s", "#000", points, points, false}}));
    CHECK(is_well_formed(svg));
    CHECK(occurrences(svg, "nan") == 0);
    CHECK(occurrences(svg, "inf") == 0);
  }
}

TEST_CASE("outliers do not squash the picture, and are counted") {
  std::vector<ChartPoint> dots;
  for (int i = 0; i < 1000; ++i) dots.push_back({static_cast<double>(i), 10 + std::sin(i)});
  dots[500].y = 1e6;
  const std::string svg = to_svg(chart_of({{"s", "#000", dots, {}, false}}));
  CHECK(occurrences(svg, "1 outlying dots not shown") == 1);
  CHECK(occurrences(svg, ">1000000<") == 0);
}

TEST_CASE("smoothing weighs segments by their tokens") {
  Trace trace;
  trace.add(0, {std::log(8) * 100, 0, 100, 400});
  trace.add(1, {std::log(2) * 300, 0, 300, 1200});
  const auto nll = [](const TraceBin& bin) { return bin.nll; };
  const auto plain = smoothed_ppl(trace, nll, 0), smooth = smoothed_ppl(trace, nll, 1);
  CHECK(plain[0].y == doctest::Approx(8));
  CHECK(plain[1].y == doctest::Approx(2));
  CHECK(smooth[0].y == doctest::Approx(std::exp((std::log(8) + 3 * std::log(2)) / 4)));
  CHECK(smooth[0].x == 0);
}

}  // namespace
}  // namespace rmt::lm
