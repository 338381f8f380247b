// POST /encode: a text as a vector, for LeanCopilot's search of premises.
#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/blocking_answer.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

std::string read_input(const std::string& json, const Api& api) {
  if (api.encoder == nullptr)
    throw HttpError(503, "This server has no encoder: it was started without --encoder.", {}, "no_encoder");
  const Body body = read_body(json, api.limits);
  Fields fields(body.fields);
  const auto input = fields.text("input", SIZE_MAX);
  if (!input) fields.refuse("input", "is missing.");
  return *input;
}

}  // namespace

// Its client is curl, which looks at no status: see answer_lean_copilot.
awaitable<void> answer_encode(Api& api, Exchange& exchange, Call /*call*/) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  std::vector<float> vector;
  std::string refused;
  try {
    std::string input = read_input(json, api);
    std::function<std::vector<float>(std::stop_token)> encode =
        [&encoder = *api.encoder, input = std::move(input)](const std::stop_token&) { return encoder.encode(input); };
    vector = co_await blocking_answer(*api.lean_work, exchange, std::move(encode));
  } catch (const HttpError& error) {
    refused = error.what();
  }
  Json answer = {{"outputs", vector}};
  if (!refused.empty()) answer["error"] = refused;
  co_await exchange.respond(json_response(answer));
}

}  // namespace rmt::web
