// Keeps the books of an evaluation: takes what steps add to documents, in whichever process they were made, commits
// them to the store, adds them up and tells the listener. There is one ledger, in process 0.
#pragma once

#include <array>
#include <map>
#include <span>

#include "lm/eval/document_step.h"
#include "lm/eval/eval_settings.h"

namespace rmt::lm {

class DocumentLedger {
 public:
  /// `recording` may be null. All must outlive the ledger.
  DocumentLedger(const EvalSettings& settings, const Recording* recording, EvalListener& listener)
      : settings_(settings), recording_(recording), listener_(listener) {}

  /// Rows that earlier processes committed are told when their document is opened. The new ones are one transaction,
  /// and told after it. Throws store::Error; the store then holds everything up to the steps before.
  void take(std::vector<DocumentStep> steps);

 private:
  struct Lane {
    int64_t document = 0;  // id in the store
    ScoreSum sum;
  };
  struct Entry {
    DocumentScore score;
    std::array<Lane, 2> lanes;
  };

  std::span<const Series> all_series() const;
  static Lane& lane(Entry& entry, Series series) { return entry.lanes[static_cast<size_t>(series)]; }

  void open(const DocumentName& name);
  bool enter(Entry& entry, Series series, std::vector<store::SegmentRow>& rows) const;
  void replay(Entry& entry, Series series, const store::SegmentRow& row);
  void add(Entry& entry, ScoredRow& scored) const;
  void close(Entry& entry, const DocumentEnd& end) const;
  std::vector<store::DocumentRow> finished_rows(Entry& entry) const;
  void commit(std::vector<DocumentStep>& steps);
  void tell(const DocumentStep& step);
  void tell_end(Entry& entry);

  const EvalSettings& settings_;
  const Recording* recording_;
  EvalListener& listener_;
  std::map<int64_t, Entry> open_;  // documents that have not ended, by number
};

}  // namespace rmt::lm
