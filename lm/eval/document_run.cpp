#include "lm/eval/document_run.h"

#include <algorithm>
#include <span>
#include <utility>

#include "lm/eval/metrics.h"
#include "lm/store/error.h"

namespace rmt::lm {

namespace {

constexpr Series kAllSeries[] = {Series::main, Series::strided};

ScoredRow row_of(Series series, WindowScore&& window) {
  ScoredRow scored;
  scored.series = series;
  scored.window = true;
  scored.token_nll = std::move(window.token_nll);

  store::SegmentRow& row = scored.row;
  row.index = window.window.index;
  row.token_from = window.window.score_from;
  row.token_to = window.window.to;
  row.byte_from = window.byte_from;
  row.byte_to = window.byte_to;
  row.scored_tokens = window.scored.tokens;
  row.scored_bytes = window.scored.bytes;
  row.nll = compensated_sum(scored.token_nll);
  row.scored_head = std::min(kHeadTokens, window.scored.tokens);
  row.nll_head = compensated_sum(std::span(scored.token_nll).first(static_cast<size_t>(row.scored_head)));
  return scored;
}

// Of a segment that the recurrent protocol scores: all tokens but a document's first.
Units scored_of(const MeteredSegment& metered) {
  Units scored;
  for (const Units& units : metered.units) scored += units;
  const bool first_unscored = metered.segment.index == 0 && !metered.segment.starts_with_bos;
  return first_unscored ? scored - metered.units.front() : scored;
}

}  // namespace

std::optional<WindowRule> window_rule(const EvalSettings& settings, Series series) {
  if (series == Series::strided) return settings.strided;
  if (settings.protocol == Protocol::rmt) return std::nullopt;
  return settings.window;
}

DocumentRun::DocumentRun(NumberedDocument numbered, const corpora::Tokenizer& tokenizer,
                         const model::Backbone& backbone, const EvalSettings& settings)
    : settings_(settings),
      name_{numbered.number, std::move(numbered.document.id), std::move(numbered.document.source)},
      stream_(std::move(numbered.document.text), tokenizer, settings.cut) {
  for (const Series series : kAllSeries)
    if (const auto rule = window_rule(settings, series)) lane(series).windows.emplace(backbone, *rule, settings.prefix);
}

void DocumentRun::go_on(const DocumentBefore& before, int64_t run) {
  for (const Series series : kAllSeries) lane(series).rows_before = before.rows[static_cast<size_t>(series)];
  if (before.state.empty()) return;
  const ReadingState reached = load_reading_state(before.state, settings_.fingerprint);
  read_again(reached.segments, run);
  if (state_.digest != reached.digest) refuse_changed(run);
  state_ = reached;
}

// Rows keep no characters and words, so those of the text read again are counted again.
void DocumentRun::read_again(int64_t segments, int64_t run) {
  while (state_.segments < segments) {
    const auto segment = next_segment();
    if (!segment) refuse_changed(run);
    note_read(state_, segment->segment);
    for (Lane& mine : lanes_) {
      if (!mine.windows) continue;
      for (const WindowScore& window : mine.windows->advance(*segment, mine.rows_before)) mine.scored += window.scored;
    }
  }
}

void DocumentRun::refuse_changed(int64_t run) const {
  throw store::Error(store::Errc::mismatch, "document " + name_.id + " is not what it was when run " +
                                                std::to_string(run) + " read it; start a new run without --resume");
}

std::optional<MeteredSegment> DocumentRun::next_segment() {
  auto segment = stream_.next();
  Lane& main = lane(Series::main);
  if (segment && !main.windows) main.scored += scored_of(*segment);
  return segment;
}

std::vector<ScoredRow> DocumentRun::score_windows(Series series, const MeteredSegment& segment) {
  Lane& mine = lane(series);
  std::vector<ScoredRow> rows;
  for (WindowScore& window : mine.windows->advance(segment)) {
    mine.scored += window.scored;
    rows.push_back(row_of(series, std::move(window)));
  }
  return rows;
}

std::vector<ScoredLine> DocumentRun::score_lines(const MeteredSegment& segment, const SegmentNll& main,
                                                 const SegmentNll* reset) {
  return lines_.score(segment.tactic_lines, main, reset);
}

DocumentStep DocumentRun::begin_step() {
  DocumentStep step;
  step.document = name_;
  step.opened = !std::exchange(opened_, true);
  return step;
}

DocumentEnd DocumentRun::end() const {
  const Units& read = stream_.read();
  return {read.tokens, read.bytes, {lane(Series::main).scored, lane(Series::strided).scored}};
}

}  // namespace rmt::lm
