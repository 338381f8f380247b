// What the pre-tokenizers ask of a code point, from utf8proc's categories, in a table quick enough to
// be asked for every character of a corpus.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rmt::corpora {

/// Bits: a code point has at most one of letter, number and space.
enum CharClass : uint8_t {
  kLetter = 1,           // L*
  kNumber = 2,           // N*
  kSpace = 4,            // White_Space, the \s of the tokenizers' expressions
  kPunctuation = 8,      // P*
  kNonspacingMark = 16,  // Mn
  kInvisible = 32,       // Cc, Cf, Co
};

class UnicodeClasses {
 public:
  UnicodeClasses();

  /// The bits of `c`; none for kNoCodePoint.
  uint8_t operator()(char32_t c) const {
    return c < 0x80 ? ascii_[c] : pages_[size_t{page_of_[c >> 8]} << 8 | (c & 0xff)];
  }

 private:
  std::array<uint8_t, 0x80> ascii_;
  std::array<uint16_t, 0x1101> page_of_;  // one beyond Unicode: kNoCodePoint's
  std::vector<uint8_t> pages_;            // of 256 code points
};

}  // namespace rmt::corpora
