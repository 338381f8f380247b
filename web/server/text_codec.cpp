#include "web/server/text_codec.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "corpora/readers/utf8.h"

namespace rmt::web {
namespace {

std::string spelled_bytes(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.append("<0x").append({kDigits[byte >> 4], kDigits[byte & 15]}).append(">");
  }
  return text;
}

}  // namespace

TextCodec::TextCodec(const corpora::Tokenizer& tokenizer, int64_t vocabulary) : tokenizer_(tokenizer) {
  const auto known = static_cast<int64_t>(tokenizer.vocab_size());
  bytes_.resize(static_cast<size_t>(std::max(vocabulary, known)));
  names_.resize(bytes_.size());
  // A token alone may lose the space a text's first word is given: it is decoded behind another one.
  for (int64_t id = 0; id < known; ++id) {
    const auto token = static_cast<int32_t>(id);
    const std::array<int32_t, 2> twice = {token, token};
    const std::string alone = tokenizer.decode(std::span(twice).first(1));
    bytes_[static_cast<size_t>(id)] = tokenizer.decode(twice).substr(alone.size());
  }
  name_tokens();
}

void TextCodec::name_tokens() {
  std::unordered_set<std::string_view> taken;
  for (size_t id = 0; id < names_.size(); ++id) {
    const std::string& bytes = bytes_[id];
    std::string& name = names_[id];
    const bool is_text = corpora::utf8_prefix(bytes).valid == bytes.size();
    if (!bytes.empty()) name = is_text ? bytes : spelled_bytes(bytes);
    if (bytes.empty() && id < tokenizer_.vocab_size())
      name = corpora::repaired_utf8(tokenizer_.piece(static_cast<int32_t>(id)));
    if (name.empty() || taken.contains(name)) name = "token_id:" + std::to_string(id);
    taken.insert(name);
  }
}

std::vector<int32_t> TextCodec::encode(std::string_view text, bool at_start) const {
  corpora::Tokens tokens;
  const corpora::SpecialTokens& specials = tokenizer_.specials();
  if (at_start && specials.add_bos && specials.bos) tokens.ids.push_back(*specials.bos);
  tokenizer_.encode(text, tokens);
  return std::move(tokens.ids);
}

std::string TextCodec::decode(std::span<const int32_t> ids) const {
  const auto known = static_cast<int32_t>(tokenizer_.vocab_size());
  if (std::ranges::all_of(ids, [&](int32_t id) { return id < known; }))
    return corpora::repaired_utf8(tokenizer_.decode(ids));
  std::vector<int32_t> with_text;
  std::ranges::copy_if(ids, std::back_inserter(with_text), [&](int32_t id) { return id < known; });
  return corpora::repaired_utf8(tokenizer_.decode(with_text));
}

}  // namespace rmt::web
