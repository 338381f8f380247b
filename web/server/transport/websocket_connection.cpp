#include "web/server/transport/websocket_connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <utility>

#include "corpora/readers/utf8.h"
#include "web/server/transport/signal.h"

namespace rmt::web {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr size_t kLongestReason = 123;  // bytes, of a close frame

/// The wire's stream as Beast wants to own one. Beast ends by closing it; we close the wire ourselves, later and
/// gently, so that the last frame arrives.
class WireStream {
 public:
  using executor_type = Stream::executor_type;

  explicit WireStream(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  executor_type get_executor() { return wire_->stream().get_executor(); }
  void cut() { wire_->cut(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return wire_->stream().async_read_some(buffers, std::forward<Token>(token));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    wire_->progress();
    return wire_->stream().async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  std::shared_ptr<Wire> wire_;
};

template <class Handler>
void async_teardown(beast::role_type, WireStream& stream, Handler&& handler) {
  asio::post(stream.get_executor(), beast::bind_front_handler(std::forward<Handler>(handler), error_code()));
}

void beast_close_socket(WireStream& stream) {
  stream.cut();
}

beast::http::request<beast::http::empty_body> as_beast(const RequestHead& head) {
  beast::http::request<beast::http::empty_body> request(beast::http::verb::get, head.target, 11);
  for (const auto& [name, value] : head.request.headers) request.insert(name, value);
  return request;
}

class BeastWebSocket final : public WebSocketConnection,
                             public WebSocketChannel,
                             public std::enable_shared_from_this<BeastWebSocket> {
 public:
  BeastWebSocket(std::shared_ptr<Wire> wire, const RequestHead& head, const ServerOptions& options,
                 AtomicCounters& counters);

  asio::awaitable<Traffic> run(const WebSocketHandler& handler) override;
  void drain() override;

  const Request& request() const override { return head_.request; }
  asio::any_io_executor executor() override { return wire_->executor(); }
  asio::awaitable<std::optional<std::string>> receive() override;
  void send(std::string message) override;
  asio::awaitable<void> drained() override;
  asio::awaitable<void> close(uint16_t code, std::string reason) override;
  void on_gone(std::function<void()> gone) override;

 private:
  void set_options();
  asio::awaitable<bool> accept();
  asio::awaitable<void> handle(const WebSocketHandler& handler);
  asio::awaitable<void> read_messages();
  asio::awaitable<void> let_answer();
  asio::awaitable<void> write_messages();
  void start_close(uint16_t code, std::string reason);
  void overflow();
  void tell_gone();
  bool is_over() const { return read_done_ || closing_; }
  bool above(size_t share) const;

  const std::shared_ptr<Wire> wire_;
  const RequestHead& head_;
  const ServerOptions& options_;
  AtomicCounters& counters_;
  websocket::stream<WireStream, false> stream_;

  std::deque<std::string> received_;
  Signal received_changed_;
  std::deque<std::string> queue_;
  size_t queued_bytes_ = 0;  // of queue_ and of what is being written
  Signal queue_changed_;

  bool closing_ = false, read_done_ = false, write_done_ = false, draining_ = false;
  websocket::close_reason reason_;
  asio::steady_timer close_limit_;
  Signal done_;
  std::function<void()> gone_;
  Traffic traffic_;
};

BeastWebSocket::BeastWebSocket(std::shared_ptr<Wire> wire, const RequestHead& head, const ServerOptions& options,
                               AtomicCounters& counters)
    : wire_(std::move(wire)),
      head_(head),
      options_(options),
      counters_(counters),
      stream_(WireStream(wire_)),
      received_changed_(wire_->executor()),
      queue_changed_(wire_->executor()),
      close_limit_(wire_->executor()),
      done_(wire_->executor()) {
  set_options();
}

void BeastWebSocket::set_options() {
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = options_.timeouts.websocket_close;
  timeout.idle_timeout = options_.timeouts.websocket_idle;
  timeout.keep_alive_pings = true;
  stream_.set_option(timeout);
  stream_.set_option(websocket::stream_base::decorator([this](websocket::response_type& response) {
    response.set(beast::http::field::server, options_.name);
    response.set("x-request-id", head_.request.id);
  }));
  stream_.read_message_max(options_.limits.websocket_message_bytes);
  stream_.auto_fragment(false);
  stream_.text(true);
}

asio::awaitable<WebSocketConnection::Traffic> BeastWebSocket::run(const WebSocketHandler& handler) {
  const Counted open(counters_.websockets_open);
  ++counters_.websockets_total;
  if (co_await accept()) {
    asio::co_spawn(
        executor(), [self = shared_from_this()] { return self->read_messages(); }, asio::detached);
    asio::co_spawn(
        executor(), [self = shared_from_this()] { return self->write_messages(); }, asio::detached);
    co_await handle(handler);
    while (!read_done_ || !write_done_) co_await done_.wait();
  }
  wire_->expect_nothing();
  co_return std::move(traffic_);
}

asio::awaitable<bool> BeastWebSocket::accept() {
  const auto request = as_beast(head_);
  const auto [error] = co_await stream_.async_accept(request, kTuple);
  if (error) wire_->cut();
  co_return !error;
}

asio::awaitable<void> BeastWebSocket::handle(const WebSocketHandler& handler) {
  auto code = static_cast<uint16_t>(websocket::close_code::normal);
  std::string reason;
  try {
    co_await handler(*this);
    if (draining_) {
      code = websocket::close_code::going_away;
      reason = "the server is going down";
    }
  } catch (const Gone&) {
  } catch (const HttpError& error) {
    code = websocket::close_code::policy_error;
    reason = error.what();
  } catch (const std::exception& error) {
    code = websocket::close_code::internal_error;
    reason = "something went wrong here";
    traffic_.fault = error.what();
  }
  gone_ = {};
  start_close(code, std::move(reason));
}

asio::awaitable<void> BeastWebSocket::read_messages() {
  beast::flat_buffer buffer;
  while (!closing_) {
    const auto [error, bytes] = co_await stream_.async_read(buffer, kTuple);
    if (error) break;
    if (!stream_.got_text()) {
      start_close(websocket::close_code::unknown_data, "only text messages are understood here");
      break;
    }
    traffic_.received += bytes;
    std::string message = beast::buffers_to_string(buffer.data());
    buffer.consume(bytes);
    // Beast 345 does not see a character that an empty last fragment leaves unfinished.
    if (corpora::utf8_prefix(message).valid != message.size()) {
      start_close(websocket::close_code::bad_payload, "a text message is UTF-8");
      break;
    }
    received_.push_back(std::move(message));
    received_changed_.notify();
    co_await let_answer();
    while (received_.size() >= options_.limits.websocket_unread_messages && !closing_) {
      co_await received_changed_.wait();
    }
  }
  read_done_ = true;
  tell_gone();  // before the handler is woken
  received_changed_.notify();
  queue_changed_.notify();
  done_.notify();
}

/// A turn for the handler and one for the writer, so that what is answered at once is on its way before the next
/// frame, which may be a closing one, is looked at.
asio::awaitable<void> BeastWebSocket::let_answer() {
  for (int turn = 0; turn < 2; ++turn) co_await asio::post(executor(), asio::use_awaitable);
}

asio::awaitable<void> BeastWebSocket::write_messages() {
  while (true) {
    while (queue_.empty() && !is_over()) co_await queue_changed_.wait();
    if (queue_.empty() || (read_done_ && !closing_)) break;
    const std::string message = std::move(queue_.front());
    queue_.pop_front();
    wire_->expect_progress();
    const auto [error, bytes] = co_await stream_.async_write(asio::buffer(message), kTuple);
    wire_->expect_nothing();
    queued_bytes_ -= message.size();
    traffic_.sent += message.size();
    queue_changed_.notify();
    if (error) break;
  }
  if (closing_) co_await stream_.async_close(reason_, kTuple);
  close_limit_.cancel();
  write_done_ = true;
  done_.notify();
}

asio::awaitable<std::optional<std::string>> BeastWebSocket::receive() {
  while (received_.empty() && !is_over() && !draining_) co_await received_changed_.wait();
  if (draining_ || received_.empty()) co_return std::nullopt;
  std::optional<std::string> message = std::move(received_.front());
  received_.pop_front();
  received_changed_.notify();
  co_return message;
}

void BeastWebSocket::send(std::string message) {
  if (is_over()) return;
  queued_bytes_ += message.size();
  queue_.push_back(std::move(message));
  if (above(1)) overflow();
  queue_changed_.notify();
}

/// Whether more waits than one `share`th of the limits.
bool BeastWebSocket::above(size_t share) const {
  return queued_bytes_ > options_.limits.websocket_queue_bytes / share ||
         queue_.size() > options_.limits.websocket_queue_messages / share;
}

void BeastWebSocket::overflow() {
  ++counters_.websocket_overflows;
  for (const std::string& message : queue_) queued_bytes_ -= message.size();
  queue_.clear();
  // What is being written may never end: the peer does not read.
  close_limit_.expires_after(options_.timeouts.websocket_close);
  close_limit_.async_wait([wire = wire_](error_code error) {
    if (!error) wire->cut();
  });
  start_close(websocket::close_code::try_again_later, "more was to be sent than was read");
  tell_gone();
}

asio::awaitable<void> BeastWebSocket::drained() {
  constexpr size_t kLowMark = 4;
  while (above(kLowMark) && !is_over()) co_await queue_changed_.wait();
  if (is_over()) throw Gone();
}

asio::awaitable<void> BeastWebSocket::close(uint16_t code, std::string reason) {
  start_close(code, std::move(reason));
  while (!write_done_) co_await done_.wait();
}

/// Behind what is queued.
void BeastWebSocket::start_close(uint16_t code, std::string reason) {
  if (is_over()) return;
  closing_ = true;
  reason_.code = static_cast<websocket::close_code>(code);
  if (reason.size() > kLongestReason) reason.resize(kLongestReason);
  reason_.reason = reason;
  received_changed_.notify();
  queue_changed_.notify();
}

void BeastWebSocket::on_gone(std::function<void()> gone) {
  gone_ = std::move(gone);
  if (is_over()) tell_gone();
}

/// Later: it may be a handler's call that brought the end about.
void BeastWebSocket::tell_gone() {
  asio::post(executor(), [self = shared_from_this()] {
    if (self->gone_) std::exchange(self->gone_, {})();
  });
}

void BeastWebSocket::drain() {
  draining_ = true;
  received_changed_.notify();
}

}  // namespace

HttpError upgrade_required(const std::string& message) {
  HttpError error(426, message);
  error.headers = {{"upgrade", "websocket"}, {"sec-websocket-version", "13"}};
  return error;
}

void check_upgrade(const RequestHead& head, const RequestParser& parser) {
  constexpr size_t kKeyLength = 24;  // 16 bytes as base64
  const Request& request = head.request;
  if (request.header("sec-websocket-version") != "13") {
    throw upgrade_required("the only version of the WebSocket protocol here is 13");
  }
  const std::string_view key = request.header("sec-websocket-key").value_or("");
  constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (key.size() != kKeyLength || key.find_first_not_of(kBase64) != kKeyLength - 2 || !key.ends_with("==")) {
    throw HttpError(400, "the header Sec-WebSocket-Key is not 16 bytes in base64");
  }
  if (!parser.complete()) throw HttpError(400, "a request for a WebSocket has no body");
}

std::shared_ptr<WebSocketConnection> WebSocketConnection::create(std::shared_ptr<Wire> wire, const RequestHead& head,
                                                                 const ServerOptions& options,
                                                                 AtomicCounters& counters) {
  return std::make_shared<BeastWebSocket>(std::move(wire), head, options, counters);
}

}  // namespace rmt::web
