#include "web/server/api/stream_task.h"

#include "web/server/error.h"

namespace rmt::web {

namespace asio = boost::asio;

StreamTask::StreamTask(Api& api, WebSocketChannel& channel, std::string id)
    : api_(api),
      jobs_(api.generator, channel.executor(), api.limits.unread_bytes),
      channel_(channel),
      id_(std::move(id)) {}

void StreamTask::message(const std::string& type, Fields& fields) {
  fields.refuse("type", "'" + type.substr(0, 40) + "' is nothing that '" + id_.substr(0, 100) + "' takes.");
}

asio::awaitable<void> StreamTask::until_room() {
  co_return;
}

void StreamTask::cancel() {
  cancelled_ = true;
  drop();
}

asio::awaitable<void> StreamTask::send(std::string_view type, Json message) {
  Json whole = {{"type", type}, {"id", id_}};
  whole.update(message);
  channel_.send(store::json_line(whole));
  co_await channel_.drained();
}

}  // namespace rmt::web
