// The document and the server say the same: every route is described, every description is a route, and real answers
// fit their schemas.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/doctest.h"
#include "tests/web/api/json_schema.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string described_path(std::string pattern) {
  if (const size_t star = pattern.find("*}"); star != std::string::npos) pattern.erase(star, 1);
  return pattern;
}

/// Asks, and holds the answer against the description of `operation`.
class Checked {
 public:
  Checked(TestServer& server, const json& document) : server_(server), document_(document) {
    for (const auto& [path, methods] : document["paths"].items()) {
      for (const auto& [method, operation] : methods.items()) operations_[operation["operationId"]] = operation;
    }
  }

  Answered ask(const std::string& operation_id, const Asked& asked) {
    CAPTURE(operation_id);
    const json& operation = operations_.at(operation_id);
    covered_.insert(operation_id);
    Answered answer = server_.ask(asked);
    const std::string status = std::to_string(answer.status);
    const json& responses = operation["responses"];
    REQUIRE_MESSAGE((responses.contains(status) || responses.contains("default")), status << " " << answer.body);
    const json content = responses.value(status, responses.value("default", json()))["content"];
    const std::string type = answer.header("content-type").substr(0, answer.header("content-type").find(';'));
    REQUIRE_MESSAGE(content.contains(type), type);
    if (type == "application/json") check(answer.json(), content[type]["schema"]);
    if (type == "text/event-stream") {
      for (const json& event : answer.json_events()) check(event, content[type]["schema"]);
    }
    if (type == "application/x-ndjson") {
      std::istringstream lines(answer.body);
      for (std::string line; std::getline(lines, line);) check(json::parse(line), content[type]["schema"]);
    }
    return answer;
  }

  std::vector<std::string> uncovered() const {
    std::vector<std::string> names;
    for (const auto& [name, operation] : operations_) {
      if (!covered_.contains(name)) names.push_back(name);
    }
    return names;
  }

 private:
  void check(const json& value, const json& schema) {
    for (const std::string& complaint : complaints(value, schema, document_)) FAIL_CHECK(complaint);
  }

  TestServer& server_;
  const json& document_;
  std::map<std::string, json> operations_;
  std::set<std::string> covered_;
};

Asked text_post(const std::string& path, const std::string& text) {
  Asked asked = post(path, text);
  asked.headers.back().second = "text/plain";
  return asked;
}

}  // namespace

TEST_CASE("every route is described, and nothing else is") {
  TestServer server;
  const json document = server.get("/openapi.json").json();
  std::set<std::string> routes, described;
  std::map<std::string, bool> needs_key;
  for (const auto& route : server.service.routes()) {
    const std::string name = lower(route.method) + " " + described_path(route.pattern);
    routes.insert(name);
    needs_key[name] = route.needs_key;
  }
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      const std::string name = method + " " + path;
      described.insert(name);
      CHECK_MESSAGE(operation.contains("security") == !needs_key[name], name);
    }
  }
  CHECK(routes == described);
}

TEST_CASE("real answers fit their descriptions") {
  TestServer server;
  const json document = server.get("/openapi.json").json();
  Checked checked(server, document);
  const json chat = {{"messages", json::array({{{"role", "user"}, {"content", "x"}}})}, {"max_tokens", 3}};
  const auto with = [](json body, const json& more) {
    body.update(more);
    return body;
  };
  const json prompt = {{"prompt", "xyé"}, {"max_tokens", 3}};

  checked.ask("complete", post("/v1/completions", prompt));
  checked.ask("complete", post("/v1/completions", with(prompt, {{"echo", true}, {"logprobs", 2}})));
  checked.ask("complete", post("/v1/completions", with(prompt, {{"return_token_ids", true}, {"n", 2}})));
  checked.ask("complete",
              post("/v1/completions",
                   with(prompt, {{"stream", true}, {"stream_options", {{"include_usage", true}}}, {"logprobs", 1}})));
  CHECK(checked.ask("complete", post("/v1/completions", json{{"prompt", 1}})).status == 400);
  checked.ask("chat", post("/v1/chat/completions", with(chat, {{"logprobs", true}, {"top_logprobs", 1}})));
  checked.ask("chat", post("/v1/chat/completions", with(chat, {{"stream", true}, {"logprobs", true}})));
  checked.ask("listModels", get("/v1/models"));
  checked.ask("getModel", get("/v1/models/fake"));
  checked.ask("tokenize", post("/tokenize", json{{"content", "é"}, {"with_pieces", true}}));
  checked.ask("detokenize", post("/detokenize", json{{"tokens", {97}}}));
  checked.ask("tokenizerInfo", get("/tokenizer_info"));

  const std::string session =
      "/v1/sessions/" +
      checked.ask("createSession", post("/v1/sessions", json{{"name", "book"}})).json()["id"].get<std::string>();
  checked.ask("appendToSession", text_post(session + "/append", "chapter one"));
  checked.ask("appendToSession", post(session + "/append", json{{"text", "."}}));
  checked.ask("listSessions", get("/v1/sessions"));
  checked.ask("getSession", get(session));
  checked.ask("forkSession", post(session + "/fork", json{{"n", 2}}));
  const Answered state = checked.ask("getSessionState", get(session + "/state"));
  Asked put = post(session + "/state", state.body);
  put.method = "PUT";
  checked.ask("putSessionState", put);
  put.body = {"nonsense"};
  CHECK(checked.ask("putSessionState", put).status == 422);
  Asked drop = get(session);
  drop.method = "DELETE";
  checked.ask("deleteSession", drop);
  CHECK(checked.ask("getSession", get(session)).status == 404);

  checked.ask("perplexity",
              post("/v1/perplexity", json{{"text", "some text of more than a segment"}, {"memory_gain", true}}));
  checked.ask("attention",
              post("/v1/attention", json{{"text", "some text of more than a segment"}, {"segments", {1}}}));
  const json look = {{"text", "some text of more than a segment"}, {"keep", true}, {"stream", true}};
  const json looked = checked.ask("attention", post("/v1/attention", look)).json_events().back();
  const std::string kept = "/v1/attention/" + looked["id"].get<std::string>();
  checked.ask("attentionAgain", get(kept + "?segments=1"));
  drop.path = kept;
  checked.ask("dropAttention", drop);
  Asked named = text_post("/v1/evals/mine?memory_gain=true", "a text");
  named.method = "PUT";
  checked.ask("putEval", named);
  const Answered eval =
      checked.ask("createEval", text_post("/v1/evals?name=n&memory_gain=true", "a text, a text, a text"));
  const std::string path = "/v1/evals/" + eval.json()["id"].get<std::string>();
  checked.ask("listEvals", get("/v1/evals"));
  checked.ask("getEval", get(path));
  checked.ask("followEval", get(path + "/segments"));
  drop.path = path;
  checked.ask("cancelEval", drop);

  checked.ask("readDocuments", text_post("/v1/documents?name=a.txt", "a text"));
  CHECK(checked.ask("listRuns", get("/v1/runs")).status == 404);  // there is no database: see runs_test.cpp
  CHECK(checked.ask("getRun", get("/v1/runs/1")).status == 404);

  checked.ask("lean", get("/v1/lean"));
  for (const auto& [operation, where] : std::vector<std::pair<std::string, std::string>>{
           {"checkFile", "/v1/lean/check"}, {"goals", "/v1/lean/goals"}, {"prove", "/v1/proofs"}})
    CHECK(checked.ask(operation, post(where, json{{"code", "x"}})).status == 503);  // with a Lean: see proofs_test.cpp
  checked.ask("leanCopilotEncode", post("/encode", json{{"name", "m"}, {"input", "x"}}));
  CHECK(checked.ask("kiminaCheck", post("/api/check", json::object())).status == 403);
  CHECK(checked.ask("kiminaVerify", post("/verify", json::object())).status == 403);
  CHECK(checked.ask("listProofs", get("/v1/proofs")).status == 404);
  CHECK(checked.ask("getProof", get("/v1/proofs/1")).status == 404);

  checked.ask("leanCopilot", post("/generate", json{{"name", "m"}, {"input", "⊢ p"}, {"prefix", ""}}));
  checked.ask("llmstep", post("/", json{{"tactic_state", "⊢ p"}, {"prefix", "intro"}}));
  checked.ask("llmstep", post("/", json::object()));
  checked.ask(
      "ollama",
      post("/api/generate",
           json{{"model", "fake:latest"}, {"prompt", "x"}, {"stream", false}, {"options", {{"num_predict", 2}}}}));
  checked.ask("ollama",
              post("/api/generate", json{{"model", "fake"}, {"prompt", "x"}, {"options", {{"num_predict", 2}}}}));
  for (const auto& [operation, where] : std::vector<std::pair<std::string, std::string>>{{"props", "/props"},
                                                                                         {"metrics", "/metrics"},
                                                                                         {"ready", "/readyz"},
                                                                                         {"openapi", "/openapi.json"},
                                                                                         {"health", "/health"},
                                                                                         {"live", "/livez"},
                                                                                         {"page", "/"},
                                                                                         {"indexPage", "/index.html"}})
    checked.ask(operation, get(where));
  CHECK(checked.uncovered() == std::vector<std::string>{"stream"});  // a WebSocket: see stream_test.cpp
}

TEST_CASE("a field that a request takes is described, and one that is described is taken") {
  TestServer server;
  const json document = server.get("/openapi.json").json();
  const std::map<std::string, std::pair<std::string, json>> requests = {
      {"CompletionRequest", {"/v1/completions", {{"prompt", "x"}}}},
      {"ChatRequest", {"/v1/chat/completions", {{"messages", json::array({{{"role", "user"}, {"content", "x"}}})}}}},
      {"PerplexityRequest", {"/v1/perplexity", {{"text", "x"}}}},
      {"AttentionRequest", {"/v1/attention", {{"text", "x"}}}},
      {"TokenizeRequest", {"/tokenize", {{"content", "x"}}}},
      {"SessionCreate", {"/v1/sessions", json::object()}},
  };
  for (const auto& [name, request] : requests) {
    for (const auto& [field, schema] : document["components"]["schemas"][name]["properties"].items()) {
      json body = request.second;
      if (!body.contains(field)) body[field] = nullptr;  // as good as absent, where it is known
      const Answered answer = server.post(request.first, body);
      CHECK_MESSAGE(answer.status < 300, name << "." << field << ": " << answer.body);
    }
  }
}
