// Which Lean there is, and what it says of a file: GET /v1/lean, POST /v1/lean/check, POST /v1/lean/goals.
#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/lean_json.h"
#include "web/server/api/proof_request.h"
#include "web/server/blocking_answer.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"

namespace rmt::web {
namespace {

std::string read_code(const std::string& json, const Limits& limits) {
  const Body body = read_body(json, limits);
  Fields fields(body.fields);
  std::string code = fields.text("code", SIZE_MAX).value_or("");
  if (code.empty()) fields.refuse("code", "is missing or empty.");
  fields.refuse_unknown();
  return code;
}

/// The file is what it is, so this is an answer: 422, with Lean's place beside the message.
Response statement_error(const prover::StatementError& error) {
  Json body = Json::parse(error_body(HttpError(422, error.what(), "code", "lean_error")));
  if (error.line() > 0) body["error"]["line"] = error.line();
  if (error.column() > 0) body["error"]["column"] = error.column();
  return json_response(body, 422);
}

using Diagnostics = std::vector<prover::Diagnostic>;
using Goals = std::vector<std::string>;

}  // namespace

awaitable<void> answer_lean(Api& api, Exchange& exchange, Call /*call*/) {
  const Json body = lean_json(api.lean);
  co_await exchange.respond(json_response(body));
}

awaitable<void> answer_lean_check(Api& api, Exchange& exchange, Call /*call*/) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  require_lean(api);
  std::function<Diagnostics(std::stop_token)> check = [&files = *api.lean.files, code = read_code(json, api.limits)](
                                                          const std::stop_token&) { return files.diagnose(code); };
  const Diagnostics diagnostics = co_await blocking_answer(*api.lean_work, exchange, std::move(check));
  Json list = Json::array();
  for (const prover::Diagnostic& diagnostic : diagnostics) list.push_back(diagnostic_json(diagnostic));
  const Json body = {{"diagnostics", std::move(list)}};
  co_await exchange.respond(json_response(body));
}

awaitable<void> answer_lean_goals(Api& api, Exchange& exchange, Call /*call*/) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  require_lean(api);
  const Body body = read_body(json, api.limits);
  Fields fields(body.fields);
  prover::Theorem theorem = read_cursor(fields, api);
  fields.refuse_unknown();
  std::function<Goals(std::stop_token)> open = [&lean = *api.lean.backend, theorem](const std::stop_token&) {
    return lean.open(theorem)->goals();
  };
  Response response;
  try {
    const Goals goals = co_await blocking_answer(*api.lean_work, exchange, std::move(open));
    const Json answer = {{"theorem", theorem.name}, {"goals", goals}};
    response = json_response(answer);
  } catch (const prover::StatementError& error) {
    response = statement_error(error);
  }
  co_await exchange.respond(std::move(response));
}

}  // namespace rmt::web
