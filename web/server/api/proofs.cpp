// POST /v1/proofs searches for a proof, told at its end or step by step; GET /v1/proofs has those that are kept.
#include <charconv>
#include <mutex>

#include "lm/store/error.h"
#include "lm/store/store.h"
#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/lean_json.h"
#include "web/server/api/proof_request.h"
#include "web/server/error.h"
#include "web/server/event_stream.h"
#include "web/server/json/body_reader.h"

namespace rmt::web {
namespace {

/// The events up to the end, as one answer: all that is in `proof` and `end`.
awaitable<Json> answer_of(ProofChannel& channel, const Json& lean) {
  Json answer = {{"object", "proof"}, {"lean", lean}};
  for (;;) {
    const std::optional<ProofEvent> event = co_await channel.next(std::chrono::hours(1));
    if (!event || !std::holds_alternative<ProofEnded>(*event)) continue;
    for (const Json& message : messages_of(*event, lean)) answer.update(message);
    answer.erase("type");
    co_return answer;
  }
}

awaitable<void> tell_events(ProofChannel& channel, const Json& lean, Exchange& exchange, const Limits& limits) {
  EventStream stream(exchange);
  co_await stream.open();
  for (bool ended = false; !ended;) {
    const std::optional<ProofEvent> event = co_await channel.next(limits.keep_alive);
    if (!event) {
      co_await stream.keep_alive();
      continue;
    }
    for (const Json& message : messages_of(*event, lean)) co_await stream.send(store::json_line(message));
    ended = std::holds_alternative<ProofEnded>(*event);
  }
  co_await stream.close();
}

const LeanDesk& kept_proofs(const Api& api) {
  if (api.lean.store.store != nullptr) return api.lean;
  throw HttpError(404, "Proofs are not kept here: the server was started without --db.", {}, "no_database");
}

Json proof_json(const store::ProofRow& row) {
  Json json = {{"id", row.id},           {"object", "proof"},
               {"theorem", row.name},    {"outcome", row.outcome.empty() ? Json(nullptr) : Json(row.outcome)},
               {"script", row.script},   {"goals", Json::parse(row.goals)},
               {"message", row.message}, {"axioms", Json::parse(row.axioms)},
               {"started", row.started}, {"ended", row.ended.empty() ? Json(nullptr) : Json(row.ended)},
               {"seconds", row.seconds}, {"expansions", row.expansions},
               {"checks", row.checks},   {"lean", Json::parse(row.lean)}};
  return json;
}

Json node_json(const store::ProofNodeRow& row) {
  Json json = {{"node", row.node},       {"parent", row.parent},
               {"tactic", row.tactic},   {"verdict", row.verdict},
               {"message", row.message}, {"goals", Json::parse(row.goals)},
               {"score", row.score},     {"logprob", row.logprob},
               {"by", row.origin},       {"ms", row.ms}};
  if (row.same_as >= 0) json["same_as"] = row.same_as;
  return json;
}

int64_t read_id(const std::string& text) {
  int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id <= 0)
    throw HttpError(404, "'" + text.substr(0, 40) + "' is no number of a proof.", "id", "not_found");
  return id;
}

}  // namespace

awaitable<void> answer_proof_search(Api& api, Exchange& exchange, Call call) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  require_lean(api);
  const Body body = read_body(json, api.limits);
  Fields fields(body.fields);
  const bool stream = fields.boolean("stream").value_or(false);
  ProofSearch search = read_proof_search(fields, api, ProofAim::proof, call.owner);
  fields.refuse_unknown();
  ProofChannel channel(*api.lean_work, exchange.executor(), api.limits.unread_bytes);
  exchange.on_gone(channel.on_gone());
  channel.start(std::move(search));
  const Json lean = lean_json(api.lean);
  if (stream) {
    co_await tell_events(channel, lean, exchange, api.limits);
    co_return;
  }
  const Json answer = co_await answer_of(channel, lean);
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_proof_list(Api& api, Exchange& exchange, Call /*call*/) {
  const LeanDesk& desk = kept_proofs(api);
  Json list = Json::array();
  {
    const std::lock_guard lock(*desk.store.lock);
    for (const store::ProofRow& row : desk.store.store->proofs()) list.push_back(proof_json(row));
  }
  const Json body = {{"object", "list"}, {"data", std::move(list)}};
  co_await exchange.respond(json_response(body));
}

awaitable<void> answer_proof(Api& api, Exchange& exchange, Call call) {
  const LeanDesk& desk = kept_proofs(api);
  const int64_t id = read_id(call.arguments.at(0));
  Json body;
  try {
    const std::lock_guard lock(*desk.store.lock);
    body = proof_json(desk.store.store->proof(id));
    Json nodes = Json::array();
    for (const store::ProofNodeRow& row : desk.store.store->proof_nodes(id)) nodes.push_back(node_json(row));
    body["nodes"] = std::move(nodes);
  } catch (const store::Error& error) {
    if (error.code() != store::Errc::not_found) throw;
    throw HttpError(404, "There is no proof " + std::to_string(id) + ".", "id", "not_found");
  }
  co_await exchange.respond(json_response(body));
}

}  // namespace rmt::web
