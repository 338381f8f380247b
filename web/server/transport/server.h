// The server's outside: listens, hands requests to a Dispatch, and goes down without breaking what is under way.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "web/server/exchange.h"
#include "web/server/transport/counters.h"
#include "web/server/transport/options.h"
#include "web/server/transport/transport_error.h"

namespace rmt::web {

/// Safe to use from any thread.
class Server {
 public:
  /// Listens from here on; nothing is answered before start(). What the dispatch and its handlers refer to must
  /// outlive the server. Throws TransportError.
  Server(ServerOptions options, Dispatch dispatch);

  /// Cuts what is left. Handlers that wait for something else than their exchange have a few seconds to find out.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();

  uint16_t port() const;
  ServerCounters counters() const;

  /// Takes no further connection and no further request, lets those under way end, and cuts what is left of them
  /// after `grace`. Returns at once. A second call cuts at once.
  void drain(std::chrono::steady_clock::duration grace);

  /// Until nothing is under way after drain(). False where the time was up before.
  bool wait(std::chrono::steady_clock::duration limit = std::chrono::hours(24 * 365));

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

/// The libraries that speak the protocols, and their versions, for the log.
const char* transport_versions();

}  // namespace rmt::web
