// What a sentencepiece model file says beside its pieces: the parts of its protocol buffer that decide
// how a text is prepared, which the library keeps to itself.
#pragma once

#include <string>
#include <string_view>

namespace rmt::corpora {

/// Defaults are the format's, for fields a file leaves out.
struct SentencePieceRules {
  enum class Model { unigram = 1, bpe = 2, word = 3, character = 4 };
  Model model = Model::unigram;
  bool byte_fallback = false;  ///< unknown characters become byte pieces
  bool space_as_suffix = false;
  bool maps_characters = false;  ///< has a table that replaces characters (NFKC and the like)
  bool add_dummy_prefix = true;  ///< a space is put before the text
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;               ///< spaces are U+2581 in pieces
  bool maps_decoded_text = false;               ///< decoding replaces characters as well
  std::string unknown_text = " \xE2\x81\x87 ";  ///< what the unknown piece decodes to

  /// Texts are encoded as they are.
  bool identity() const { return !maps_characters && !add_dummy_prefix && !remove_extra_whitespaces; }
};

/// `where` names the file in errors. Throws Error(malformed) with the byte offset.
SentencePieceRules read_sentencepiece_rules(std::string_view model, const std::string& where);

}  // namespace rmt::corpora
