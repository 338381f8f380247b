#include <sstream>

#include "tests/support/doctest.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

std::string prompt_of(TestServer& server) {
  const rmt::engine::Job job = server.generator.jobs().back();
  return {job.prompt.begin(), job.prompt.end()};
}

}  // namespace

TEST_CASE("LeanCopilot gets tactics with scores in (0, 1]") {
  TestServer server;
  const json answer =
      server.post("/generate", {{"name", "any"}, {"input", "p : Prop\n⊢ p → p"}, {"prefix", "int"}}).json();
  CHECK(prompt_of(server) == "[GOAL]p : Prop\n⊢ p → p[PROOFSTEP]int");
  REQUIRE(answer["outputs"].size() == 10);
  for (const json& output : answer["outputs"]) {
    CHECK(output["output"].get<std::string>().starts_with("int"));
    CHECK(output["score"].get<double>() > 0);
    CHECK(output["score"].get<double>() <= 1);
  }
}

TEST_CASE("tactics end with their line, and each comes once") {
  TestServer server(saying("ro h\nexact h"));
  const json answer = server.post("/generate", {{"name", ""}, {"input", "⊢ p"}, {"prefix", "int"}}).json();
  REQUIRE(answer["outputs"].size() == 1);
  CHECK(answer["outputs"][0]["output"] == "intro h");
}

TEST_CASE("LeanCopilot's client looks at no status: refusals are empty lists") {
  FakeModel model;
  model.overloads = 1;
  TestServer server(model);
  const json body = {{"name", "m"}, {"input", "⊢ p"}, {"prefix", ""}};
  const Answered busy = server.post("/generate", body);
  CHECK(busy.status == 200);
  CHECK(busy.json()["outputs"].empty());
  CHECK(busy.json()["error"] == "too many requests wait");
  CHECK(server.ask(post("/generate", std::string("no json"))).json()["outputs"].empty());
  CHECK(server.post("/generate", body).json()["outputs"].size() == 10);
}

TEST_CASE("llmstep gets suggestions, or an error with status 200") {
  TestServer server(saying(" h"));
  const json answer = server.post("/", {{"tactic_state", "⊢ p"}, {"prefix", "intro"}, {"context", "file"}}).json();
  CHECK(answer == json{{"suggestions", json::array({"intro h"})}});
  const Answered wrong = server.post("/", {{"prefix", "intro"}});
  CHECK(wrong.status == 200);
  CHECK(wrong.json()["error"].get<std::string>().find("'tactic_state'") != std::string::npos);
}

TEST_CASE("Ollama's completion, whole, as LLMLean asks") {
  TestServer server(saying("exact h[/TAC] more"));
  const json answer =
      server
          .post("/api/generate", {{"model", "fake"},
                                  {"prompt", "[STATE]⊢ p[/STATE][TAC]"},
                                  {"options", {{"temperature", 0.7}, {"stop", {"[/TAC]"}}, {"num_predict", 100}}},
                                  {"raw", true},
                                  {"stream", false}})
          .json();
  CHECK(answer["response"] == "exact h");
  CHECK(answer["done"] == true);
  CHECK(answer["done_reason"] == "stop");
  CHECK(answer["eval_count"] == 13);
  CHECK(server.generator.jobs().back().continuations[0].sampling.temperature == 0.7F);
}

TEST_CASE("Ollama's completion, in lines") {
  TestServer server(saying("häh"));
  const Answered answer = server.post("/api/generate", {{"model", "fake:latest"}, {"prompt", "x"}});
  CHECK(answer.header("content-type") == "application/x-ndjson");
  std::string text;
  json last;
  std::istringstream lines(answer.body);
  for (std::string line; std::getline(lines, line);) {
    last = json::parse(line);
    text += last["response"].get<std::string>();
  }
  CHECK(text == "häh");
  CHECK(last["done"] == true);
  CHECK(server.post("/api/generate", {{"model", "llama3"}, {"prompt", "x"}}).status == 404);
  CHECK(server.post("/api/generate", {{"prompt", "x"}, {"options", {{"num_ctx", 2048}}}, {"stream", false}}).status ==
        200);
  CHECK(server.post("/api/generate", {{"prompt", "x"}, {"options", nullptr}, {"stream", false}}).status == 200);
  CHECK(server.post("/api/generate", {{"prompt", "x"}, {"options", "fast"}}).status == 400);
  CHECK(server.post("/api/generate", {{"prompt", "x"}, {"options", {{"temprature", 1}}}}).status == 400);
}

namespace {

/// Two numbers: how long the text is, and 1.
class LengthEncoder final : public rmt::engine::TextEncoder {
 public:
  const std::string& name() const override { return name_; }
  int64_t width() const override { return 2; }
  std::vector<float> encode(std::string_view text) override { return {static_cast<float>(text.size()), 1}; }

 private:
  std::string name_ = "length";
};

}  // namespace

TEST_CASE("LeanCopilot asks for a text as a vector, and an error is an empty one") {
  LengthEncoder encoder;
  rmt::web::ServiceOptions options;
  options.encoder = &encoder;
  TestServer server({}, std::move(options));
  CHECK(server.post("/encode", {{"name", "any"}, {"input", "abcd"}}).json() == nlohmann::json{{"outputs", {4, 1}}});
  const auto wrong = server.post("/encode", {{"name", "any"}});
  CHECK(wrong.status == 200);
  CHECK(wrong.json()["outputs"].empty());
  TestServer without;
  const auto none = without.post("/encode", {{"input", "abcd"}}).json();
  CHECK(none["outputs"].empty());
  CHECK(none["error"].get<std::string>().find("--encoder") != std::string::npos);
}
