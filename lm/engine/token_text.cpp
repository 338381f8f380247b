#include "lm/engine/token_text.h"

#include "corpora/readers/utf8.h"

namespace rmt::engine {

std::string CharacterJoiner::push(std::string_view bytes) {
  held_ += bytes;
  std::string text;
  std::string_view rest = held_;
  for (;;) {
    const corpora::Utf8Prefix prefix = corpora::utf8_prefix(rest);
    text += rest.substr(0, prefix.valid);
    rest.remove_prefix(prefix.valid);
    if (prefix.bad == 0) break;  // all is taken, or what is left may still become a character
    text += corpora::kReplacement;
    rest.remove_prefix(prefix.bad);
  }
  held_.erase(0, held_.size() - rest.size());
  return text;
}

std::string CharacterJoiner::finish() {
  const bool unfinished = !held_.empty();
  held_.clear();
  return unfinished ? std::string(corpora::kReplacement) : std::string();
}

TokenText::TokenText(const corpora::Tokenizer& tokenizer, bool mid_text)
    : tokenizer_(&tokenizer), at_start_(!mid_text) {}

void TokenText::pass_over(std::span<const int32_t> ids) {
  for (size_t i = 0; at_start_ && i < ids.size(); ++i) tokenizer_->decode_next(ids[i], at_start_);
}

std::string TokenText::push(int32_t id) {
  return characters_.push(tokenizer_->decode_next(id, at_start_));
}

}  // namespace rmt::engine
