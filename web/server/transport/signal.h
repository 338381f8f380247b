// "Something has changed": what coroutines of one strand wait for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace rmt::web {

/// Who waits asks again for what he waits for: a wake-up says only that something was different.
class Signal {
 public:
  explicit Signal(boost::asio::any_io_executor strand) : strand_(std::move(strand)) {}

  /// Wakes all who wait now, in their order, behind what the strand has to do already.
  void notify() {
    for (std::function<void()>& waiter : std::exchange(waiters_, {})) boost::asio::post(strand_, std::move(waiter));
  }

  boost::asio::awaitable<void> wait() {
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
        [this](auto handler) {
          const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          waiters_.push_back([shared] { std::move (*shared)(); });
        },
        boost::asio::use_awaitable);
  }

 private:
  boost::asio::any_io_executor strand_;
  std::vector<std::function<void()>> waiters_;
};

}  // namespace rmt::web
