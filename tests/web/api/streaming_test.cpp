#include "tests/support/doctest.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

constexpr auto kPath = "/v1/completions";

std::string joined(const std::vector<json>& events, int index = 0) {
  std::string text;
  for (const json& event : events) {
    for (const json& choice : event["choices"]) {
      if (choice["index"] == index) text += choice["text"].get<std::string>();
    }
  }
  return text;
}

}  // namespace

TEST_CASE("a streamed completion is OpenAI's sequence of events") {
  TestServer server(saying("Grüße"));
  const Answered answer =
      server.post(kPath, {{"prompt", "x"}, {"stream", true}, {"stream_options", {{"include_usage", true}}}});
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type") == "text/event-stream; charset=utf-8");
  CHECK(answer.ended);
  CHECK(answer.events().back() == "[DONE]");
  const std::vector<json> events = answer.json_events();
  CHECK(joined(events) == "Grüße");
  for (size_t i = 0; i + 2 < events.size(); ++i) {
    CHECK(events[i]["object"] == "text_completion");
    CHECK(events[i]["id"] == "cmpl-test-1");
    CHECK(events[i]["choices"][0]["finish_reason"].is_null());
    CHECK(events[i]["usage"].is_null());
  }
  CHECK(events[events.size() - 2]["choices"][0]["finish_reason"] == "stop");
  CHECK(events.back()["choices"].empty());
  CHECK(events.back()["usage"]["completion_tokens"] == 8);
}

TEST_CASE("without include_usage no event has usage") {
  TestServer server(saying("ab"));
  for (const json& event : server.post(kPath, {{"prompt", "x"}, {"stream", true}}).json_events())
    CHECK(!event.contains("usage"));
}

TEST_CASE("streamed and whole are the same text, for every prompt and choice") {
  TestServer server;
  const json body = {{"prompt", {"é", "yy"}}, {"n", 3}, {"seed", 5}, {"max_tokens", 7}, {"echo", true}};
  json streamed = body;
  streamed["stream"] = true;
  const json whole = server.post(kPath, body).json();
  const std::vector<json> events = server.post(kPath, streamed).json_events();
  for (int i = 0; i < 6; ++i) CHECK(joined(events, i) == whole["choices"][static_cast<size_t>(i)]["text"]);
}

TEST_CASE("prompt scores are streamed segment by segment") {
  TestServer server(saying("!"));
  const json body = {{"prompt", "0123456789é"}, {"max_tokens", 1}, {"echo", true}, {"logprobs", 1}};
  json streamed = body;
  streamed["stream"] = true;
  const json whole = server.post(kPath, body).json()["choices"][0];
  const std::vector<json> events = server.post(kPath, streamed).json_events();
  json joined_logprobs;
  for (const json& event : events) {
    const json& logprobs = event["choices"][0]["logprobs"];
    if (logprobs.is_null()) continue;
    for (const auto& [name, list] : logprobs.items())
      for (const json& entry : list) joined_logprobs[name].push_back(entry);
  }
  CHECK(joined(events) == whole["text"]);
  CHECK(joined_logprobs == whole["logprobs"]);
  CHECK(events.size() == 4);  // two segments, a token, the end
}

TEST_CASE("an error after the stream has begun is an event") {
  FakeModel model;
  model.fails_after = 3;
  TestServer server(model);
  const Answered answer = server.post(kPath, {{"prompt", "x"}, {"stream", true}});
  CHECK(answer.status == 200);
  const std::vector<json> events = answer.json_events();
  REQUIRE(events.size() == 4);
  CHECK(events.back()["error"]["message"] == "The model failed: a number that is none");
  CHECK(events.back()["error"]["code"] == "model_failed");
  CHECK(answer.events().back() != "[DONE]");
}

TEST_CASE("a stream that cannot begin has a status") {
  FakeModel model;
  model.overloads = 1;
  TestServer server(model);
  CHECK(server.post(kPath, {{"prompt", "x"}, {"stream", true}}).status == 429);
}

TEST_CASE("a stream that is silent says so") {
  FakeModel model = saying("ab");
  model.token_time = std::chrono::milliseconds(100);
  rmt::web::ServiceOptions options;
  options.limits.keep_alive = std::chrono::milliseconds(20);
  TestServer server(model, options);
  const Answered answer = server.post(kPath, {{"prompt", "x"}, {"stream", true}});
  CHECK(answer.body.find(": ping\n\n") != std::string::npos);
  CHECK(joined(answer.json_events()) == "ab");
}

TEST_CASE("results that nobody takes are not kept for ever") {
  rmt::web::ServiceOptions options;
  options.limits.unread_bytes = 5000;
  TestServer server({}, options);
  Asked asked = post(kPath, json{{"prompt", "x"}, {"stream", true}, {"max_tokens", 100'000}});
  asked.takes = std::chrono::milliseconds(20);
  const Answered answer = server.ask(asked);
  CHECK(answer.json_events().back()["error"]["code"] == "slow_reader");
  for (int i = 0; i < 500 && server.generator.cancelled() == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK(server.generator.cancelled() == 1);
}

TEST_CASE("a client that leaves takes its job with it") {
  FakeModel model;
  model.token_time = std::chrono::milliseconds(2);
  TestServer server(model);
  const auto wait_for_cancel = [&](int64_t count) {
    for (int i = 0; i < 500 && server.generator.cancelled() < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    CHECK(server.generator.cancelled() == count);
  };
  SUBCASE("while it reads a stream") {
    Asked asked = post(kPath, json{{"prompt", "x"}, {"stream", true}, {"max_tokens", 100'000}});
    asked.leaves_after = 5;
    const Answered answer = server.ask(asked);
    CHECK(answer.gone);
    CHECK(!answer.ended);
    wait_for_cancel(1);
  }
  SUBCASE("while it waits for a whole answer") {
    Asked asked = post(kPath, json{{"prompt", "x"}, {"n", 20}, {"max_tokens", 100'000}});
    asked.leaves_after_time = std::chrono::milliseconds(30);
    const Answered answer = server.ask(asked);
    CHECK(answer.gone);
    CHECK(answer.status == 0);
    wait_for_cancel(3);
  }
}
