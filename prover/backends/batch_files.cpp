#include "prover/backends/batch_files.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "prover/backends/lean_message.h"
#include "prover/backends/run_child.h"
#include "prover/source/filter.h"

namespace rmt::prover {
namespace {

using Severity = Diagnostic::Severity;

std::vector<Diagnostic> diagnostics_in(std::string_view output) {
  std::vector<Diagnostic> diagnostics;
  while (!output.empty()) {
    const size_t end = std::min(output.find('\n'), output.size());
    const std::string_view line = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    if (!line.starts_with('{')) continue;  // what a program in the file printed past Lean
    try {
      diagnostics.push_back(diagnostic_of(lean_message_of_json(line)));
    } catch (const std::runtime_error&) {  // the same in braces, or cut off by a limit
    }
  }
  return diagnostics;
}

/// Why Lean did not come to its own end; nothing where it did.
std::optional<std::string> cut_short(const Run& run, const RunLimits& limits, bool told_error) {
  // Exit code 1 is Lean's for a file with errors.
  if (run.ended != Run::Ended::itself || (run.end.code != 0 && run.end.code != 1)) return to_string(run, limits);
  if (run.end.code == 1 && !told_error) return "it failed: " + run.errors.substr(0, run.errors.find('\n'));
  return std::nullopt;
}

}  // namespace

BatchFiles::BatchFiles(LeanInstallation lean, const LeanLimits& limits)
    : lean_(std::move(lean), limits), limits_(limits) {}

std::vector<Diagnostic> BatchFiles::diagnose(const std::string& file) {
  if (const auto refusal = refusal_of_file(file)) throw RejectedInput("the file is not shown to Lean: " + *refusal);
  const RunLimits limits{.wall = limits_.file, .resident = limits_.resident};
  const auto cpu = std::chrono::ceil<std::chrono::seconds>(limits_.file);
  try {
    const Run run = run_child(lean_.with({"--json", "--stdin"}, cpu), file, limits);
    std::vector<Diagnostic> diagnostics = diagnostics_in(run.out);
    const bool told_error = std::ranges::find(diagnostics, Severity::error, &Diagnostic::severity) != diagnostics.end();
    if (const auto why = cut_short(run, limits, told_error)) {
      const TextPosition end = end_of(file);
      diagnostics.push_back({Severity::error, end.line, end.column + 1, end.line, end.column + 1,
                             "Lean did not come to the end of the file: " + *why});
    }
    return diagnostics;
  } catch (const ChildError& error) {
    throw LeanUnavailable(error.what());
  }
}

}  // namespace rmt::prover
