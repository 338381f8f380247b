#include "app/proof_suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/exit_code.h"
#include "lm/eval/wilson.h"
#include "prover/source/lean_file.h"

namespace rmt::app {
namespace {

using nlohmann::json;

SuiteTheorem read_theorem(const json& line) {
  SuiteTheorem one;
  one.theorem.name = line.at("name").get<std::string>();
  one.theorem.before = line.value("before", "");
  one.theorem.head = line.at("head").get<std::string>();
  one.theorem.tail = line.value("tail", "");
  one.theorem.indent = line.value("indent", 2);
  one.shape = line.value("shape", "");
  return one;
}

std::string row(const std::string& name, const SuiteCounts& counts) {
  const lm::Interval interval = lm::wilson_interval(counts.proved(), counts.theorems);
  return fmt::format(
      "{:<28} {:>8} {:>8} {:>7.1f} % ({:.1f}–{:.1f}) {:>11} {:>7} {:>6} {:>7} {:>9.2f}\n", name, counts.theorems,
      counts.proved(),
      100.0 * static_cast<double>(counts.proved()) / static_cast<double>(std::max<int64_t>(counts.theorems, 1)),
      100 * interval.low, 100 * interval.high, counts.by_automation, counts.by_model, counts.by_both, counts.broken,
      counts.seconds / static_cast<double>(std::max<int64_t>(counts.theorems, 1)));
}

}  // namespace

std::vector<SuiteTheorem> read_suite(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw UsageError(path + ": there is no such file, or it cannot be read.");
  std::vector<SuiteTheorem> suite;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty()) continue;
    try {
      suite.push_back(read_theorem(json::parse(line)));
    } catch (const json::exception& error) {
      throw prover::SourceError(fmt::format("{}: line {} is no theorem: {}", path, number, error.what()), number, 0);
    }
  }
  if (suite.empty()) throw prover::SourceError(path + ": there are no theorems in it", 0, 0);
  return suite;
}

void SuiteCounts::add(const prover::ProofReport& report) {
  using prover::ProofOutcome;
  ++theorems;
  seconds += report.totals.seconds;
  broken += report.outcome == ProofOutcome::lean_error || report.outcome == ProofOutcome::rejected_input ? 1 : 0;
  if (report.outcome != ProofOutcome::proved) return;
  const auto by_asked = std::ranges::count(report.steps, prover::Origin::model);
  if (by_asked == 0)
    ++by_automation;
  else if (by_asked == std::ssize(report.steps))
    ++by_model;
  else
    ++by_both;
}

void SuiteResult::add(const SuiteTheorem& theorem, const prover::ProofReport& report) {
  all.add(report);
  if (!theorem.shape.empty()) by_shape[theorem.shape].add(report);
}

std::string suite_table(const SuiteResult& result) {
  std::string table = fmt::format("{:<28} {:>8} {:>8} {:>22} {:>11} {:>7} {:>6} {:>7} {:>9}\n", "", "theorems",
                                  "proved", "rate (95 %)", "automation", "model", "both", "broken", "s each");
  for (const auto& [shape, counts] : result.by_shape) table += row(shape, counts);
  return table + row("all", result.all);
}

}  // namespace rmt::app
