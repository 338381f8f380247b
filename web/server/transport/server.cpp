#include "web/server/transport/server.h"

#include <openssl/opensslv.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/version.hpp>
#include <boost/version.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "web/server/transport/connection.h"
#include "web/server/transport/tls.h"

namespace rmt::web {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr auto kAcceptPause = std::chrono::milliseconds(100);  // where the system has no descriptor left
constexpr auto kLastPatience = std::chrono::seconds(5);
constexpr int64_t kRefusalsAtOnce = 64;

std::string place_of(const ServerOptions& options) {
  return options.host + ":" + std::to_string(options.port);
}

void require(const error_code& error, const ServerOptions& options, const std::string& advice) {
  if (!error) return;
  throw TransportError(place_of(options) + ": cannot listen there (" + error.message() + "). " + advice);
}

tcp::acceptor open_acceptor(asio::io_context& context, const ServerOptions& options) {
  error_code error;
  tcp::resolver resolver(context);
  const auto found = resolver.resolve(options.host, std::to_string(options.port), tcp::resolver::passive, error);
  require(error, options, "Give an address of this machine, such as 127.0.0.1.");
  const tcp::endpoint place = found.begin()->endpoint();
  tcp::acceptor acceptor(asio::make_strand(context));
  acceptor.open(place.protocol(), error);
  require(error, options, "Give an address of this machine, such as 127.0.0.1.");
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  // The kernel takes this much of an upload before its handler does; only behind it is it seen that a client has gone.
  constexpr int kReceiveBuffer = 256 << 10;
  acceptor.set_option(tcp::acceptor::receive_buffer_size(kReceiveBuffer), error);
  acceptor.bind(place, error);
  require(error, options, "Another program may listen there: give another port, or 0 for any that is free.");
  acceptor.listen(tcp::acceptor::max_listen_connections, error);
  require(error, options, "Another program may listen there: give another port, or 0 for any that is free.");
  return acceptor;
}

}  // namespace

/// The accepting socket, the threads, and the connections there are.
class Server::Listener {
 public:
  Listener(ServerOptions options, Dispatch dispatch);
  ~Listener();

  void start();
  void drain(std::chrono::steady_clock::duration grace);
  bool wait(std::chrono::steady_clock::duration limit);
  uint16_t port() const { return port_; }
  ServerCounters counters() const { return shared_.counters.read(); }

 private:
  using ConnectionPtr = std::shared_ptr<Connection>;

  asio::awaitable<void> accept();
  void welcome(tcp::socket socket);
  void enter(const ConnectionPtr& connection, const asio::any_io_executor& strand);
  void leave(const ConnectionPtr& connection);
  void cut_all();
  /// `act` on each connection, on its strand.
  void on_each(void (Connection::*act)());

  // The order matters: connections end with the context, and they refer to all above it.
  TransportContext shared_;
  Admission admission_, refusals_;
  std::optional<asio::ssl::context> tls_;
  asio::io_context context_;
  tcp::acceptor acceptor_;
  asio::steady_timer grace_;
  uint16_t port_ = 0;
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::condition_variable emptied_;
  struct Entry {
    ConnectionPtr connection;
    asio::any_io_executor strand;
  };
  std::vector<Entry> entries_;  // guarded by mutex_
  bool closed_ = false;         // guarded by mutex_: no further entry
};

Server::Listener::Listener(ServerOptions options, Dispatch dispatch)
    : shared_{std::move(options), std::move(dispatch), {}},
      admission_(shared_.options.limits.connections, shared_.options.limits.connections_per_address),
      refusals_(kRefusalsAtOnce, 0),
      context_(shared_.options.threads),
      acceptor_(open_acceptor(context_, shared_.options)),
      grace_(acceptor_.get_executor()),
      port_(acceptor_.local_endpoint().port()) {
  if (shared_.options.tls) tls_.emplace(tls_context(*shared_.options.tls));
}

Server::Listener::~Listener() {
  drain(std::chrono::seconds(0));
  cut_all();
  wait(kLastPatience);
  context_.stop();
  for (std::thread& thread : threads_) thread.join();
}

void Server::Listener::start() {
  asio::co_spawn(acceptor_.get_executor(), accept(), asio::detached);
  for (int i = 0; i < shared_.options.threads; ++i) {
    threads_.emplace_back([this] { context_.run(); });
  }
}

asio::awaitable<void> Server::Listener::accept() {
  while (acceptor_.is_open()) {
    tcp::socket socket(asio::make_strand(context_));
    const auto [error] = co_await acceptor_.async_accept(socket, kTuple);
    if (!error) {
      welcome(std::move(socket));
    } else if (acceptor_.is_open() && error != asio::error::connection_aborted) {
      asio::steady_timer pause(acceptor_.get_executor(), kAcceptPause);
      co_await pause.async_wait(kTuple);
    }
  }
}

void Server::Listener::welcome(tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(tcp::socket::keep_alive(true), ignored);
  error_code gone;
  const std::string address = socket.remote_endpoint(gone).address().to_string();
  if (gone) return;
  ++shared_.counters.connections_total;
  std::unique_ptr<Admission::Ticket> ticket = admission_.admit(address);
  std::unique_ptr<Admission::Ticket> refusal;
  if (!ticket) {
    ++shared_.counters.connections_refused;
    refusal = refusals_.admit(address);
    // A refusal is worth a sentence, but not a handshake, and not any number of them at once.
    if (!refusal || tls_) return;
  }
  const asio::any_io_executor strand = socket.get_executor();
  const auto connection = std::make_shared<Connection>(shared_, std::move(socket), tls_ ? &*tls_ : nullptr, address,
                                                       std::move(ticket), std::move(refusal));
  enter(connection, strand);
}

void Server::Listener::enter(const ConnectionPtr& connection, const asio::any_io_executor& strand) {
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return;
    entries_.push_back({connection, strand});
  }
  asio::co_spawn(
      strand, [connection] { return connection->run(); },
      [this, connection](const std::exception_ptr&) { leave(connection); });
}

void Server::Listener::leave(const ConnectionPtr& connection) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(entries_, connection, &Entry::connection);
  if (found == entries_.end()) return;
  std::swap(*found, entries_.back());
  entries_.pop_back();
  if (entries_.empty()) emptied_.notify_all();
}

void Server::Listener::on_each(void (Connection::*act)()) {
  const std::scoped_lock lock(mutex_);
  for (const Entry& entry : entries_) {
    asio::post(entry.strand, [connection = entry.connection, act] { ((*connection).*act)(); });
  }
}

void Server::Listener::cut_all() {
  on_each(&Connection::cut);
}

void Server::Listener::drain(std::chrono::steady_clock::duration grace) {
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) grace = grace.zero();
    closed_ = true;
    if (entries_.empty()) emptied_.notify_all();
  }
  asio::post(acceptor_.get_executor(), [this, grace] {
    error_code ignored;
    acceptor_.close(ignored);
    on_each(&Connection::drain);
    grace_.expires_after(grace);
    grace_.async_wait([this](error_code error) {
      if (!error) cut_all();
    });
  });
}

bool Server::Listener::wait(std::chrono::steady_clock::duration limit) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_for(lock, limit, [this] { return closed_ && entries_.empty(); });
}

Server::Server(ServerOptions options, Dispatch dispatch)
    : listener_(std::make_unique<Listener>(std::move(options), std::move(dispatch))) {}

Server::~Server() = default;

void Server::start() {
  listener_->start();
}
uint16_t Server::port() const {
  return listener_->port();
}
ServerCounters Server::counters() const {
  return listener_->counters();
}
void Server::drain(std::chrono::steady_clock::duration grace) {
  listener_->drain(grace);
}
bool Server::wait(std::chrono::steady_clock::duration limit) {
  return listener_->wait(limit);
}

const char* transport_versions() {
  return "Boost " BOOST_LIB_VERSION ", " BOOST_BEAST_VERSION_STRING ", " OPENSSL_VERSION_TEXT;
}

}  // namespace rmt::web
