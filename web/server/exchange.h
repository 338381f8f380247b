// One request and its answer, as handlers see them: no Beast, no socket. The transport (transport/) makes them; tests
// make their own. Everything of one exchange happens on one strand.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rmt::web {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string path;    ///< percent-decoded, begins with '/'; a path that cannot be decoded never comes here
  std::string query;   ///< as sent, without '?'
  HeaderList headers;  ///< in order
  std::string remote;  ///< address of the peer
  std::string id;      ///< x-request-id: the client's if it is short and plain, else drawn
  std::optional<uint64_t> content_length;

  /// The first header of that name, whatever its case.
  std::optional<std::string_view> header(std::string_view name) const;
  /// Percent-decoded; nothing where there is none.
  std::optional<std::string> parameter(std::string_view name) const;
};

/// An answer's beginning, or all of it. x-request-id, Date, Server and the framing are the transport's.
struct Response {
  unsigned status = 200;
  HeaderList headers;
  std::string body;
};

/// The client has gone, the time is up, or the server is going down: nothing more can be read or written. Handlers let
/// it pass.
struct Gone : std::exception {
  const char* what() const noexcept override { return "the connection is closed"; }
};

class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual const Request& request() const = 0;
  virtual boost::asio::any_io_executor executor() = 0;

  /// The body, whole. Throws HttpError(413) beyond `limit` bytes, Gone.
  virtual boost::asio::awaitable<std::string> read_body(size_t limit) = 0;
  /// The body's next piece, of at most some tens of kilobytes; empty at its end. Throws HttpError(408) when the client
  /// stops sending, Gone.
  virtual boost::asio::awaitable<std::string> read_some() = 0;

  /// The whole answer.
  virtual boost::asio::awaitable<void> respond(Response response) = 0;

  /// An answer in pieces: begin, write as often as wanted, end. Each returns when the peer's system has taken the
  /// bytes, so a slow reader slows its handler and nothing piles up. Throws Gone.
  virtual boost::asio::awaitable<void> begin(Response head) = 0;
  virtual boost::asio::awaitable<void> write(std::string piece) = 0;
  virtual boost::asio::awaitable<void> end() = 0;
  virtual bool begun() const = 0;

  /// Called once, on the strand, as soon as the client is known to have gone before the answer's end; also while
  /// nothing is being written. An empty function takes it back.
  virtual void on_gone(std::function<void()> gone) = 0;
};

using Handler = std::function<boost::asio::awaitable<void>(Exchange&)>;

/// A WebSocket connection, after the upgrade was granted.
class WebSocketChannel {
 public:
  virtual ~WebSocketChannel() = default;

  virtual const Request& request() const = 0;
  virtual boost::asio::any_io_executor executor() = 0;

  /// The next whole text message; nothing when the peer has closed, or when the server is going down and takes no
  /// further message: what is under way may still be sent. Binary messages close with 1003, messages beyond the limit
  /// with 1009.
  virtual boost::asio::awaitable<std::optional<std::string>> receive() = 0;

  /// Queues a text message, at once; from the strand. A peer that lets more than the limit pile up is closed with 1013.
  virtual void send(std::string message) = 0;

  /// Returns when what is queued has fallen below a low mark: for senders that can wait. Throws Gone.
  virtual boost::asio::awaitable<void> drained() = 0;

  virtual boost::asio::awaitable<void> close(uint16_t code, std::string reason) = 0;
  virtual void on_gone(std::function<void()> gone) = 0;
};

using WebSocketHandler = std::function<boost::asio::awaitable<void>(WebSocketChannel&)>;

/// What a request is answered by. Looked up after the head was read and checked, before the body.
struct Endpoint {
  Handler http;                ///< empty: the path is a WebSocket's alone
  WebSocketHandler websocket;  ///< empty: no upgrade
};

/// Throws HttpError: 401, 403, 404, 405, ….
using Dispatch = std::function<Endpoint(const Request&)>;

/// HttpError as the whole answer; shared by transport and handlers.
struct HttpError;
Response error_response(const HttpError& error);

}  // namespace rmt::web
