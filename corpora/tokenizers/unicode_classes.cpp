#include "corpora/tokenizers/unicode_classes.h"

#include <utf8proc.h>

#include <algorithm>

#include "corpora/tokenizers/code_point.h"

namespace rmt::corpora {

namespace {

bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

uint8_t classes_of(char32_t c) {
  const uint8_t space = is_white_space(c) ? kSpace : 0;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: return kLetter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return kNumber;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO: return kPunctuation;
    case UTF8PROC_CATEGORY_MN: return kNonspacingMark;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO: return kInvisible | space;
    default: return space;
  }
}

// Planes 4 to 13 hold no characters.
constexpr char32_t kFirstEmptyPlane = 0x40000, kPlane14 = 0xe0000;

}  // namespace

UnicodeClasses::UnicodeClasses() : pages_(256, 0) {
  page_of_.fill(0);
  for (char32_t first = 0; first < kNoCodePoint; first += 256) {
    if (first >= kFirstEmptyPlane && first < kPlane14) continue;
    std::array<uint8_t, 256> page;
    for (char32_t i = 0; i < 256; ++i) page[i] = classes_of(first + i);
    if (std::all_of(page.begin(), page.end(), [](uint8_t bits) { return bits == 0; })) continue;
    // Ideographs, Hangul and private use are long runs of equal pages.
    if (!std::equal(page.begin(), page.end(), pages_.end() - 256))
      pages_.insert(pages_.end(), page.begin(), page.end());
    page_of_[first >> 8] = static_cast<uint16_t>((pages_.size() >> 8) - 1);
  }
  for (char32_t c = 0; c < 0x80; ++c) ascii_[c] = classes_of(c);
}

}  // namespace rmt::corpora
