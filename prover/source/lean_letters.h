// Which code points make identifiers in Lean 4.
#pragma once

#include <cstddef>
#include <string_view>

namespace rmt::prover {

struct CodePoint {
  char32_t value = 0;
  size_t bytes = 1;
};

/// The one that begins at `place`; bytes that are not UTF-8 come out one by one, as U+FFFD.
CodePoint code_point_at(std::string_view text, size_t place);

bool begins_identifier(char32_t letter);
bool continues_identifier(char32_t letter);

}  // namespace rmt::prover
