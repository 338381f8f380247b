#include "web/server/api/stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <set>

#include "web/server/api/stream_task.h"
#include "web/server/error.h"
#include "web/server/failure.h"

namespace rmt::web {
namespace {

namespace asio = boost::asio;

/// The tasks of one connection; everything on its strand.
class Tasks {
 public:
  Tasks(Api& api, WebSocketChannel& channel, std::string owner)
      : api_(api), channel_(channel), owner_(std::move(owner)), changed_(channel.executor()) {}

  /// One message of the client. Throws HttpError, whose id is then `id`.
  asio::awaitable<void> take(const std::string& message, std::string& id) {
    Body body = read_body(message, api_.limits, "prompt");
    Fields fields(body.fields);
    id = fields.text("id", 200).value_or("");
    const std::string type = fields.text("type", 40).value_or("");
    if (type.empty()) fields.refuse("type", "is missing.");
    const auto known = tasks_.find(id);
    if (type == "generate" || type == "score" || type == "prove" || type == "suggest") {
      if (known != tasks_.end()) fields.refuse("id", "is in use by something that goes on.");
      if (tasks_.size() >= kMost)
        throw HttpError(429, std::to_string(kMost) + " things go on already on this connection.", {}, "too_many_tasks");
      start(type, id, std::move(body));
      co_return;
    }
    if (type != "cancel" && type != "text" && type != "finish")
      fields.refuse("type", "must be generate, score, prove, suggest, text, finish or cancel.");
    if (known == tasks_.end()) throw HttpError(404, "Nothing goes on under this id.", "id", "unknown_id");
    const std::shared_ptr<StreamTask> task = known->second;
    if (type == "cancel") {
      task->cancel();
      co_return;
    }
    task->message(type, fields);
    co_await task->until_room();
  }

  void say_error(const std::string& id, const HttpError& error) {
    Json message = {{"type", "error"}, {"id", id.empty() ? Json(nullptr) : Json(id)}};
    message.update(Json::parse(error_body(error)));
    channel_.send(store::json_line(message));
  }

  /// What a task's faulty message does to it.
  void fail(const std::string& id) {
    if (const auto task = tasks_.find(id); task != tasks_.end()) {
      failed_.insert(id);
      task->second->cancel();
    }
  }

  void drop_all() {
    for (const auto& [id, task] : tasks_) task->drop();
  }

  asio::awaitable<void> until_empty() {
    while (!tasks_.empty()) {
      changed_.expires_after(std::chrono::hours(1));
      co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }

 private:
  static constexpr size_t kMost = 16;

  void start(const std::string& type, const std::string& id, Body body) {
    body.fields.erase("type");
    body.fields.erase("id");
    std::shared_ptr<StreamTask> task;
    if (type == "generate") {
      task = generation_task(api_, channel_, id, std::move(body), owner_);
    } else {
      Fields fields(body.fields);
      if (type == "score")
        task = scoring_task(api_, channel_, id, fields, owner_);
      else
        task =
            proof_task(api_, channel_, id, fields, type == "prove" ? ProofAim::proof : ProofAim::suggestions, owner_);
    }
    tasks_.emplace(id, task);
    asio::co_spawn(
        channel_.executor(), [task] { return task->run(); },
        [this, task](const std::exception_ptr& thrown) { ended(*task, thrown); });
  }

  void ended(const StreamTask& task, const std::exception_ptr& thrown) {
    try {
      if (thrown && !task.cancelled()) say_error(task.id(), failure_of(thrown));
    } catch (const Gone&) {
      // There is nobody to tell.
    }
    if (task.cancelled() && failed_.erase(task.id()) == 0)
      channel_.send(store::json_line({{"type", "done"}, {"id", task.id()}, {"cancelled", true}}));
    tasks_.erase(task.id());
    changed_.cancel();
  }

  Api& api_;
  WebSocketChannel& channel_;
  const std::string owner_;
  std::map<std::string, std::shared_ptr<StreamTask>> tasks_;
  std::set<std::string> failed_;  // cancelled by an error the client was told of
  asio::steady_timer changed_;
};

asio::awaitable<void> take_all(Tasks& tasks, WebSocketChannel& channel) {
  for (;;) {
    const std::optional<std::string> message = co_await channel.receive();
    if (!message) co_return;
    std::string id;
    std::optional<HttpError> refused;
    std::exception_ptr thrown;
    try {
      co_await tasks.take(*message, id);
    } catch (...) {
      thrown = std::current_exception();
    }
    if (thrown) refused = failure_of(thrown);
    if (!refused) continue;
    tasks.say_error(id, *refused);
    // A message that names a task and is wrong leaves the task in a state its client does not know.
    if (refused->code != "too_many_tasks" && refused->param != "id") tasks.fail(id);
  }
}

}  // namespace

asio::awaitable<void> serve_stream(Api& api, WebSocketChannel& channel, Call call) {
  Tasks tasks(api, channel, call.owner);
  channel.on_gone([&tasks] { tasks.drop_all(); });
  std::exception_ptr thrown;
  try {
    co_await take_all(tasks, channel);
  } catch (...) {
    thrown = std::current_exception();
  }
  channel.on_gone({});
  tasks.drop_all();
  co_await tasks.until_empty();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace rmt::web
