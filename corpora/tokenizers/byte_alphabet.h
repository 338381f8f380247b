// GPT-2's way of writing bytes as characters: vocabulary files of byte-level BPE spell every byte as a
// printable code point ("Ġ" is the space), so that pieces are text.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace rmt::corpora {

class ByteAlphabet {
 public:
  ByteAlphabet();

  /// UTF-8 of the character that stands for `byte`.
  const std::string& spelling(unsigned char byte) const { return spelling_[byte]; }

  std::string spell(std::string_view bytes) const;

  /// The bytes a piece stands for; nothing where a character of it stands for none.
  std::optional<std::string> bytes_of(std::string_view piece) const;

 private:
  std::array<std::string, 256> spelling_;
  std::array<int16_t, 0x144> byte_of_;  // by code point, -1: none
};

}  // namespace rmt::corpora
