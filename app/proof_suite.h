// Many theorems in a row: `rmt-lm prove --suite`, for tables.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "prover/prove.h"

namespace rmt::app {

struct SuiteTheorem {
  prover::Theorem theorem;
  std::string shape;  ///< what the table is grouped by; may be empty
};

/// A line of JSON each: {"name", "before", "head", "tail", "indent", "shape"}; "before", "tail" and "shape" may be
/// absent. Throws prover::SourceError naming the line.
std::vector<SuiteTheorem> read_suite(const std::string& path);

/// How many of some theorems were proved, and by whom.
struct SuiteCounts {
  int64_t theorems = 0;
  int64_t by_automation = 0, by_model = 0, by_both = 0;  ///< who proposed the steps of those proved
  int64_t broken = 0;                                    ///< that Lean does not read as far as the hole, or refuses
  double seconds = 0;

  int64_t proved() const { return by_automation + by_model + by_both; }
  void add(const prover::ProofReport& report);
};

struct SuiteResult {
  SuiteCounts all;
  std::map<std::string, SuiteCounts> by_shape;

  void add(const SuiteTheorem& theorem, const prover::ProofReport& report);
};

/// A table with Wilson intervals of 95 %.
std::string suite_table(const SuiteResult& result);

}  // namespace rmt::app
