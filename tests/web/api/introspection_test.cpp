#include <sstream>

#include "tests/support/doctest.h"
#include "tests/web/api/server_fixture.h"

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
