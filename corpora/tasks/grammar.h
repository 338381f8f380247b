// A grammar that sentences are drawn from, as numbers of words that can be spelled or tokenized once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "corpora/tasks/random_stream.h"

namespace rmt::corpora {

/// Rules are written
///
///   sentence = <who> rested . | <who> counted <number> boats , and <who> rested .
///   who      = the miller | Ines
///   number   = 2..99
///
/// in lines; one that begins with a space goes on with the rule above it. `<who>` is a rule, 2..99 any of
/// these numbers, `, . ; ?` are punctuation, everything else is a word. The first rule makes sentences. A
/// rule refers to rules further down only, so every sentence ends. Alternatives are equally likely.
class Grammar {
 public:
  /// Throws std::invalid_argument, naming the rule, for a reference that is not further down, a rule that
  /// is there twice or an empty alternative.
  explicit Grammar(std::string_view rules);

  /// Appends the words of a sentence.
  void sentence(RandomStream& random, std::vector<uint32_t>& words) const;

  /// How each word is spelled, with the space before it; the first of a sentence begins with a capital.
  const std::vector<std::string>& spellings() const { return spellings_; }

  std::string spell(const std::vector<uint32_t>& words) const;

 private:
  class Parser;

  /// [from, to) of alternatives_ or of symbols_.
  struct Range {
    uint32_t from = 0, to = 0;
  };
  void expand(size_t rule, RandomStream& random, std::vector<uint32_t>& words) const;

  std::vector<Range> rules_;
  std::vector<Range> alternatives_;
  std::vector<int32_t> symbols_;        // a rule's number, or ~ a word's
  std::vector<std::string> spellings_;  // word w: 2w in the middle of a sentence, 2w + 1 as its first
};

}  // namespace rmt::corpora
