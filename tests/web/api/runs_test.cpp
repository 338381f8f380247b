// The runs of the server's database.
#include <mutex>

#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"
#include "tests/web/api/server_fixture.h"

using namespace rmt::tests;
using nlohmann::json;

namespace {

/// A database with one finished run of two segments.
struct Database {
  Database() : store(rmt::store::Store::open(folder / "traces.db")) {
    run = store.begin_run({"eval", "rmt", "m", "sha", "tok", "{}", "cpu", "fp32", "1"});
    auto document = store.add_document(run, "book, 1", "text");
    const rmt::store::SegmentRow first{
        .document = document.id, .token_to = 4, .byte_to = 9, .scored_tokens = 3, .scored_bytes = 8, .nll = 1.5};
    const rmt::store::SegmentRow second{.document = document.id,
                                        .index = 1,
                                        .token_from = 4,
                                        .token_to = 8,
                                        .byte_from = 9,
                                        .byte_to = 20,
                                        .scored_tokens = 4,
                                        .scored_bytes = 11,
                                        .nll = 2.25};
    document.finished = true;
    store.commit(std::vector{first, second}, {}, std::vector{document});
    store.end_run(run, rmt::store::RunStatus::finished);
  }

  rmt::web::ServiceOptions options() {
    rmt::web::ServiceOptions options;
    options.evals = {&store, &lock, {}};
    return options;
  }

  TemporaryFolder folder;
  rmt::store::Store store;
  std::mutex lock;
  int64_t run = 0;
};

}  // namespace

TEST_CASE("runs are listed with their totals") {
  Database database;
  TestServer server({}, database.options());
  const json list = server.get("/v1/runs").json();
  REQUIRE(list["data"].size() == 1);
  const json& run = list["data"][0];
  CHECK(run["run"] == database.run);
  CHECK(run["status"] == "finished");
  CHECK(run["documents"] == json::array({"book, 1"}));
  CHECK(run["totals"]["nll"] == 3.75);
}

TEST_CASE("a run comes as JSON, lines of it, or CSV") {
  Database database;
  TestServer server({}, database.options());
  const std::string path = "/v1/runs/" + std::to_string(database.run);
  const json whole = server.get(path).json();
  REQUIRE(whole["documents"].size() == 1);
  CHECK(whole["documents"][0]["segments"][1]["nll"] == 2.25);
  const Answered csv = server.get(path + "?format=csv");
  CHECK(csv.header("content-type") == "text/csv; charset=utf-8");
  CHECK(csv.header("content-disposition").find("run-1.csv") != std::string::npos);
  CHECK(csv.body.find("\"book, 1\"") != std::string::npos);
  CHECK(server.get(path + "?format=jsonl").body.starts_with("{\"type\":\"run\""));
  CHECK(server.get(path + "?format=xml").status == 400);
}

TEST_CASE("a run that is not there") {
  Database database;
  TestServer server({}, database.options());
  for (const char* id : {"2", "x", "-1", "1e3", "99999999999999999999"})
    CHECK_MESSAGE(server.get(std::string("/v1/runs/") + id).status == 404, id);
}

TEST_CASE("who has a key among others does not see all runs") {
  Database database;
  rmt::web::ServiceOptions options = database.options();
  options.access.keys = {"secret"};
  TestServer server({}, options);
  Asked asked = get("/v1/runs");
  asked.headers.emplace_back("Authorization", "Bearer secret");
  CHECK(server.ask(asked).status == 403);
}
