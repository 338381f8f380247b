#include "tests/web/transport/site.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <thread>

#include "web/server/error.h"

namespace rmt::web::tests {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

constexpr size_t kBodyLimit = 1 << 20;

awaitable<void> rest(const asio::any_io_executor& executor, std::chrono::milliseconds time) {
  asio::steady_timer timer(executor, time);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

Response text(std::string body) {
  Response response;
  response.headers.emplace_back("content-type", "text/plain");
  response.body = std::move(body);
  return response;
}

awaitable<void> hello(Exchange& exchange) {
  Response response = text("hello");
  response.headers.emplace_back("content-length", "99");  // the transport knows better
  response.headers.emplace_back("x-broken", "a\r\nx-smuggled: b");
  co_await exchange.respond(std::move(response));
}

awaitable<void> echo(Exchange& exchange) {
  std::string body = co_await exchange.read_body(kBodyLimit);
  Response response = text(std::move(body));
  co_await exchange.respond(std::move(response));
}

awaitable<void> where(Exchange& exchange) {
  const Request& request = exchange.request();
  Response response = text(request.method + " " + request.path + " " + request.query);
  co_await exchange.respond(std::move(response));
}

awaitable<void> count(Exchange& exchange, Seen& seen) {
  uint64_t bytes = 0;
  while (true) {
    const std::string piece = co_await exchange.read_some();
    if (piece.empty()) break;
    bytes += piece.size();
    seen.largest_piece = std::max<uint64_t>(seen.largest_piece, piece.size());
  }
  Response response = text(std::to_string(bytes));
  co_await exchange.respond(std::move(response));
}

/// Answers each piece of the body while more of it comes.
awaitable<void> duplex(Exchange& exchange) {
  Response head = text("begin.");
  co_await exchange.begin(std::move(head));
  while (true) {
    std::string piece = co_await exchange.read_some();
    if (piece.empty()) break;
    co_await exchange.write(std::move(piece));
  }
  co_await exchange.end();
}

awaitable<void> stream(Exchange& exchange) {
  Response head = text({});
  co_await exchange.begin(std::move(head));
  for (int i = 0; i < 3; ++i) {
    std::string piece = "piece " + std::to_string(i) + ";";
    co_await exchange.write(std::move(piece));
  }
  co_await exchange.end();
}

awaitable<void> flood(Exchange& exchange, Seen& seen) {
  exchange.on_gone([&seen] { ++seen.gone; });
  Response head = text({});
  co_await exchange.begin(std::move(head));
  while (true) {
    std::string piece(100'000, 'x');
    co_await exchange.write(std::move(piece));
    seen.written += 100'000;
  }
}

/// Waits as for a model, until it is released or the client has gone.
awaitable<void> hold(Exchange& exchange, Seen& seen) {
  bool gone = false;
  exchange.on_gone([&] {
    gone = true;
    ++seen.gone;
  });
  ++seen.holding;
  while (!seen.release && !gone) co_await rest(exchange.executor(), std::chrono::milliseconds(5));
  --seen.holding;
  Response response = text("released");
  co_await exchange.respond(std::move(response));
}

awaitable<void> fail(Exchange& exchange) {
  const std::string& how = exchange.request().query;
  if (how == "late") {
    Response head = text("half");
    co_await exchange.begin(std::move(head));
  }
  if (how == "nothing") co_return;
  if (how == "unended") {
    Response head = text("half");
    co_await exchange.begin(std::move(head));
    co_return;
  }
  if (how == "http") throw HttpError(422, "no good", "prompt", "bad_prompt");
  throw std::runtime_error("a secret of the inside");
}

awaitable<void> echo_messages(WebSocketChannel& channel) {
  while (true) {
    std::optional<std::string> message = co_await channel.receive();
    if (!message) co_return;
    if (*message == "close 4000") {
      co_await channel.close(4000, "as you wish");
      co_return;
    }
    if (*message == "throw") throw std::runtime_error("a secret of the inside");
    channel.send(std::move(*message));
  }
}

/// Sends without end; patiently, or not.
awaitable<void> flood_messages(WebSocketChannel& channel, Seen& seen) {
  bool gone = false;
  channel.on_gone([&] {
    gone = true;
    ++seen.gone;
  });
  const bool patient = channel.request().query == "patient";
  while (!gone) {
    channel.send(std::string(10'000, 'x'));
    seen.written += 10'000;
    if (patient) co_await channel.drained();
    if (seen.written % 100'000 == 0) co_await rest(channel.executor(), std::chrono::milliseconds(1));
  }
}

awaitable<void> wait_for_end(WebSocketChannel& channel, Seen& seen) {
  channel.on_gone([&seen] { ++seen.gone; });
  ++seen.holding;
  while (!seen.release) co_await rest(channel.executor(), std::chrono::milliseconds(5));
  --seen.holding;
  channel.send("last words");
}

struct HandlerEnd {
  explicit HandlerEnd(Seen& site) : seen(site) { ++seen.begun; }
  ~HandlerEnd() { ++seen.handled; }
  Seen& seen;
};

awaitable<void> counted(Handler handler, Exchange& exchange, Seen& seen) {
  const HandlerEnd end(seen);
  co_await handler(exchange);
}

awaitable<void> counted_messages(WebSocketHandler handler, WebSocketChannel& channel, Seen& seen) {
  const HandlerEnd end(seen);
  co_await handler(channel);
}

Endpoint endpoint_of(const Request& request, Seen& seen) {
  const std::map<std::string, Handler> handlers = {
      {"/hello", hello},
      {"/echo", echo},
      {"/duplex", duplex},
      {"/stream", stream},
      {"/fail", fail},
      {"/count", [&seen](Exchange& exchange) { return count(exchange, seen); }},
      {"/flood", [&seen](Exchange& exchange) { return flood(exchange, seen); }},
      {"/hold", [&seen](Exchange& exchange) { return hold(exchange, seen); }},
  };
  const std::map<std::string, WebSocketHandler> channels = {
      {"/messages", echo_messages},
      {"/flood", [&seen](WebSocketChannel& channel) { return flood_messages(channel, seen); }},
      {"/wait", [&seen](WebSocketChannel& channel) { return wait_for_end(channel, seen); }},
  };
  Endpoint endpoint;
  if (request.path.starts_with("/where")) endpoint.http = where;
  if (const auto found = handlers.find(request.path); found != handlers.end()) {
    endpoint.http = [&seen, handler = found->second](Exchange& exchange) { return counted(handler, exchange, seen); };
  }
  if (const auto found = channels.find(request.path); found != channels.end()) {
    endpoint.websocket = [&seen, handler = found->second](WebSocketChannel& channel) {
      return counted_messages(handler, channel, seen);
    };
  }
  if (!endpoint.http && !endpoint.websocket) throw HttpError(404, "there is nothing here");
  return endpoint;
}

}  // namespace

std::vector<AccessLine> Seen::access() {
  const std::scoped_lock lock(mutex);
  return lines;
}

TestServer::TestServer(ServerOptions options) : seen_(std::make_unique<Seen>()) {
  options.port = 0;
  options.timeouts.linger =
      std::min<TransportTimeouts::Duration>(options.timeouts.linger, std::chrono::milliseconds(200));
  options.on_access = [seen = seen_.get()](const AccessLine& line) {
    const std::scoped_lock lock(seen->mutex);
    seen->lines.push_back(line);
  };
  server_ = std::make_unique<Server>(
      std::move(options), [seen = seen_.get()](const Request& request) { return endpoint_of(request, *seen); });
  server_->start();
}

TestServer::~TestServer() {
  seen_->release = true;
  server_.reset();
}

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

ServerOptions hasty() {
  ServerOptions options;
  options.timeouts.idle = std::chrono::milliseconds(400);
  options.timeouts.header = options.timeouts.body = options.timeouts.write = std::chrono::milliseconds(200);
  options.timeouts.linger = std::chrono::milliseconds(100);
  options.timeouts.websocket_idle = std::chrono::milliseconds(400);
  options.timeouts.websocket_close = std::chrono::milliseconds(200);
  return options;
}

std::string get(const std::string& path, const std::string& headers) {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

std::string post(const std::string& path, const std::string& body, const std::string& headers) {
  return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

}  // namespace rmt::web::tests
