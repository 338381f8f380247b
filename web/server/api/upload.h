// A request's body as a text that is tokenised while it comes in.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string_view>
#include <vector>

#include "corpora/readers/utf8_feed.h"
#include "corpora/token_feed.h"
#include "lm/engine/score_rows.h"
#include "web/server/exchange.h"
#include "web/server/text_codec.h"

namespace rmt::web {

/// Where text becomes tokens, piece by piece; a text's last piece is empty.
using Tokenising = std::function<std::vector<int32_t>(std::string_view piece)>;

/// Only the ids. `at_start` of a text, which may open with BOS. The codec must outlive it.
Tokenising plain_tokens(const TextCodec& text, bool at_start);
/// With what their rows will need.
Tokenising scored_tokens(engine::ScoreRows& rows);

class Upload {
 public:
  Upload(Exchange& exchange, Tokenising tokenising) : exchange_(exchange), tokenising_(std::move(tokenising)) {}

  /// Reads until some thousand tokens are there, or to the body's end. Throws corpora::Error(bad_text), HttpError,
  /// Gone.
  boost::asio::awaitable<std::vector<int32_t>> next();
  bool at_end() const { return at_end_; }

 private:
  static constexpr size_t kEnough = 8192;

  Exchange& exchange_;
  const Tokenising tokenising_;
  bool at_end_ = false;
};

/// The token before a text's first, where the model was trained with one.
std::optional<int32_t> opening_bos(const TextCodec& text);

}  // namespace rmt::web
