#include "tests/support/doctest.h"
#include "tests/web/api/fake_channel.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

Said say(const json& message, std::function<bool(const std::vector<json>&)> when = nullptr) {
  return {message.dump(), std::move(when)};
}

}  // namespace

TEST_CASE("generation over a WebSocket") {
  TestServer server(saying("Grüße"));
  const Talk heard =
      talk(server.service, {say({{"type", "generate"}, {"id", "g"}, {"prompt", "x"}, {"n", 2}})}, came("done"));
  CHECK(heard.ended);
  CHECK(heard.thrown.empty());
  CHECK(heard.text("g", 0) == "Grüße");
  CHECK(heard.text("g", 1) == "Grüße");
  CHECK(heard.of("g", "end").size() == 2);
  CHECK(heard.of("g", "end")[0]["finish_reason"] == "stop");
  CHECK(heard.of("g", "done")[0]["usage"]["completion_tokens"] == 16);
  CHECK(heard.of("g", "text")[0]["token"] == 'G');
}

TEST_CASE("a text is scored while it is sent") {
  TestServer server;
  const Talk heard = talk(server.service,
                          {say({{"type", "score"}, {"id", "s"}, {"memory_gain", true}}),
                           say({{"type", "text"}, {"id", "s"}, {"text", "01 34 67 9 "}}),
                           say({{"type", "text"}, {"id", "s"}, {"text", "bc efé"}}, came("segment")),
                           say({{"type", "finish"}, {"id", "s"}}, came("segment"))},
                          came("done"));
  CHECK(heard.ended);
  const std::vector<json> rows = heard.of("s", "segment");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0]["seq"] == 1);
  CHECK(rows[1]["token_from"] == 8);
  CHECK(rows[2]["byte_to"] == 18);
  CHECK(rows[2].contains("nll_reset"));
  const json totals = heard.of("s", "done")[0]["totals"];
  CHECK(totals["tokens"] == 18);
  CHECK(totals["scored_tokens"] == 17);
  CHECK(totals["bits_per_byte"].get<double>() == doctest::Approx(8));
}

TEST_CASE("several things go on beside each other") {
  FakeModel model = saying("abc");
  TestServer server(model);
  const Talk heard = talk(server.service,
                          {say({{"type", "generate"}, {"id", "a"}, {"prompt", "x"}}),
                           say({{"type", "generate"}, {"id", "b"}, {"prompt", "y"}})},
                          came("done", 2));
  CHECK(heard.text("a") == "abc");
  CHECK(heard.text("b") == "abc");
}

TEST_CASE("cancel ends one thing") {
  FakeModel model;
  model.token_time = std::chrono::milliseconds(1);
  TestServer server(model);
  const Talk heard = talk(server.service,
                          {say({{"type", "generate"}, {"id", "a"}, {"prompt", "x"}, {"max_tokens", 100'000}}),
                           say({{"type", "cancel"}, {"id", "a"}}, came("text", 3))},
                          came("done"));
  CHECK(heard.ended);
  CHECK(heard.of("a", "done")[0]["cancelled"] == true);
  CHECK(heard.of("a", "end").empty());
}

TEST_CASE("a client that leaves takes everything with it") {
  FakeModel model;
  model.token_time = std::chrono::milliseconds(1);
  TestServer server(model);
  const Talk heard =
      talk(server.service, {say({{"type", "generate"}, {"id", "a"}, {"prompt", "x"}, {"max_tokens", 100'000}})},
           came("text", 3), true);
  CHECK(heard.ended);
  for (int i = 0; i < 500 && server.generator.cancelled() == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  CHECK(server.generator.cancelled() == 1);
}

TEST_CASE("what is wrong is said, and nothing else suffers") {
  TestServer server(saying("ok"));
  const auto error_after = [&](const json& message) {
    const Talk heard = talk(server.service,
                            {say(message), say({{"type", "generate"}, {"id", "fine"}, {"prompt", "x"}})}, came("done"));
    CHECK(heard.text("fine") == "ok");
    REQUIRE(!heard.messages.empty());
    for (const json& one : heard.messages) {
      if (one["type"] == "error") return one;
    }
    return json();
  };
  CHECK(error_after(json::array())["error"]["message"] == "The body must be a JSON object.");
  CHECK(error_after({{"id", "a"}})["error"]["param"] == "type");
  CHECK(error_after({{"type", "sing"}, {"id", "a"}})["id"] == "a");
  CHECK(error_after({{"type", "text"}, {"id", "a"}, {"text", "x"}})["error"]["code"] == "unknown_id");
  CHECK(error_after({{"type", "generate"}, {"id", "a"}, {"prompt", 5}})["error"]["param"] == "prompt");
  CHECK(error_after({{"type", "generate"}, {"id", "a"}, {"prompt", "x"}, {"echo", true}})["error"]["param"] == "echo");
  CHECK(error_after({{"type", "score"}, {"id", "a"}, {"speed", 1}})["error"]["param"] == "speed");
}

TEST_CASE("an id is used by one thing at a time") {
  TestServer server;
  const Talk heard = talk(
      server.service,
      {say({{"type", "score"}, {"id", "s"}}), say({{"type", "score"}, {"id", "s"}}),
       say({{"type", "text"}, {"id", "s"}, {"text", "abc"}}, came("error")), say({{"type", "finish"}, {"id", "s"}})},
      came("done"));
  CHECK(heard.of("s", "error").size() == 1);
  CHECK(heard.of("s", "done")[0]["totals"]["tokens"] == 3);
}

TEST_CASE("a model that fails ends what it was doing") {
  FakeModel model;
  model.fails_after = 2;
  TestServer server(model);
  const Talk heard = talk(server.service, {say({{"type", "generate"}, {"id", "g"}, {"prompt", "x"}})}, came("error"));
  CHECK(heard.of("g", "error")[0]["error"]["code"] == "model_failed");
}
