// The WebSocket at /v1/stream: generation, and live scoring of a text that is still being sent. Every message is one
// JSON object with a "type"; what belongs together carries the same "id", which the client chooses.
//
//   client                                              server
//   {"type": "generate", "id", "prompt", …}             {"type": "text", "id", "index", "text", "token", "logprob"} …
//     (the fields of /v1/completions)                   {"type": "end", "id", "index", "finish_reason"} each choice
//                                                       {"type": "done", "id", "usage"}
//   {"type": "score", "id", "memory_gain"}              {"type": "segment", "id", "seq", …} each segment
//   {"type": "text", "id", "text"} …                    {"type": "done", "id", "totals"}
//   {"type": "finish", "id"}
//   {"type": "cancel", "id"}                            {"type": "done", "id", "cancelled": true}
//
// What goes wrong is {"type": "error", "id", "error": {…}}, after which nothing of that id comes any more.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "web/server/api/api.h"
#include "web/server/exchange.h"
#include "web/server/router.h"

namespace rmt::web {

boost::asio::awaitable<void> serve_stream(Api& api, WebSocketChannel& channel, Call call);

}  // namespace rmt::web
