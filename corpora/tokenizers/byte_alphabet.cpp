#include "corpora/tokenizers/byte_alphabet.h"

#include "corpora/tokenizers/code_point.h"

namespace rmt::corpora {

ByteAlphabet::ByteAlphabet() {
  byte_of_.fill(-1);
  char32_t next = 0x100;  // bytes that are no printable Latin-1 character come here, in order
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte != 0xad);
    const char32_t c = printable ? static_cast<char32_t>(byte) : next++;
    append_utf8(spelling_[static_cast<size_t>(byte)], c);
    byte_of_[c] = static_cast<int16_t>(byte);
  }
}

std::string ByteAlphabet::spell(std::string_view bytes) const {
  std::string piece;
  for (const char c : bytes) piece += spelling(static_cast<unsigned char>(c));
  return piece;
}

std::optional<std::string> ByteAlphabet::bytes_of(std::string_view piece) const {
  std::string bytes;
  for (size_t at = 0; at < piece.size();) {
    const CodePoint c = code_point_at(piece, at);
    if (c.value >= byte_of_.size() || byte_of_[c.value] < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(byte_of_[c.value]));
    at += c.bytes;
  }
  return bytes;
}

}  // namespace rmt::corpora
