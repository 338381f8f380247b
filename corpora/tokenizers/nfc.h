// Unicode's normalization form C, with the way back to the bytes it came from.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::corpora {

struct NormalizedText {
  /// original[from, from + from_length) became text[to, to + to_length).
  struct Change {
    size_t from, from_length, to, to_length;
  };

  std::string text;
  std::vector<Change> changes;  ///< in order; everything between them is as it was

  /// The place in the original that text[place] comes from; inside of a change, its bytes are shared
  /// out evenly.
  size_t original(size_t place) const;
};

/// Nothing where `text` is in form C already.
std::optional<NormalizedText> to_nfc(std::string_view text);

/// Whether form C of a text is that of text[0, at) and of the rest, however the rest goes on.
bool nfc_parts_at(std::string_view text, size_t at);

}  // namespace rmt::corpora
