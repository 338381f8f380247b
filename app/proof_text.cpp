#include "app/proof_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "prover/backends/script_source.h"

namespace rmt::app {
namespace {

using prover::ProofOutcome;
using prover::ProofReport;

/// A goal as comments, a line each.
std::string commented(std::string_view goal) {
  std::string text;
  for (size_t at = 0; at <= goal.size();) {
    const size_t end = std::min(goal.find('\n', at), goal.size());
    text += fmt::format("-- {}\n", goal.substr(at, end - at));
    at = end + 1;
  }
  return text;
}

std::string unfinished(const ProofReport& report) {
  std::string script = report.script.empty() ? "" : report.script + "\n";
  for (const std::string& goal : report.goals) script += commented(goal);
  return script + (report.goals.size() > 1 ? "all_goals sorry" : "sorry");
}

std::string counted(int64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string work_done(const ProofReport& report) {
  const prover::SearchTotals& totals = report.totals;
  return fmt::format("{} gone on from, {} proposed, {} checked in {:.1f} s (model {:.1f}, Lean {:.1f})",
                     counted(totals.expansions, "state"), counted(totals.proposed, "tactic"),
                     counted(totals.checks, "script"), totals.seconds, totals.model_s, totals.lean_s);
}

std::string authors(const ProofReport& report) {
  const auto steps = report.steps.size();
  const auto model = static_cast<size_t>(std::ranges::count(report.steps, prover::Origin::model));
  if (model == 0) return "found by automation alone";
  return fmt::format("{} of {} steps by the model", model, steps);
}

std::string how_far(const ProofReport& report) {
  const auto goals = static_cast<int64_t>(report.goals.size());
  const std::string refused =
      report.refused.empty() ? "" : fmt::format("; a script left no goal, but was not accepted: {}", report.refused);
  return fmt::format("{} left at the furthest; {}{}", counted(goals, "goal"), work_done(report), refused);
}

}  // namespace

std::string proof_text(const prover::Theorem& theorem, const ProofReport& report) {
  prover::Theorem declaration = theorem;
  declaration.before.clear();
  std::string text = file_of(declaration, report.outcome == ProofOutcome::proved ? report.script : unfinished(report));
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::string summary(const ProofReport& report, const prover::LeanInfo& lean) {
  const std::string which = fmt::format("Lean {} ({})", lean.version, lean.library);
  switch (report.outcome) {
    case ProofOutcome::proved: {
      const auto& axioms = report.certificate.axioms;
      const std::string names = axioms.empty() ? "none" : fmt::format("{}", fmt::join(axioms, ", "));
      const std::string checked = fmt::format("Proved, checked by {}; axioms: {}", which, names);
      if (report.steps.empty()) return checked + ".";
      return fmt::format("{}; {}. {}.", checked, authors(report), work_done(report));
    }
    case ProofOutcome::exhausted: return fmt::format("Not proved within the budget: {}.", how_far(report));
    case ProofOutcome::timeout: return fmt::format("Not proved when the time was up: {}.", how_far(report));
    case ProofOutcome::cancelled: return fmt::format("Stopped: {}.", how_far(report));
    case ProofOutcome::lean_error: {
      const std::string place =
          report.line > 0 ? fmt::format(" at line {}, column {}", report.line, report.column) : std::string();
      return fmt::format("{} does not get as far as the hole{}: {}", which, place, report.message);
    }
    case ProofOutcome::rejected_input: return fmt::format("Not shown to Lean: {}", report.message);
    case ProofOutcome::backend_unavailable:
    case ProofOutcome::model_unavailable: break;
  }
  return report.message;
}

}  // namespace rmt::app
