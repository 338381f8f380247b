// A theorem that somebody typed, where there is no file.
#pragma once

#include <string_view>

#include "prover/theorem.h"

namespace rmt::prover {

/// "theorem t (n : Nat) : n + 0 = n", "example : p → p := by sorry", or only a proposition, which becomes an example.
/// `lemma` becomes `theorem`, which every Lean knows. `preamble` goes before it: imports, opens, definitions. Throws
/// SourceError for an empty one, several declarations, or a proof that is already there.
Theorem theorem_from_statement(std::string_view statement, std::string_view preamble = {});

}  // namespace rmt::prover
