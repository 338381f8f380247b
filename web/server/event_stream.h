// Server-sent events: an answer that goes on as long as there is something to tell.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "web/server/exchange.h"
#include "web/server/job_channel.h"

namespace rmt::web {

/// Proxies and clients drop connections on which nothing is said; a comment says nothing, and is ignored.
inline constexpr std::chrono::seconds kKeepAlive{15};

class EventStream {
 public:
  explicit EventStream(Exchange& exchange, std::chrono::milliseconds keep_alive = kKeepAlive)
      : exchange_(exchange), patience_(keep_alive) {}

  boost::asio::awaitable<void> open();
  /// One event. `json` is one line.
  boost::asio::awaitable<void> send(std::string_view json);
  boost::asio::awaitable<void> send(std::string_view json, int64_t id);
  boost::asio::awaitable<void> send_named(std::string_view event, std::string_view json);
  boost::asio::awaitable<void> keep_alive();
  boost::asio::awaitable<void> close() { return exchange_.end(); }

  /// The channel's next event, however long it takes; keeps the stream alive meanwhile.
  boost::asio::awaitable<JobEvent> next(JobChannel& jobs);

 private:
  Exchange& exchange_;
  const std::chrono::milliseconds patience_;
};

/// The channel's next event, however long it takes, while nothing can be written.
boost::asio::awaitable<JobEvent> next_event(JobChannel& jobs);

}  // namespace rmt::web
