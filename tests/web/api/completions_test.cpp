#include <cmath>

#include "tests/support/doctest.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

constexpr auto kPath = "/v1/completions";

json first_choice(const Answered& answered) {
  return answered.json().at("choices").at(0);
}

}  // namespace

TEST_CASE("a completion has OpenAI's shape") {
  TestServer server(saying("lo, world"));
  const Answered answer = server.post(kPath, {{"model", "fake"}, {"prompt", "hel"}, {"max_tokens", 50}});
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type") == "application/json");
  const json body = answer.json();
  CHECK(body["id"] == "cmpl-test-1");
  CHECK(body["object"] == "text_completion");
  CHECK(body["created"].is_number_integer());
  CHECK(body["model"] == "fake");
  CHECK(body["choices"] ==
        json::array({{{"index", 0}, {"text", "lo, world"}, {"logprobs", nullptr}, {"finish_reason", "stop"}}}));
  CHECK(body["usage"] == json{{"prompt_tokens", 3},
                              {"completion_tokens", 10},
                              {"total_tokens", 13},
                              {"prompt_tokens_details", {{"cached_tokens", 0}}}});
}

TEST_CASE("16 tokens unless more are asked for") {
  TestServer server;
  const json choice = first_choice(server.post(kPath, {{"prompt", "x"}, {"seed", 0}}));
  CHECK(choice["text"] == "abcdefghijklmnop");
  CHECK(choice["finish_reason"] == "length");
}

TEST_CASE("prompts come as text, texts, ids and lists of ids") {
  TestServer server(saying("!"));
  const auto prompts_seen = [&](const json& prompt) {
    const Answered answer = server.post(kPath, {{"prompt", prompt}, {"max_tokens", 1}});
    CHECK(answer.status == 200);
    std::vector<std::string> texts;
    const auto jobs = server.generator.jobs();
    const size_t count = answer.json()["choices"].size();
    for (size_t i = jobs.size() - count; i < jobs.size(); ++i)
      texts.emplace_back(jobs[i].prompt.begin(), jobs[i].prompt.end());
    return texts;
  };
  using Texts = std::vector<std::string>;
  CHECK(prompts_seen("ab") == Texts{"ab"});
  CHECK(prompts_seen({"ab", "c"}) == Texts{"ab", "c"});
  CHECK(prompts_seen({97, 98}) == Texts{"ab"});
  CHECK(prompts_seen({{97, 98}, {99}}) == Texts{"ab", "c"});
}

TEST_CASE("a prompt without tokens begins with the token texts begin with") {
  TestServer server(saying("!"));
  for (const json& prompt : {json(""), json(nullptr), json::array()}) {
    CHECK(server.post(kPath, {{"prompt", prompt}}).status == 200);
    CHECK(server.generator.jobs().back().prompt == std::vector<int32_t>{256});
  }
  CHECK(server.post(kPath, json::object()).status == 200);
}

TEST_CASE("choices are numbered prompt by prompt, and differ by their seeds") {
  TestServer server;
  const json choices =
      server.post(kPath, {{"prompt", {"x", "y"}}, {"n", 2}, {"seed", 3}, {"max_tokens", 3}}).json()["choices"];
  REQUIRE(choices.size() == 4);
  for (int i = 0; i < 4; ++i) {
    CHECK(choices[i]["index"] == i);
    CHECK(choices[i]["text"] == (i % 2 == 0 ? "def" : "efg"));
  }
}

TEST_CASE("more choices than the model generates side by side are several jobs, told as one") {
  TestServer server;
  const json body = server.post(kPath, {{"prompt", "xyz"}, {"n", 20}, {"seed", 0}, {"max_tokens", 1}}).json();
  REQUIRE(body["choices"].size() == 20);
  CHECK(body["choices"][19]["text"] == "t");
  CHECK(body["usage"]["prompt_tokens"] == 3);
  CHECK(body["usage"]["completion_tokens"] == 20);
  CHECK(server.generator.jobs().size() == 3);
}

TEST_CASE("what lm-eval asks: an echo with log-probabilities and exactly one token more") {
  TestServer server(saying(""));  // its first token is the end of text
  const json body = server
                        .post(kPath, {{"prompt", json::array({{97, 98, 99}})},
                                      {"max_tokens", 1},
                                      {"logprobs", 1},
                                      {"echo", true},
                                      {"temperature", 0},
                                      {"seed", 1234}})
                        .json();
  const json logprobs = body["choices"][0]["logprobs"];
  CHECK(body["choices"][0]["text"] == "abc");
  REQUIRE(logprobs["tokens"].size() == 4);
  CHECK(logprobs["tokens"] == json{"a", "b", "c", "<|endoftext|>"});
  REQUIRE(logprobs["token_logprobs"].size() == 4);
  CHECK(logprobs["token_logprobs"][0].is_null());
  CHECK(logprobs["top_logprobs"][0].is_null());
  CHECK(logprobs["text_offset"] == json{0, 1, 2, 3});
  for (int i = 1; i < 4; ++i) {
    const double value = logprobs["token_logprobs"][i];
    CHECK(value == doctest::Approx(-std::log(256.0)));
    // Clients ask whether a token was the likeliest by comparing the two for equality.
    CHECK(logprobs["top_logprobs"][i][logprobs["tokens"][i].get<std::string>()].get<double>() == value);
  }
}

TEST_CASE("the likeliest token's number is the same text in both places") {
  FakeModel model;
  model.kind = FakeModel::Kind::successor;
  TestServer server(model);
  const std::string body =
      server.post(kPath, {{"prompt", "abd"}, {"max_tokens", 0}, {"logprobs", 1}, {"echo", true}}).body;
  CHECK(body.find(R"("token_logprobs":[null,-0.6931472,-6.234411])") != std::string::npos);
  CHECK(body.find(R"("top_logprobs":[null,{"b":-0.6931472},{"c":-0.6931472,"d":-6.234411}])") != std::string::npos);
}

TEST_CASE("tokens that are no characters have names of their own") {
  TestServer server;
  const json logprobs = first_choice(
      server.post(kPath, {{"prompt", "aé"}, {"max_tokens", 0}, {"logprobs", 2}, {"echo", true}}))["logprobs"];
  CHECK(logprobs["tokens"] == json{"a", "<0xC3>", "<0xA9>"});
  CHECK(logprobs["text_offset"] == json{0, 1, 1});
  CHECK(logprobs["top_logprobs"][1].size() == 3);  // two alternatives and the token itself
}

TEST_CASE("logprobs 0 tells the tokens alone") {
  TestServer server(saying("yes"));
  const json logprobs = first_choice(server.post(kPath, {{"prompt", "x"}, {"logprobs", 0}}))["logprobs"];
  CHECK(logprobs["tokens"] == json{"y", "e", "s", "<|endoftext|>"});
  CHECK(logprobs["top_logprobs"][0].size() == 1);
}

TEST_CASE("echo with no tokens to generate gives the prompt alone") {
  TestServer server;
  const Answered answer = server.post(kPath, {{"prompt", "só"}, {"max_tokens", 0}, {"echo", true}, {"n", 2}});
  const json body = answer.json();
  REQUIRE(body["choices"].size() == 2);
  CHECK(body["choices"][1]["text"] == "só");
  CHECK(body["choices"][1]["finish_reason"] == "length");
  CHECK(body["usage"]["completion_tokens"] == 0);
  CHECK(server.generator.jobs().back().continuations.empty());
}

TEST_CASE("a stop text ends an answer and is not part of it, however the tokens cut it") {
  TestServer server(saying("one two END three"));
  const json choice = first_choice(server.post(kPath, {{"prompt", "x"}, {"stop", "END"}, {"max_tokens", 99}}));
  CHECK(choice["text"] == "one two ");
  CHECK(choice["finish_reason"] == "stop");
}

TEST_CASE("token ids on request") {
  TestServer server(saying("ab"));
  const json choice = first_choice(server.post(kPath, {{"prompt", "x"}, {"return_token_ids", true}}));
  CHECK(choice["prompt_token_ids"] == json{120});
  CHECK(choice["token_ids"] == json{97, 98, 256});
}

TEST_CASE("what is asked for reaches the model") {
  TestServer server;
  server.post(kPath, {{"prompt", "x"},
                      {"max_tokens", 1},
                      {"temperature", 0.5},
                      {"top_p", 0.9},
                      {"top_k", 40},
                      {"min_p", 0.1},
                      {"seed", -7},
                      {"presence_penalty", 1},
                      {"frequency_penalty", -1},
                      {"repetition_penalty", 1.5},
                      {"logit_bias", {{"97", -100}}},
                      {"stop", {"a", "b"}},
                      {"ignore_eos", true},
                      {"cache_salt", "s"},
                      {"user", "u"}});
  const rmt::engine::Job job = server.generator.jobs().back();
  REQUIRE(job.continuations.size() == 1);
  const rmt::engine::Continuation& one = job.continuations.front();
  CHECK(one.sampling.temperature == 0.5F);
  CHECK(one.sampling.top_p == 0.9F);
  CHECK(one.sampling.top_k == 40);
  CHECK(one.sampling.min_p == 0.1F);
  CHECK(one.sampling.seed == static_cast<uint64_t>(-7));
  CHECK(one.sampling.presence_penalty == 1);
  CHECK(one.sampling.frequency_penalty == -1);
  CHECK(one.sampling.repetition_penalty == 1.5F);
  CHECK(one.sampling.bias == std::vector<std::pair<int32_t, float>>{{97, -100.0F}});
  CHECK(one.stop == std::vector<std::string>{"a", "b"});
  CHECK(!one.stop_at_eos);
  CHECK(job.cache_salt == "s");
  CHECK(job.owner == "anyone");
}

TEST_CASE("an echo of any length is sent piece by piece") {
  TestServer server;
  const std::string text(20'000, 'z');
  const Answered answer = server.post(kPath, {{"prompt", text}, {"max_tokens", 1}, {"logprobs", 1}, {"echo", true}});
  CHECK(answer.status == 200);
  CHECK(answer.pieces > 10);
  CHECK(answer.ended);
  const json logprobs = first_choice(answer)["logprobs"];
  CHECK(logprobs["tokens"].size() == 20'001);
  CHECK(logprobs["text_offset"][20'000] == 20'000);
}

TEST_CASE("a text of many tokens with BOS") {
  TestServer server(saying("!"), {}, true);
  const json choice =
      first_choice(server.post(kPath, {{"prompt", "ab"}, {"max_tokens", 1}, {"echo", true}, {"logprobs", 0}}));
  CHECK(choice["text"] == "ab!");
  CHECK(choice["logprobs"]["tokens"] == json{"<|endoftext|>", "a", "b", "!"});
  server.post(kPath, {{"prompt", {97}}, {"max_tokens", 1}});
  CHECK(server.generator.jobs().back().prompt == std::vector<int32_t>{97});
}
