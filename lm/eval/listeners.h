// Several listeners as one, and what a report adds to a listener.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lm/eval/eval_listener.h"
#include "lm/eval/result.h"

namespace rmt::lm {

/// A listener that also prints the totals.
class EvalReport : public EvalListener {
 public:
  virtual void finish(const ResultCollector& result) = 0;
};

/// Passes everything on, in the order given. The listeners must outlive it.
class Listeners final : public EvalListener {
 public:
  explicit Listeners(std::vector<EvalListener*> listeners) : listeners_(std::move(listeners)) {}

  void on_row(const DocumentName& document, const ScoredRow& row) override {
    for (EvalListener* listener : listeners_) listener->on_row(document, row);
  }
  void on_document_end(const DocumentScore& score) override {
    for (EvalListener* listener : listeners_) listener->on_document_end(score);
  }
  void on_broken(const DocumentName& document, const std::string& why) override {
    for (EvalListener* listener : listeners_) listener->on_broken(document, why);
  }

 private:
  std::vector<EvalListener*> listeners_;
};

}  // namespace rmt::lm
