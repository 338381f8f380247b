// A WebSocket over a wire: the WebSocketChannel that handlers see. One read is always pending, what is sent waits in
// one bounded queue, and no message is compressed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "web/server/error.h"
#include "web/server/exchange.h"
#include "web/server/transport/counters.h"
#include "web/server/transport/options.h"
#include "web/server/transport/request_parser.h"
#include "web/server/transport/wire.h"

namespace rmt::web {

/// 426, with what it asks for.
HttpError upgrade_required(const std::string& message);

/// Throws HttpError: 426 for a version that is not 13, 400 for a malformed key or a request with a body.
void check_upgrade(const RequestHead& head, const RequestParser& parser);

/// Everything on the strand of the wire, whose reading is paused for as long as this runs.
class WebSocketConnection {
 public:
  struct Traffic {
    uint64_t received = 0, sent = 0;  ///< bytes of messages
    std::string fault;                ///< what the handler threw
  };

  virtual ~WebSocketConnection() = default;

  /// Grants the upgrade, runs the handler, closes. Returns when nothing of it is left; the wire is then still open
  /// where the closing handshake went well. Nothing is thrown.
  virtual boost::asio::awaitable<Traffic> run(const WebSocketHandler& handler) = 0;

  /// The handler is given no further message.
  virtual void drain() = 0;

  static std::shared_ptr<WebSocketConnection> create(std::shared_ptr<Wire> wire, const RequestHead& head,
                                                     const ServerOptions& options, AtomicCounters& counters);
};

}  // namespace rmt::web
