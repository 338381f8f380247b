// Tokens of a text that is still being written, as text: whole characters, as soon as they are whole.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "corpora/tokenizer.h"

namespace rmt::engine {

/// Bytes in any pieces to valid UTF-8: a character is held back until its last byte is there (3 bytes at most), an
/// ill-formed sequence becomes one U+FFFD. All that comes out together equals corpora::repaired_utf8 of all that went
/// in, however it was cut.
class CharacterJoiner {
 public:
  std::string push(std::string_view bytes);
  /// The text ends here: what was held back can no longer become a character.
  std::string finish();

 private:
  std::string held_;
};

/// The text that tokens add, token by token. Of the same tokens it is, put together, repaired_utf8(decode(tokens)),
/// with what decode() does only at a text's start done only there. A value: a copy goes on for itself.
class TokenText {
 public:
  /// The tokenizer must outlive this. `mid_text`: some text was read before, of which nothing is known.
  explicit TokenText(const corpora::Tokenizer& tokenizer, bool mid_text = false);

  /// Tokens that stand before those whose text is wanted. (What they leave of a character begun is theirs.)
  void pass_over(std::span<const int32_t> ids);

  /// What has become certain; often nothing. Throws corpora::Error for an id outside of the vocabulary.
  std::string push(int32_t id);
  std::string finish() { return characters_.finish(); }

 private:
  const corpora::Tokenizer* tokenizer_;
  bool at_start_;
  CharacterJoiner characters_;
};

}  // namespace rmt::engine
