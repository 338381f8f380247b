#include "web/server/transport/http_exchange.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include "web/server/error.h"
#include "web/server/transport/response_head.h"

namespace rmt::web {

namespace asio = boost::asio;

namespace {

constexpr uint64_t kBelieved = 1 << 20;  // bytes of a Content-Length for which memory is taken before they come

}  // namespace

HttpExchange::HttpExchange(Wire& wire, RequestParser& parser, const RequestHead& head, const ServerOptions& options,
                           AtomicCounters& counters, bool closing)
    : wire_(wire),
      parser_(parser),
      head_(head),
      options_(options),
      counters_(counters),
      keep_alive_(head.keep_alive && !closing),
      invited_(!head.expects_continue) {}

HttpExchange::~HttpExchange() {
  wire_.on_end({});
}

asio::awaitable<std::string> HttpExchange::read_body(size_t limit) {
  const auto check = [&](uint64_t bytes) {
    if (bytes <= limit) return;
    close_after();
    throw HttpError(413, "the body has over " + std::to_string(limit) + " bytes, which is the limit here");
  };
  check(head_.request.content_length.value_or(0));
  std::string body;
  body.reserve(std::min<uint64_t>(head_.request.content_length.value_or(0), kBelieved));
  while (true) {
    const std::string piece = co_await read_some();
    if (piece.empty()) co_return body;
    check(body.size() + piece.size());
    body += piece;
  }
}

asio::awaitable<std::string> HttpExchange::read_some() {
  co_await invite();
  std::string piece;
  while (!take_body(piece)) {
    const Wire::Arrival arrival = co_await wire_.more(options_.timeouts.body);
    if (arrival == Wire::Arrival::end) throw Gone();
    if (arrival == Wire::Arrival::bytes) continue;
    ++counters_.timeouts;
    close_after();
    throw HttpError(408, "the body stopped coming");
  }
  co_return piece;
}

/// "100 Continue": only now, when a handler wants the body, is it certain that it is not sent in vain.
asio::awaitable<void> HttpExchange::invite() {
  if (invited_ || begun()) co_return;
  invited_ = true;
  const Wire::Parts parts{asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25)};
  co_await wire_.write(parts);
}

/// Appends what has come of the body. False where more must come first.
bool HttpExchange::take_body(std::string& piece) {
  piece.swap(held_);
  try {
    const size_t before = piece.size();
    wire_.consume(parser_.read_body(wire_.input(), piece));
    received_ += piece.size() - before;
  } catch (const HttpError&) {
    close_after();
    throw;
  }
  return !piece.empty() || parser_.complete();
}

/// Before an answer begins: decides whether the connection can go on behind it. It cannot where part of the request
/// is still to come, which nobody might read.
void HttpExchange::settle_request() {
  try {
    std::string piece;
    take_body(piece);
    held_ = std::move(piece);
  } catch (const HttpError&) {  // the connection ends with this answer
  }
  if (!parser_.complete()) close_after();
}

std::string HttpExchange::start(const Response& response, bool whole) {
  if (begun()) throw std::logic_error("an answer was begun twice");
  if (response.status < 200 || response.status > 599) throw std::logic_error("an answer with a status that is none");
  settle_request();
  using Body = ResponseFraming::Body;
  ResponseFraming framing;
  has_body_ = status_has_body(response.status) && head_.request.method != "HEAD";
  chunked_ = !whole && head_.http11;
  if (!whole && !head_.http11) close_after();
  if (!status_has_body(response.status)) {
    framing.body = Body::none;
  } else {
    framing.body = whole ? Body::sized : chunked_ ? Body::chunked : Body::until_close;
  }
  framing.length = response.body.size();
  framing.http11 = head_.http11;
  framing.keep_alive = keep_alive_;
  framing.request_id = head_.request.id;
  framing.server = options_.name;
  framing.now = std::time(nullptr);
  status_ = response.status;
  ++counters_.answers[status_ / 100];
  return response_head(response, framing);
}

asio::awaitable<void> HttpExchange::respond(Response response) {
  const std::string head = start(response, true);
  if (has_body_) sent_ = response.body.size();
  const Wire::Parts parts{asio::buffer(head), asio::buffer(response.body.data(), sent_)};
  co_await wire_.write(parts);
  ended_ = true;
}

asio::awaitable<void> HttpExchange::begin(Response head) {
  const std::string bytes = start(head, false);
  const Wire::Parts parts{asio::buffer(bytes)};
  co_await wire_.write(parts);
  std::string first = std::move(head.body);
  co_await write(std::move(first));
}

asio::awaitable<void> HttpExchange::write(std::string piece) {
  if (!begun() || ended_) throw std::logic_error("a piece of an answer outside of one");
  if (!has_body_ || piece.empty()) co_return;
  sent_ += piece.size();
  Wire::Parts parts{asio::buffer(piece)};
  std::array<char, 24> size{};
  if (chunked_) {
    const int length = std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
    parts = {asio::buffer(size.data(), static_cast<size_t>(length)), asio::buffer(piece), asio::buffer("\r\n", 2)};
  }
  co_await wire_.write(parts);
}

asio::awaitable<void> HttpExchange::end() {
  if (!begun() || ended_) throw std::logic_error("the end of an answer outside of one");
  if (has_body_ && chunked_) {
    const Wire::Parts parts{asio::buffer("0\r\n\r\n", 5)};
    co_await wire_.write(parts);
  }
  ended_ = true;
}

}  // namespace rmt::web
