// Byte-pair encoding of one word: its bytes, then the merges, earliest first and leftmost among equals,
// until none applies. Long words (a base64 blob, a line of ideographs) take n log n steps.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "corpora/tokenizers/merge_table.h"

namespace rmt::corpora {

/// A token of a word and the bytes it covers.
struct WordToken {
  int32_t id;
  uint32_t bytes;
};

class WordMerger {
 public:
  /// `id_of_byte` is -1 for a byte the vocabulary has no piece for; such a byte is left out, and covered
  /// by the token before it or, at the start of a word, by the one after it. Both must outlive this.
  WordMerger(const std::array<int32_t, 256>& id_of_byte, const MergeTable& merges)
      : id_of_byte_(id_of_byte), merges_(merges) {}

  /// The tokens of `word`, valid until the next call. None where the vocabulary has none of its bytes.
  const std::vector<WordToken>& merge(std::string_view word);

 private:
  struct Candidate {
    uint32_t rank;
    uint32_t at;                                    // index of the left token
    int32_t id;                                     // of the merged piece
    bool operator<(const Candidate& other) const {  // the heap's top is the earliest, leftmost
      return rank != other.rank ? rank > other.rank : at > other.at;
    }
  };

  void split(std::string_view word);
  void merge_short();
  void merge_long();
  void push(uint32_t left, uint32_t right);

  const std::array<int32_t, 256>& id_of_byte_;
  const MergeTable& merges_;
  std::vector<WordToken> tokens_;
  std::vector<MergeTable::Merge> next_;  // of token i with token i + 1, in merge_short
  std::vector<uint32_t> left_, right_;   // neighbours by index, in merge_long
  std::vector<Candidate> heap_;
};

}  // namespace rmt::corpora
