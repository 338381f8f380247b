#include <sstream>

#include "tests/support/doctest.h"
#include "tests/web/api/server_fixture.h"
#include "web/server/api/looks.h"

using namespace rmt::tests;
using nlohmann::json;

TEST_CASE("models") {
  rmt::web::ServiceOptions options;
  options.models = {"books", "lab/books-v2"};
  TestServer server({}, options);
  const json list = server.get("/v1/models").json();
  CHECK(list["object"] == "list");
  REQUIRE(list["data"].size() == 2);
  CHECK(list["data"][0]["id"] == "books");
  CHECK(list["data"][0]["object"] == "model");
  CHECK(list["data"][0]["meta"]["n_vocab"] == 257);
  CHECK(server.get("/v1/models/lab/books-v2").json()["id"] == "lab/books-v2");
  const Answered unknown = server.get("/v1/models/other");
  CHECK(unknown.status == 404);
  CHECK(unknown.json()["error"]["code"] == "model_not_found");
  CHECK(server.post("/v1/completions", {{"model", "lab/books-v2"}, {"prompt", "x"}}).json()["model"] == "books");
}

TEST_CASE("tokenize as vLLM has it") {
  TestServer server({}, {}, true);
  const json body = server.post("/tokenize", {{"model", "fake"}, {"prompt", "aé"}}).json();
  CHECK(body["tokens"] == json::array({256, 97, 0xC3, 0xA9}));
  CHECK(body["count"] == 4);
  CHECK(body["max_model_len"].is_number_integer());
  CHECK(server.post("/tokenize", {{"prompt", "a"}, {"add_special_tokens", false}}).json()["tokens"] ==
        json::array({97}));
}

TEST_CASE("tokenize as llama.cpp has it") {
  TestServer server({}, {}, true);
  CHECK(server.post("/tokenize", {{"content", "ab"}}).json()["tokens"] == json::array({97, 98}));
  CHECK(server.post("/tokenize", {{"content", "a"}, {"add_special", true}}).json()["tokens"] == json::array({256, 97}));
  const json pieces = server.post("/tokenize", {{"content", "aé"}, {"with_pieces", true}}).json()["tokens"];
  CHECK(pieces[0] == json{{"id", 97}, {"piece", "a"}});
  CHECK(pieces[1] == json{{"id", 0xC3}, {"piece", json::array({0xC3})}});
  CHECK(server.post("/tokenize", json::object()).status == 400);
  CHECK(server.post("/tokenize", {{"content", "a"}, {"prompt", "b"}}).status == 400);
}

TEST_CASE("detokenize gives both names") {
  TestServer server;
  const json body = server.post("/detokenize", {{"tokens", {0xC3, 0xA9, 33}}}).json();
  CHECK(body == json{{"prompt", "é!"}, {"content", "é!"}});
  CHECK(server.post("/detokenize", {{"tokens", {0xC3}}}).json()["prompt"] == "\xEF\xBF\xBD");
  CHECK(server.post("/detokenize", {{"tokens", {300}}}).status == 400);
  CHECK(server.post("/detokenize", {{"tokens", "a"}}).status == 400);
}

TEST_CASE("the tokenizer's special tokens, as lm-eval asks for them") {
  TestServer server;
  const json body = server.get("/tokenizer_info").json();
  CHECK(body["eos_token"] == "<|endoftext|>");
  CHECK(body["bos_token_id"] == 256);
  CHECK(body["pad_token"].is_null());
  CHECK(body["chat_template"].is_null());
  // It looks up their ids by their spelling. In a text that is plain text.
  const auto ids = [&](const json& request) { return server.post("/tokenize", request).json()["tokens"]; };
  CHECK(ids({{"prompt", "<|endoftext|>"}, {"add_special_tokens", false}}) == json::array({256}));
  CHECK(ids({{"prompt", "<|endoftext|>!"}}).size() == 14);
  CHECK(ids({{"content", "<|endoftext|>"}, {"parse_special", false}}).size() == 13);
}

TEST_CASE("health, and its end") {
  TestServer server;
  CHECK(server.get("/health").body == R"({"status":"ok"})");
  CHECK(server.get("/readyz").status == 200);
  server.service.drain();
  const Answered health = server.get("/health");
  CHECK(health.status == 503);
  CHECK(health.header("retry-after") == "5");
  CHECK(server.get("/readyz").status == 503);
  CHECK(server.get("/livez").status == 200);
}

TEST_CASE("props say what there is") {
  TestServer server;
  const json body = server.get("/props").json();
  CHECK(body["segment_length"] == 8);
  CHECK(body["context"]["limit"].is_null());
  CHECK(body["memory"] == "carried");
  CHECK(body["limits"]["n"] == 128);
}

TEST_CASE("the memory of a text is shown, segment by segment") {
  TestServer server;
  const json body = server.post("/v1/attention", {{"text", std::string(20, 'x')}, {"segments", {1}}}).json();
  CHECK(body["tokens"] == 20);
  CHECK(body["segments"].size() == 2);
  CHECK(body["segments"][0]["change"] == json{120.0});
  CHECK_FALSE(body["segments"][0].contains("write"));
  CHECK(body["segments"][1]["token_from"] == 8);
  CHECK(body["segments"][1]["write"] == json{std::vector<double>(8, 0.125)});
  CHECK(body["segments"][1]["read"] == json(std::vector<std::vector<double>>(8, {0.125})));
  CHECK(body["segments"][1]["tokens"][0] == "x");
  CHECK(server.post("/v1/attention", {{"text", "x"}, {"segments", {-1}}}).status == 400);
  CHECK(server.post("/v1/attention", {{"text", "x"}, {"layer", 99}}).status == 400);
  CHECK(server.post("/v1/attention", {{"segments", {0}}}).status == 400);
}

TEST_CASE("a text that is kept is looked at again from the border before") {
  rmt::web::ServiceOptions options;
  options.limits.looks_per_owner = 2;
  TestServer server({}, options);
  const std::string text(8 * 40 + 3, 'x');
  const auto look = [&](json more) {
    more.update({{"text", text}});
    return server.post("/v1/attention", more).json();
  };
  CHECK(look({{"segments", {39}}})["id"].is_null());
  const json all = look({{"segments", {0, 39}}, {"keep", true}});
  CHECK(all["end_segment"] == 40);
  const std::string path = "/v1/attention/" + all["id"].get<std::string>();
  const int64_t read_before = server.generator.load().read_tokens;
  const json again = server.get(path + "?segments=39,3,21").json();
  CHECK(server.generator.load().read_tokens - read_before == 8 * (8 + 4 + 6));  // from segments 32, 0 and 16
  REQUIRE(again["segments"].size() == 3);
  CHECK(again["segments"][0]["segment"] == 3);
  CHECK(again["segments"][1]["token_from"] == 8 * 21);
  CHECK(again["segments"][2] == all["segments"][39]);

  for (const char* wrong : {"", "?segments=40", "?segments=x", "?segments=-1", "?segments=1&layer=99"})
    CHECK_MESSAGE(server.get(path + wrong).status == 400, wrong);
  CHECK(server.get("/v1/attention/none?segments=1").status == 404);
  const std::string second = look({{"keep", true}})["id"];
  CHECK(server.get(path + "?segments=1").status == 200);  // used last
  look({{"keep", true}});
  CHECK(server.get("/v1/attention/" + second + "?segments=1").status == 404);
  Asked drop = rmt::tests::get(path);
  drop.method = "DELETE";
  CHECK(server.ask(drop).status == 200);
  CHECK(server.get(path + "?segments=1").status == 404);
}

TEST_CASE("of a long text fewer readings are kept") {
  const rmt::engine::ReadingInfo info{"f", 2, 1, 1, 10};
  const auto reading = [](int64_t segments) {
    rmt::engine::Reading made;
    made.segments = segments;
    made.tokens = 2 * segments;
    return std::make_shared<const rmt::engine::Reading>(made);
  };
  rmt::web::Look look(std::vector<int32_t>(2 * 100), nullptr, info, static_cast<size_t>(3 * info.state_bytes()));
  for (int64_t segment = 8; segment <= 96; segment += 8) look.keep(reading(segment));
  const auto from = [&](int64_t segment) {
    const auto jobs = look.jobs({segment});
    return jobs.front().from ? jobs.front().from->segments : 0;
  };
  CHECK(from(99) == 96);
  CHECK(from(95) == 64);
  CHECK(from(31) == 0);
  const auto jobs = look.jobs({70, 5, 65});
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].prompt.size() == 2 * 6);
  CHECK(jobs[1].prompt.size() == 2 * 7);
  CHECK(jobs[1].looking.segments == std::vector<int64_t>{65, 70});
}

TEST_CASE("the memory is told while a text is read, behind a session where one is named") {
  TestServer server;
  const std::string session = server.post("/v1/sessions", json::object()).json()["id"];
  server.post("/v1/sessions/" + session + "/append", {{"text", std::string(11, 'x')}});
  const Answered answer = server.post(
      "/v1/attention",
      {{"text", std::string(22, 'x')}, {"session", session}, {"segments", {3}}, {"stream", true}, {"keep", true}});
  const std::vector<json> events = answer.json_events();
  REQUIRE(events.size() == 5);  // a beginning, three segments, an end
  CHECK(answer.body.starts_with("event: begin\n"));
  CHECK(events[0]["first_segment"] == 1);
  CHECK(events[0]["end_segment"] == 4);
  CHECK(events[1]["segment"] == 1);
  CHECK(events[1]["token_from"] == 8);
  CHECK(events[3].contains("write"));
  const std::string id = events[4]["id"];
  CHECK(server.get("/v1/attention/" + id + "?segments=3").json()["segments"][0] == events[3]);
  CHECK(server.get("/v1/attention/" + id + "?segments=0").status == 400);  // the session's own
  const Answered no_text = server.post("/v1/attention", {{"session", session}});
  CHECK(no_text.status == 400);
  CHECK(error_of(no_text).find("not the texts") != std::string::npos);
  CHECK(server.post("/v1/attention", {{"text", "x"}, {"session", "none"}}).status == 404);
}

TEST_CASE("metrics are Prometheus's text") {
  TestServer server(saying("abc"));
  server.post("/v1/completions", {{"prompt", "x"}});
  server.post("/v1/completions", {{"prompt", 1}});
  const Answered answer = server.get("/metrics");
  CHECK(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  const auto has = [&](const std::string& line) {
    return ("\n" + answer.body).find("\n" + line + "\n") != std::string::npos;
  };
  CHECK(has(R"(rmtlm_requests_total{route="/v1/completions",status="200"} 1)"));
  CHECK(has(R"(rmtlm_requests_total{route="/v1/completions",status="400"} 1)"));
  CHECK(has("rmtlm_time_to_first_token_seconds_count 1"));
  CHECK(has("rmtlm_time_per_token_seconds_count 3"));
  CHECK(has("rmtlm_requests_in_flight 1"));
  CHECK(has("rmtlm_sessions 0"));
  // Every sample's metric is declared, and every histogram's buckets grow.
  std::istringstream lines(answer.body);
  std::string declared;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) declared = line.substr(7, line.find(' ', 7) - 7);
    if (!line.starts_with("#")) CHECK_MESSAGE(line.starts_with(declared), line);
  }
  CHECK(answer.body.find("_bucket{le=\"+Inf\"} 1\n") != std::string::npos);
}

TEST_CASE("the page at / is safe and plain, until there is another") {
  TestServer server;
  const Answered page = server.get("/");
  CHECK(page.status == 200);
  CHECK(page.header("content-security-policy").find("default-src 'self'") == 0);
  CHECK(page.header("x-content-type-options") == "nosniff");
  rmt::web::ServiceOptions options;
  options.files = {{"/index.html", "text/html", "zipped", "gzip", "\"1\"", false},
                   {"/a-1.js", "text/javascript", "js", "", "\"2\"", true}};
  TestServer with_files({}, options);
  CHECK(with_files.get("/").header("content-encoding") == "gzip");
  CHECK(with_files.get("/a-1.js").header("cache-control").find("immutable") != std::string::npos);
  Asked again = rmt::tests::get("/a-1.js");
  again.headers.emplace_back("If-None-Match", "\"2\"");
  CHECK(with_files.ask(again).status == 304);
  CHECK(with_files.ask(again).body.empty());
}
