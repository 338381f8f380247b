// What `rmt-lm prove` prints: Lean that can be pasted, and a sentence about it.
#pragma once

#include <string>

#include "prover/prove.h"

namespace rmt::app {

/// The declaration with the report's script; of what is no proof, the goals left as comments and `sorry` behind it.
std::string proof_text(const prover::Theorem& theorem, const prover::ProofReport& report);

/// "Proved, checked by Lean 4.35.0 (rmt core); axioms: none. …", or how far it got and why it ended.
std::string summary(const prover::ProofReport& report, const prover::LeanInfo& lean);

}  // namespace rmt::app
