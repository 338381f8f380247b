// Places in a text, counted as Lean counts them.
#pragma once

#include <compare>
#include <string_view>

namespace rmt::prover {

/// `line` from 1; `column` in code points of UTF-8 from 0.
struct TextPosition {
  int line = 1;
  int column = 0;
  auto operator<=>(const TextPosition&) const = default;  // NOLINT(modernize-use-nullptr): a false alarm of version 14
};

/// Behind the last character of `text`: where a text appended to it begins.
TextPosition end_of(std::string_view text);

/// `inner`, a place in a text that begins at `origin` of another one, as a place in that other one.
TextPosition shifted(TextPosition origin, TextPosition inner);

}  // namespace rmt::prover
