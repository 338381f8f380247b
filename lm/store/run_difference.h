// Two runs over the same documents, side by side: what they were asked to do differently, and by how
// much each stretch of text became easier or harder.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lm/store/spec_difference.h"
#include "lm/store/store.h"

namespace rmt::store {

/// The shortest stretch of tokens that both runs have a border before and after: one segment of each
/// when their segments have the same length, several of one of them otherwise. NLLs in nats.
struct StretchDifference {
  int64_t token_from = 0, token_to = 0;
  int64_t scored_a = 0, scored_b = 0;  ///< unequal under protocols that score different tokens
  double nll_a = 0, nll_b = 0;

  /// Nats per scored token, b minus a: negative where b is better. NaN where nothing was scored.
  double difference() const;
  StretchDifference& operator+=(const StretchDifference& other);
};

struct DocumentDifference {
  std::string name;
  std::vector<StretchDifference> stretches;  ///< in order of tokens
  int64_t unmatched_a = 0, unmatched_b = 0;  ///< segments without a counterpart
  StretchDifference sum() const;             ///< of the stretches; its tokens are counts from 0
};

struct RunDifference {
  Run a, b;
  std::vector<FieldDifference> spec;
  std::vector<DocumentDifference> documents;  ///< those in both runs, by name
  std::vector<std::string> only_a, only_b;    ///< names of the others
  StretchDifference sum() const;
};

/// Aligns by token ranges; both in order of index.
DocumentDifference align(std::span<const SegmentRow> a, std::span<const SegmentRow> b);

/// Aligns documents by name. Throws Error: not_found.
RunDifference diff_runs(const Store& store, int64_t a, int64_t b);

}  // namespace rmt::store
