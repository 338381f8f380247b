// Tokens of a piece of text as they are in the middle of a longer one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "corpora/tokenizer.h"

namespace rmt::corpora {

/// The ids of `text` behind another word; `text` begins with a space or a punctuation mark, so that a
/// tokenizer of words keeps it apart from what comes before. (Encoded by itself it may come out otherwise:
/// some sentencepiece models put a space before every text.)
inline std::vector<int32_t> tokens_behind_a_word(const Tokenizer& tokenizer, std::string_view text) {
  constexpr std::string_view kWord = "a";
  Tokens before, both;
  tokenizer.encode(kWord, before);
  tokenizer.encode(std::string(kWord) + std::string(text), both);
  const bool apart = both.size() >= before.size() && std::equal(before.ids.begin(), before.ids.end(), both.ids.begin());
  if (apart) return {both.ids.begin() + static_cast<std::ptrdiff_t>(before.size()), both.ids.end()};
  both.clear();
  tokenizer.encode(text, both);
  return both.ids;
}

}  // namespace rmt::corpora
