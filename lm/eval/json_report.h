// An evaluation as JSON lines: one object a run, row, document and total. Nothing in them depends on
// how fast the machine was, so a resumed run prints what an unbroken one prints.
#pragma once

#include <functional>
#include <string>

#include "lm/eval/identity.h"
#include "lm/eval/listeners.h"
#include "lm/eval/result.h"

namespace rmt::lm {

class JsonReport final : public EvalReport {
 public:
  /// `write` gets one line at a time. Prints the "run" object at once. `identity` must outlive the report.
  JsonReport(const Identity& identity, std::function<void(const std::string&)> write);

  void on_row(const DocumentName& document, const ScoredRow& row) override;
  void on_document_end(const DocumentScore& score) override;
  void on_broken(const DocumentName& document, const std::string& why) override;

  /// The "total" object.
  void finish(const ResultCollector& result) override;

 private:
  std::string series_name(Series series) const;

  const Identity& identity_;
  std::function<void(const std::string&)> write_;
};

}  // namespace rmt::lm
