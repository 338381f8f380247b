// A small tokenizer for tests of streams: a group is a run of white space with the word after it, and
// every token of a group carries the hash of the whole group, so that a group cut in two shows in the
// ids. Cuts are safe where a word is followed by white space, and nowhere else.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "corpora/document.h"
#include "corpora/tokenizer.h"

namespace rmt::tests {

class GroupTokenizer : public corpora::Tokenizer {
 public:
  static constexpr size_t kPiece = 4;  // bytes a token covers at most

  size_t vocab_size() const override { return size_t{1} << 31; }
  const corpora::SpecialTokens& specials() const override { return specials_; }

  void encode(std::string_view text, corpora::Tokens& out) const override {
    longest_ = std::max(longest_, text.size());
    while (!text.empty()) {
      size_t end = std::min(text.find_first_not_of(" \n"), text.size());
      end = std::min(text.find_first_of(" \n", end), text.size());
      const auto id = static_cast<int32_t>(std::hash<std::string_view>()(text.substr(0, end)) & 0x7fffffff);
      for (size_t at = 0; at < end; at += kPiece) {
        out.ids.push_back(id);
        out.bytes.push_back(static_cast<uint32_t>(std::min(kPiece, end - at)));
      }
      text.remove_prefix(end);
    }
  }

  size_t safe_prefix(std::string_view text) const override {
    ++asked_;
    for (size_t at = text.size(); at-- > 1;) {
      if (is_space(text[at]) && !is_space(text[at - 1])) return at;
    }
    return 0;
  }

  std::string decode(std::span<const int32_t>) const override { return {}; }
  std::string piece(int32_t) const override { return {}; }
  const std::string& fingerprint() const override { return fingerprint_; }

  size_t longest() const { return longest_; }  ///< the longest text it was asked to encode
  size_t asked() const { return asked_; }      ///< how often it was asked for a cut

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n'; }

  corpora::SpecialTokens specials_;
  std::string fingerprint_ = "groups";
  mutable size_t longest_ = 0, asked_ = 0;
};

/// A text in chunks of the sizes that `size` gives, moved to the next border of two code points.
class ChunkedText final : public corpora::TextSource {
 public:
  ChunkedText(std::string text, std::function<size_t()> size) : text_(std::move(text)), size_(std::move(size)) {}

  bool next(std::string& chunk) override {
    if (from_ == text_.size()) return false;
    size_t to = std::min(text_.size(), from_ + std::max<size_t>(1, size_()));
    while (to < text_.size() && (static_cast<unsigned char>(text_[to]) & 0xc0) == 0x80) ++to;
    chunk.assign(text_, from_, to - from_);
    from_ = to;
    return true;
  }

 private:
  std::string text_;
  std::function<size_t()> size_;
  size_t from_ = 0;
};

}  // namespace rmt::tests
