// The picture of an evaluation: perplexity by segment, carried beside reset beside the windowed
// baseline, and the loss by position in the segment.
#pragma once

#include <string>
#include <vector>

#include "lm/eval/result.h"
#include "lm/eval/svg_chart.h"

namespace rmt::lm {

struct PlotNames {
  std::string title{};               ///< what was read
  std::string subtitle{};            ///< by which model, how
  std::vector<std::string> notes{};  ///< protocol, hashes, BOS policy
  std::string main_label = "memory carried", strided_label = "hf-strided";
  int64_t segment_length = 512;
  bool in_segments = true;  ///< the main series is in segments, not windows
};

Chart trace_chart(const ResultCollector& result, const PlotNames& names);

/// Perplexity of each bin, smoothed: nats and tokens are summed over `reach` bins to either side before
/// they are divided, so that short segments weigh what they are worth.
std::vector<ChartPoint> smoothed_ppl(const Trace& trace, double (*nll)(const TraceBin&), size_t reach);

}  // namespace rmt::lm
