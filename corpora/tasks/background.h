// What stands between the facts of a memory task: a great deal of text that is about something else.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "corpora/document.h"
#include "corpora/tokenizer.h"

namespace rmt::corpora {

/// Const and without state: serves several threads.
class Background {
 public:
  virtual ~Background() = default;

  /// Fills each passage, its whole length, with the text that (seed, stream) decides. A passage ends with a
  /// sentence, so that what follows it stands by itself, and begins wherever its length makes it begin. Over
  /// all passages of a call nothing is said twice (but for what a corpus itself says twice), and no word is
  /// a task word (task_words.h). Throws what require() throws.
  virtual void fill(uint64_t seed, uint64_t stream, std::span<const std::span<int32_t>> passages) const = 0;

  /// The most tokens that one call of fill() can give.
  virtual int64_t capacity() const = 0;

  /// Throws Error(mismatch) where `tokens` are more than capacity().
  void require(int64_t tokens) const;

  /// Fingerprint of the tokenizer whose ids these are.
  const std::string& tokenizer() const { return tokenizer_; }

 protected:
  explicit Background(std::string tokenizer) : tokenizer_(std::move(tokenizer)) {}

 private:
  std::string tokenizer_;
};

/// Endless sentences about the people of a valley (valley_grammar.h), no two long passages alike. Words and
/// punctuation are tokenized once each, here: the ids are those of the whole text for every tokenizer that
/// keeps them apart, as nearly all do, and 2 million tokens take a fraction of a second. Throws
/// Error(mismatch) for a tokenizer that cannot spell English.
std::unique_ptr<const Background> generated_background(const Tokenizer& tokenizer);

struct CorpusOptions {
  int64_t max_tokens = int64_t{16} << 20;  ///< kept in memory, 4 bytes each; the rest is not read
  ReadOptions read = {};
};

/// The documents of `paths`, as open_documents() finds them, tokenized once, here, into one long text
/// without the sentences that mention a task word (fact_free_text.h). The passages of a call lie at random
/// places of that text, in random order, without overlap; one may go on from its end to its beginning. Where
/// sentences end is guessed, and where the text is nearly used up a passage may end inside one. Training
/// and evaluation on one corpus read the same text with other facts in it: give evaluation documents of its
/// own. Throws Error: what the reader throws.
std::unique_ptr<const Background> corpus_background(const std::vector<std::string>& paths, const Tokenizer& tokenizer,
                                                    const CorpusOptions& options = {});

}  // namespace rmt::corpora
