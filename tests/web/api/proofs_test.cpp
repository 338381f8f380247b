// Proofs over HTTP and WebSocket, with a Lean that counts (tests/prover/search/counting_lean.h) and a model that says
// what it is told to.
#include <algorithm>
#include <mutex>

#include "tests/prover/search/counting_lean.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"
#include "tests/web/api/fake_channel.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

class OneDiagnostic final : public rmt::prover::FileCheck {
 public:
  std::vector<rmt::prover::Diagnostic> diagnose(const std::string& file) override {
    if (file == "refused") throw rmt::prover::RejectedInput("it is refused");
    return {{rmt::prover::Diagnostic::Severity::warning, 1, 2, 1, 9, file}};
  }
};

/// A desk whose theorem is a number, and a database.
struct Desk {
  explicit Desk(int number) : lean(number) {}

  rmt::web::ServiceOptions options() {
    rmt::web::ServiceOptions options;
    rmt::web::LeanDesk& desk = options.lean;
    desk.backend = &lean;
    desk.final_check = &check;
    desk.files = &files;
    desk.proofs.search.expansions = 20;
    desk.proofs.search.candidates = 2;
    desk.proofs.search.automation = {"done"};
    desk.store = {&store, &lock, run};
    return options;
  }

  CountingLean lean;
  WordCheck check;
  OneDiagnostic files;
  TemporaryFolder folder;
  std::mutex lock;
  rmt::store::Store store = rmt::store::Store::open(folder / "proofs.db");
  int64_t run = store.begin_run({"serve", "rmt", "m", "sha", "tok", "{}", "cpu", "fp32", "1"});
};

const json kStatement = {{"statement", "theorem t : 1 + 1 = 2"}};

json with(json body, const json& more) {
  body.update(more);
  return body;
}

Said say(const json& message, std::function<bool(const std::vector<json>&)> when = nullptr) {
  return {message.dump(), std::move(when)};
}

}  // namespace

TEST_CASE("a proof is searched for, told, and kept") {
  Desk desk(4);
  TestServer server(saying("half"), desk.options());
  const Answered answer = server.post("/v1/proofs", kStatement);
  CHECK(answer.status == 200);
  const json body = answer.json();
  CHECK(body["outcome"] == "proved");
  CHECK(body["script"] == "half\nhalf\ndone");
  CHECK(body["by"] == "both");
  CHECK(body["lean"]["library"] == "numbers");
  CHECK(body["command"] == "rmt-lm prove --db " + desk.store.path() + " --replay 1");

  const json kept = server.get("/v1/proofs/" + std::to_string(body["proof"].get<int64_t>())).json();
  CHECK(kept["outcome"] == "proved");
  CHECK(kept["theorem"] == "t");
  CHECK(kept["nodes"].size() == 4);
  CHECK(kept["nodes"][3]["by"] == "automation");
  CHECK(server.get("/v1/proofs").json()["data"].size() == 1);
  CHECK(server.get("/v1/proofs/7").status == 404);
  CHECK(server.get("/metrics").body.find("\nrmtlm_lean_processes 0\n") != std::string::npos);
  CHECK(server.get("/v1/proofs/x").status == 404);
}

TEST_CASE("a search is told step by step, as events and over a WebSocket") {
  Desk desk(4);
  TestServer server(saying("half"), desk.options());
  const auto check_events = [](const std::vector<json>& events) {
    std::vector<std::string> types;
    for (const json& event : events)
      if (types.empty() || types.back() != event["type"]) types.push_back(event["type"]);
    REQUIRE(types.size() > 4);
    CHECK(types.front() == "opened");
    CHECK(types.back() == "end");
    CHECK(types[types.size() - 2] == "proof");
    CHECK(std::ranges::count(types, "token") > 0);
    CHECK(std::ranges::count(types, "progress") > 0);
    CHECK(events.front()["goals"] == json{"⊢ reach ?m.0 4"});
    CHECK(events.back()["outcome"] == "proved");
  };
  check_events(server.post("/v1/proofs", with(kStatement, {{"stream", true}})).json_events());

  const Talk heard = talk(server.service, {say(with(kStatement, {{"type", "prove"}, {"id", "p"}}))}, came("end"));
  std::vector<json> messages;
  for (const json& message : heard.messages)
    if (message["id"] == "p") messages.push_back(message);
  check_events(messages);
}

TEST_CASE("a file's hole is proved where it is, and a file without one is told so") {
  Desk desk(2);
  TestServer server(saying("half"), desk.options());
  const std::string code = "theorem a : p := by\n  sorry\n\ntheorem b : q := by\n  sorry\n";
  CHECK(server.post("/v1/proofs", json{{"code", code}, {"line", 5}}).json()["outcome"] == "proved");
  CHECK(server.get("/v1/proofs").json()["data"][0]["theorem"] == "b");
  const Answered none = server.post("/v1/proofs", json{{"code", "theorem a : p := by\n  trivial\n"}});
  CHECK(none.status == 400);
  CHECK(none.body.find("sorry") != std::string::npos);
  CHECK(server.post("/v1/proofs", json{{"code", code}, {"line", 3}}).status == 400);
}

TEST_CASE("suggestions are the next steps, each with its verdict, and none is kept as a proof") {
  Desk desk(2);
  TestServer server(saying("half"), desk.options());
  const std::string code = "theorem a : p := by\n  half\n";
  const json ask = {{"type", "suggest"}, {"id", "s"}, {"code", code}, {"line", 2}, {"column", 3}};
  const Talk heard = talk(server.service, {say(ask)}, came("end"));
  const std::vector<json> nodes = heard.of("s", "node");
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[1]["tactic"] == "half");
  CHECK(nodes[1]["verdict"] == "progress");
  CHECK(nodes[1]["goals"] == json{"⊢ reach ?m.1 1"});
  CHECK(heard.of("s", "end")[0]["outcome"] == "exhausted");
  CHECK(server.get("/v1/proofs").json()["data"].empty());
}

TEST_CASE("a search is cancelled, and ends with its client") {
  Desk desk(27);
  FakeModel slow;
  slow.token_time = std::chrono::milliseconds(2);
  TestServer server(slow, desk.options());
  const json ask = with(kStatement, {{"type", "prove"}, {"id", "p"}});
  const Talk cancelled =
      talk(server.service, {say(ask), say({{"type", "cancel"}, {"id", "p"}}, came("token", 3))}, came("end"));
  CHECK(cancelled.of("p", "end")[0]["outcome"] == "cancelled");

  Asked left = post("/v1/proofs", with(kStatement, {{"stream", true}}));
  left.leaves_after = 3;
  CHECK(server.ask(left).gone);
}

TEST_CASE("what Lean will not read is said, with its place") {
  Desk broken(0), refused(-1);
  TestServer server(saying("half"), broken.options());
  const json report = server.post("/v1/proofs", kStatement).json();
  CHECK(report["outcome"] == "lean_error");
  CHECK(report["line"] == 3);
  CHECK(report["column"] == 7);
  const Answered goals = server.post("/v1/lean/goals", json{{"code", "theorem a : p := by\n  x\n"}, {"line", 2}});
  CHECK(goals.status == 422);
  CHECK(goals.json()["error"]["line"] == 3);
  TestServer other(saying("half"), refused.options());
  CHECK(other.post("/v1/proofs", kStatement).json()["outcome"] == "rejected_input");
  CHECK(other.post("/v1/lean/goals", json{{"code", "theorem a : p := by\n  x\n"}, {"line", 2}}).status == 400);
}

TEST_CASE("commands do not come in by the back door") {
  Desk desk(2);
  TestServer server(saying("half"), desk.options());
  for (const char* statement : {"theorem t : p := by run_tac x", "axiom t : False", "theorem t : p\n#eval 1"})
    CHECK(server.post("/v1/proofs", json{{"statement", statement}}).status == 400);
}

TEST_CASE("goals and diagnostics of a file") {
  Desk desk(6);
  TestServer server(saying("half"), desk.options());
  const json place = {{"code", "theorem a : p := by\n  half\n"}, {"line", 2}, {"column", 1}};
  CHECK(server.post("/v1/lean/goals", place).json() == json{{"theorem", "a"}, {"goals", {"⊢ reach ?m.0 6"}}});
  const json found = server.post("/v1/lean/check", json{{"code", "text"}}).json();
  CHECK(found["diagnostics"][0]["severity"] == "warning");
  CHECK(found["diagnostics"][0]["message"] == "text");
  CHECK(server.post("/v1/lean/check", json{{"code", "refused"}}).status == 400);
  CHECK(server.get("/v1/lean").json()["available"] == true);
}

TEST_CASE("Kimina's clients send whole files, where that is allowed") {
  Desk desk(1);
  const json check = {{"snippets", {{{"id", "a"}, {"code", "#check a"}}, {{"id", "b"}, {"code", "refused"}}}},
                      {"timeout", 30},
                      {"debug", false},
                      {"reuse", true},
                      {"infotree", nullptr}};
  TestServer closed(saying("half"), desk.options());
  CHECK(closed.post("/api/check", check).status == 403);

  rmt::web::ServiceOptions options = desk.options();
  options.lean.whole_files = true;
  TestServer server(saying("half"), std::move(options));
  const json results = server.post("/api/check", check).json()["results"];
  REQUIRE(results.size() == 2);
  CHECK(results[0]["id"] == "a");
  const json message = results[0]["response"]["messages"][0];
  CHECK(message["severity"] == "warning");
  CHECK(message["pos"] == json{{"line", 1}, {"column", 1}});
  CHECK(message["data"] == "#check a");
  CHECK(results[1]["error"] == "it is refused");

  const json verify = {{"codes", {{{"custom_id", "x"}, {"proof", "#check b"}}}},
                       {"timeout", 300},
                       {"infotree_type", nullptr},
                       {"disable_cache", false}};
  CHECK(server.post("/verify", verify).json()["results"][0]["custom_id"] == "x");
  CHECK(server.post("/verify", verify).json()["results"][0]["response"]["messages"][0]["data"] == "#check b");
  CHECK(server.post("/api/check", json{{"snippets", {{{"id", "a"}, {"code", "x"}}, {{"id", "a"}, {"code", "y"}}}}})
            .status == 400);
  CHECK(server.post("/api/check", json{{"snippets", {{{"id", ""}, {"code", "x"}}}}}).status == 400);
}

TEST_CASE("without a Lean suggestions are unverified and nothing is proved") {
  rmt::web::ServiceOptions options;
  options.lean.why_not = "Install a Lean.";
  TestServer server(saying("simp"), std::move(options));
  CHECK(server.get("/v1/lean").json()["available"] == false);
  for (const char* path : {"/v1/proofs", "/v1/lean/check", "/v1/lean/goals"}) {
    const Answered answer = server.post(path, kStatement);
    CHECK(answer.status == 503);
    CHECK(answer.body.find("Install a Lean.") != std::string::npos);
  }
  CHECK(server.get("/v1/proofs").status == 404);
  const Talk heard = talk(server.service, {say(with(kStatement, {{"type", "suggest"}, {"id", "s"}}))}, came("end"));
  REQUIRE(heard.of("s", "node").size() == 1);
  CHECK(heard.of("s", "node")[0]["verdict"] == "unverified");
  CHECK(heard.of("s", "node")[0]["tactic"] == "simp");
  CHECK(heard.of("s", "end")[0]["outcome"] == "backend_unavailable");
}

TEST_CASE("budgets are the server's at most, and what is not known is refused") {
  Desk desk(4);
  TestServer server(saying("half"), desk.options());
  CHECK(server.post("/v1/proofs", with(kStatement, {{"expansions", 21}})).status == 400);
  CHECK(server.post("/v1/proofs", with(kStatement, {{"seconds", 61}})).status == 400);
  CHECK(server.post("/v1/proofs", with(kStatement, {{"expansion", 2}})).status == 400);
  CHECK(server.post("/v1/proofs", with(kStatement, {{"code", "x"}})).status == 400);
  CHECK(server.post("/v1/proofs", with(kStatement, {{"expansions", 1}})).json()["outcome"] == "exhausted");
  CHECK(server.post("/v1/proofs", with(kStatement, {{"automation", false}})).json()["outcome"] == "exhausted");
}
