// Lean as clients see it.
#pragma once

#include "lm/store/row_json.h"
#include "prover/lean_backend.h"
#include "web/server/api/lean_desk.h"

namespace rmt::web {

using store::Json;

/// {"available", "backend", "version", "library", "library_sha256", "is_mathlib", "message"}
Json lean_json(const LeanDesk& desk);

/// {"severity", "line", "column", "end_line", "end_column", "message"}
Json diagnostic_json(const prover::Diagnostic& diagnostic);

}  // namespace rmt::web
