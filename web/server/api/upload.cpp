#include "web/server/api/upload.h"

#include <memory>

namespace rmt::web {
namespace {

class PlainTokens {
 public:
  PlainTokens(const TextCodec& text, bool at_start) : tokens_(text.tokenizer()) {
    if (at_start) bos_ = opening_bos(text);
  }

  std::vector<int32_t> take(std::string_view piece) {
    corpora::Tokens tokens;
    if (piece.empty()) {
      characters_.finish();
      tokens_.finish(tokens);
    } else {
      tokens_.push(characters_.push(piece), tokens);
    }
    if (bos_ && !tokens.ids.empty()) {
      tokens.ids.insert(tokens.ids.begin(), *bos_);
      bos_.reset();
    }
    return std::move(tokens.ids);
  }

 private:
  corpora::Utf8Feed characters_{"the text"};
  corpora::TokenFeed tokens_;
  std::optional<int32_t> bos_;  // not yet given
};

}  // namespace

std::optional<int32_t> opening_bos(const TextCodec& text) {
  const corpora::SpecialTokens& specials = text.tokenizer().specials();
  return specials.add_bos ? specials.bos : std::nullopt;
}

Tokenising plain_tokens(const TextCodec& text, bool at_start) {
  return
      [tokens = std::make_shared<PlainTokens>(text, at_start)](std::string_view piece) { return tokens->take(piece); };
}

Tokenising scored_tokens(engine::ScoreRows& rows) {
  return [&rows](std::string_view piece) { return piece.empty() ? rows.finish() : rows.push(piece); };
}

boost::asio::awaitable<std::vector<int32_t>> Upload::next() {
  std::vector<int32_t> ids;
  while (!at_end_ && ids.size() < kEnough) {
    const std::string piece = co_await exchange_.read_some();
    at_end_ = piece.empty();
    const std::vector<int32_t> more = tokenising_(piece);
    ids.insert(ids.end(), more.begin(), more.end());
  }
  co_return ids;
}

}  // namespace rmt::web
