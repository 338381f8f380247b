// What the tests of a real worker start from.
#pragma once

#include <string>
#include <vector>

#include "prover/backends/worker_backend.h"

namespace rmt::tests {

/// The worker that was built with the tests.
inline prover::WorkerOptions worker_options(int workers = 1) {
  return {.program = RMTLM_LEAN_WORKER, .workers = workers};
}

/// A theorem with its statement as it stands between "theorem t" and ":= by", and no text above it.
inline prover::Theorem theorem_of(const std::string& statement, const std::string& before = {}) {
  return {.name = "t", .before = before, .head = "theorem t " + statement + " := by\n  "};
}

/// One script's verdict.
inline prover::Verdict verdict_on(prover::LeanBackend& lean, const prover::Theorem& theorem,
                                  const std::string& script) {
  return lean.open(theorem)->check({script}).at(0);
}

inline std::string to_string(prover::VerdictKind kind) {
  constexpr const char* kNames[] = {"proved", "progress", "error", "rejected", "timeout"};
  return kNames[static_cast<int>(kind)];
}

/// "proved", "progress 2", "error: unknown tactic": the kind, the number of goals, the message's first line.
inline std::string in_words(const prover::Verdict& verdict) {
  std::string words = to_string(verdict.kind);
  if (verdict.kind == prover::VerdictKind::progress) words += " " + std::to_string(verdict.goals.size());
  if (!verdict.message.empty()) words += ": " + verdict.message.substr(0, verdict.message.find('\n'));
  return words;
}

}  // namespace rmt::tests
