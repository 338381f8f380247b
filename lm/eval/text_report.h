// An evaluation as tables for people: a sparse table of segments for each of the first documents, one
// line for every document, the totals, and what they were measured with.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lm/eval/identity.h"
#include "lm/eval/listeners.h"
#include "lm/eval/result.h"

namespace rmt::lm {

class TextReport final : public EvalReport {
 public:
  /// `write` gets whole lines. `identity` must outlive the report.
  TextReport(const Identity& identity, std::function<void(const std::string&)> write);

  void on_row(const DocumentName& document, const ScoredRow& row) override;
  void on_document_end(const DocumentScore& score) override;
  void on_broken(const DocumentName& document, const std::string& why) override;

  void finish(const ResultCollector& result) override;

 private:
  void keep(int64_t number, std::string block);

  const Identity& identity_;
  std::function<void(const std::string&)> write_;
  std::map<int64_t, std::vector<store::SegmentRow>> rows_;  // of documents in flight, thinned out
  std::map<int64_t, std::string> blocks_;                   // of documents that wait for an earlier one
  int64_t next_block_ = 0;
};

/// Whether a long document's table shows row `index` (the last row is shown too): the first eight and
/// the powers of two.
bool is_shown(int64_t index);

/// The totals with their error bars, the gain of the memory, and the description of the figures.
std::string totals_table(const Identity& identity, const ResultCollector& result);

}  // namespace rmt::lm
