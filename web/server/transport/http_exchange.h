// One request and its answer over a wire: the Exchange that handlers see.
#pragma once

#include <string>

#include "web/server/exchange.h"
#include "web/server/transport/counters.h"
#include "web/server/transport/options.h"
#include "web/server/transport/request_parser.h"
#include "web/server/transport/wire.h"

namespace rmt::web {

class HttpExchange final : public Exchange {
 public:
  /// All must outlive it. `closing`: the connection ends with this answer whatever the client would like.
  HttpExchange(Wire& wire, RequestParser& parser, const RequestHead& head, const ServerOptions& options,
               AtomicCounters& counters, bool closing);
  ~HttpExchange() override;

  const Request& request() const override { return head_.request; }
  boost::asio::any_io_executor executor() override { return wire_.executor(); }

  boost::asio::awaitable<std::string> read_body(size_t limit) override;
  boost::asio::awaitable<std::string> read_some() override;

  boost::asio::awaitable<void> respond(Response response) override;
  boost::asio::awaitable<void> begin(Response head) override;
  boost::asio::awaitable<void> write(std::string piece) override;
  boost::asio::awaitable<void> end() override;
  bool begun() const override { return status_ != 0; }

  void on_gone(std::function<void()> gone) override { wire_.on_end(std::move(gone)); }

  // --- for the connection ---

  /// The answer's last byte was written.
  bool ended() const { return ended_; }
  /// After the end: whether another request may follow.
  bool keeps_alive() const { return keep_alive_ && parser_.complete(); }
  /// No request follows this one.
  void close_after() { keep_alive_ = false; }

  unsigned status() const { return status_; }
  uint64_t bytes_received() const { return received_; }
  uint64_t bytes_sent() const { return sent_; }

 private:
  boost::asio::awaitable<void> invite();
  bool take_body(std::string& piece);
  void settle_request();
  std::string start(const Response& response, bool whole);

  Wire& wire_;
  RequestParser& parser_;
  const RequestHead& head_;
  const ServerOptions& options_;
  AtomicCounters& counters_;

  bool keep_alive_;
  bool invited_;      // the client need not wait for "100 Continue"
  std::string held_;  // of the body: decoded, and not yet asked for
  uint64_t received_ = 0, sent_ = 0;
  unsigned status_ = 0;
  bool has_body_ = false, chunked_ = false, ended_ = false;
};

}  // namespace rmt::web
