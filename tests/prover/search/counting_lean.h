// A Lean whose theorems are numbers: what is to be reached is 1. For tests of the search, which needs no more of Lean
// than verdicts.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "prover/lean_backend.h"

namespace rmt::tests {

/// Tactics: "half" of an even number, "triple" (3n + 1), "done" and "finish" at 1, "done?" and "vain?" there, too,
/// which say to write "done" and "half" instead, "stay" (the same goal under another
/// number of a metavariable), "wait" (until it is stopped).
class CountingLean final : public prover::LeanBackend {
 public:
  explicit CountingLean(int number) : number_(number) {}
  const prover::LeanInfo& info() const override { return info_; }
  /// The number stands for the theorem. 0 does not elaborate, negative numbers are refused.
  std::unique_ptr<prover::OpenTheorem> open(const prover::Theorem& theorem) override;

 private:
  int number_;
  prover::LeanInfo info_{"counting", "1.0", "numbers", ""};
};

class CountingTheorem final : public prover::OpenTheorem {
 public:
  explicit CountingTheorem(int number);
  const std::vector<std::string>& goals() const override { return goals_; }
  std::vector<prover::Verdict> check(const std::vector<std::string>& scripts, std::stop_token stop) override;

  int64_t checked = 0;

 private:
  int number_;
  std::vector<std::string> goals_;
};

/// Accepts every script but those that contain a word.
class WordCheck final : public prover::FinalCheck {
 public:
  explicit WordCheck(std::string refused = "\n\n") : refused_(std::move(refused)) {}
  prover::Certificate verify(const prover::Theorem& theorem, const std::string& script) override;

 private:
  std::string refused_;
};

}  // namespace rmt::tests
