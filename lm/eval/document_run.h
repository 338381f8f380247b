// One document on its way through an evaluation: its text, and where its reading stands. Opened on a document that
// earlier processes began, it goes on after the last committed step.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lm/eval/document_queue.h"
#include "lm/eval/document_step.h"
#include "lm/eval/eval_settings.h"
#include "lm/eval/line_scorer.h"
#include "lm/eval/read_before.h"
#include "lm/eval/reading_state.h"
#include "lm/eval/window_scorer.h"

namespace rmt::lm {

class DocumentRun {
 public:
  /// All references must outlive the run.
  DocumentRun(NumberedDocument document, const corpora::Tokenizer& tokenizer, const model::Backbone& backbone,
              const EvalSettings& settings);

  /// To be called first, for a document that `run` of the store holds rows of: the text they cover is read again and
  /// checked to be the same. Throws store::Error(mismatch) if it is not, and what reading the text throws.
  void go_on(const DocumentBefore& before, int64_t run);

  const DocumentName& name() const { return name_; }
  ReadingState& state() { return state_; }

  /// Nothing once all was read.
  std::optional<MeteredSegment> next_segment();

  /// The windows `segment` completes, as rows. Only for a series that is scored in windows.
  std::vector<ScoredRow> score_windows(Series series, const MeteredSegment& segment);
  bool has_windows(Series series) const { return lane(series).windows.has_value(); }

  /// Segment after segment; `reset` may be null.
  std::vector<ScoredLine> score_lines(const MeteredSegment& segment, const SegmentNll& main, const SegmentNll* reset);

  /// A step to be filled: knows the document, and whether it is its first.
  DocumentStep begin_step();
  /// For the step after which reading goes on, and for the one with which it ends.
  std::string saved_state() const { return save_reading_state(state_, settings_.fingerprint); }
  DocumentEnd end() const;

 private:
  struct Lane {
    int64_t rows_before = 0;  // committed by earlier processes
    Units scored;
    std::optional<WindowScorer> windows;
  };

  Lane& lane(Series series) { return lanes_[static_cast<size_t>(series)]; }
  const Lane& lane(Series series) const { return lanes_[static_cast<size_t>(series)]; }
  void read_again(int64_t segments, int64_t run);
  [[noreturn]] void refuse_changed(int64_t run) const;

  const EvalSettings& settings_;
  DocumentName name_;
  DocumentStream stream_;
  ReadingState state_;
  std::array<Lane, 2> lanes_;
  LineScorer lines_;
  bool opened_ = false;
};

/// How `series` is cut in windows; nothing where it is in segments.
std::optional<WindowRule> window_rule(const EvalSettings& settings, Series series);

}  // namespace rmt::lm
