#include "web/server/routes.h"

#include "web/server/api/endpoints.h"
#include "web/server/api/stream.h"

namespace rmt::web {
namespace {

using HttpHandler = awaitable<void> (*)(Api&, Exchange&, Call);

Route http(Api& api, std::string method, std::string pattern, HttpHandler handler) {
  Route route{std::move(method), std::move(pattern)};
  route.http = [&api, handler](Exchange& exchange, Call call) { return handler(api, exchange, std::move(call)); };
  return route;
}

Route open_http(Api& api, std::string method, std::string pattern, HttpHandler handler) {
  Route route = http(api, std::move(method), std::move(pattern), handler);
  route.needs_key = false;
  return route;
}

Route websocket(Api& api, std::string pattern, awaitable<void> (*handler)(Api&, WebSocketChannel&, Call)) {
  Route route{"GET", std::move(pattern)};
  route.websocket = [&api, handler](WebSocketChannel& channel, Call call) {
    return handler(api, channel, std::move(call));
  };
  return route;
}

}  // namespace

std::vector<Route> routes_of(Api& api, std::vector<StaticFile> files) {
  std::vector<Route> routes = {
      http(api, "POST", "/v1/completions", answer_completions),
      http(api, "POST", "/v1/chat/completions", answer_chat),
      http(api, "GET", "/v1/models", answer_models),
      http(api, "GET", "/v1/models/{id*}", answer_model),
      http(api, "POST", "/tokenize", answer_tokenize),
      http(api, "POST", "/detokenize", answer_detokenize),
      http(api, "GET", "/tokenizer_info", answer_tokenizer_info),
      http(api, "POST", "/v1/sessions", answer_session_create),
      http(api, "GET", "/v1/sessions", answer_session_list),
      http(api, "GET", "/v1/sessions/{id}", answer_session),
      http(api, "DELETE", "/v1/sessions/{id}", answer_session_delete),
      http(api, "POST", "/v1/sessions/{id}/append", answer_session_append),
      http(api, "POST", "/v1/sessions/{id}/fork", answer_session_fork),
      http(api, "GET", "/v1/sessions/{id}/state", answer_session_state),
      http(api, "PUT", "/v1/sessions/{id}/state", answer_session_state_put),
      http(api, "POST", "/v1/perplexity", answer_perplexity),
      http(api, "POST", "/v1/attention", answer_attention),
      http(api, "GET", "/v1/attention/{id}", answer_attention_again),
      http(api, "DELETE", "/v1/attention/{id}", answer_attention_delete),
      http(api, "POST", "/v1/evals", answer_eval_create),
      http(api, "GET", "/v1/evals", answer_eval_list),
      http(api, "GET", "/v1/evals/{id}", answer_eval),
      http(api, "PUT", "/v1/evals/{id}", answer_eval_put),
      http(api, "DELETE", "/v1/evals/{id}", answer_eval_delete),
      http(api, "GET", "/v1/evals/{id}/segments", answer_eval_segments),
      http(api, "POST", "/v1/documents", answer_documents),
      http(api, "GET", "/v1/runs", answer_runs),
      http(api, "GET", "/v1/runs/{id}", answer_run),
      http(api, "GET", "/v1/lean", answer_lean),
      http(api, "POST", "/v1/lean/check", answer_lean_check),
      http(api, "POST", "/v1/lean/goals", answer_lean_goals),
      http(api, "POST", "/v1/proofs", answer_proof_search),
      http(api, "GET", "/v1/proofs", answer_proof_list),
      http(api, "GET", "/v1/proofs/{id}", answer_proof),
      websocket(api, "/v1/stream", serve_stream),
      http(api, "POST", "/encode", answer_encode),
      http(api, "POST", "/generate", answer_lean_copilot),
      http(api, "POST", "/", answer_llmstep),
      http(api, "POST", "/api/generate", answer_ollama),
      http(api, "POST", "/api/check", answer_kimina_check),
      http(api, "POST", "/verify", answer_kimina_verify),
      http(api, "GET", "/props", answer_props),
      http(api, "GET", "/metrics", answer_metrics),
      http(api, "GET", "/readyz", answer_ready),
      http(api, "GET", "/openapi.json", answer_openapi),
      open_http(api, "GET", "/health", answer_health),
      open_http(api, "GET", "/livez", answer_live),
  };
  for (Route& route : static_routes(std::move(files))) routes.push_back(std::move(route));
  return routes;
}

}  // namespace rmt::web
