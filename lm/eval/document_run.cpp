#include "lm/eval/document_run.h"

#include "lm/eval/metrics.h"
#include "lm/store/error.h"

namespace rmt::lm {

namespace {

constexpr Series kAllSeries[] = {Series::main, Series::strided};

ScoredRow row_of(Series series, WindowScore&& window) {
  ScoredRow scored;
  scored.series = series;
  scored.scored = window.scored;
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

}  // namespace

DocumentRun::DocumentRun(NumberedDocument numbered, const corpora::Tokenizer& tokenizer,
                         const model::Backbone& backbone, const EvalSettings& settings, const Recording* recording)
    : settings_(settings), recording_(recording), stream_(std::move(numbered.document.text), tokenizer, settings.cut) {
  score_.number = numbered.number;
  score_.id = std::move(numbered.document.id);
  score_.source = std::move(numbered.document.source);
  lane(Series::main).used = true;
  lane(Series::strided).used = settings.strided.has_value();
  for (const Series series : kAllSeries)
    if (const auto window_rule = rule(series)) lane(series).windows.emplace(backbone, *window_rule, settings.prefix);
}

void DocumentRun::resume(const OnRow& on_row) {
  if (recording_ == nullptr) return;
  std::vector<store::SegmentRow> rows = enter(Series::main), beside;
  if (lane(Series::strided).used) beside = enter(Series::strided);
  // In the order they were scored in: a window's row came with the segment that completed it.
  auto window = beside.begin();
  for (const store::SegmentRow& row : rows) {
    replay(Series::main, row, on_row);
    for (; window != beside.end() && window->token_to <= row.token_to; ++window)
      replay(Series::strided, *window, on_row);
  }
  if (!finished_before_) read_again();
}

std::optional<WindowRule> DocumentRun::rule(Series series) const {
  if (series == Series::strided) return settings_.strided;
  if (settings_.protocol == Protocol::rmt) return std::nullopt;
  return settings_.window;
}

// The document in the store, and the rows of it that are there.
std::vector<store::SegmentRow> DocumentRun::enter(Series series) {
  Lane& mine = lane(series);
  const store::DocumentRow document = recording_->store.add_document(recording_->run(series), score_.id, score_.source);
  mine.document = document.id;
  std::vector<store::SegmentRow> rows = recording_->store.segments(document.id);
  mine.rows_before = static_cast<int64_t>(rows.size());
  if (document.finished) {
    finished_before_ = true;
    score_.tokens = document.tokens;
    score_.bytes = document.bytes;
    mine.sum.scored.chars = document.chars;
    mine.sum.scored.words = document.words;
  }
  return rows;
}

void DocumentRun::replay(Series series, const store::SegmentRow& row, const OnRow& on_row) {
  ScoredRow scored;
  scored.series = series;
  scored.row = row;
  scored.replayed = true;
  add(scored);
  on_row(scored);
}

void DocumentRun::read_again() {
  const auto saved = recording_->store.state(lane(Series::main).document);
  if (!saved) return;
  const ReadingState before = load_reading_state(saved->blob, settings_.fingerprint);
  while (state_.segments < before.segments) {
    const auto segment = next_segment();
    if (!segment) refuse_changed();
    note_read(state_, segment->segment);
    count_read_before(*segment);
  }
  if (state_.digest != before.digest) refuse_changed();
  state_ = before;
}

// Rows keep no characters and words, so those of the text read again are counted again.
void DocumentRun::count_read_before(const MeteredSegment& segment) {
  for (Lane& mine : lanes_) {
    if (!mine.used) continue;
    Units scored;
    if (mine.windows) {
      for (const WindowScore& window : mine.windows->advance(segment, mine.rows_before)) scored += window.scored;
    } else {
      for (const Units& units : segment.units) scored += units;
      const bool first_unscored = segment.segment.index == 0 && !segment.segment.starts_with_bos;
      if (first_unscored) scored = scored - segment.units.front();
    }
    mine.sum.scored.chars += scored.chars;
    mine.sum.scored.words += scored.words;
  }
}

void DocumentRun::refuse_changed() const {
  throw store::Error(store::Errc::mismatch, "document " + score_.id + " is not what it was when run " +
                                                std::to_string(recording_->main_run) +
                                                " read it; start a new run without --resume");
}

std::optional<MeteredSegment> DocumentRun::next_segment() {
  if (finished_before_) return std::nullopt;
  auto segment = stream_.next();
  score_.tokens = stream_.read().tokens;
  score_.bytes = stream_.read().bytes;
  return segment;
}

std::vector<ScoredRow> DocumentRun::score_windows(Series series, const MeteredSegment& segment) {
  std::vector<ScoredRow> rows;
  for (WindowScore& window : lane(series).windows->advance(segment)) rows.push_back(row_of(series, std::move(window)));
  return rows;
}

void DocumentRun::add(ScoredRow& scored) {
  Lane& mine = lane(scored.series);
  scored.row.document = mine.document;
  const auto window_rule = rule(scored.series);
  mine.sum.add(scored.row, window_rule ? recipe_count(*window_rule, scored.row.index, scored.row.scored_tokens)
                                       : scored.row.scored_tokens);
  mine.sum.scored.chars += scored.scored.chars;
  mine.sum.scored.words += scored.scored.words;
}

store::StateRow DocumentRun::state_row() const {
  const Lane& mine = lane(Series::main);
  return {mine.document, mine.sum.rows, save_reading_state(state_, settings_.fingerprint)};
}

std::vector<store::DocumentRow> DocumentRun::finished_rows() const {
  std::vector<store::DocumentRow> rows;
  for (const Lane& mine : lanes_) {
    if (!mine.used) continue;
    rows.push_back({.id = mine.document,
                    .name = score_.id,
                    .source = score_.source,
                    .finished = true,
                    .tokens = score_.tokens,
                    .bytes = score_.bytes,
                    .chars = mine.sum.scored.chars,
                    .words = mine.sum.scored.words});
  }
  return rows;
}

DocumentScore DocumentRun::score() const {
  DocumentScore score = score_;
  score.main = lane(Series::main).sum;
  if (settings_.strided) score.strided = lane(Series::strided).sum;
  return score;
}

}  // namespace rmt::lm
