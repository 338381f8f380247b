// BERT's basic tokenization: a text is cleaned, lower-cased and stripped of accents, then cut at white
// space and around punctuation and ideographs. Every character of a word knows where in the text it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "corpora/tokenizers/unicode_classes.h"

namespace rmt::corpora {

struct BertRules {
  bool clean_text = true;        ///< control characters go, white space becomes a space
  bool ideographs_apart = true;  ///< every CJK ideograph is a word
  bool strip_accents = true;
  bool lower_case = true;
};

/// A word after normalization.
struct BertWord {
  struct Char {
    uint32_t end;   ///< of its bytes in `text`
    size_t origin;  ///< end of the original character it comes from
  };
  std::string text;
  std::vector<Char> chars;
};

bool is_cjk_ideograph(char32_t c);

/// Categories are those of utf8proc's Unicode version. Hugging Face's tokenizers use an older one for
/// punctuation, marks and format characters: characters newer than Unicode 8 of these kinds may differ.
class BertWords {
 public:
  explicit BertWords(const BertRules& rules) : rules_(rules) {}

  const BertRules& rules() const { return rules_; }

  /// Calls `visit` for each word in order; the word is valid during the call.
  void each(std::string_view text, const std::function<void(const BertWord&)>& visit) const;

  /// Whether `c` alone is a word, or ends one: certain of white space, ASCII and ideographs only.
  bool parts_words(char32_t c) const;
  /// Whether `c` is certain to give a token, whatever stands around it.
  bool gives_token(char32_t c) const;

 private:
  BertRules rules_;
  UnicodeClasses classes_;
};

}  // namespace rmt::corpora
