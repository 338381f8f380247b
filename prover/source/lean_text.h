// What every reader of a Lean file does first.
#pragma once

#include <string>
#include <string_view>

namespace rmt::prover {

/// With "\n" for line ends and without a byte order mark. Throws SourceError where the bytes are not UTF-8.
std::string lean_text(std::string_view bytes);

}  // namespace rmt::prover
