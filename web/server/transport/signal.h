// "Something has changed": what coroutines of one strand wait for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace rmt::web {

/// Waiting is for notify() or the time given. As nothing tells them apart, and a wake-up may come late, a waiter asks
/// again for what it waits for.
class Signal {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Signal(const boost::asio::any_io_executor& strand) : timer_(strand) {}

  void notify() { timer_.cancel(); }

  boost::asio::awaitable<void> wait(Clock::time_point until = Clock::time_point::max()) {
    if (timer_.expiry() != until) timer_.expires_at(until);
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace rmt::web
