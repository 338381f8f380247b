#include "lm/eval/trace_plot.h"

#include <algorithm>
#include <cmath>

namespace rmt::lm {

namespace {

constexpr char kBlue[] = "#2563eb", kOrange[] = "#ea580c", kGreen[] = "#059669";

double nll_of(const TraceBin& bin) {
  return bin.nll;
}
double reset_of(const TraceBin& bin) {
  return bin.nll_reset;
}

ChartSeries ppl_series(const Trace& trace, double (*nll)(const TraceBin&), std::string label, const char* color) {
  ChartSeries series{std::move(label), color, smoothed_ppl(trace, nll, 0), {}, false};
  series.curve = smoothed_ppl(trace, nll, trace.bins().size() / 64 + (trace.bins().size() > 24 ? 1 : 0));
  return series;
}

// Smoothed over an eighth of the position to either side: the start of a segment, where the memory has
// the most to say, stays sharp.
ChartSeries position_series(const std::vector<double>& means, std::string label, const char* color) {
  ChartSeries series{std::move(label), color, {}, {}, false};
  for (size_t i = 0; i < means.size(); ++i) {
    double sum = 0, count = 0;
    for (size_t j = i - i / 8; j < std::min(means.size(), i + i / 8 + 1); ++j) {
      if (!std::isfinite(means[j])) continue;
      sum += means[j];
      count += 1;
    }
    series.dots.push_back({static_cast<double>(i), means[i]});
    series.curve.push_back({static_cast<double>(i), count > 0 ? sum / count : std::nan("")});
  }
  return series;
}

}  // namespace

std::vector<ChartPoint> smoothed_ppl(const Trace& trace, double (*nll)(const TraceBin&), size_t reach) {
  const std::vector<TraceBin>& bins = trace.bins();
  std::vector<ChartPoint> points;
  for (size_t i = 0; i < bins.size(); ++i) {
    double nats = 0, tokens = 0;
    for (size_t j = i - std::min(i, reach); j < std::min(bins.size(), i + reach + 1); ++j) {
      nats += nll(bins[j]);
      tokens += bins[j].tokens;
    }
    const double middle = (static_cast<double>(i) + 0.5) * static_cast<double>(trace.width()) - 0.5;
    points.push_back({middle, tokens > 0 ? std::exp(nats / tokens) : std::nan("")});
  }
  return points;
}

Chart trace_chart(const ResultCollector& result, const PlotNames& names) {
  Chart chart{names.title, names.subtitle, names.notes, {}};
  ChartPanel by_segment{"Perplexity by segment",
                        "segment (" + std::to_string(names.segment_length) + " tokens each)",
                        "perplexity per token",
                        {}};
  const Trace& main = result.trace(Series::main);
  by_segment.series.push_back(ppl_series(main, nll_of, names.main_label, kBlue));
  if (result.has(Line::reset)) by_segment.series.push_back(ppl_series(main, reset_of, "memory reset", kOrange));
  if (result.has(Line::strided))
    by_segment.series.push_back(ppl_series(result.trace(Series::strided), nll_of, names.strided_label, kGreen));
  chart.panels.push_back(std::move(by_segment));

  const std::vector<double> positions = result.profile(Line::main);
  if (!names.in_segments || positions.size() < 2) return chart;
  ChartPanel by_position{
      "Loss by position in the segment", "position (tokens after the segment's start)", "nats per token", {}};
  by_position.series.push_back(position_series(positions, names.main_label, kBlue));
  if (result.has(Line::reset))
    by_position.series.push_back(position_series(result.profile(Line::reset), "memory reset", kOrange));
  chart.panels.push_back(std::move(by_position));
  return chart;
}

}  // namespace rmt::lm
