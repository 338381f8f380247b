// A document's text as a stream of tokens, in memory bounded by one chunk of text and the longest
// passage that the tokenizer cannot cut.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "corpora/document.h"
#include "corpora/token_feed.h"
#include "corpora/tokenizer.h"

namespace rmt::corpora {

/// Running totals of what has been read. Words are counted as the fields of a split on `\s+`
/// (Python's re.split: one more than the runs of white space), characters as code points.
struct TextCounts {
  int64_t bytes = 0;
  int64_t chars = 0;
  int64_t words = 1;
};

/// Counts text range by range.
class TextCounter {
 public:
  /// Adds the code points that begin in text[from, to); `text` must hold each of them whole.
  void add(std::string_view text, size_t from, size_t to);
  const TextCounts& counts() const { return counts_; }

 private:
  TextCounts counts_;
  bool in_space_ = false;
};

/// Equal, token by token, to encoding the whole text at once, however the chunks fall.
class TokenStream {
 public:
  /// Both must outlive the stream.
  TokenStream(TextSource& text, const Tokenizer& tokenizer);

  /// Appends at least one token and at most `limit`; false, adding none, at the end of the text.
  bool read(size_t limit, Tokens& out);

  /// What has been pulled from the text so far, which may be ahead of the tokens handed out; final once
  /// read() returned false.
  const TextCounts& counts() const { return counter_.counts(); }

 private:
  bool refill();

  TextSource& text_;
  TokenFeed feed_;
  std::string chunk_;
  Tokens ready_;  // tokens not yet handed out, from ready_from_ on
  size_t ready_from_ = 0;
  bool at_end_ = false;
  TextCounter counter_;
};

}  // namespace rmt::corpora
