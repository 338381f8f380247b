// Proofs as JSON: the same in the program's output, the server's events and the database.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "prover/lean_backend.h"
#include "prover/prove.h"

namespace rmt::prover {

/// {"backend", "version", "library", "library_sha256", "is_mathlib"}
nlohmann::json to_json(const LeanInfo& lean);

/// {"node", "parent", "tactic", "verdict", "goals", "message", "score", "logprob", "by", "ms"}; "same_as" where there
/// is one.
nlohmann::json to_json(const Node& node);

/// {"expansions", "checks", "proposed", "rejected", "open", "seconds", "model_s", "lean_s"}
nlohmann::json to_json(const SearchTotals& totals);

/// {"outcome", "totals", "context_tokens"}; of a proof also "script", "axioms", "statement", "by"; of none "best":
/// {"script", "goals"} where a search was made, and "refused" where a script left no goal and was not accepted; of an
/// error "message", and "line" and "column" where Lean names a place.
nlohmann::json to_json(const ProofReport& report);

}  // namespace rmt::prover
