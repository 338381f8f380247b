// Between texts and tokens, as the wire needs them: beginnings of texts, the bytes of one token, and a name for every
// token that no other token has.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "corpora/tokenizer.h"

namespace rmt::web {

/// Safe to use from any thread.
class TextCodec {
 public:
  /// The tokenizer must outlive the codec; of `vocabulary` ids those the tokenizer does not know are named too.
  TextCodec(const corpora::Tokenizer& tokenizer, int64_t vocabulary);

  const corpora::Tokenizer& tokenizer() const { return tokenizer_; }
  int64_t vocabulary() const { return static_cast<int64_t>(names_.size()); }

  /// `at_start`: of a text's first tokens, which open with BOS where the model was trained so.
  std::vector<int32_t> encode(std::string_view text, bool at_start) const;

  /// UTF-8: bytes that are no text become U+FFFD. Ids without text (padding of the vocabulary) give none.
  std::string decode(std::span<const int32_t> ids) const;

  /// The bytes a token adds to a text; none for ids without text.
  const std::string& bytes(int32_t id) const { return bytes_[static_cast<size_t>(id)]; }

  /// Its text; of bytes that are none, "<0xE2>"; where another token of that text has a smaller id, "token_id:17".
  const std::string& name(int32_t id) const { return names_[static_cast<size_t>(id)]; }

  bool knows(int64_t id) const { return id >= 0 && id < vocabulary(); }

 private:
  void name_tokens();

  const corpora::Tokenizer& tokenizer_;
  std::vector<std::string> bytes_, names_;  // by id
};

}  // namespace rmt::web
