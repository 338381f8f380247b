// What a client asks to be proved: {"code", "line", "column"} or {"statement"}, and how much may be spent on it.
#pragma once

#include <string>

#include "prover/theorem.h"
#include "web/server/api/api.h"
#include "web/server/api/proof_channel.h"
#include "web/server/json/fields.h"

namespace rmt::web {

enum class ProofAim {
  proof,       ///< a search for one
  suggestions  ///< the next step: every candidate of one state
};

/// Throws HttpError(400) for fields that are wrong, a file without a hole there, and what may not be shown to Lean.
ProofSearch read_proof_search(Fields& fields, const Api& api, ProofAim aim, const std::string& owner);

/// {"code", "line", "column"}: the place before which a proof stands as it is, and behind which nothing counts.
prover::Theorem read_cursor(Fields& fields, const Api& api);

/// Throws HttpError(503) where there is no Lean, saying what to do.
void require_lean(const Api& api);

}  // namespace rmt::web
