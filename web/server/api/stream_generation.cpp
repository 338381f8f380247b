// {"type": "generate"}: a completion, token by token.
#include <algorithm>

#include "web/server/api/finish.h"
#include "web/server/api/job_queue.h"
#include "web/server/api/stream_task.h"
#include "web/server/api/usage.h"
#include "web/server/error.h"

namespace rmt::web {
namespace {

namespace asio = boost::asio;

class GenerationTask final : public StreamTask {
 public:
  GenerationTask(Api& api, WebSocketChannel& channel, std::string id, CompletionRequest request,
                 const std::string& owner)
      : StreamTask(api, channel, std::move(id)),
        request_(std::move(request)),
        session_(api, owner, request_.session, request_.commit),
        queue_(jobs_, jobs_of(request_, owner, session_.from()), api.limits, api.metrics) {}

  asio::awaitable<void> run() override {
    queue_.begin();
    Usage usage;
    for (;;) {
      const std::optional<JobEvent> event = co_await queue_.next();
      if (!event) break;
      session_.see(*event);
      if (const auto* end = std::get_if<engine::JobEnd>(&event->what)) usage.add(*end);
      co_await tell(*event);
    }
    session_.finish();
    JsonWriter json;
    write_usage(json, usage);
    Json message = {{"usage", Json::parse(json.take())}};
    co_await send("done", std::move(message));
  }

 private:
  int64_t index(const JobEvent& event, int continuation) const {
    return static_cast<int64_t>(event.job) * request_.choices + continuation;
  }

  asio::awaitable<void> tell(const JobEvent& event) {
    if (const auto* token = std::get_if<engine::GeneratedToken>(&event.what)) {
      Json message = {{"index", index(event, token->continuation)},
                      {"text", token->text},
                      {"token", token->id},
                      {"logprob", std::max(token->logprob, -9999.0F)}};
      if (request_.continuation.top_logprobs > 0) {
        Json top = Json::array();
        for (const engine::TopToken& one : token->top)
          top.push_back({{"token", one.id}, {"text", api_.text.name(one.id)}, {"logprob", one.logprob}});
        message["top"] = std::move(top);
      }
      co_await send("text", std::move(message));
    } else if (const auto* end = std::get_if<engine::ContinuationEnd>(&event.what)) {
      if (!end->text.empty()) {
        Json rest = {{"index", index(event, end->continuation)}, {"text", end->text}};
        co_await send("text", std::move(rest));
      }
      Json message = {{"index", index(event, end->continuation)}, {"finish_reason", finish_reason(end->ending)}};
      co_await send("end", std::move(message));
    }
  }

  const CompletionRequest request_;
  SessionUse session_;
  JobQueue queue_;
};

}  // namespace

std::unique_ptr<StreamTask> generation_task(Api& api, WebSocketChannel& channel, std::string id, Body body,
                                            const std::string& owner) {
  CompletionRequest request = read_completion_request(std::move(body), api);
  if (request.echo) throw HttpError(400, "'echo' is not offered here: a text is scored by \"score\".", "echo");
  if (request.continuation.max_tokens == 0)
    throw HttpError(400, "'max_tokens' must be above 0: a text is scored by \"score\".", "max_tokens");
  return std::make_unique<GenerationTask>(api, channel, std::move(id), std::move(request), owner);
}

}  // namespace rmt::web
