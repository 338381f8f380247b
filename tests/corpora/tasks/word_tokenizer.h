// A tokenizer for tests that need to read tokens back: a token is a word with the white space before it,
// or a single other character; ids are given in the order in which they are first seen.
#pragma once

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "corpora/tokenizer.h"

namespace rmt::tests {

class WordTokenizer : public corpora::Tokenizer {
 public:
  explicit WordTokenizer(std::string fingerprint = "words") : fingerprint_(std::move(fingerprint)) {}

  size_t vocab_size() const override { return pieces_.size(); }
  const corpora::SpecialTokens& specials() const override { return specials_; }

  void encode(std::string_view text, corpora::Tokens& out) const override {
    for (size_t at = 0; at < text.size();) {
      size_t end = at + 1;
      if (is_space(text[at]) || is_letter(text[at]))
        while (end < text.size() && is_letter(text[end])) ++end;
      out.ids.push_back(id_of(std::string(text.substr(at, end - at))));
      out.bytes.push_back(static_cast<uint32_t>(end - at));
      at = end;
    }
  }

  size_t safe_prefix(std::string_view text) const override {
    const size_t space = text.find_last_of(" \n");
    return space == std::string_view::npos ? 0 : space;
  }

  std::string decode(std::span<const int32_t> ids) const override {
    std::string text;
    for (const int32_t id : ids) text += piece(id);
    return text;
  }

  std::string piece(int32_t id) const override { return pieces_.at(static_cast<size_t>(id)); }
  const std::string& fingerprint() const override { return fingerprint_; }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n'; }
  static bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

  int32_t id_of(const std::string& word) const {
    const auto [known, fresh] = ids_.emplace(word, static_cast<int32_t>(pieces_.size()));
    if (fresh) pieces_.push_back(word);
    return known->second;
  }

  corpora::SpecialTokens specials_;
  std::string fingerprint_;
  mutable std::map<std::string, int32_t> ids_;
  mutable std::vector<std::string> pieces_;
};

/// Has no tokens for words with a capital letter.
class LowerCaseTokenizer final : public WordTokenizer {
 public:
  void encode(std::string_view text, corpora::Tokens& out) const override {
    corpora::Tokens all;
    WordTokenizer::encode(text, all);
    for (size_t i = 0; i < all.size(); ++i) {
      const std::string word = piece(all.ids[i]);
      if (std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::isupper(c) != 0; })) continue;
      out.ids.push_back(all.ids[i]);
      out.bytes.push_back(all.bytes[i]);
    }
  }
};

}  // namespace rmt::tests
