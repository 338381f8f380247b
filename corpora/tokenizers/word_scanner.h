// The pre-tokenizers of byte-level BPE, each the hand-written equal of a regular expression: where the
// word that starts at a place ends. Words tile the text. Inline, because this is the encoder's inner
// loop; pre_tokenizer.h has the names and the expressions.
#pragma once

#include <string_view>

#include "corpora/tokenizers/code_point.h"
#include "corpora/tokenizers/unicode_classes.h"

namespace rmt::corpora {

/// What the scanners share: classes by position. `other` is [^\s\p{L}\p{N}].
class TextCursor {
 public:
  TextCursor(std::string_view text, const UnicodeClasses& classes) : text_(text), classes_(classes) {}

  struct Char {
    uint8_t kind;    // one of kLetter, kNumber, kSpace, or 0: other
    uint32_t bytes;  // 0 at the end of the text
    char32_t value;
  };
  static constexpr uint8_t kKinds = kLetter | kNumber | kSpace;

  Char at(size_t place) const {
    if (place >= text_.size()) return {0xff, 0, kNoCodePoint};
    const CodePoint c = code_point_at(text_, place);
    return {static_cast<uint8_t>(classes_(c.value) & kKinds), c.bytes, c.value};
  }

  /// The end of the run of characters of `kind` that goes on at `place`.
  size_t run_end(size_t place, uint8_t kind) const {
    for (Char c = at(place); c.bytes != 0 && c.kind == kind; c = at(place)) place += c.bytes;
    return place;
  }

  /// The end of the run of \r and \n at `place`.
  size_t newlines_end(size_t place) const {
    while (place < text_.size() && (text_[place] == '\r' || text_[place] == '\n')) ++place;
    return place;
  }

  /// `\s+(?!\S)|\s+` at a white space: all of a run but its last character, which goes to the word
  /// behind it; a single one, or a run that ends the text, whole.
  size_t space_end(size_t place) const {
    size_t end = place, last = place;
    for (Char c = at(place); c.bytes != 0 && c.kind == kSpace; c = at(end)) {
      last = end;
      end += c.bytes;
    }
    return end == text_.size() || last == place ? end : last;
  }

  /// `'s|'t|'re|'ve|'m|'ll|'d` at an apostrophe; 0 where none is there. Folding case adds the long s.
  size_t contraction_end(size_t place, bool fold_case) const {
    const auto lower = [&](size_t i) {
      const char c = i < text_.size() ? text_[i] : '\0';
      return fold_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    };
    const char first = lower(place + 1), second = lower(place + 2);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') return place + 2;
    if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') || (first == 'l' && second == 'l'))
      return place + 3;
    return fold_case && at(place + 1).value == U'\u017f' ? place + 3 : 0;
  }

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  const UnicodeClasses& classes_;
};

/// GPT-2: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
class Gpt2Words {
 public:
  static size_t word_end(const TextCursor& cursor, size_t place) {
    const TextCursor::Char first = cursor.at(place);
    if (first.value == '\'') {
      if (const size_t end = cursor.contraction_end(place, false)) return end;
    }
    if (first.kind != kSpace) return cursor.run_end(place + first.bytes, first.kind);
    if (first.value == ' ') {
      const TextCursor::Char next = cursor.at(place + 1);
      if (next.bytes != 0 && next.kind != kSpace) return cursor.run_end(place + 1 + next.bytes, next.kind);
    }
    return cursor.space_end(place);
  }

  /// Whether a word ends between two neighbours whatever stands before and after them, with the word
  /// in front the same as if the text ended there.
  static bool certain_end(const TextCursor::Char& before, const TextCursor::Char& after) {
    if (before.kind == kSpace || before.kind == after.kind) return false;
    return before.value != '\'' || after.kind != kLetter;
  }
};

/// SmolLM: every number alone (`\p{N}`), and GPT-2's expression on what lies between numbers.
class SmollmWords {
 public:
  static size_t word_end(const TextCursor& cursor, size_t place) {
    const TextCursor::Char first = cursor.at(place);
    if (first.kind == kNumber) return place + first.bytes;
    if (first.kind != kSpace) return Gpt2Words::word_end(cursor, place);
    // A number ends the stretch, so white space before it keeps its last character.
    const TextCursor::Char next = cursor.at(place + first.bytes);
    if (next.kind == kNumber) return place + first.bytes;
    if (next.kind == kSpace) {
      const size_t end = cursor.run_end(place, kSpace);
      if (cursor.at(end).kind == kNumber) return end;
    }
    return Gpt2Words::word_end(cursor, place);
  }

  static bool certain_end(const TextCursor::Char& before, const TextCursor::Char& after) {
    return before.kind == kNumber || after.kind == kNumber || Gpt2Words::certain_end(before, after);
  }
};

/// Llama 3: `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|
/// \s*[\r\n]+|\s+(?!\S)|\s+`; Qwen 2 is the same with `\p{N}`.
template <int kMaxDigits>
class Llama3Words {
 public:
  static size_t word_end(const TextCursor& cursor, size_t place) {
    const TextCursor::Char first = cursor.at(place);
    if (first.value == '\'') {
      if (const size_t end = cursor.contraction_end(place, true)) return end;
    }
    if (first.kind == kLetter) return cursor.run_end(place + first.bytes, kLetter);
    if (first.kind == kNumber) return digits_end(cursor, place);
    const TextCursor::Char next = cursor.at(place + first.bytes);
    if (next.kind == kLetter && !is_newline(first)) return cursor.run_end(place + first.bytes + next.bytes, kLetter);
    if (first.kind == 0) return others_end(cursor, place);
    if (first.value == ' ' && next.kind == 0) return others_end(cursor, place + 1);
    return space_or_newlines_end(cursor, place);
  }

  static bool certain_end(const TextCursor::Char& before, const TextCursor::Char& after) {
    if (before.kind == after.kind) return false;
    if (before.kind == kLetter || before.kind == kNumber) return true;
    if (before.kind == kSpace) return is_newline(before);
    return after.kind == kNumber || (after.kind == kSpace && !is_newline(after));
  }

 private:
  static bool is_newline(const TextCursor::Char& c) { return c.value == '\r' || c.value == '\n'; }

  static size_t digits_end(const TextCursor& cursor, size_t place) {
    for (int i = 0; i < kMaxDigits; ++i) {
      const TextCursor::Char c = cursor.at(place);
      if (c.kind != kNumber) break;
      place += c.bytes;
    }
    return place;
  }

  static size_t others_end(const TextCursor& cursor, size_t place) {
    return cursor.newlines_end(cursor.run_end(place, 0));
  }

  // `\s*[\r\n]+` backs up to the last newline of the run, where it has one.
  static size_t space_or_newlines_end(const TextCursor& cursor, size_t place) {
    const size_t end = cursor.run_end(place, kSpace);
    const size_t last = cursor.text().substr(place, end - place).find_last_of("\r\n");
    return last == std::string_view::npos ? cursor.space_end(place) : place + last + 1;
  }
};

}  // namespace rmt::corpora
