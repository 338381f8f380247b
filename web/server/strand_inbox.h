// From other threads to one strand: events arrive in order, without polling.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace rmt::web {

/// Shared between the strand and callbacks that may come when nobody listens any more.
template <typename Event>
class StrandInbox : public std::enable_shared_from_this<StrandInbox<Event>> {
 public:
  using Clock = std::chrono::steady_clock;

  /// `most_bytes` of events may wait to be taken.
  StrandInbox(const boost::asio::any_io_executor& strand, size_t most_bytes) : most_bytes_(most_bytes) {
    waker_.emplace(strand);
  }

  /// From any thread. One that does not fit is dropped, and the inbox overflowed; what counts no bytes always fits.
  void put(Event event, size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    if (bytes > 0 && bytes > most_bytes_ - bytes_)
      overflowed_ = true;
    else
      events_.push_back({std::move(event), bytes}), bytes_ += bytes;
    if (std::exchange(wake_posted_, true)) return;
    boost::asio::post(waker_->get_executor(), [self = this->shared_from_this()] { self->wake(); });
  }

  // The rest is the strand's.

  /// Whoever puts may be there for longer than the strand exists: nothing of it is kept.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    events_.clear();
    waker_.reset();
  }

  void client_gone() {
    gone_ = true;
    if (waker_) waker_->cancel();
  }

  bool gone() const { return gone_; }
  bool overflowed() const {
    const std::lock_guard lock(mutex_);
    return overflowed_;
  }

  std::optional<Event> take() {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) return std::nullopt;
    Event event = std::move(events_.front().event);
    bytes_ -= events_.front().bytes;
    events_.pop_front();
    return event;
  }

  /// Until something came, the client went, or the time is up.
  boost::asio::awaitable<void> wait(Clock::time_point until) {
    waker_->expires_at(until);
    co_await waker_->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

 private:
  struct Waiting {
    Event event;
    size_t bytes = 0;
  };

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      wake_posted_ = false;
    }
    if (waker_) waker_->cancel();
  }

  const size_t most_bytes_;
  mutable std::mutex mutex_;
  std::deque<Waiting> events_;  // under mutex_, as what follows
  size_t bytes_ = 0;
  bool wake_posted_ = false, overflowed_ = false, closed_ = false;
  std::optional<boost::asio::steady_timer> waker_;  // none once closed; the strand's alone, but for its executor
  bool gone_ = false;                               // the strand's alone
};

}  // namespace rmt::web
