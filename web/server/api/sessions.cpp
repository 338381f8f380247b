// Sessions: texts that were read, kept, forked, saved and restored.
#include <stdexcept>

#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/session_json.h"
#include "web/server/api/session_use.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

Json list_json(const std::vector<engine::SessionInfo>& sessions, const Api& api) {
  Json data = Json::array();
  for (const engine::SessionInfo& info : sessions) data.push_back(session_json(info, api));
  return {{"object", "list"}, {"data", std::move(data)}};
}

/// An object; no body at all is an empty one.
Body read_optional_body(const std::string& json, const Limits& limits) {
  return read_body(json.empty() ? "{}" : json, limits);
}

}  // namespace

awaitable<void> answer_session_create(Api& api, Exchange& exchange, Call call) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  const Body body = read_optional_body(json, api.limits);
  Fields fields(body.fields);
  check_model(api, fields.text("model", 1000));
  const std::string name = fields.text("name", 1000).value_or("");
  fields.refuse_unknown();
  engine::SessionInfo info;
  with_sessions([&] { info = api.sessions.create(call.owner, name, nullptr, unix_milliseconds()); });
  Response response = json_response(session_json(info, api), 201);
  response.headers.emplace_back("location", "/v1/sessions/" + info.id);
  co_await exchange.respond(std::move(response));
}

awaitable<void> answer_session_list(Api& api, Exchange& exchange, Call call) {
  const Json answer = list_json(api.sessions.list(call.owner), api);
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_session(Api& api, Exchange& exchange, Call call) {
  engine::Session session;
  with_sessions([&] { session = api.sessions.get(call.owner, call.arguments.front(), unix_milliseconds()); });
  const Json answer = session_json(session.info, api);
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_session_delete(Api& api, Exchange& exchange, Call call) {
  const std::string& id = call.arguments.front();
  with_sessions([&] { api.sessions.remove(call.owner, id); });
  const Json answer = {{"id", id}, {"object", "session.deleted"}, {"deleted", true}};
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_session_fork(Api& api, Exchange& exchange, Call call) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  const Body body = read_optional_body(json, api.limits);
  Fields fields(body.fields);
  const int64_t count = fields.integer("n", 1, api.limits.choices).value_or(1);
  fields.refuse_unknown();
  std::vector<engine::SessionInfo> forks;
  with_sessions([&] { forks = api.sessions.fork(call.owner, call.arguments.front(), count, unix_milliseconds()); });
  const Response response = json_response(list_json(forks, api), 201);
  co_await exchange.respond(response);
}

awaitable<void> answer_session_state(Api& api, Exchange& exchange, Call call) {
  engine::Session session;
  with_sessions([&] { session = api.sessions.get(call.owner, call.arguments.front(), unix_milliseconds()); });
  if (!session.reading)
    throw HttpError(409, "The session has read nothing yet: there is no state.", {}, "empty_session");
  Response response{200, {{"content-type", "application/octet-stream"}}, api.generator.save(*session.reading)};
  response.headers.emplace_back("content-disposition", "attachment; filename=\"" + session.info.id + ".rmts\"");
  co_await exchange.respond(std::move(response));
}

awaitable<void> answer_session_state_put(Api& api, Exchange& exchange, Call call) {
  const std::string& id = call.arguments.front();
  engine::Session session;
  with_sessions([&] { session = api.sessions.get(call.owner, id, unix_milliseconds()); });
  const std::string bytes = co_await exchange.read_body(api.limits.body_bytes);
  engine::ReadingPtr reading;
  try {
    reading = std::make_shared<const engine::Reading>(api.generator.restore(bytes));
  } catch (const std::invalid_argument& error) {
    throw HttpError(422, error.what(), {}, "foreign_state");
  }
  engine::SessionInfo info;
  with_sessions([&] {
    info = api.sessions.replace(call.owner, id, session.info.version, std::move(reading), unix_milliseconds());
  });
  const Json answer = session_json(info, api);
  co_await exchange.respond(json_response(answer));
}

}  // namespace rmt::web
