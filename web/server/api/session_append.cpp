// POST /v1/sessions/{id}/append: a text of any length is read as it comes in; the session then stands behind it.
#include <optional>

#include "web/server/api/completion_request.h"
#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/session_json.h"
#include "web/server/api/session_use.h"
#include "web/server/api/upload.h"
#include "web/server/error.h"
#include "web/server/event_stream.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

/// {"text": …} or {"tokens": [ids]}.
std::vector<int32_t> read_tokens(const std::string& json, const Api& api, bool at_start) {
  Body body = read_body(json, api.limits, "tokens");
  Fields fields(body.fields);
  const auto text = fields.text("text", SIZE_MAX);
  fields.ignore({"tokens"});
  fields.refuse_unknown();
  const bool has_ids = body.bulk.shape == Bulk::Shape::ids;
  if (text && body.bulk.shape != Bulk::Shape::absent) fields.refuse("tokens", "and 'text' were both given.");
  if (text) return api.text.encode(*text, at_start);
  if (!has_ids) fields.refuse("tokens", "must be a list of token ids, or 'text' a text.");
  for (const int32_t id : body.bulk.lists.front()) {
    if (!api.text.knows(id)) fields.refuse("tokens", "has the id " + std::to_string(id) + ", which no token has.");
  }
  return std::move(body.bulk.lists.front());
}

awaitable<engine::JobEnd> end_of(JobChannel& channel) {
  for (;;) {
    const JobEvent event = co_await next_event(channel);
    if (const auto* end = std::get_if<engine::JobEnd>(&event.what)) {
      require_finished(end->ending, end->why);
      co_return *end;
    }
  }
}

awaitable<engine::JobEnd> append_json(Api& api, Exchange& exchange, JobChannel& channel, engine::Job job) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  job.prompt = read_tokens(json, api, job.from == nullptr || job.from->tokens == 0);
  channel.start(std::move(job));
  co_return co_await end_of(channel);
}

awaitable<engine::JobEnd> append_text(Api& api, Exchange& exchange, JobChannel& channel, engine::Job job) {
  Upload upload(exchange, plain_tokens(api.text, job.from == nullptr || job.from->tokens == 0));
  job.more_to_come = true;
  const size_t number = channel.start(std::move(job));
  while (!upload.at_end()) {
    std::vector<int32_t> ids = co_await upload.next();
    const bool last = upload.at_end();
    if (!channel.feed(number, std::move(ids), last)) break;
    // More is read from the client only when the model has nearly caught up.
    while (!last) {
      const JobEvent event = co_await next_event(channel);
      if (std::holds_alternative<Hungry>(event.what)) break;
      if (const auto* end = std::get_if<engine::JobEnd>(&event.what)) {
        require_finished(end->ending, end->why);
        throw HttpError(500, "The model stopped reading before the text ended.", {}, "model_failed");
      }
    }
  }
  co_return co_await end_of(channel);
}

bool is_json(const Request& request) {
  return request.header("content-type").value_or("").starts_with("application/json");
}

}  // namespace

awaitable<void> answer_session_append(Api& api, Exchange& exchange, Call call) {
  const std::string& id = call.arguments.front();
  engine::Session session;
  with_sessions([&] { session = api.sessions.get(call.owner, id, unix_milliseconds()); });
  engine::Job job;
  job.from = session.reading;
  job.owner = call.owner;
  JobChannel channel(api.generator, exchange.executor(), api.limits.unread_bytes);
  exchange.on_gone(channel.on_gone());
  engine::JobEnd end;
  if (is_json(exchange.request()))
    end = co_await append_json(api, exchange, channel, std::move(job));
  else
    end = co_await append_text(api, exchange, channel, std::move(job));

  engine::SessionInfo info = session.info;
  if (end.prompt_tokens > 0) {
    with_sessions(
        [&] { info = api.sessions.replace(call.owner, id, session.info.version, end.reading, unix_milliseconds()); });
  }
  Json answer = session_json(info, api);
  answer["appended_tokens"] = end.prompt_tokens;
  co_await exchange.respond(json_response(answer));
}

}  // namespace rmt::web
