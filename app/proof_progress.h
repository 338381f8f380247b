// How far a proof search is, for the person or program that waits: one line that rewrites itself on a terminal, a JSON
// event every ten seconds elsewhere.
#pragma once

#include <functional>
#include <string>

#include "prover/prove.h"

namespace rmt::app {

class ProofProgress final : public prover::ProofListener {
 public:
  /// `write` takes text for standard error.
  ProofProgress(bool terminal, std::function<void(const std::string&)> write);

  void on_node(const prover::Node& node) override;
  void on_progress(const prover::SearchTotals& totals) override;

  /// Takes the line off the terminal. To be called before anything else is written there.
  void clear();

 private:
  const bool terminal_;
  const std::function<void(const std::string&)> write_;
  size_t fewest_goals_ = SIZE_MAX;
  double told_s_ = 0;
  bool shown_ = false;
};

}  // namespace rmt::app
