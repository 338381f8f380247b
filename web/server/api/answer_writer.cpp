#include "web/server/api/answer_writer.h"

namespace rmt::web {

namespace asio = boost::asio;

asio::awaitable<void> AnswerWriter::flush() {
  if (!begun_) {
    begun_ = true;
    Response beginning = head();
    co_await exchange_.begin(std::move(beginning));
  }
  std::string piece = json_.take();
  co_await exchange_.write(std::move(piece));
}

asio::awaitable<void> AnswerWriter::finish() {
  if (!begun_) {
    Response whole = head();
    whole.body = json_.take();
    co_await exchange_.respond(std::move(whole));
    co_return;
  }
  if (json_.size() > 0) co_await flush();
  co_await exchange_.end();
}

}  // namespace rmt::web
