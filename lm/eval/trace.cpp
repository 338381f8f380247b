#include "lm/eval/trace.h"

#include <algorithm>
#include <cmath>

namespace rmt::lm {

namespace {

void accumulate(TraceBin& bin, const TraceBin& score, double share = 1) {
  bin.nll += share * score.nll;
  bin.nll_reset += share * score.nll_reset;
  bin.tokens += share * score.tokens;
  bin.bytes += share * score.bytes;
}

void merge_pairs(std::vector<TraceBin>& bins) {
  for (size_t i = 0; 2 * i < bins.size(); ++i) {
    TraceBin merged = bins[2 * i];
    if (2 * i + 1 < bins.size()) accumulate(merged, bins[2 * i + 1]);
    bins[i] = merged;
  }
  bins.resize((bins.size() + 1) / 2);
}

}  // namespace

Trace::Trace(size_t most_bins) : most_bins_(std::max<size_t>(2, most_bins)) {}

void Trace::add(int64_t index, const TraceBin& score) {
  while (static_cast<size_t>(index / width_) >= most_bins_) {
    merge_pairs(bins_);
    width_ *= 2;
  }
  const auto bin = static_cast<size_t>(index / width_);
  if (bin >= bins_.size()) bins_.resize(bin + 1);
  accumulate(bins_[bin], score);
}

void add_spread(Trace& trace, const TraceBin& score, int64_t token_from, int64_t token_to, int64_t segment_length) {
  for (int64_t from = token_from; from < token_to;) {
    const int64_t segment = from / segment_length;
    const int64_t to = std::min(token_to, (segment + 1) * segment_length);
    TraceBin part;
    accumulate(part, score, static_cast<double>(to - from) / static_cast<double>(token_to - token_from));
    trace.add(segment, part);
    from = to;
  }
}

PositionProfile::PositionProfile(int64_t segment_length)
    : sums_(static_cast<size_t>(segment_length)), counts_(static_cast<size_t>(segment_length)) {}

void PositionProfile::add(int64_t first, std::span<const double> nll) {
  for (size_t i = 0; i < nll.size() && static_cast<size_t>(first) + i < sums_.size(); ++i) {
    sums_[static_cast<size_t>(first) + i] += nll[i];
    counts_[static_cast<size_t>(first) + i] += 1;
  }
}

std::vector<double> PositionProfile::means() const {
  std::vector<double> means(sums_.size(), std::nan(""));
  for (size_t i = 0; i < sums_.size(); ++i)
    if (counts_[i] > 0) means[i] = sums_[i] / static_cast<double>(counts_[i]);
  return means;
}

}  // namespace rmt::lm
