#include "web/server/transport/wire.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "web/server/exchange.h"

namespace rmt::web {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

// An idle connection holds the small one; a body that fills it gets the large one.
constexpr size_t kSmallRead = 4 << 10, kLargeRead = 64 << 10;
constexpr size_t kTlsRecord = 16 << 10;  // bytes at most

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

size_t size_of(const Wire::Parts& parts) {
  return asio::buffer_size(parts);
}

void drop_front(Wire::Parts& parts, size_t bytes) {
  for (asio::const_buffer& part : parts) {
    const size_t here = std::min(bytes, part.size());
    part += here;
    bytes -= here;
  }
}

}  // namespace

Wire::Wire(Stream::Socket socket, asio::ssl::context* tls, const ServerOptions& options, AtomicCounters& counters)
    : stream_(std::move(socket), tls),
      options_(options),
      counters_(counters),
      arrival_(stream_.get_executor()),
      write_watch_(stream_.get_executor()) {}

asio::awaitable<void> Wire::shake_hands() {
  if (stream_.tls() == nullptr) co_return;
  asio::steady_timer limit(executor(), options_.timeouts.header);
  limit.async_wait([self = shared_from_this()](error_code error) {
    if (error) return;
    ++self->counters_.timeouts;
    self->cut();
  });
  const auto [error] = co_await stream_.tls()->async_handshake(asio::ssl::stream_base::server, kTuple);
  limit.cancel();
  if (error || cut_) {
    cut();
    throw Gone();
  }
}

void Wire::consume(size_t bytes) {
  used_ += bytes;
  if (used_ == buffer_.size()) {
    buffer_.clear();
    used_ = 0;
  }
  if (!reading_ && arrivals_ > 0) read_ahead();
}

asio::awaitable<Wire::Arrival> Wire::more(Duration timeout) {
  const auto deadline = Clock::now() + timeout;
  const uint64_t before = arrivals_;
  read_ahead();
  while (arrivals_ == before && !ended_) {
    if (Clock::now() >= deadline) co_return Arrival::timeout;
    co_await wait_for_arrival(deadline);
  }
  co_return arrivals_ != before ? Arrival::bytes : Arrival::end;
}

asio::awaitable<void> Wire::wait_for_arrival(Clock::time_point until) {
  arrival_.expires_at(until);
  co_await arrival_.async_wait(kTuple);
}

void Wire::read_ahead() {
  if (reading_ || paused_ || ended_ || input().size() >= options_.limits.read_ahead_bytes) return;
  reading_ = true;
  incoming_.resize(flowing_ ? kLargeRead : kSmallRead);
  stream_.async_read_some(asio::buffer(incoming_),
                          [self = shared_from_this()](error_code error, size_t bytes) { self->arrived(error, bytes); });
}

void Wire::arrived(error_code error, size_t bytes) {
  reading_ = false;
  if (bytes > 0) {
    counters_.bytes_received += static_cast<int64_t>(bytes);
    ++arrivals_;
    flowing_ = bytes == incoming_.size();
    if (used_ > 0) {
      buffer_.erase(0, used_);
      used_ = 0;
    }
    buffer_.append(incoming_.data(), bytes);
  }
  if (error && !(paused_ && error == asio::error::operation_aborted)) {
    end();
  } else {
    read_ahead();
  }
  arrival_.cancel();
}

void Wire::end() {
  if (ended_) return;
  ended_ = true;
  arrival_.cancel();
  if (told_) std::exchange(told_, {})();
}

void Wire::on_end(std::function<void()> told) {
  told_ = std::move(told);
  if (!ended_ || !told_) return;
  asio::post(executor(), [self = shared_from_this()] {
    if (self->told_) std::exchange(self->told_, {})();
  });
}

asio::awaitable<void> Wire::pause_reading() {
  paused_ = true;
  if (reading_) {
    error_code ignored;
    stream_.socket().cancel(ignored);
  }
  while (reading_) co_await wait_for_arrival(Clock::time_point::max());
}

void Wire::resume_reading() {
  paused_ = false;
  read_ahead();
}

asio::awaitable<void> Wire::write(Parts parts) {
  std::string joined;
  if (stream_.tls() != nullptr && size_of(parts) <= kTlsRecord) {  // or each part would be a record of its own
    for (const asio::const_buffer& part : parts) joined.append(static_cast<const char*>(part.data()), part.size());
    parts = Parts{asio::buffer(joined)};
  }
  while (size_of(parts) > 0) {
    if (cut_) throw Gone();
    expect_progress();
    const auto [error, bytes] = co_await stream_.async_write_some(parts, kTuple);
    expect_nothing();
    counters_.bytes_sent += static_cast<int64_t>(bytes);
    if (error) {
      cut();
      throw Gone();
    }
    drop_front(parts, bytes);
  }
}

void Wire::expect_progress() {
  writing_ = true;
  progress();
  if (!watching_) watch_writing();
}

// One timer that follows the deadline lazily: setting one for every write would cost more than the write.
void Wire::watch_writing() {
  watching_ = true;
  write_watch_.expires_at(write_deadline_);
  write_watch_.async_wait([weak = weak_from_this()](error_code) {
    const auto self = weak.lock();
    if (!self) return;
    self->watching_ = false;
    if (!self->writing_ || self->cut_) return;
    if (Clock::now() < self->write_deadline_) return self->watch_writing();
    ++self->counters_.timeouts;
    self->cut();
  });
}

asio::awaitable<void> Wire::close() {
  if (!cut_) co_await say_goodbye();
  const auto deadline = Clock::now() + options_.timeouts.linger;
  for (auto left = deadline - Clock::now(); !ended_ && left.count() > 0; left = deadline - Clock::now()) {
    consume(input().size());
    if (co_await more(left) != Arrival::bytes) break;
  }
  cut();
}

asio::awaitable<void> Wire::say_goodbye() {
  error_code ignored;
  if (stream_.tls() != nullptr) {
    asio::steady_timer limit(executor(), options_.timeouts.linger);
    limit.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->cut();
    });
    co_await stream_.tls()->async_shutdown(kTuple);
    limit.cancel();
  }
  if (!cut_) stream_.socket().shutdown(Stream::Socket::shutdown_send, ignored);
}

void Wire::cut() {
  if (cut_) return;
  cut_ = true;
  error_code ignored;
  stream_.socket().close(ignored);
  write_watch_.cancel();
  end();
}

}  // namespace rmt::web
