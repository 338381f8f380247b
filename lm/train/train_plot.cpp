#include "lm/train/train_plot.h"

#include <algorithm>
#include <cmath>

#include "lm/train/train_records.h"

namespace rmt::lm {

namespace {

using Steps = std::span<const store::TrainStepRow>;

constexpr size_t kMostBins = 512, kMostSegments = 6;
constexpr char kBlue[] = "#2563eb", kGreen[] = "#059669";
// From the first segment to the last.
constexpr const char* kColors[kMostSegments] = {"#ea580c", "#ca8a04", "#059669", "#0891b2", "#2563eb", "#7c3aed"};

/// The mean over a stretch of steps.
struct Bin {
  double step = 0, value = 0;
  size_t count = 0;
};

template <class Value>
std::vector<Bin> binned(Steps steps, const Value& value) {
  const size_t width = (steps.size() + kMostBins - 1) / kMostBins;
  std::vector<Bin> bins;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (i % width == 0) bins.emplace_back();
    const double one = value(steps[i]);
    if (!std::isfinite(one)) continue;
    Bin& bin = bins.back();
    ++bin.count;
    bin.value += (one - bin.value) / static_cast<double>(bin.count);
    bin.step += (static_cast<double>(steps[i].step) - bin.step) / static_cast<double>(bin.count);
  }
  std::erase_if(bins, [](const Bin& bin) { return bin.count == 0; });
  return bins;
}

std::vector<ChartPoint> points(const std::vector<Bin>& bins) {
  std::vector<ChartPoint> all;
  for (const Bin& bin : bins) all.push_back({bin.step, bin.value});
  return all;
}

// Over a sixty-fourth of the run to either side.
std::vector<ChartPoint> running_mean(const std::vector<Bin>& bins) {
  const size_t reach = (bins.size() + 63) / 64;
  std::vector<ChartPoint> all;
  for (size_t i = 0; i < bins.size(); ++i) {
    double sum = 0, count = 0;
    for (size_t j = i - std::min(i, reach); j < std::min(bins.size(), i + reach + 1); ++j) {
      sum += bins[j].value * static_cast<double>(bins[j].count);
      count += static_cast<double>(bins[j].count);
    }
    all.push_back({bins[i].step, sum / count});
  }
  return all;
}

ChartPanel by_step(Steps steps) {
  const auto bins = binned(steps, [](const auto& step) { return step.loss; });
  return {"Loss by step", "step", "nats per target", {{"loss", kBlue, points(bins), running_mean(bins), false}}};
}

// Of `count` segments up to kMostSegments, evenly.
std::vector<size_t> shown_segments(size_t count) {
  std::vector<size_t> all;
  const size_t shown = std::min(count, kMostSegments);
  for (size_t i = 0; i < shown; ++i) all.push_back(shown == 1 ? 0 : i * (count - 1) / (shown - 1));
  return all;
}

ChartPanel by_segment(Steps steps) {
  size_t most = 0;
  for (const store::TrainStepRow& step : steps) most = std::max(most, step.by_segment.size());
  ChartPanel panel{"Loss by segment, running mean", "step", "nats per target", {}};
  const std::vector<size_t> shown = shown_segments(most);
  for (size_t i = 0; i < shown.size(); ++i) {
    const size_t s = shown[i];
    const auto bins =
        binned(steps, [s](const auto& step) { return s < step.by_segment.size() ? step.by_segment[s] : std::nan(""); });
    panel.series.push_back({"segment " + std::to_string(s), kColors[i], {}, running_mean(bins), false});
  }
  return panel;
}

ChartPanel rate(Steps steps) {
  const auto bins = binned(steps, [](const auto& step) { return step.learning_rate; });
  return {"Learning rate", "step", "learning rate", {{"learning rate", kGreen, {}, points(bins), false}}};
}

}  // namespace

void StepCollector::on_step(const StepReport& step) {
  steps_.push_back(to_row(step));
}

Chart train_chart(std::span<const store::TrainStepRow> steps, const TrainPlotNames& names) {
  Chart chart{names.title, names.subtitle, names.notes, {by_step(steps), by_segment(steps), rate(steps)}};
  return chart;
}

}  // namespace rmt::lm
