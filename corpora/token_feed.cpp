#include "corpora/token_feed.h"

namespace rmt::corpora {

void TokenFeed::push(std::string_view piece, Tokens& out) {
  pending_ += piece;
  if (pending_.size() < next_try_) return;
  const size_t cut = tokenizer_.safe_prefix(pending_);
  // A passage without a cut is looked at again when it has doubled: linear work however long it is.
  next_try_ = cut == 0 ? 2 * pending_.size() : 0;
  if (cut == 0) return;
  tokenizer_.encode(std::string_view(pending_).substr(0, cut), out);
  pending_.erase(0, cut);
}

void TokenFeed::finish(Tokens& out) {
  if (!pending_.empty()) tokenizer_.encode(pending_, out);
  pending_.clear();
  next_try_ = 0;
}

}  // namespace rmt::corpora
