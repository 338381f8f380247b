// A JSON answer that is sent while it is written, once it is long; a short one goes out whole, with its length.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "web/server/exchange.h"
#include "web/server/json/json_writer.h"

namespace rmt::web {

class AnswerWriter {
 public:
  explicit AnswerWriter(Exchange& exchange) : exchange_(exchange) {}

  JsonWriter& json() { return json_; }

  /// So much waits that flush() should be called.
  bool full() const { return json_.size() >= kPiece; }
  boost::asio::awaitable<void> flush();
  boost::asio::awaitable<void> finish();

 private:
  static constexpr size_t kPiece = 64 << 10;
  static Response head() { return {200, {{"content-type", "application/json"}}, {}}; }

  Exchange& exchange_;
  JsonWriter json_;
  bool begun_ = false;
};

}  // namespace rmt::web
