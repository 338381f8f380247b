// Short JSON answers.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "lm/store/row_json.h"
#include "web/server/exchange.h"

namespace rmt::web {

using store::Json;

inline Response json_response(const Json& body, unsigned status = 200) {
  return {status, {{"content-type", "application/json"}}, store::json_line(body)};
}

}  // namespace rmt::web
