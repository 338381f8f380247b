// Sessions: stored, read back as they were, all or none of a transaction.
#include <stdexcept>

#include "lm/store/store.h"
#include "tests/lm/store/privileges.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

struct Fixture {
  ScratchFolder folder;
  std::string path = folder / "traces.db";
  Store store = Store::open(path);
};

SessionRow session(char digit, int64_t created = 1000) {
  using namespace std::string_literals;
  return {.id = std::string(32, digit),
          .owner = "owner",
          .name = "a book",
          .fingerprint = "model",
          .version = 3,
          .created = created,
          .used = created + 5,
          .segments = 2,
          .tokens = 1030,
          .reading = "bytes \0 and \xff more"s};
}

TEST_CASE_FIXTURE(Fixture, "a session is read back as it was stored, also by another process later") {
  const SessionRow wrote = session('a');
  store.put_sessions({&wrote, 1});
  const Store reader = Store::open_read_only(path);
  for (const Store* opened : {static_cast<const Store*>(&store), &reader}) {
    const auto read = opened->session(wrote.id);
    REQUIRE(read.has_value());
    CHECK(read->id == wrote.id);
    CHECK(read->owner == wrote.owner);
    CHECK(read->name == wrote.name);
    CHECK(read->fingerprint == wrote.fingerprint);
    CHECK(read->version == 3);
    CHECK(read->created == 1000);
    CHECK(read->used == 1005);
    CHECK(read->segments == 2);
    CHECK(read->tokens == 1030);
    CHECK(read->reading == wrote.reading);
    CHECK(!opened->session(std::string(32, 'b')).has_value());
  }
}

TEST_CASE_FIXTURE(Fixture, "a session stored again takes the place of the old one") {
  SessionRow row = session('a');
  store.put_sessions({&row, 1});
  row.version = 4;
  row.reading = "longer by much";
  store.put_sessions({&row, 1});
  CHECK(store.session(row.id)->version == 4);
  CHECK(store.session(row.id)->reading == "longer by much");
  CHECK(sql(path, "SELECT count(*) FROM session") == "1");
}

TEST_CASE_FIXTURE(Fixture, "the sessions of a model, oldest first") {
  SessionRow rows[] = {session('c', 30), session('a', 20), session('b', 10)};
  rows[1].fingerprint = "another";
  store.put_sessions(rows);
  CHECK(store.session_ids("model") == std::vector<std::string>{rows[2].id, rows[0].id});
  CHECK(store.session_ids("another") == std::vector<std::string>{rows[1].id});
  CHECK(store.session_ids("").empty());
}

TEST_CASE_FIXTURE(Fixture, "dropped and touched; one that is not there is no error") {
  const SessionRow rows[] = {session('a'), session('b'), session('c')};
  store.put_sessions(rows);
  const SessionUse uses[] = {{rows[0].id, 5000}, {rows[1].id, 3}, {std::string(32, 'f'), 9}};
  store.touch_sessions(uses);
  CHECK(store.session(rows[0].id)->used == 5000);
  CHECK(store.session(rows[1].id)->used == 1005);  // time does not go back
  const std::string gone[] = {rows[0].id, rows[2].id, std::string(32, 'f')};
  store.drop_sessions(gone);
  CHECK(store.session_ids("model") == std::vector<std::string>{rows[1].id});
}

TEST_CASE_FIXTURE(Fixture, "rows that break the schema are refused with all their transaction") {
  SessionRow rows[] = {session('a'), session('b')};
  rows[1].id = "short";
  CHECK_THROWS_AS(store.put_sessions(rows), std::invalid_argument);
  rows[1] = session('b');
  rows[1].version = 0;
  CHECK_THROWS_AS(store.put_sessions(rows), std::invalid_argument);
  CHECK(store.session_ids("model").empty());
  CHECK_THROWS_AS(Store::open_read_only(path).put_sessions(rows), std::logic_error);
  CHECK_THROWS_AS(Store::open_read_only(path).drop_sessions({}), std::logic_error);
  CHECK_THROWS_AS(Store::open_read_only(path).touch_sessions({}), std::logic_error);
}

TEST_CASE_FIXTURE(Fixture, "a row that was changed behind the store's back is not believed") {
  for (const char* change : {"reading = x'00'", "segments = 3", "tokens = 7", "owner = 'thief'", "version = 9",
                             "fingerprint = 'another'", "sha256 = zeroblob(32)"}) {
    CAPTURE(change);
    const SessionRow row = session('a');
    store.put_sessions({&row, 1});
    sql(path, "UPDATE session SET " + std::string(change));
    CHECK(error_of([&] { store.session(row.id); }) == Errc::corrupt);
    CHECK(message_of([&] { store.session(row.id); }).find(row.id) != std::string::npos);
  }
}

TEST_CASE_FIXTURE(Fixture, "on a full disk nothing is half there, and the store goes on once there is space") {
  const SessionRow before = session('a');
  store.put_sessions({&before, 1});
  std::vector<SessionRow> rows = {session('b'), session('c')};
  for (SessionRow& row : rows) row.reading.assign(400'000, 'x');
  {
    const FileSizeLimit limit(200'000);
    CHECK(error_of([&] { store.put_sessions(rows); }) == Errc::disk_full);
    CHECK(store.session_ids("model").size() == 1);
  }
  CHECK(sql(path, "PRAGMA integrity_check") == "ok");
  store.put_sessions(rows);
  CHECK(store.session_ids("model").size() == 3);
  CHECK(store.session(rows[1].id)->reading == rows[1].reading);
}

}  // namespace
}  // namespace rmt::store::test
