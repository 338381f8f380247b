// What an evaluation tells whoever listens, as values: the process that scored a document may be another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lm/eval/eval_settings.h"
#include "lm/eval/line_scorer.h"
#include "lm/eval/score_sum.h"
#include "lm/store/store.h"

namespace rmt::lm {

struct DocumentName {
  int64_t number = 0;  ///< place in the order of the inputs, from 0
  std::string id, source;
};

/// One row as it becomes known. Rows of a document come in order of their index.
struct ScoredRow {
  Series series = Series::main;
  bool window = false;  ///< of a windowed protocol; else a segment
  store::SegmentRow row;
  int64_t first_scored = 0;       ///< position in the segment of the first NLL below
  std::vector<double> token_nll;  ///< empty when replayed
  std::optional<std::vector<double>> token_nll_reset;
  std::vector<ScoredLine> tactic_lines;  ///< that end in the segment; only where they were asked for
  bool replayed = false;                 ///< read back from the store, scored by an earlier process
};

/// A document with all its rows.
struct DocumentScore {
  DocumentName name;
  int64_t tokens = 0, bytes = 0;  ///< read, scored or not
  ScoreSum main;
  std::optional<ScoreSum> strided;
};

class EvalListener {
 public:
  virtual ~EvalListener() = default;

  /// Called after the row was committed.
  virtual void on_row(const DocumentName& document, const ScoredRow& row) = 0;
  virtual void on_document_end(const DocumentScore& score) = 0;
  /// A document that could not be read to its end was left out of all sums.
  virtual void on_broken(const DocumentName& document, const std::string& why) = 0;
};

}  // namespace rmt::lm
