// POST /v1/evals and PUT /v1/evals/{id} take a text of any length and score it as it comes in; its rows can be followed
// meanwhile, from anywhere where its id is known.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cctype>
#include <charconv>

#include "lm/engine/random_id.h"
#include "web/server/api/endpoints.h"
#include "web/server/api/eval_run.h"
#include "web/server/api/finish.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/row_json.h"
#include "web/server/api/session_use.h"
#include "web/server/api/upload.h"
#include "web/server/error.h"
#include "web/server/event_stream.h"
#include "web/server/failure.h"

namespace rmt::web {
namespace {

namespace asio = boost::asio;

bool flag(const Request& request, std::string_view name) {
  const std::string value = request.parameter(name).value_or("false");
  if (value != "true" && value != "false" && value != "1" && value != "0")
    throw HttpError(400, "'" + std::string(name) + "' must be true or false.", std::string(name));
  return value == "true" || value == "1";
}

/// What a broken upload leaves behind: nothing that still runs.
class BreakOff {
 public:
  explicit BreakOff(EvalRun& run) : run_(run) {}
  ~BreakOff() {
    if (!complete_) run_.break_off(why_);
  }
  void complete() { complete_ = true; }
  void because(const std::string& why) { why_ = why; }

 private:
  EvalRun& run_;
  bool complete_ = false;
  std::string why_ = "The upload was broken off.";
};

awaitable<void> take_upload(Exchange& exchange, EvalRun& run) {
  BreakOff break_off(run);
  Upload upload(exchange, scored_tokens(run.text()));
  std::exception_ptr thrown;
  try {
    while (!upload.at_end()) {
      std::vector<int32_t> ids = co_await upload.next();
      if (!run.feed(std::move(ids), upload.at_end())) break;
      if (!upload.at_end()) co_await run.until_hungry();
    }
    break_off.complete();
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!thrown) co_return;
  const HttpError error = failure_of(thrown);
  break_off.because(error.what());
  throw error;
}

int64_t first_sequence(const Request& request) {
  std::string after = request.parameter("after").value_or("");
  if (const auto last = request.header("last-event-id"); last && after.empty()) after = *last;
  if (after.empty()) return 0;
  int64_t number = -1;
  const auto [end, error] = std::from_chars(after.data(), after.data() + after.size(), number);
  if (error != std::errc() || end != after.data() + after.size() || number < 0)
    throw HttpError(400, "'after' must be the number of the last row that was seen.", "after");
  return number;
}

/// Scores the request's body under `id`, and answers when all of it is there.
awaitable<void> take_text(Api& api, Exchange& exchange, const std::string& owner, const std::string& id) {
  const Request& request = exchange.request();
  if (request.header("content-type").value_or("").starts_with("application/json"))
    throw HttpError(415,
                    "The body is the text itself: send it as text/plain, its options as ?name=…&memory_gain=true.");
  const EvalRequest wanted{request.parameter("name").value_or(""), flag(request, "memory_gain"),
                           flag(request, "tokens")};
  const std::string& name = wanted.name;
  if (name.size() > 1000) throw HttpError(400, "'name' is longer than 1000 bytes.", "name");
  check_model(api, request.parameter("model"));

  const std::shared_ptr<Eval> eval = api.evals.create(owner, id, name, unix_time());
  const auto run = std::make_shared<EvalRun>(api, eval, exchange.executor());
  try {
    with_sessions([&] { run->begin(owner, wanted); });
  } catch (const HttpError& error) {
    eval->end(EvalState::failed, error.what());
    throw;
  }
  asio::co_spawn(
      exchange.executor(), [run] { return run->follow(); }, asio::detached);
  co_await take_upload(exchange, *run);
  Response response = json_response(eval->json(), 202);
  response.headers.emplace_back("location", "/v1/evals/" + eval->id());
  co_await exchange.respond(std::move(response));
}

void check_chosen_id(const std::string& id) {
  constexpr size_t kLongest = 64;
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; };
  if (id.size() > kLongest || !std::ranges::all_of(id, fits))
    throw HttpError(400, "An id has at most 64 letters, digits, '-', '_' and '.'.", "id");
}

}  // namespace

awaitable<void> answer_eval_create(Api& api, Exchange& exchange, Call call) {
  const std::string id = engine::random_id();
  co_await take_text(api, exchange, call.owner, id);
}

awaitable<void> answer_eval_put(Api& api, Exchange& exchange, Call call) {
  const std::string& id = call.arguments.front();
  check_chosen_id(id);
  co_await take_text(api, exchange, call.owner, id);
}

awaitable<void> answer_eval_list(Api& api, Exchange& exchange, Call call) {
  Json data = Json::array();
  for (const auto& eval : api.evals.list(call.owner)) data.push_back(eval->json());
  const Json answer = {{"object", "list"}, {"data", std::move(data)}};
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_eval(Api& api, Exchange& exchange, Call call) {
  const Json answer = api.evals.find(call.owner, call.arguments.front())->json();
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_eval_delete(Api& api, Exchange& exchange, Call call) {
  const auto eval = api.evals.find(call.owner, call.arguments.front());
  eval->cancel();
  const Json answer = eval->json();
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_eval_segments(Api& api, Exchange& exchange, Call call) {
  const auto eval = api.evals.find(call.owner, call.arguments.front());
  int64_t seen = first_sequence(exchange.request());
  EventStream events(exchange, api.limits.keep_alive);
  co_await events.open();
  for (;;) {
    constexpr size_t kAtOnce = 64;
    const bool ended = eval->state() != EvalState::running;
    const std::vector<EvalRow> rows = eval->rows(seen, kAtOnce);
    for (const EvalRow& row : rows) {
      Json json = row_json(row.row, row.so_far);
      if (!row.tokens.nll.empty()) add_tokens(json, row.tokens);
      const std::string line = store::json_line(json);
      co_await events.send(line, ++seen);
    }
    if (!rows.empty()) continue;
    if (ended) break;
    co_await eval->wait(seen, exchange.executor(), api.limits.keep_alive);
    if (eval->state() == EvalState::running && eval->rows(seen, 1).empty()) co_await events.keep_alive();
  }
  const std::string line = store::json_line(eval->json());
  co_await events.send_named("end", line);
  co_await events.close();
}

}  // namespace rmt::web
