#include "corpora/tokenizers/added_tokens.h"

#include <algorithm>

namespace rmt::corpora {

namespace {

unsigned char first_byte(const AddedToken& token) {
  return static_cast<unsigned char>(token.text.front());
}

}  // namespace

AddedTokenFinder::AddedTokenFinder(const std::vector<AddedToken>& tokens) {
  for (const AddedToken& token : tokens)
    if (!token.special && !token.text.empty()) tokens_.push_back(token);
  std::sort(tokens_.begin(), tokens_.end(), [](const AddedToken& a, const AddedToken& b) {
    if (first_byte(a) != first_byte(b)) return first_byte(a) < first_byte(b);
    return a.text.size() != b.text.size() ? a.text.size() > b.text.size() : a.id < b.id;
  });
  for (const AddedToken& token : tokens_) ++first_with_[first_byte(token) + size_t{1}];
  for (size_t byte = 0; byte < 256; ++byte) first_with_[byte + 1] += first_with_[byte];
}

AddedTokenFinder::Match AddedTokenFinder::next(std::string_view text, size_t from) const {
  if (tokens_.empty()) return {};
  for (size_t at = from; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    for (uint32_t i = first_with_[byte]; i < first_with_[byte + size_t{1}]; ++i)
      if (text.substr(at).starts_with(tokens_[i].text)) return {at, &tokens_[i]};
  }
  return {};
}

bool AddedTokenFinder::may_cross(std::string_view text, size_t at) const {
  return std::any_of(tokens_.begin(), tokens_.end(), [&](const AddedToken& token) {
    const std::string_view spelling = token.text;
    for (size_t before = 1; before < spelling.size() && before <= at; ++before) {
      const size_t known = std::min(spelling.size(), text.size() - at + before);
      if (text.substr(at - before, known) == spelling.substr(0, known)) return true;
    }
    return false;
  });
}

}  // namespace rmt::corpora
