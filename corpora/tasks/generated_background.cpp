// Sentences of a grammar, each word of which was tokenized once.
#include <algorithm>
#include <limits>

#include "corpora/error.h"
#include "corpora/tasks/background.h"
#include "corpora/tasks/grammar.h"
#include "corpora/tasks/text_tokens.h"
#include "corpora/tasks/valley_grammar.h"

namespace rmt::corpora {

namespace {

class GeneratedBackground final : public Background {
 public:
  explicit GeneratedBackground(const Tokenizer& tokenizer)
      : Background(tokenizer.fingerprint()), grammar_(valley_grammar()) {
    for (const std::string& spelling : grammar_.spellings()) {
      const std::vector<int32_t> ids = tokens_behind_a_word(tokenizer, spelling);
      if (ids.empty())
        throw Error(Errc::mismatch,
                    "the tokenizer has no tokens for \"" + spelling + "\": give one that spells English");
      ids_.insert(ids_.end(), ids.begin(), ids.end());
      ends_.push_back(ids_.size());
    }
  }

  void fill(uint64_t seed, uint64_t stream, std::span<const std::span<int32_t>> passages) const override {
    RandomStream random(seed, stream);
    std::vector<uint32_t> words;
    for (std::span<int32_t> left : passages) {
      while (!left.empty()) {  // from the passage's end to its beginning
        grammar_.sentence(random, words);
        for (; !words.empty(); words.pop_back()) left = put_last(words.back(), left);
      }
    }
  }

  int64_t capacity() const override { return std::numeric_limits<int64_t>::max(); }

 private:
  // Ends `to` with the word, or with what of its end fits; what is left before it.
  std::span<int32_t> put_last(uint32_t word, std::span<int32_t> to) const {
    const size_t end = ends_[word];
    const size_t count = std::min(end - (word == 0 ? 0 : ends_[word - 1]), to.size());
    const std::span<int32_t> left = to.first(to.size() - count);
    std::copy_n(ids_.begin() + static_cast<std::ptrdiff_t>(end - count), count,
                to.begin() + static_cast<std::ptrdiff_t>(left.size()));
    return left;
  }

  Grammar grammar_;
  std::vector<int32_t> ids_;  // of all words, one after another
  std::vector<size_t> ends_;  // of each word in ids_
};

}  // namespace

std::unique_ptr<const Background> generated_background(const Tokenizer& tokenizer) {
  return std::make_unique<GeneratedBackground>(tokenizer);
}

}  // namespace rmt::corpora
