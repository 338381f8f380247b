// GET /openapi.json.
#include "web/server/api/endpoints.h"
#include "web/server/openapi_document.h"

namespace rmt::web {

awaitable<void> answer_openapi(Api& /*api*/, Exchange& exchange, Call /*call*/) {
  Response response{200, {{"content-type", "application/json"}}, std::string(openapi_document())};
  co_await exchange.respond(std::move(response));
}

}  // namespace rmt::web
