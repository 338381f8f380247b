// What Lean says of a script of tactics.
#pragma once

#include <string>
#include <vector>

namespace rmt::prover {

enum class VerdictKind {
  proved,    ///< no goal is left; a proof only after FinalCheck has agreed
  progress,  ///< accepted, and goals are left
  error,     ///< Lean refused it
  rejected,  ///< never shown to Lean, or it did something that no tactic may
  timeout    ///< a limit of heartbeats, time or memory was reached
};

struct Verdict {
  VerdictKind kind = VerdictKind::error;
  std::vector<std::string> goals{};  ///< as Lean prints them, hypotheses first; of progress only
  std::string message{};             ///< of error: Lean's first; of rejected and timeout: the rule or limit
  std::string instead{};  ///< of proved: what Lean says to write for the last tactic ("Try this"), if anything
  double ms = 0;          ///< wall time of this script, or its share of the batch's
};

}  // namespace rmt::prover
