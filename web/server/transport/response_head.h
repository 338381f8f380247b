// The first part of an answer as bytes.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "web/server/exchange.h"

namespace rmt::web {

/// What the transport adds to an answer. Headers of the same names in the answer itself are dropped.
struct ResponseFraming {
  enum class Body { none, sized, chunked, until_close };
  Body body = Body::sized;
  uint64_t length = 0;  ///< where it is sized
  bool http11 = true;
  bool keep_alive = true;
  std::string_view request_id, server;
  std::time_t now = 0;
};

/// Whether an answer of that status ever has a body.
bool status_has_body(unsigned status);

/// Status line, headers, empty line. A header whose name or value would break out of its line is dropped.
std::string response_head(const Response& response, const ResponseFraming& framing);

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(std::time_t time);

}  // namespace rmt::web
