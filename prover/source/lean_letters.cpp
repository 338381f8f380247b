#include "prover/source/lean_letters.h"

namespace rmt::prover {
namespace {

bool is_between(char32_t value, char32_t first, char32_t last) {
  return value >= first && value <= last;
}

bool is_ascii_letter(char32_t c) {
  return is_between(c, 'a', 'z') || is_between(c, 'A', 'Z');
}

// Lean's isLetterLike: Greek but for λ, Π and Σ, Coptic, polytonic Greek, the letter-like block, script and Fraktur.
bool is_letter_like(char32_t c) {
  return (is_between(c, 0x3B1, 0x3C9) && c != 0x3BB) || (is_between(c, 0x391, 0x3A9) && c != 0x3A0 && c != 0x3A3) ||
         is_between(c, 0x3CA, 0x3FB) || is_between(c, 0x1F00, 0x1FFE) || is_between(c, 0x2100, 0x214F) ||
         is_between(c, 0x1D49C, 0x1D59F) || (is_between(c, 0xC0, 0x17F) && c != 0xD7 && c != 0xF7);
}

bool is_subscript(char32_t c) {
  return is_between(c, 0x2080, 0x2089) || is_between(c, 0x2090, 0x209C) || is_between(c, 0x1D62, 0x1D6A) || c == 0x2C7C;
}

bool continues_sequence(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

CodePoint code_point_at(std::string_view text, size_t place) {
  const auto first = static_cast<unsigned char>(text[place]);
  if (first < 0x80) return {first, 1};
  const size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || place + bytes > text.size()) return {0xFFFD, 1};
  char32_t value = first & (0x7FU >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if (!continues_sequence(text[place + i])) return {0xFFFD, 1};
    value = value << 6 | (static_cast<unsigned char>(text[place + i]) & 0x3FU);
  }
  return {value, bytes};
}

bool begins_identifier(char32_t letter) {
  return is_ascii_letter(letter) || letter == '_' || is_letter_like(letter);
}

bool continues_identifier(char32_t letter) {
  return begins_identifier(letter) || is_between(letter, '0', '9') || letter == '\'' || letter == '!' ||
         letter == '?' || is_subscript(letter);
}

}  // namespace rmt::prover
