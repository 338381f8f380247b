#include "lm/eval/document_ledger.h"

#include <iterator>

#include "lm/eval/document_run.h"

namespace rmt::lm {

namespace {

constexpr std::array<Series, 2> kAllSeries = {Series::main, Series::strided};

}  // namespace

std::span<const Series> DocumentLedger::all_series() const {
  return std::span(kAllSeries).first(settings_.strided ? 2 : 1);
}

void DocumentLedger::take(std::vector<DocumentStep> steps) {
  for (const DocumentStep& step : steps)
    if (step.opened) open(step.document);
  commit(steps);
  for (const DocumentStep& step : steps) tell(step);
}

// Enters the document in the store, or finds it there, with rows of earlier processes and perhaps ended.
void DocumentLedger::open(const DocumentName& name) {
  Entry& entry = open_[name.number];
  entry.score.name = name;
  if (recording_ == nullptr) return;
  std::vector<store::SegmentRow> rows, beside;
  const bool finished = enter(entry, Series::main, rows);
  if (settings_.strided) enter(entry, Series::strided, beside);
  // In the order they were scored in: a window's row came with the segment that completed it.
  auto window = beside.begin();
  for (const store::SegmentRow& row : rows) {
    replay(entry, Series::main, row);
    for (; window != beside.end() && window->token_to <= row.token_to; ++window)
      replay(entry, Series::strided, *window);
  }
  if (finished) tell_end(entry);
}

bool DocumentLedger::enter(Entry& entry, Series series, std::vector<store::SegmentRow>& rows) const {
  const DocumentName& name = entry.score.name;
  Lane& mine = lane(entry, series);
  const store::DocumentRow document = recording_->store.add_document(recording_->run(series), name.id, name.source);
  mine.document = document.id;
  rows = recording_->store.segments(document.id);
  if (document.finished) {
    entry.score.tokens = document.tokens;
    entry.score.bytes = document.bytes;
    mine.sum.scored.chars = document.chars;
    mine.sum.scored.words = document.words;
  }
  return document.finished;
}

void DocumentLedger::replay(Entry& entry, Series series, const store::SegmentRow& row) {
  ScoredRow scored;
  scored.series = series;
  scored.window = window_rule(settings_, series).has_value();
  scored.row = row;
  scored.replayed = true;
  add(entry, scored);
  listener_.on_row(entry.score.name, scored);
}

// To the sums; and the row learns its document's number in the store.
void DocumentLedger::add(Entry& entry, ScoredRow& scored) const {
  Lane& mine = lane(entry, scored.series);
  scored.row.document = mine.document;
  const auto rule = window_rule(settings_, scored.series);
  mine.sum.add(scored.row,
               rule ? recipe_count(*rule, scored.row.index, scored.row.scored_tokens) : scored.row.scored_tokens);
}

void DocumentLedger::close(Entry& entry, const DocumentEnd& end) const {
  entry.score.tokens = end.tokens;
  entry.score.bytes = end.bytes;
  for (const Series series : all_series()) {
    const Units& scored = end.scored[static_cast<size_t>(series)];
    lane(entry, series).sum.scored.chars = scored.chars;
    lane(entry, series).sum.scored.words = scored.words;
  }
}

std::vector<store::DocumentRow> DocumentLedger::finished_rows(Entry& entry) const {
  std::vector<store::DocumentRow> rows;
  for (const Series series : all_series()) {
    const Lane& mine = lane(entry, series);
    rows.push_back({.id = mine.document,
                    .name = entry.score.name.id,
                    .source = entry.score.name.source,
                    .finished = true,
                    .tokens = entry.score.tokens,
                    .bytes = entry.score.bytes,
                    .chars = mine.sum.scored.chars,
                    .words = mine.sum.scored.words});
  }
  return rows;
}

// One transaction: the rows, the states after them, the documents that ended with them.
void DocumentLedger::commit(std::vector<DocumentStep>& steps) {
  std::vector<store::SegmentRow> rows;
  std::vector<store::StateRow> states;
  std::vector<store::DocumentRow> finished;
  for (DocumentStep& step : steps) {
    const auto found = open_.find(step.document.number);
    if (found == open_.end()) continue;  // ended by an earlier process
    Entry& entry = found->second;
    for (ScoredRow& scored : step.rows) {
      add(entry, scored);
      rows.push_back(scored.row);
    }
    const Lane& main = lane(entry, Series::main);
    if (!step.state.empty()) states.push_back({main.document, main.sum.rows, step.state});
    if (!step.end) continue;
    close(entry, *step.end);
    const std::vector<store::DocumentRow> ended = finished_rows(entry);
    finished.insert(finished.end(), ended.begin(), ended.end());
  }
  if (recording_ != nullptr && (!rows.empty() || !finished.empty())) recording_->store.commit(rows, states, finished);
}

void DocumentLedger::tell(const DocumentStep& step) {
  const auto found = open_.find(step.document.number);
  if (found == open_.end()) return;
  for (const ScoredRow& scored : step.rows) listener_.on_row(step.document, scored);
  if (step.broken) {
    listener_.on_broken(step.document, *step.broken);
    open_.erase(found);
  } else if (step.end) {
    tell_end(found->second);
  }
}

void DocumentLedger::tell_end(Entry& entry) {
  entry.score.main = lane(entry, Series::main).sum;
  if (settings_.strided) entry.score.strided = lane(entry, Series::strided).sum;
  listener_.on_document_end(entry.score);
  open_.erase(entry.score.name.number);
}

}  // namespace rmt::lm
