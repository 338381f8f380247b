// One code point of a UTF-8 text at a time, forwards and backwards, for the tokenizers' inner loops.
// Text is valid UTF-8 by contract; a byte that starts no sequence is stepped over alone, never past.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rmt::corpora {

/// Stands for a byte that starts no valid sequence; greater than every code point.
inline constexpr char32_t kNoCodePoint = 0x110000;

struct CodePoint {
  char32_t value = kNoCodePoint;
  uint32_t bytes = 1;
};

/// The code point that starts at text[at]; at < text.size().
inline CodePoint code_point_at(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1};
  const uint32_t bytes = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (bytes == 0 || text.size() - at < bytes) return {};
  char32_t value = lead & (0x7fu >> bytes);
  for (uint32_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xc0) != 0x80) return {};
    value = value << 6 | (next & 0x3f);
  }
  if (value >= kNoCodePoint) return {};
  return {value, bytes};
}

/// The code point that ends just before text[at]; 0 < at <= text.size().
inline CodePoint code_point_before(std::string_view text, size_t at) {
  size_t start = at - 1;
  while (start > 0 && at - start < 4 && (static_cast<unsigned char>(text[start]) & 0xc0) == 0x80) --start;
  const CodePoint found = code_point_at(text, start);
  return start + found.bytes == at ? found : CodePoint{};
}

inline void append_utf8(std::string& text, char32_t c) {
  const auto put = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) return put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
  if (c < 0x10000) return put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
}

}  // namespace rmt::corpora
