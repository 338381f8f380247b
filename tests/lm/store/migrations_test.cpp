// The schema, step by step: all or nothing, and what the current one promises.
#include "lm/store/migrations.h"

#include <array>

#include "lm/store/database_file.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

constexpr std::chrono::milliseconds kNoWait{0};
constexpr std::array<std::string_view, 3> kSteps = {
    "CREATE TABLE one (a INTEGER) STRICT; INSERT INTO one VALUES (1)",
    "ALTER TABLE one ADD COLUMN b INTEGER NOT NULL DEFAULT 7",
    "CREATE TABLE two (a INTEGER) STRICT; INSERT INTO two SELECT a + b FROM one",
};
using Steps = std::span<const std::string_view>;

TEST_CASE("every older version is brought up, keeping its rows") {
  for (size_t from = 0; from <= kSteps.size(); ++from) {
    CAPTURE(from);
    const ScratchFolder folder;
    const std::string path = folder / "old.db";
    const Database database(path, Access::read_write, kNoWait);
    migrate(database, Steps(kSteps).first(from));
    if (from > 0) CHECK(pragma(database, "user_version") == static_cast<int64_t>(from));
    migrate(database, kSteps);
    CHECK(pragma(database, "user_version") == 3);
    CHECK(pragma(database, "application_id") == kApplicationId);
    CHECK(sql(path, "SELECT a FROM two") == "8");
  }
}

TEST_CASE("a step that fails takes the others back with it") {
  const ScratchFolder folder;
  const std::string path = folder / "old.db";
  const Database database(path, Access::read_write, kNoWait);
  migrate(database, Steps(kSteps).first(1));
  const std::array<std::string_view, 3> broken = {kSteps[0], kSteps[1], "INSERT INTO no_such_table VALUES (1)"};
  CHECK(error_of([&] { migrate(database, broken); }).has_value());
  CHECK(pragma(database, "user_version") == 1);
  CHECK(sql(path, "SELECT count(*) FROM pragma_table_info('one')") == "1");
  migrate(database, kSteps);
  CHECK(sql(path, "SELECT a FROM two") == "8");
}

TEST_CASE("a database from before training was recorded takes training, its runs as they were") {
  const ScratchFolder folder;
  const std::string path = folder / "v1.db";
  {
    const Database database(path, Access::read_write, kNoWait);
    migrate(database, migrations().first(1));
    database.execute("PRAGMA journal_mode = WAL");
  }
  sql(path,
      "INSERT INTO run VALUES (7, 'eval', 'rmt', 'm', 'a', 'b', '{}', 'cpu', 'fp32', '0.1', 'finished', 'then', 'now');"
      "INSERT INTO document VALUES (1, 7, 'a.txt', 'text', 1, 8, 32, 32, 5);"
      "INSERT INTO segment VALUES (1, 0, 0, 8, 0, 32, 7, 32, 14.5, NULL, 14.5, 7, NULL, 1.0)");
  CHECK(error_of([&] { Store::open_read_only(path); }) == Errc::mismatch);
  CHECK(sql(path, "PRAGMA user_version") == "1");

  Store store = Store::open(path);
  CHECK(sql(path, "PRAGMA user_version") == "4");
  CHECK(store.run(7).ended == "now");
  CHECK(store.run_totals(7).nll == 14.5);
  CHECK(store.train_steps(7).empty());
  RunSpec spec = sample_spec();
  spec.command = "train";
  const int64_t run = store.begin_run(spec);
  const TrainStepRow step{.step = 1, .stage = 1, .segments = 1, .loss = 2.5, .by_segment = {2.5}};
  store.add_train_steps(run, {&step, 1});
  CHECK(store.train_steps(run).size() == 1);
}

TEST_CASE("a database from before there were sessions takes sessions, its training as it was") {
  const ScratchFolder folder;
  const std::string path = folder / "v2.db";
  {
    const Database database(path, Access::read_write, kNoWait);
    migrate(database, migrations().first(2));
    database.execute("PRAGMA journal_mode = WAL");
  }
  sql(path,
      "INSERT INTO run VALUES (7, 'train', 'rmt', 'm', 'a', 'b', '{}', 'cpu', 'fp32', '0.1', 'finished', 'then', "
      "'now');"
      "INSERT INTO train_step VALUES (7, 1, 1, 1, 2.5, 0.1, 0.001, 64, 3.0);"
      "INSERT INTO train_segment VALUES (7, 1, 0, 2.5)");
  CHECK(error_of([&] { Store::open_read_only(path); }) == Errc::mismatch);

  Store store = Store::open(path);
  CHECK(sql(path, "PRAGMA user_version") == "4");
  REQUIRE(store.train_steps(7).size() == 1);
  CHECK(store.train_steps(7)[0].by_segment == std::vector<double>{2.5});
  const SessionRow session{
      .id = std::string(32, 'a'), .owner = "o", .name = {}, .fingerprint = "f", .reading = "bytes"};
  store.put_sessions({&session, 1});
  CHECK(store.session(session.id)->reading == "bytes");
}

TEST_CASE("the settings the durability promise rests on are set") {
  const ScratchFolder folder;
  const auto database = open_for_writing(folder / "traces.db");
  Statement mode(*database, "PRAGMA journal_mode");
  REQUIRE(mode.step());
  CHECK(mode.text(0) == "wal");
  CHECK(pragma(*database, "synchronous") == 2);  // FULL
  CHECK(pragma(*database, "foreign_keys") == 1);
  CHECK(pragma(*database, "busy_timeout") == 5000);
  CHECK(pragma(*database, "application_id") == kApplicationId);
  CHECK(pragma(*database, "user_version") == static_cast<int64_t>(migrations().size()));
}

TEST_CASE("every table is strict") {
  const ScratchFolder folder;
  { const auto database = open_for_writing(folder / "traces.db"); }
  const std::string ours =
      " FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'";
  CHECK(sql(folder / "traces.db", "SELECT count(*)" + ours) == "9");
  CHECK(sql(folder / "traces.db", "SELECT count(*)" + ours + " AND strict = 0") == "0");
}

TEST_CASE("the view for people has a row a segment") {
  const ScratchFolder folder;
  const std::string path = folder / "traces.db";
  {
    Store store = Store::open(path);
    const int64_t run = store.begin_run(sample_spec());
    SegmentRow row = sample_segment(store.add_document(run, "a.txt", "text").id, 0);
    row.nll = 0;
    store.commit({&row, 1}, {}, {});
  }
  CHECK(sql(path, "SELECT name || ' ' || seg || ' ' || ppl FROM trace WHERE run = 1") == "a.txt 0 1.0");
}

}  // namespace
}  // namespace rmt::store::test
