// The header of a Lean file: which modules it imports.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rmt::corpora {

/// The modules the header of a Lean 4 file imports, as paths: `public import Mathlib.Data.Nat` gives
/// "Mathlib/Data/Nat.lean". Reads past comments, `module` and `prelude`; stops at the first command.
std::vector<std::string> lean_imports(std::string_view source);

}  // namespace rmt::corpora
