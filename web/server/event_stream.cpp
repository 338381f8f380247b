#include "web/server/event_stream.h"

namespace rmt::web {

namespace asio = boost::asio;

asio::awaitable<void> EventStream::open() {
  Response head{200, {{"content-type", "text/event-stream; charset=utf-8"}, {"cache-control", "no-cache"}}, {}};
  head.headers.emplace_back("x-accel-buffering", "no");  // nginx passes events on at once
  co_await exchange_.begin(std::move(head));
}

asio::awaitable<void> EventStream::send(std::string_view json) {
  std::string event("data: ");
  event.append(json).append("\n\n");
  co_await exchange_.write(std::move(event));
}

asio::awaitable<void> EventStream::send(std::string_view json, int64_t id) {
  std::string event = "id: " + std::to_string(id) + "\ndata: ";
  event.append(json).append("\n\n");
  co_await exchange_.write(std::move(event));
}

asio::awaitable<void> EventStream::send_named(std::string_view name, std::string_view json) {
  std::string event("event: ");
  event.append(name).append("\ndata: ").append(json).append("\n\n");
  co_await exchange_.write(std::move(event));
}

asio::awaitable<void> EventStream::keep_alive() {
  co_await exchange_.write(": ping\n\n");
}

asio::awaitable<JobEvent> EventStream::next(JobChannel& jobs) {
  for (;;) {
    if (std::optional<JobEvent> event = co_await jobs.next(patience_)) co_return std::move(*event);
    co_await keep_alive();
  }
}

asio::awaitable<JobEvent> next_event(JobChannel& jobs) {
  for (;;) {
    if (std::optional<JobEvent> event = co_await jobs.next(std::chrono::hours(1))) co_return std::move(*event);
  }
}

}  // namespace rmt::web
