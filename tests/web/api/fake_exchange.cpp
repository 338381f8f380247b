#include "tests/web/api/fake_exchange.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sstream>
#include <utility>

#include "web/server/error.h"

namespace rmt::tests {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

class FakeExchange final : public web::Exchange {
 public:
  FakeExchange(asio::io_context& io, const Asked& asked, Answered& answered)
      : io_(io), asked_(asked), answered_(answered), leave_(io) {
    request_.method = asked.method;
    request_.path = asked.path;
    request_.query = asked.query;
    request_.headers = asked.headers;
    request_.id = "test-1";
    if (!asked.leaves_after_time) return;
    leave_.expires_after(*asked.leaves_after_time);
    leave_.async_wait([this](boost::system::error_code stays) {
      if (!stays) leave();
    });
  }

  const web::Request& request() const override { return request_; }
  asio::any_io_executor executor() override { return io_.get_executor(); }

  awaitable<std::string> read_body(size_t limit) override {
    std::string body;
    for (; piece_ < asked_.body.size(); ++piece_) body += asked_.body[piece_];
    if (body.size() > limit) throw web::HttpError(413, "The body is too long.");
    co_return body;
  }
  awaitable<std::string> read_some() override {
    if (piece_ == asked_.body.size()) co_return std::string();
    co_return asked_.body[piece_++];
  }

  awaitable<void> respond(web::Response response) override {
    if (gone_) throw web::Gone();
    answered_.status = response.status;
    answered_.headers = std::move(response.headers);
    answered_.body = std::move(response.body);
    answered_.ended = begun_ = true;
    co_return;
  }
  awaitable<void> begin(web::Response head) override {
    if (gone_) throw web::Gone();
    begun_ = true;
    answered_.status = head.status;
    answered_.headers = std::move(head.headers);
    co_return;
  }
  awaitable<void> write(std::string piece) override {
    if (asked_.takes.count() > 0) {
      asio::steady_timer timer(io_, asked_.takes);
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (gone_) throw web::Gone();
    answered_.body += piece;
    if (++answered_.pieces == asked_.leaves_after) leave();
    co_return;
  }
  awaitable<void> end() override {
    answered_.ended = true;
    co_return;
  }
  bool begun() const override { return begun_; }
  void on_gone(std::function<void()> gone) override { on_gone_ = std::move(gone); }

  void stay() { leave_.cancel(); }

 private:
  void leave() {
    gone_ = true;
    if (on_gone_) on_gone_();
  }

  asio::io_context& io_;
  const Asked& asked_;
  Answered& answered_;
  web::Request request_;
  asio::steady_timer leave_;
  std::function<void()> on_gone_;
  size_t piece_ = 0;
  bool begun_ = false, gone_ = false;
};

void note(const std::exception_ptr& thrown, Answered& answered) {
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const web::Gone&) {
    answered.gone = true;
  } catch (const web::HttpError& error) {
    web::Response response = error_response(error);
    answered.thrown = error.what();
    if (answered.status != 0) return;
    answered.status = response.status;
    answered.headers = response.headers;
    answered.body = response.body;
  } catch (const std::exception& error) {
    answered.thrown = error.what();
  }
}

}  // namespace

Answered ask(web::Service& service, const Asked& asked) {
  Answered answered;
  asio::io_context io;
  FakeExchange exchange(io, asked, answered);
  web::Endpoint endpoint;
  try {
    endpoint = service.find(exchange.request());
  } catch (...) {
    note(std::current_exception(), answered);
    return answered;
  }
  bool done = false;
  asio::co_spawn(io, endpoint.http(exchange), [&](std::exception_ptr thrown) {
    note(thrown, answered);
    done = true;
    exchange.stay();
  });
  // Until nothing is left to do, also of what goes on behind the answer.
  io.run_for(std::chrono::seconds(10));
  if (!done) answered.thrown = "the handler did not end";
  return answered;
}

Asked get(const std::string& path) {
  Asked asked;
  asked.path = path.substr(0, path.find('?'));
  if (const size_t mark = path.find('?'); mark != std::string::npos) asked.query = path.substr(mark + 1);
  return asked;
}

Asked post(const std::string& path, const std::string& body) {
  Asked asked = get(path);
  asked.method = "POST";
  asked.headers.emplace_back("Content-Type", "application/json");
  asked.body.push_back(body);
  return asked;
}

std::string Answered::header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::vector<std::string> Answered::events() const {
  std::vector<std::string> data;
  std::istringstream lines(body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("data: ")) data.push_back(line.substr(6));
  }
  return data;
}

std::vector<nlohmann::json> Answered::json_events() const {
  std::vector<nlohmann::json> all;
  for (const std::string& event : events()) {
    if (event != "[DONE]") all.push_back(nlohmann::json::parse(event));
  }
  return all;
}

}  // namespace rmt::tests
