#include "tests/support/doctest.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

struct Refusal {
  json body;
  unsigned status;
  const char* param;
  const char* says;  ///< part of the message
};

void check(TestServer& server, const std::string& path, const Refusal& refusal) {
  CAPTURE(refusal.body.dump());
  const Answered answer = server.post(path, refusal.body);
  CHECK(answer.status == refusal.status);
  const json error = answer.json().at("error");
  CHECK(error.at("type").is_string());
  CHECK(error.contains("code"));
  CHECK(error.at("param") == (*refusal.param != 0 ? json(refusal.param) : json(nullptr)));
  CHECK_MESSAGE(error.at("message").get<std::string>().find(refusal.says) != std::string::npos, error.dump());
  CHECK(answer.header("x-should-retry") == "false");
}

}  // namespace

TEST_CASE("what a completion cannot do is refused by name") {
  TestServer server;
  const std::vector<Refusal> refusals = {
      {{{"prompt", "x"}, {"model", "gpt-4"}}, 404, "model", "There is no model 'gpt-4' here"},
      {{{"prompt", "x"}, {"suffix", "y"}}, 400, "suffix", "not offered"},
      {{{"prompt", "x"}, {"n", 2}, {"best_of", 3}}, 400, "best_of", "not offered"},
      {{{"prompt", "x"}, {"n", 0}}, 400, "n", "an integer from 1 to 128"},
      {{{"prompt", "x"}, {"n", 1.5}}, 400, "n", "an integer"},
      {{{"prompt", "x"}, {"max_tokens", -1}}, 400, "max_tokens", "from 0"},
      {{{"prompt", "x"}, {"max_tokens", "9"}}, 400, "max_tokens", "an integer"},
      {{{"prompt", "x"}, {"logprobs", 21}}, 400, "logprobs", "from 0 to 20"},
      {{{"prompt", "x"}, {"logprobs", true}}, 400, "logprobs", "an integer"},
      {{{"prompt", "x"}, {"temperature", -0.1}}, 400, "temperature", "from 0"},
      {{{"prompt", "x"}, {"top_p", 0}}, 400, "top_p", "above 0"},
      {{{"prompt", "x"}, {"stop", ""}}, 400, "stop", "empty text"},
      {{{"prompt", "x"}, {"stop", std::vector<std::string>(17, "s")}}, 400, "stop", "more than 16"},
      {{{"prompt", "x"}, {"stop", std::string(2000, 's')}}, 400, "stop", "longer than 1024 bytes"},
      {{{"prompt", "x"}, {"stop", {1}}}, 400, "stop", "list of texts"},
      {{{"prompt", "x"}, {"logit_bias", {{"one", 1}}}}, 400, "logit_bias", "no token id"},
      {{{"prompt", "x"}, {"logit_bias", {{"257", 1}}}}, 400, "logit_bias", "no token id"},
      {{{"prompt", "x"}, {"logit_bias", {{"1", 101}}}}, 400, "logit_bias", "-100 to 100"},
      {{{"prompt", "x"}, {"stream_options", {{"include_usage", true}}}}, 400, "stream_options", "needs"},
      {{{"prompt", "x"}, {"stream", true}, {"stream_options", {{"usage", true}}}},
       400,
       "stream_options.usage",
       "not known"},
      {{{"prompt", "x"}, {"max_token", 5}}, 400, "max_token", "did you mean 'max_tokens'?"},
      {{{"prompt", "x"}, {"commit", true}}, 400, "commit", "needs a \"session\""},
      {{{"prompt", "x"}, {"session", "0"}}, 404, "", ""},
      {{{"prompt", 5}}, 400, "prompt", "a text, a list of texts"},
      {{{"prompt", {{"a", 1}}}}, 400, "prompt", "a text, a list of texts"},
      {{{"prompt", {1, "a"}}}, 400, "prompt", "a text, a list of texts"},
      {{{"prompt", {1, {2}}}}, 400, "prompt", "a text, a list of texts"},
      {{{"prompt", {{1}, 2}}}, 400, "prompt", "a text, a list of texts"},
      {{{"prompt", {1.5}}}, 400, "prompt", "a text, a list of texts"},
      {{{"prompt", {-1}}}, 400, "prompt", "a text, a list of texts"},
      {{{"prompt", {5'000'000'000}}}, 400, "prompt", "a text, a list of texts"},
      {{{"prompt", {257}}}, 400, "prompt", "ids from 0 to 256"},
  };
  for (const Refusal& refusal : refusals) check(server, "/v1/completions", refusal);
  CHECK(server.generator.jobs().empty());
}

TEST_CASE("what a chat cannot do is refused by name") {
  TestServer server;
  const json message = {{"role", "user"}, {"content", "hi"}};
  const std::vector<Refusal> refusals = {
      {json::object(), 400, "messages", "at least one"},
      {{{"messages", json::array()}}, 400, "messages", "at least one"},
      {{{"messages", {"hi"}}}, 400, "messages[0]", "an object"},
      {{{"messages", {{{"role", "tool"}, {"content", "x"}}}}}, 400, "messages[0].role", "must be system"},
      {{{"messages", {{{"role", "user"}}}}}, 400, "messages[0]", "no \"content\""},
      {{{"messages", {message}}, {"tools", {{{"type", "function"}}}}}, 400, "tools", "text alone"},
      {{{"messages", {message}}, {"response_format", {{"type", "json_object"}}}}, 400, "response_format", "text alone"},
      {{{"messages", {message}}, {"top_logprobs", 2}}, 400, "top_logprobs", "needs"},
      {{{"messages", {{{"role", "user"}, {"content", {{{"type", "image_url"}}}}}}}},
       400,
       "messages[0].content",
       "text"},
  };
  for (const Refusal& refusal : refusals) check(server, "/v1/chat/completions", refusal);
}

TEST_CASE("bodies that are no JSON, or too much of it") {
  TestServer server;
  const auto status = [&](const std::string& body) { return server.ask(post("/v1/completions", body)).status; };
  const auto message = [&](const std::string& body) { return error_of(server.ask(post("/v1/completions", body))); };
  CHECK(status("") == 400);
  CHECK(message("{\"prompt\": \"x\"").find("not JSON at byte") != std::string::npos);
  CHECK(message("[1]") == "The body must be a JSON object.");
  CHECK(message(R"({"prompt": "x", "prompt": "y"})").find("'prompt' twice") != std::string::npos);
  CHECK(message(R"({"n": 1, "n": 1, "prompt": "x"})").find("'n' twice") != std::string::npos);
  CHECK(message("{\"prompt\": \"\\ud800\"}").find("not JSON") != std::string::npos);
  CHECK(message("{\"prompt\": \"\xff\"}").find("not JSON") != std::string::npos);
  CHECK(message(R"({"prompt": "x"} )"
                "x")
            .find("not JSON") != std::string::npos);
  CHECK(message("{\"user\": " + std::string(70, '[') + std::string(70, ']') + "}").find("nested deeper than 64") !=
        std::string::npos);
  std::string many = "{\"metadata\": [0";
  for (int i = 0; i < 100'000; ++i) many += ",0";
  CHECK(message(many + "]}").find("more than 100000 values") != std::string::npos);
  CHECK(message("{\"prompt\": " + std::string(200'000, '[')).find("'prompt' must be") != std::string::npos);
}

TEST_CASE("a body or a prompt beyond the limits is refused, not cut") {
  rmt::web::ServiceOptions options;
  options.limits.body_bytes = 1000;
  options.limits.prompt_tokens = 20;
  options.limits.prompts = 3;
  TestServer server({}, options);
  const auto ask = [&](const json& prompt) { return server.post("/v1/completions", {{"prompt", prompt}}); };
  CHECK(ask(std::string(2000, 'x')).status == 413);
  CHECK(ask(std::string(21, 'x')).status == 413);
  CHECK(ask(std::vector<int>(21, 1)).status == 413);
  CHECK(ask({"a", "b", "c", "d"}).status == 400);
  CHECK(ask(std::vector<std::vector<int>>(4, {1})).status == 400);
  CHECK(ask(std::string(20, 'x')).status == 200);
}

TEST_CASE("a busy server says when to come again") {
  FakeModel model;
  model.overloads = 1;
  TestServer server(model);
  const Answered answer = server.post("/v1/completions", {{"prompt", "x"}});
  CHECK(answer.status == 429);
  CHECK(answer.header("retry-after") == "3");
  CHECK(answer.header("x-should-retry") == "true");
  CHECK(answer.json()["error"]["type"] == "rate_limit_error");
  CHECK(answer.json()["error"]["code"] == "overloaded");
  CHECK(server.post("/v1/completions", {{"prompt", "x"}}).status == 200);
}

TEST_CASE("a busy server does not end a request it has begun") {
  FakeModel model;
  model.most_jobs = 3;
  model.token_time = std::chrono::milliseconds(1);
  TestServer server(model);
  const json prompts(40, "x");
  const Answered answer = server.post("/v1/completions", {{"prompt", prompts}, {"max_tokens", 1}});
  CHECK(answer.status == 200);
  CHECK(answer.json()["choices"].size() == 40);
}

TEST_CASE("a model that fails is an error that nobody should repeat") {
  FakeModel model;
  model.fails_after = 2;
  TestServer server(model);
  const Answered answer = server.post("/v1/completions", {{"prompt", "x"}});
  CHECK(answer.status == 500);
  CHECK(error_of(answer) == "The model failed: a number that is none");
  CHECK(answer.header("x-should-retry") == "false");
}
