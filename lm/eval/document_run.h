// One document on its way through an evaluation: its text, where its reading stands, its sums so far.
// Opened on a store that knows the document, it goes on after the last committed step.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lm/eval/document_queue.h"
#include "lm/eval/eval_settings.h"
#include "lm/eval/reading_state.h"
#include "lm/eval/score_sum.h"
#include "lm/eval/window_scorer.h"
#include "lm/store/store.h"

namespace rmt::lm {

/// One row as it becomes known. Rows of a document come in order of their index.
struct ScoredRow {
  Series series = Series::main;
  store::SegmentRow row;
  Units scored;                   ///< zero when replayed
  int64_t first_scored = 0;       ///< position in the segment of the first NLL below
  std::vector<double> token_nll;  ///< empty when replayed
  std::optional<std::vector<double>> token_nll_reset;
  bool replayed = false;  ///< read back from the store, scored by an earlier process
};

/// A document with all its rows.
struct DocumentScore {
  int64_t number = 0;
  std::string id, source;
  int64_t tokens = 0, bytes = 0;  ///< read, scored or not
  ScoreSum main;
  std::optional<ScoreSum> strided;
};

class DocumentRun {
 public:
  using OnRow = std::function<void(const ScoredRow&)>;

  /// All references must outlive the run; `recording` may be null.
  DocumentRun(NumberedDocument document, const corpora::Tokenizer& tokenizer, const model::Backbone& backbone,
              const EvalSettings& settings, const Recording* recording);

  /// To be called first. Enters the document in the store, or finds it there: then rows an earlier
  /// process committed are replayed into `on_row`, and the text they cover is read again and checked to
  /// be the same. Throws store::Error(mismatch) if it is not, and what reading the text throws.
  void resume(const OnRow& on_row);

  int64_t number() const { return score_.number; }
  const std::string& id() const { return score_.id; }
  ReadingState& state() { return state_; }

  /// Nothing once all was read, and at once for a document finished by an earlier process.
  std::optional<MeteredSegment> next_segment();

  /// The windows `segment` completes, as rows. Only for a series that is scored in windows.
  std::vector<ScoredRow> score_windows(Series series, const MeteredSegment& segment);
  bool has_windows(Series series) const { return lane(series).windows.has_value(); }

  /// Adds a row to the sums, and gives it its document's number in the store.
  void add(ScoredRow& row);

  /// For the commit after a step: where the reading stands, or that it has ended.
  store::StateRow state_row() const;
  std::vector<store::DocumentRow> finished_rows() const;
  bool finished_before() const { return finished_before_; }

  DocumentScore score() const;

 private:
  struct Lane {
    bool used = false;
    int64_t document = 0;     // id in the store
    int64_t rows_before = 0;  // committed by earlier processes
    ScoreSum sum;
    std::optional<WindowScorer> windows;
  };

  Lane& lane(Series series) { return lanes_[static_cast<size_t>(series)]; }
  const Lane& lane(Series series) const { return lanes_[static_cast<size_t>(series)]; }
  std::optional<WindowRule> rule(Series series) const;
  std::vector<store::SegmentRow> enter(Series series);
  void replay(Series series, const store::SegmentRow& row, const OnRow& on_row);
  void read_again();
  void count_read_before(const MeteredSegment& segment);
  [[noreturn]] void refuse_changed() const;

  const EvalSettings& settings_;
  const Recording* recording_;
  DocumentScore score_;
  DocumentStream stream_;
  ReadingState state_;
  std::array<Lane, 2> lanes_;
  bool finished_before_ = false;
};

}  // namespace rmt::lm
