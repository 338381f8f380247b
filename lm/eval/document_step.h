// What one step of the evaluation adds to one document: a value that any process may have made.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "lm/eval/eval_listener.h"

namespace rmt::lm {

/// A document that was read to its end.
struct DocumentEnd {
  int64_t tokens = 0, bytes = 0;  ///< read, scored or not
  std::array<Units, 2> scored{};  ///< by Series; of every row, those of earlier processes included
};

struct DocumentStep {
  DocumentName document;
  bool opened = false;  ///< the first step of the document in this run of the loop
  std::vector<ScoredRow> rows;
  std::string state;                  ///< where the reading stands after the rows; empty: as it was before
  std::optional<DocumentEnd> end;     ///< not set again for a document that an earlier process finished
  std::optional<std::string> broken;  ///< why the document was left out
};

}  // namespace rmt::lm
