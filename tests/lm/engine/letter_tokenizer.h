// One token a byte: '@' is 0. For tests that count tokens.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "corpora/error.h"
#include "corpora/tokenizer.h"

namespace rmt::tests {

class LetterTokenizer final : public corpora::Tokenizer {
 public:
  explicit LetterTokenizer(size_t vocabulary = 32) : vocabulary_(vocabulary) {}

  size_t vocab_size() const override { return vocabulary_; }
  const corpora::SpecialTokens& specials() const override { return specials_; }
  void encode(std::string_view text, corpora::Tokens& out) const override {
    for (const char letter : text) {
      out.ids.push_back(letter - '@');
      out.bytes.push_back(1);
    }
  }
  size_t safe_prefix(std::string_view text) const override { return text.size(); }
  std::string decode(std::span<const int32_t> ids) const override {
    std::string text;
    for (const int32_t id : ids) text += piece(id);
    return text;
  }
  std::string piece(int32_t id) const override { return std::string(1, static_cast<char>('@' + id)); }
  const std::string& fingerprint() const override { return fingerprint_; }

 private:
  size_t vocabulary_;
  corpora::SpecialTokens specials_;
  std::string fingerprint_ = "letters";
};

}  // namespace rmt::tests
