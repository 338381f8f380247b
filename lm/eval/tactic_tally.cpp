#include "lm/eval/tactic_tally.h"

#include <algorithm>
#include <cmath>

#include "lm/eval/wilson.h"

namespace rmt::lm {

namespace {

size_t bin_of(int64_t segments_before) {
  const auto bin = std::ranges::find_if(kSegmentsBefore, [&](const SegmentsBefore& before) {
    return segments_before <= before.to.value_or(segments_before);
  });
  return static_cast<size_t>(bin - kSegmentsBefore.begin());
}

TacticFigures figures_of(int64_t lines, int64_t tokens, int64_t exact, double nll) {
  TacticFigures figures;
  figures.exact = exact;
  figures.share = static_cast<double>(exact) / static_cast<double>(lines);
  figures.share_95 = wilson_interval(exact, lines);
  figures.nll_per_token = nll / static_cast<double>(tokens);
  figures.ppl = std::exp(figures.nll_per_token);
  return figures;
}

}  // namespace

void TacticTally::Sums::add(const ScoredLine& line) {
  lines += 1;
  tokens += line.tokens;
  exact += line.main.exact;
  nll += line.main.nll;
  if (!line.reset) return;
  has_reset = true;
  exact_reset += line.reset->exact;
  nll_reset += line.reset->nll;
}

TacticTally::Sums& TacticTally::Sums::operator+=(const Sums& other) {
  lines += other.lines;
  tokens += other.tokens;
  exact += other.exact;
  exact_reset += other.exact_reset;
  nll += other.nll;
  nll_reset += other.nll_reset;
  has_reset |= other.has_reset;
  return *this;
}

void TacticTally::add(int64_t document, int64_t segments_before, std::span<const ScoredLine> lines) {
  if (lines.empty()) return;
  Sums& sums = documents_[document][bin_of(segments_before)];
  for (const ScoredLine& line : lines) sums.add(line);
}

void TacticTally::leave_out(int64_t document) {
  documents_.erase(document);
}

bool TacticTally::empty() const {
  return documents_.empty();
}

std::vector<TacticRow> TacticTally::rows() const {
  std::vector<TacticRow> rows;
  std::vector<Sums> whole(documents_.size());
  for (size_t bin = 0; bin < kSegmentsBefore.size(); ++bin) {
    std::vector<Sums> documents;
    auto all = whole.begin();
    for (const auto& [number, document] : documents_) {
      *all++ += document[bin];
      if (document[bin].lines > 0) documents.push_back(document[bin]);
    }
    if (!documents.empty()) rows.push_back(row(kSegmentsBefore[bin], documents));
  }
  rows.push_back(row({}, whole));
  return rows;
}

TacticRow TacticTally::row(const SegmentsBefore& before, std::span<const Sums> documents) {
  Sums all;
  for (const Sums& one : documents) all += one;
  TacticRow row{before, all.lines, all.tokens, figures_of(all.lines, all.tokens, all.exact, all.nll), {}, {}};
  if (!all.has_reset) return row;
  row.reset = figures_of(all.lines, all.tokens, all.exact_reset, all.nll_reset);
  row.gain = gain(all, documents);
  return row;
}

TacticGain TacticTally::gain(const Sums& all, std::span<const Sums> documents) {
  const auto lines = [](const Sums& sums) {
    return Share{static_cast<double>(sums.exact - sums.exact_reset), static_cast<double>(sums.lines)};
  };
  const auto nats = [](const Sums& sums) { return Share{sums.nll_reset - sums.nll, static_cast<double>(sums.tokens)}; };
  std::vector<Share> by_lines, by_tokens;
  for (const Sums& one : documents) {
    by_lines.push_back(lines(one));
    by_tokens.push_back(nats(one));
  }
  return {.share = lines(all).part / lines(all).whole,
          .nats_per_token = nats(all).part / nats(all).whole,
          .share_95 = bootstrap(by_lines),
          .nats_95 = bootstrap(by_tokens)};
}

}  // namespace rmt::lm
