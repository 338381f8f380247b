// The goals at a cursor: a proof as far as it is written, for an editor that asks while somebody writes.
#pragma once

#include <optional>
#include <string_view>

#include "prover/theorem.h"

namespace rmt::prover {

/// The declaration with everything of its tactics cut off behind the cursor's line, a hole in that place, and every
/// goal that the cut left open closed by `sorry`. `column` (from 1, code points): the line itself is cut off too where
/// the cursor stands before its first character, and decides which block an empty line belongs to. Throws SourceError
/// where no tactics stand before the cursor.
Theorem theorem_at_cursor(std::string_view file, int line, std::optional<int> column = std::nullopt);

}  // namespace rmt::prover
