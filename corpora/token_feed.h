// Tokens of a text that comes in pieces, as soon as no later piece can change them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "corpora/tokenizer.h"

namespace rmt::corpora {

/// All that comes out together equals, token by token, one encoding of the whole text, however the pieces fall. Holds
/// one piece and the longest passage that the tokenizer cannot cut.
class TokenFeed {
 public:
  /// The tokenizer must outlive the feed.
  explicit TokenFeed(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  /// Appends the tokens that have become certain. A piece holds whole code points.
  void push(std::string_view piece, Tokens& out);

  /// The text ends: appends the rest.
  void finish(Tokens& out);

 private:
  const Tokenizer& tokenizer_;
  std::string pending_;  // not yet safe to cut
  size_t next_try_ = 0;  // the size of pending_ from which a cut is looked for again
};

}  // namespace rmt::corpora
