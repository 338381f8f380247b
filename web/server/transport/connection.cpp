#include "web/server/transport/connection.h"

#include <algorithm>
#include <utility>

#include "web/server/error.h"
#include "web/server/transport/head_guard.h"
#include "web/server/transport/request_id.h"
#include "web/server/transport/websocket_connection.h"

namespace rmt::web {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr unsigned kClientGone = 499;

HttpError too_many(const char* what) {
  HttpError error(503, what);
  error.retry_after_s = 1;
  return error;
}

}  // namespace

Connection::Connection(TransportContext& context, Stream::Socket socket, asio::ssl::context* tls, std::string remote,
                       std::unique_ptr<Admission::Ticket> ticket, std::unique_ptr<Admission::Ticket> refusal)
    : context_(context),
      remote_(std::move(remote)),
      ticket_(std::move(ticket)),
      refusal_(std::move(refusal)),
      wire_(std::make_shared<Wire>(std::move(socket), tls, context.options, context.counters)) {}

Connection::~Connection() = default;

void Connection::drain() {
  draining_ = true;
  if (websocket_) websocket_->drain();
  if (answering_ != nullptr) answering_->close_after();
  if (idle_) wire_->cut();
}

asio::awaitable<void> Connection::run() {
  const Counted open(context_.counters.connections_open);
  try {
    co_await wire_->shake_hands();
    if (ticket_) {
      while (co_await serve_one()) {
      }
    } else {
      co_await refuse();
    }
    co_await wire_->close();
  } catch (const std::exception&) {  // Gone, or no memory for this connection: others go on
  }
  wire_->cut();
}

asio::awaitable<void> Connection::refuse() {
  idle_ = false;
  Arriving arriving(context_.options.limits);
  arriving.since = Clock::now();
  arriving.head.request.method = arriving.head.request.path = "-";
  arriving.head.request.id = request_id({});
  HttpExchange exchange(*wire_, arriving.parser, arriving.head, context_.options, context_.counters, true);
  co_await send_error(exchange, too_many("there are too many connections: come again later"));
  tell(arriving, exchange.status(), 0, exchange.bytes_sent());
}

/// Returns whether another request may follow.
asio::awaitable<bool> Connection::serve_one() {
  Arriving arriving(context_.options.limits);
  std::optional<HttpError> refused;
  try {
    const std::optional<std::string> bytes = co_await read_head(arriving);
    if (!bytes) co_return false;
    arriving.head = arriving.parser.read_head(*bytes);
  } catch (const HttpError& error) {
    refused = error;
  }
  Request& request = arriving.head.request;
  if (request.method.empty()) request.method = request.path = "-";
  request.remote = remote_;
  request.id = request_id(request.header("x-request-id"));

  HttpExchange exchange(*wire_, arriving.parser, arriving.head, context_.options, context_.counters,
                        draining_ || refused.has_value());
  answering_ = &exchange;
  if (refused) {
    co_await send_error(exchange, *refused);
  } else {
    co_await answer(arriving, exchange);
  }
  answering_ = nullptr;
  if (arriving.became_websocket) co_return false;
  const bool whole = exchange.ended();
  if (!whole) ++context_.counters.gone;
  tell(arriving, whole ? exchange.status() : kClientGone, exchange.bytes_received(), exchange.bytes_sent());
  if (!whole) wire_->cut();
  co_return whole&& exchange.keeps_alive() && !draining_;
}

/// The bytes of the next head. Nothing where no further request comes; throws HttpError where one begins badly.
asio::awaitable<std::optional<std::string>> Connection::read_head(Arriving& arriving) {
  const TransportTimeouts& timeouts = context_.options.timeouts;
  size_t checked = 0;
  idle_ = true;
  while (true) {
    if (std::optional<std::string> head = take_head(checked)) {
      if (idle_) arriving.since = Clock::now();
      idle_ = false;
      co_return head;
    }
    const bool empty = wire_->input().empty();
    if (empty && draining_) co_return std::nullopt;
    if (!empty && idle_) arriving.since = Clock::now();
    idle_ = empty;
    const auto left = empty ? timeouts.idle : arriving.since + timeouts.header - Clock::now();
    const Wire::Arrival arrival = co_await wire_->more(left);
    if (arrival == Wire::Arrival::bytes) continue;
    if (arrival == Wire::Arrival::end || empty) co_return std::nullopt;
    ++context_.counters.timeouts;
    throw HttpError(408, "the head of the request did not come to its end in time");
  }
}

/// Takes a whole head off the input, if there is one. `checked`: how many bytes were looked at before.
std::optional<std::string> Connection::take_head(size_t& checked) {
  constexpr size_t kLineEnd = 2, kHeadEnd = 4;
  // An empty line before a request is left over from a careless client (RFC 9112, section 2.2).
  if (wire_->input().starts_with("\r\n")) {
    wire_->consume(kLineEnd);
    checked = 0;
  }
  const std::string_view input = wire_->input();
  const TransportLimits& limits = context_.options.limits;
  const size_t from = checked - std::min(checked, kHeadEnd - 1);
  const size_t end = input.find("\r\n\r\n", from);
  const size_t bytes = end == std::string_view::npos ? input.size() : end + kHeadEnd;
  check_head_bytes(input.substr(0, bytes), from);
  checked = bytes;
  if (bytes > limits.head_bytes) {
    throw HttpError(431, "the head has over " + std::to_string(limits.head_bytes) + " bytes");
  }
  if (end == std::string_view::npos) return std::nullopt;
  std::string head(input.substr(0, bytes));
  wire_->consume(bytes);
  return head;
}

asio::awaitable<void> Connection::answer(Arriving& arriving, HttpExchange& exchange) {
  arriving.in_flight.emplace(context_.counters.requests_open);
  std::optional<HttpError> error;
  if (arriving.in_flight->now() > context_.options.limits.requests_in_flight) {
    error = too_many("there are too many requests at once: come again later");
  } else {
    error = co_await run_handler(arriving, exchange);
  }
  if (error && !exchange.begun()) co_await send_error(exchange, *error);
  arriving.in_flight.reset();
}

/// A client that has gone meanwhile shows in that the exchange has not ended.
asio::awaitable<void> Connection::send_error(HttpExchange& exchange, HttpError error) {
  try {
    Response response = error_response(error);
    co_await exchange.respond(std::move(response));
  } catch (const Gone&) {
  }
}

/// What the client is to be told in place of an answer, where there was none.
asio::awaitable<std::optional<HttpError>> Connection::run_handler(Arriving& arriving, HttpExchange& exchange) {
  std::optional<HttpError> error;
  try {
    const Endpoint endpoint = context_.dispatch(exchange.request());
    if (arriving.head.upgrades_to_websocket && endpoint.websocket) {
      check_upgrade(arriving.head, arriving.parser);
      co_await serve_websocket(arriving, endpoint.websocket);
      co_return error;
    }
    if (!endpoint.http) throw upgrade_required("here is only a WebSocket");
    co_await endpoint.http(exchange);
    if (!exchange.begun()) throw std::logic_error("the handler gave no answer");
    if (!exchange.ended()) arriving.fault = "the handler did not end its answer";
  } catch (const HttpError& thrown) {
    if (exchange.begun()) arriving.fault = thrown.what();
    error = thrown;
  } catch (const Gone&) {
  } catch (const std::exception& unforeseen) {
    arriving.fault = unforeseen.what();
    error.emplace(500, "something went wrong here; the server's log has it under this request's x-request-id");
  }
  co_return error;
}

asio::awaitable<void> Connection::serve_websocket(Arriving& arriving, const WebSocketHandler& handler) {
  co_await wire_->pause_reading();
  if (!wire_->input().empty()) {
    wire_->resume_reading();
    throw HttpError(400, "bytes came before the upgrade was granted");
  }
  arriving.became_websocket = true;
  arriving.in_flight.reset();
  websocket_ = WebSocketConnection::create(wire_, arriving.head, context_.options, context_.counters);
  if (draining_) websocket_->drain();
  const WebSocketConnection::Traffic traffic = co_await websocket_->run(handler);
  websocket_.reset();
  wire_->resume_reading();
  arriving.fault = traffic.fault;
  ++context_.counters.answers[1];
  tell(arriving, 101, traffic.received, traffic.sent);
}

void Connection::tell(const Arriving& arriving, unsigned status, uint64_t received, uint64_t sent) {
  if (!context_.options.on_access) return;
  const Request& request = arriving.head.request;
  AccessLine line;
  line.remote = remote_;
  line.method = escaped_for_log(request.method);
  line.path = escaped_for_log(request.path);
  line.status = status;
  line.bytes_received = received;
  line.bytes_sent = sent;
  line.ms = std::chrono::duration<double, std::milli>(Clock::now() - arriving.since).count();
  line.request_id = request.id;
  line.fault = escaped_for_log(arriving.fault);
  context_.options.on_access(line);
}

}  // namespace rmt::web
