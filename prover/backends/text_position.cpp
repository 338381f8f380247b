#include "prover/backends/text_position.h"

#include <algorithm>

namespace rmt::prover {
namespace {

bool begins_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

}  // namespace

TextPosition end_of(std::string_view text) {
  const size_t line_start = text.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view last_line = text.substr(line_start);
  return {1 + static_cast<int>(std::ranges::count(text, '\n')),
          static_cast<int>(std::ranges::count_if(last_line, begins_code_point))};
}

TextPosition shifted(TextPosition origin, TextPosition inner) {
  return {origin.line + inner.line - 1, inner.line == 1 ? origin.column + inner.column : inner.column};
}

}  // namespace rmt::prover
