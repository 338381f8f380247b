// What tokens stand for, counted in the units people compare: bytes, characters, words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "corpora/token_stream.h"

namespace rmt::corpora {

/// What a run of tokens stands for. A character belongs to the token its first byte is in. A word is a
/// field of a split on `\s+`, as in lm-eval's word_perplexity: it belongs to the token in which the
/// white space after it begins, the last one to the last token. Over a whole text this gives exactly
/// Python's len(re.split(r"\s+", text)).
struct Units {
  int64_t tokens = 0, bytes = 0, chars = 0, words = 0;

  Units& operator+=(const Units& other);
  friend Units operator+(Units a, const Units& b) { return a += b; }
  friend Units operator-(Units a, const Units& b);
  bool operator==(const Units&) const = default;
};

/// Counts a text token by token. Holds only what has not become tokens yet.
class UnitMeter {
 public:
  void add(std::string_view text);

  /// The units of the next token, which covers `bytes` bytes. (The field that no white space ends is not counted: it is
  /// for the caller to add to the last token.)
  Units take(size_t bytes);

 private:
  std::string held_;
  size_t taken_ = 0;  // of held_
  TextCounter counter_;
};

}  // namespace rmt::corpora
