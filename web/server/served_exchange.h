// An exchange that adds headers to its answer and remembers what became of it.
#pragma once

#include <utility>

#include "web/server/exchange.h"

namespace rmt::web {

class ServedExchange final : public Exchange {
 public:
  ServedExchange(Exchange& inner, HeaderList headers) : inner_(inner), headers_(std::move(headers)) {}

  const Request& request() const override { return inner_.request(); }
  boost::asio::any_io_executor executor() override { return inner_.executor(); }
  boost::asio::awaitable<std::string> read_body(size_t limit) override { return inner_.read_body(limit); }
  boost::asio::awaitable<std::string> read_some() override { return inner_.read_some(); }
  boost::asio::awaitable<void> respond(Response response) override {
    note(response);
    return inner_.respond(std::move(response));
  }
  boost::asio::awaitable<void> begin(Response head) override {
    note(head);
    return inner_.begin(std::move(head));
  }
  boost::asio::awaitable<void> write(std::string piece) override { return inner_.write(std::move(piece)); }
  boost::asio::awaitable<void> end() override { return inner_.end(); }
  bool begun() const override { return inner_.begun(); }
  void on_gone(std::function<void()> gone) override { inner_.on_gone(std::move(gone)); }

  unsigned status() const { return status_; }  ///< 0: nothing was answered
  bool is_event_stream() const { return event_stream_; }

 private:
  void note(Response& response) {
    status_ = response.status;
    for (const auto& [name, value] : response.headers) event_stream_ |= value.starts_with("text/event-stream");
    response.headers.insert(response.headers.end(), headers_.begin(), headers_.end());
  }

  Exchange& inner_;
  const HeaderList headers_;
  unsigned status_ = 0;
  bool event_stream_ = false;
};

}  // namespace rmt::web
