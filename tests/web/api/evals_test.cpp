#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cmath>

#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"
#include "tests/web/api/server_fixture.h"
#include "web/server/api/evals.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

Asked upload(const std::string& query, std::vector<std::string> pieces) {
  Asked asked = post("/v1/evals" + query, std::string());
  asked.headers.back().second = "text/plain";
  asked.body = std::move(pieces);
  return asked;
}

std::string path_of(const Answered& answer) {
  return "/v1/evals/" + answer.json()["id"].get<std::string>();
}

}  // namespace

TEST_CASE("the perplexity of a short text") {
  TestServer server;
  const json answer = server.post("/v1/perplexity", {{"text", "0123456789"}}).json();
  CHECK(answer["tokens"] == 10);
  CHECK(answer["scored_tokens"] == 9);  // nothing predicts the first
  CHECK(answer["ppl"].get<double>() == doctest::Approx(256).epsilon(1e-6));
  CHECK(answer["bits_per_byte"].get<double>() == doctest::Approx(8).epsilon(1e-6));
  CHECK(!answer.contains("memory_gain"));
  REQUIRE(answer["rows"].size() == 2);
  CHECK(answer["rows"][1]["seq"] == 2);
  CHECK(answer["rows"][1]["token_from"] == 8);
  CHECK(answer["rows"][1]["byte_to"] == 10);
  CHECK(answer["rows"][0]["scored_tokens"] == 7);
}

TEST_CASE("with the memory reset beside it") {
  TestServer server;
  const json answer = server.post("/v1/perplexity", {{"text", "abc"}, {"memory_gain", true}}).json();
  CHECK(answer["memory_gain"].get<double>() == doctest::Approx(1));
  CHECK(answer["rows"][0]["nll_reset"].get<double>() == doctest::Approx(2 * std::log(256) + 2));
}

TEST_CASE("BOS stands before the text and has no place in it") {
  TestServer server({}, {}, true);
  const json answer = server.post("/v1/perplexity", {{"text", "01234567"}}).json();
  CHECK(answer["scored_tokens"] == 8);
  CHECK(answer["tokens"] == 8);
  CHECK(answer["rows"][0]["token_to"] == 7);
  CHECK(answer["rows"][1]["token_from"] == 7);
  CHECK(answer["bytes"] == 8);
}

TEST_CASE("behind a session every token is scored") {
  TestServer server;
  const std::string id = server.post("/v1/sessions", json::object()).json()["id"];
  server.post("/v1/sessions/" + id + "/append", {{"text", "abc"}});
  CHECK(server.post("/v1/perplexity", {{"text", "de"}, {"session", id}}).json()["scored_tokens"] == 2);
}

TEST_CASE("what perplexity does not do") {
  rmt::web::ServiceOptions options;
  options.limits.perplexity_tokens = 20;
  TestServer server({}, options);
  const auto status = [&](const json& body) { return server.post("/v1/perplexity", body).status; };
  CHECK(status(json::object()) == 400);
  CHECK(status({{"text", ""}}) == 400);
  CHECK(status({{"tokens", {1}}}) == 400);
  CHECK(status({{"text", "a"}, {"session", "s"}, {"memory_gain", true}}) == 400);
  const Answered longer = server.post("/v1/perplexity", {{"text", std::string(21, 'x')}});
  CHECK(longer.status == 413);
  CHECK(error_of(longer).find("/v1/evals") != std::string::npos);
}

TEST_CASE("an evaluation scores a text of any length as it comes in") {
  TestServer server;
  const Answered answer = server.ask(upload("?name=my%20book", std::vector<std::string>(40, std::string(1000, 'x'))));
  CHECK(answer.status == 202);
  CHECK(answer.header("location") == path_of(answer));
  const json eval = server.get(path_of(answer)).json();
  CHECK(eval["status"] == "finished");
  CHECK(eval["name"] == "my book");
  CHECK(eval["totals"]["tokens"] == 40'000);
  CHECK(eval["totals"]["segments"] == 5000);
  CHECK(eval["totals"]["bits_per_byte"].get<double>() == doctest::Approx(8));
  CHECK(server.get("/v1/evals").json()["data"].size() == 1);
}

TEST_CASE("an evaluation under an id of one's own") {
  TestServer server;
  Asked put = upload("/my-book_1.txt?name=book", {"0123456789"});
  put.method = "PUT";
  const Answered answer = server.ask(put);
  CHECK(answer.status == 202);
  CHECK(answer.header("location") == "/v1/evals/my-book_1.txt");
  CHECK(server.get("/v1/evals/my-book_1.txt").json()["totals"]["tokens"] == 10);
  const Answered twice = server.ask(put);
  CHECK(twice.status == 409);
  CHECK(twice.json()["error"]["code"] == "eval_exists");
  for (const std::string& wrong : std::vector<std::string>{"a b", "a:b", std::string(65, 'a')}) {
    put.path = "/v1/evals/" + wrong;
    CHECK_MESSAGE(server.ask(put).status == 400, wrong);
  }
}

TEST_CASE("rows tell what each token cost, where that is asked for") {
  TestServer server;
  const std::string path = path_of(server.ask(upload("?tokens=true", {"0123456789"})));
  const std::vector<json> events = server.get(path + "/segments").json_events();
  REQUIRE(events.size() == 3);
  CHECK(events[0]["token_bytes"] == json::array({1, 1, 1, 1, 1, 1, 1, 1}));
  CHECK(events[0]["token_nll"][0].is_null());  // nothing predicts it
  CHECK(events[0]["token_nll"][7] == 5.545);   // log 256
  CHECK(events[1]["token_nll"] == json::array({5.545, 5.545}));

  const std::string plain = path_of(server.ask(upload("", {"0123456789"})));
  CHECK(!server.get(plain + "/segments").json_events().front().contains("token_nll"));
}

TEST_CASE("rows can be followed, and gone on with after a break") {
  TestServer server;
  const std::string path = path_of(server.ask(upload("", {"0123456789", "0123456789"})));
  const Answered all = server.get(path + "/segments");
  CHECK(all.header("content-type") == "text/event-stream; charset=utf-8");
  const std::vector<json> events = all.json_events();
  REQUIRE(events.size() == 4);
  CHECK(all.body.starts_with("id: 1\ndata: {"));
  CHECK(all.body.find("event: end\n") != std::string::npos);
  CHECK(events.back()["status"] == "finished");

  CHECK(server.get(path + "/segments?after=2").json_events().front() == events[2]);
  Asked resumed = get(path + "/segments");
  resumed.headers.emplace_back("Last-Event-ID", "1");
  CHECK(server.ask(resumed).json_events().front() == events[1]);
  CHECK(server.get(path + "/segments?after=9").json_events().size() == 1);
  CHECK(server.get(path + "/segments?after=-1").status == 400);
  CHECK(server.get(path + "/segments?after=x").status == 400);
  CHECK(server.get("/v1/evals/none/segments").status == 404);
}

TEST_CASE("who follows is woken by the row it waits for, and by the end") {
  namespace asio = boost::asio;
  rmt::web::Eval eval("id", "name", 0);
  asio::io_context io;
  int woken = 0;
  const auto follow = [&](int64_t rows) {
    asio::co_spawn(io, eval.wait(rows, io.get_executor(), std::chrono::hours(1)),
                   [&](const std::exception_ptr&) { ++woken; });
  };
  const auto settle = [&] {
    io.restart();
    io.run_for(std::chrono::milliseconds(20));
  };
  follow(1);
  follow(2);
  for (const int expected : {0, 1, 2}) {
    eval.add({});
    settle();
    CHECK(woken == expected);
  }
  follow(7);
  settle();
  CHECK(woken == 2);
  eval.end(rmt::web::EvalState::finished, "");
  settle();
  CHECK(woken == 3);
}

TEST_CASE("every row is in the trace database") {
  const TemporaryFolder folder;
  auto store = rmt::store::Store::open(folder / "traces.db");
  std::mutex lock;
  rmt::web::ServiceOptions options;
  options.evals = {&store, &lock, {"serve", "rmt", "fake", "sha", "tok", "{}", "cpu", "fp32", "1"}};
  TestServer server({}, options);
  const json eval = server.get(path_of(server.ask(upload("?name=book", {"0123456789 a b"})))).json();
  const int64_t run = eval["run"];
  CHECK(store.run(run).status == rmt::store::RunStatus::finished);
  const auto documents = store.documents(run);
  REQUIRE(documents.size() == 1);
  CHECK(documents[0].name == "book");
  CHECK(documents[0].finished);
  CHECK(documents[0].tokens == 14);
  CHECK(documents[0].words == 3);
  const auto rows = store.segments(documents[0].id);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].nll == doctest::Approx(7 * std::log(256)).epsilon(1e-7));
  CHECK(rows[0].nll_head == rows[0].nll);
  CHECK(rows[1].token_from == 8);
}

TEST_CASE("a broken upload ends its evaluation") {
  TestServer server;
  const Answered answer = server.ask(upload("", {"0123456789", "\xFF"}));
  CHECK(answer.status == 400);
  const json list = server.get("/v1/evals").json()["data"];
  REQUIRE(list.size() == 1);
  CHECK(list[0]["status"] == "failed");
  CHECK(list[0]["error"].get<std::string>().find("byte 10 (0xFF)") != std::string::npos);
}

TEST_CASE("a model that fails ends its evaluation, whose rows stay") {
  FakeModel model;
  model.fails_after = 2;
  TestServer server(model);
  const std::string path = path_of(server.ask(upload("", {std::string(100, 'x')})));
  const json eval = server.get(path).json();
  CHECK(eval["status"] == "failed");
  CHECK(eval["error"] == "The model failed: a number that is none");
  CHECK(eval["totals"]["segments"].get<int>() >= 2);
}

TEST_CASE("what an evaluation refuses") {
  rmt::web::ServiceOptions options;
  options.limits.evals_per_owner = 2;
  FakeModel model;
  TestServer server(model, options);
  CHECK(server.post("/v1/evals", json::object()).status == 415);
  CHECK(server.ask(upload("?memory_gain=perhaps", {"x"})).status == 400);
  CHECK(server.ask(upload("?model=other", {"x"})).status == 404);
  for (int i = 0; i < 4; ++i) CHECK(server.ask(upload("", {"x"})).status == 202);
  CHECK(server.get("/v1/evals").json()["data"].size() == 2);  // the oldest made room
}
