#include "tests/web/api/fake_channel.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "web/server/exchange.h"

namespace rmt::tests {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

class FakeChannel final : public web::WebSocketChannel {
 public:
  FakeChannel(asio::io_context& io, std::vector<Said> said, std::function<bool(const std::vector<json>&)> until,
              bool leaves, Talk& talk)
      : io_(io), said_(std::move(said)), until_(std::move(until)), leaves_(leaves), talk_(talk) {
    request_.method = "GET";
    request_.path = "/v1/stream";
    request_.headers = {{"Host", "localhost"}, {"Upgrade", "websocket"}};
  }

  const web::Request& request() const override { return request_; }
  asio::any_io_executor executor() override { return io_.get_executor(); }

  asio::awaitable<std::optional<std::string>> receive() override {
    if (next_ < said_.size()) {
      const Said& one = said_[next_++];
      if (one.when) co_await wait_for(one.when);
      co_return one.message;
    }
    co_await wait_for(until_);
    if (leaves_) {
      gone_ = true;
      if (on_gone_) on_gone_();
    }
    co_return std::nullopt;
  }
  void send(std::string message) override {
    if (!gone_) talk_.messages.push_back(json::parse(message));
  }
  asio::awaitable<void> drained() override {
    if (gone_) throw web::Gone();
    co_return;
  }
  asio::awaitable<void> close(uint16_t, std::string) override { co_return; }
  void on_gone(std::function<void()> gone) override { on_gone_ = std::move(gone); }

 private:
  /// Ten seconds at most.
  asio::awaitable<void> wait_for(const std::function<bool(const std::vector<json>&)>& condition) {
    asio::steady_timer timer(io_);
    for (int i = 0; i < 5000 && !condition(talk_.messages); ++i) {
      timer.expires_after(std::chrono::milliseconds(2));
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  asio::io_context& io_;
  web::Request request_;
  const std::vector<Said> said_;
  const std::function<bool(const std::vector<json>&)> until_;
  const bool leaves_;
  Talk& talk_;
  std::function<void()> on_gone_;
  size_t next_ = 0;
  bool gone_ = false;
};

}  // namespace

std::vector<json> Talk::of(const std::string& id, const std::string& type) const {
  std::vector<json> found;
  for (const json& message : messages) {
    if (message["id"] == id && message["type"] == type) found.push_back(message);
  }
  return found;
}

std::string Talk::text(const std::string& id, int index) const {
  std::string text;
  for (const json& message : of(id, "text")) {
    if (message["index"] == index) text += message["text"].get<std::string>();
  }
  return text;
}

Talk talk(web::Service& service, std::vector<Said> said, std::function<bool(const std::vector<json>&)> until,
          bool leaves) {
  Talk result;
  asio::io_context io;
  FakeChannel channel(io, std::move(said), std::move(until), leaves, result);
  const web::Endpoint endpoint = service.find(channel.request());
  asio::co_spawn(io, endpoint.websocket(channel), [&](const std::exception_ptr& thrown) {
    result.ended = true;
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      result.thrown = error.what();
    }
  });
  io.run_for(std::chrono::seconds(20));
  return result;
}

std::function<bool(const std::vector<json>&)> came(const std::string& type, size_t count) {
  return [type, count](const std::vector<json>& messages) {
    return static_cast<size_t>(std::ranges::count_if(messages, [&](const json& one) { return one["type"] == type; })) >=
           count;
  };
}

}  // namespace rmt::tests
