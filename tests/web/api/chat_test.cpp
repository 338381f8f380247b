#include "tests/support/doctest.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

constexpr auto kPath = "/v1/chat/completions";

json user(const std::string& text) {
  return {{"role", "user"}, {"content", text}};
}

std::string prompt_of(TestServer& server) {
  const rmt::engine::Job job = server.generator.jobs().back();
  return {job.prompt.begin(), job.prompt.end()};
}

}  // namespace

TEST_CASE("a chat answer has OpenAI's shape") {
  TestServer server(saying("Hi!"));
  const json body = server.post(kPath, {{"model", "fake"}, {"messages", json::array({user("hello")})}}).json();
  CHECK(body["object"] == "chat.completion");
  CHECK(body["id"] == "chatcmpl-test-1");
  CHECK(body["choices"] == json::array({{{"index", 0},
                                         {"message", {{"role", "assistant"}, {"content", "Hi!"}}},
                                         {"logprobs", nullptr},
                                         {"finish_reason", "stop"}}}));
  CHECK(body["usage"]["completion_tokens"] == 4);
}

TEST_CASE("messages become a text") {
  TestServer server(saying("."));
  const json parts = json::array({{{"type", "text"}, {"text", "a"}}, {{"type", "text"}, {"text", "b"}}});
  server.post(kPath, {{"messages", json::array({{{"role", "system"}, {"content", "Be brief."}},
                                                user("hello"),
                                                {{"role", "assistant"}, {"content", "yes?"}},
                                                {{"role", "user"}, {"content", parts}}})},
                      {"stop", "[/TAC]"}});
  CHECK(prompt_of(server) == "Be brief.\n\nUser: hello\n\nAssistant: yes?\n\nUser: ab\n\nAssistant:");
  const auto job = server.generator.jobs().back();
  CHECK(job.continuations.front().stop == std::vector<std::string>{"[/TAC]", "\n\nUser:"});
}

TEST_CASE("an answer ends where a user would speak") {
  TestServer server(saying("fine\n\nUser: and"));
  const json body = server.post(kPath, {{"messages", json::array({user("x")})}}).json();
  CHECK(body["choices"][0]["message"]["content"] == "fine");
  CHECK(body["choices"][0]["finish_reason"] == "stop");
}

TEST_CASE("32 choices, as LLMLean asks") {
  TestServer server;
  const json body = server
                        .post(kPath, {{"messages", json::array({user("x")})},
                                      {"n", 32},
                                      {"temperature", 0.7},
                                      {"max_tokens", 4},
                                      {"stream", false},
                                      {"stop", json::array({"[/TAC]"})}})
                        .json();
  CHECK(body["choices"].size() == 32);
  CHECK(body["choices"][31]["index"] == 31);
}

TEST_CASE("chat log-probabilities tell tokens and their bytes") {
  TestServer server(saying("é"));
  const json body =
      server.post(kPath, {{"messages", json::array({user("x")})}, {"logprobs", true}, {"top_logprobs", 1}}).json();
  const json content = body["choices"][0]["logprobs"]["content"];
  REQUIRE(content.size() == 3);
  CHECK(content[0]["token"] == "<0xC3>");
  CHECK(content[0]["bytes"] == json::array({0xC3}));
  CHECK(content[0]["top_logprobs"].size() == 1);
  CHECK(content[0]["logprob"] == content[0]["top_logprobs"][0]["logprob"]);
}

TEST_CASE("a streamed chat") {
  TestServer server(saying("añb"));
  const Answered answer = server.post(kPath, {{"messages", json::array({user("x")})},
                                              {"stream", true},
                                              {"stream_options", {{"include_usage", true}}},
                                              {"max_completion_tokens", 20}});
  const std::vector<json> events = answer.json_events();
  CHECK(events.front()["object"] == "chat.completion.chunk");
  CHECK(events.front()["choices"][0]["delta"] == json{{"role", "assistant"}, {"content", ""}});
  std::string text;
  for (const json& event : events) {
    if (!event["choices"].empty()) text += event["choices"][0]["delta"].value("content", "");
  }
  CHECK(text == "añb");
  CHECK(events[events.size() - 2]["choices"][0]["finish_reason"] == "stop");
  CHECK(events.back()["usage"]["completion_tokens"] == 5);
  CHECK(answer.events().back() == "[DONE]");
}
