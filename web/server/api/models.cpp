// GET /v1/models and /v1/models/{id}.
#include <algorithm>

#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/error.h"

namespace rmt::web {
namespace {

Json model_object(const Api& api, const std::string& name) {
  const engine::GeneratorInfo& info = api.generator.info();
  return {{"id", name},
          {"object", "model"},
          {"created", api.created},
          {"owned_by", "rmt-lm"},
          {"meta",
           {{"n_vocab", info.reading.vocabulary},
            {"n_embd", info.reading.width},
            {"n_params", info.parameters},
            {"size", info.weight_bytes},
            {"dtype", info.dtype},
            {"device", info.device},
            {"segment_length", info.reading.segment_length},
            {"memory_tokens", info.reading.memory_tokens}}}};
}

}  // namespace

void check_model(const Api& api, const std::optional<std::string>& name) {
  if (!name || name->empty() || std::ranges::find(api.models, *name) != api.models.end()) return;
  throw HttpError(404, "There is no model '" + name->substr(0, 200) + "' here; this server has '" + api.model() + "'.",
                  "model", "model_not_found");
}

awaitable<void> answer_models(Api& api, Exchange& exchange, Call /*call*/) {
  Json data = Json::array();
  for (const std::string& name : api.models) data.push_back(model_object(api, name));
  const Json body = {{"object", "list"}, {"data", std::move(data)}};
  co_await exchange.respond(json_response(body));
}

awaitable<void> answer_model(Api& api, Exchange& exchange, Call call) {
  check_model(api, call.arguments.front());
  const Json body = model_object(api, call.arguments.front());
  co_await exchange.respond(json_response(body));
}

}  // namespace rmt::web
