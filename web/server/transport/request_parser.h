// Bytes to requests, without a socket: the guards, Beast's parser behind them, and limits on what it does not limit.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "web/server/exchange.h"
#include "web/server/transport/options.h"

namespace rmt::web {

/// What the connection must know of a head besides the request itself.
struct RequestHead {
  Request request;     ///< without remote and id
  std::string target;  ///< as sent
  bool http11 = true;
  bool keep_alive = true;
  bool expects_continue = false;
  bool upgrades_to_websocket = false;
};

/// For one request. What throws HttpError leaves no trust in where the next request would begin.
class RequestParser {
 public:
  explicit RequestParser(const TransportLimits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// `head` ends with its empty line. Throws HttpError.
  RequestHead read_head(std::string_view head);

  /// Appends to `body` what the bytes have of it, and returns how many of them it used: the rest is not enough to go
  /// on, or belongs to the next request. Throws HttpError, and from then on always.
  size_t read_body(std::string_view bytes, std::string& body);

  /// The request's last byte was used.
  bool complete() const;

 private:
  size_t decode(std::string_view bytes, std::string& body);

  class Beast;
  std::unique_ptr<Beast> beast_;
  bool broken_ = false;
};

}  // namespace rmt::web
