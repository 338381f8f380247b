// One client's connection: its requests, one after the other, until it ends or becomes a WebSocket.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "web/server/exchange.h"
#include "web/server/transport/admission.h"
#include "web/server/transport/counters.h"
#include "web/server/transport/http_exchange.h"
#include "web/server/transport/options.h"
#include "web/server/transport/request_parser.h"
#include "web/server/transport/stream.h"
#include "web/server/transport/wire.h"

namespace rmt::web {

class WebSocketConnection;
struct HttpError;

/// What all connections share.
struct TransportContext {
  ServerOptions options;
  Dispatch dispatch;
  AtomicCounters counters;
};

/// Everything on the strand of its socket.
class Connection final {
 public:
  /// Without a ticket all it does is to say that there are too many; then it holds a refusal's.
  Connection(TransportContext& context, Stream::Socket socket, boost::asio::ssl::context* tls, std::string remote,
             std::unique_ptr<Admission::Ticket> ticket, std::unique_ptr<Admission::Ticket> refusal);
  ~Connection();

  /// Returns when the connection has ended. Nothing is thrown.
  boost::asio::awaitable<void> run();

  /// No further request. What is under way may end.
  void drain();
  /// At once.
  void cut() { wire_->cut(); }

 private:
  /// A request that has come so far.
  struct Arriving {
    explicit Arriving(const TransportLimits& limits) : parser(limits) {}
    RequestParser parser;
    RequestHead head;
    std::chrono::steady_clock::time_point since;
    std::optional<Counted> in_flight;  // while it waits for its answer
    bool became_websocket = false;
    std::string fault;  // what a handler threw that was no answer
  };

  boost::asio::awaitable<void> refuse();
  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<std::optional<std::string>> read_head(Arriving& arriving);
  std::optional<std::string> take_head(size_t& checked);
  boost::asio::awaitable<void> answer(Arriving& arriving, HttpExchange& exchange);
  boost::asio::awaitable<void> send_error(HttpExchange& exchange, HttpError error);
  boost::asio::awaitable<std::optional<HttpError>> run_handler(Arriving& arriving, HttpExchange& exchange);
  boost::asio::awaitable<void> serve_websocket(Arriving& arriving, const WebSocketHandler& handler);
  void tell(const Arriving& arriving, unsigned status, uint64_t received, uint64_t sent);

  TransportContext& context_;
  const std::string remote_;
  const std::unique_ptr<Admission::Ticket> ticket_, refusal_;
  const std::shared_ptr<Wire> wire_;
  bool draining_ = false;
  bool idle_ = true;                   // nothing of a request has come
  HttpExchange* answering_ = nullptr;  // while there is one
  std::shared_ptr<WebSocketConnection> websocket_;
};

}  // namespace rmt::web
