#include "corpora/tokenizers/bert_words.h"

#include <utf8proc.h>

#include <array>

#include "corpora/tokenizers/code_point.h"

namespace rmt::corpora {

namespace {

bool is_ascii_punctuation(char32_t c) {
  return (c >= 0x21 && c <= 0x2f) || (c >= 0x3a && c <= 0x40) || (c >= 0x5b && c <= 0x60) || (c >= 0x7b && c <= 0x7e);
}

// No character decomposes to more than four; the room is utf8proc's own.
constexpr size_t kMaxDecomposition = 32;

size_t decompose(char32_t c, std::array<utf8proc_int32_t, kMaxDecomposition>& parts) {
  int last_boundclass = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts.data(), kMaxDecomposition,
                              static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE), &last_boundclass);
  if (count < 0 || static_cast<size_t>(count) > parts.size()) return parts[0] = static_cast<utf8proc_int32_t>(c), 1;
  return static_cast<size_t>(count);
}

// Collects characters into words and hands each over when it ends.
class WordBuilder {
 public:
  explicit WordBuilder(const std::function<void(const BertWord&)>& visit) : visit_(visit) {}

  void add(char32_t c, size_t origin) {
    append_utf8(word_.text, c);
    word_.chars.push_back({static_cast<uint32_t>(word_.text.size()), origin});
  }
  void end_word() {
    if (word_.chars.empty()) return;
    visit_(word_);
    word_.text.clear();
    word_.chars.clear();
  }

 private:
  const std::function<void(const BertWord&)>& visit_;
  BertWord word_;
};

}  // namespace

// The ranges of the original, and of Hugging Face's copy of them (0x2b920 where BERT has 0x2b820).
bool is_cjk_ideograph(char32_t c) {
  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x20000 && c <= 0x2a6df) ||
         (c >= 0x2a700 && c <= 0x2b73f) || (c >= 0x2b740 && c <= 0x2b81f) || (c >= 0x2b920 && c <= 0x2ceaf) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f);
}

void BertWords::each(std::string_view text, const std::function<void(const BertWord&)>& visit) const {
  WordBuilder words(visit);
  const auto emit = [&](char32_t c, size_t origin) {
    const uint8_t bits = classes_(c);
    if (bits & kSpace) return words.end_word();
    const bool alone = (bits & kPunctuation) || is_ascii_punctuation(c);
    if (alone) words.end_word();
    words.add(c, origin);
    if (alone) words.end_word();
  };
  const auto lower = [&](char32_t c, size_t origin) {
    if (!rules_.lower_case) return emit(c, origin);
    if (c == 0x130) return emit('i', origin), emit(0x307, origin);  // the one letter that becomes two
    emit(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))), origin);
  };
  std::array<utf8proc_int32_t, kMaxDecomposition> parts;
  CodePoint c;
  for (size_t at = 0; at < text.size(); at += c.bytes) {
    c = code_point_at(text, at);
    const size_t origin = at + c.bytes;
    if (c.value == kNoCodePoint) c.value = 0xfffd;
    const bool line_end = c.value == '\t' || c.value == '\n' || c.value == '\r';
    if (rules_.clean_text && !line_end && (c.value == 0xfffd || (classes_(c.value) & kInvisible))) continue;
    const bool ideograph = rules_.ideographs_apart && is_cjk_ideograph(c.value);
    if (ideograph) words.end_word();
    if (!rules_.strip_accents || c.value < 0x80) {
      lower(c.value, origin);
    } else {
      const size_t count = decompose(c.value, parts);
      for (size_t i = 0; i < count; ++i)
        if (!(classes_(static_cast<char32_t>(parts[i])) & kNonspacingMark))
          lower(static_cast<char32_t>(parts[i]), origin);
    }
    if (ideograph) words.end_word();
  }
  words.end_word();
}

bool BertWords::parts_words(char32_t c) const {
  if (c < 0x80) return is_ascii_punctuation(c) || c == ' ' || c == '\t' || c == '\n' || c == '\r';
  return rules_.ideographs_apart && is_cjk_ideograph(c);
}

bool BertWords::gives_token(char32_t c) const {
  return (c > ' ' && c < 0x7f) || (rules_.ideographs_apart && is_cjk_ideograph(c));
}

}  // namespace rmt::corpora
