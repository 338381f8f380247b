// Files that are not what they should be: foreign, newer, damaged, unwritable, missing.
#include "lm/store/database_file.h"

#include <random>

#include "lm/store/trace_text.h"
#include "tests/lm/store/privileges.h"
#include "tests/lm/store/scratch.h"
#include "tests/lm/store/synthetic_reading.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

namespace fs = std::filesystem;

// A closed database with a run, finished and unfinished documents, and states.
struct Fixture {
  ScratchFolder folder;
  std::string path = folder / "traces.db";
  std::string bytes;
  std::string digest;

  Fixture() {
    {
      Store store = Store::open(path);
      SyntheticReading{.documents = 2, .segments = 4, .state_bytes = 9000}.read(store);
      digest = trace_digest(store, 1);
      const int64_t open = store.add_document(store.begin_run(sample_spec()), "open.txt", "text").id;
      const SegmentRow row = sample_segment(open, 0);
      const StateRow state{open, 1, std::string(9000, 's')};
      store.commit({&row, 1}, {&state, 1}, {});
    }
    bytes = read_file(path);
  }

  // Reads all there is. Nothing is returned when the file was refused, with whichever Error.
  std::optional<std::string> read_all() const {
    std::string seen;
    const auto error = error_of([&] {
      const Store store = Store::open_read_only(path);
      for (const Run& run : store.runs()) {
        for (const DocumentRow& document : store.documents(run.id)) store.state(document.id);
      }
      seen = trace_digest(store, 1);
    });
    return error ? std::nullopt : std::optional(seen);
  }
};

TEST_CASE("another program's file is refused and left alone") {
  const ScratchFolder folder;
  const std::string path = folder / "notes";
  SUBCASE("text") {
    write_file(path, "It was a dark and stormy night; the rain fell in torrents.");
  }
  SUBCASE("zeros") {
    write_file(path, std::string(8192, '\0'));
  }
  SUBCASE("an SQLite file without an application id") {
    sql(path, "CREATE TABLE note (text)");
  }
  SUBCASE("an SQLite file with another id") {
    sql(path, "PRAGMA application_id = 1234; PRAGMA user_version = 1");
  }
  SUBCASE("a log of another program") {
    sql(path, "PRAGMA journal_mode = WAL; PRAGMA application_id = 1234; CREATE TABLE note (text)");
  }
  const std::string before = read_file(path);
  CHECK(error_of([&] { Store::open(path); }) == Errc::foreign);
  CHECK(error_of([&] { Store::open_read_only(path); }) == Errc::foreign);
  CHECK(message_of([&] { Store::open(path); }).find(path + ": ") == 0);
  CHECK(read_file(path) == before);
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("an empty file becomes a database") {
  const ScratchFolder folder;
  write_file(folder / "traces.db", "");
  CHECK(error_of([&] { Store::open_read_only(folder / "traces.db"); }) == Errc::not_found);
  CHECK(Store::open(folder / "traces.db").runs().empty());
  CHECK(Store::open_read_only(folder / "traces.db").runs().empty());
}

TEST_CASE_FIXTURE(Fixture, "a newer database is refused and left alone") {
  sql(path, "PRAGMA user_version = 99");
  const std::string before = read_file(path);
  CHECK(error_of([&] { Store::open(path); }) == Errc::newer);
  CHECK(error_of([&] { Store::open_read_only(path); }) == Errc::newer);
  CHECK(message_of([&] { Store::open(path); }).find("schema 99") != std::string::npos);
  CHECK(read_file(path) == before);
}

TEST_CASE_FIXTURE(Fixture, "a missing table is damage, not a bug") {
  sql(path, "DROP TABLE state");
  CHECK(error_of([&] { Store::open(path); }) == Errc::corrupt);
  CHECK(message_of([&] { Store::open(path); }).find("no such table: state") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a damaged magic is told from a foreign file") {
  write_file(path, "XXXX" + bytes.substr(4));
  CHECK(error_of([&] { Store::open(path); }) == Errc::corrupt);
  CHECK(error_of([&] { Store::open_read_only(path); }) == Errc::corrupt);
}

TEST_CASE_FIXTURE(Fixture, "any byte of the header may change: the same results or an error") {
  REQUIRE(read_all() == digest);
  int refused = 0;
  for (size_t at = 0; at < 100; ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      CAPTURE(at);
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      write_file(path, damaged);
      const auto seen = read_all();
      CHECK((!seen || *seen == digest));
      refused += !seen;
    }
  }
  CHECK(refused >= 3 * 30);  // magic, page size, versions, encoding, ids: not just opened whatever they are
}

TEST_CASE_FIXTURE(Fixture, "a file cut anywhere is refused") {
  constexpr size_t kPage = 4096;
  for (size_t length = 64; length < bytes.size(); length += length < kPage ? 64 : 1984) {
    CAPTURE(length);
    write_file(path, bytes.substr(0, length));
    const auto seen = read_all();
    CHECK((!seen || *seen == digest));
    if (length + kPage > bytes.size()) continue;  // what is left of the last page may be all that was in use
    CHECK_FALSE(seen.has_value());
    CHECK(error_of([&] { Store::open(path); }).has_value());
  }
}

TEST_CASE_FIXTURE(Fixture, "random damage is survived") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = bytes;
    for (int flips = 1 << random() % 8; flips > 0; --flips) {
      damaged[100 + random() % (damaged.size() - 100)] = static_cast<char>(random());
    }
    write_file(path, damaged);
    read_all();
  }
  write_file(path, bytes);
  CHECK(read_all() == digest);
}

TEST_CASE("a folder that does not exist is named, with the way to make it") {
  const ScratchFolder folder;
  const std::string path = folder / "no/such/traces.db";
  CHECK(error_of([&] { Store::open(path); }) == Errc::io);
  CHECK(message_of([&] { Store::open(path); }).find("mkdir -p " + (folder / "no/such")) != std::string::npos);
  CHECK(error_of([&] { Store::open_read_only(path); }) == Errc::not_found);
  CHECK(error_of([&] { Store::open(folder.path().string()); }) == Errc::io);
  CHECK(error_of([&] { Store::open(""); }) == Errc::io);
}

TEST_CASE("odd names are names of files") {
  const ScratchFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  for (const std::string name : {":memory:", "file:x?mode=memory", "a b%41#.db"}) {
    CAPTURE(name);
    { Store::open(name).begin_run(sample_spec()); }
    CHECK(fs::exists(folder / name));
    CHECK(Store::open_read_only(name).runs().size() == 1);
  }
  fs::current_path(before);
}

TEST_CASE_FIXTURE(Fixture, "without permission to write, reading still works") {
  fs::permissions(path, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  fs::permissions(folder.path(), fs::perms::owner_write, fs::perm_options::remove);
  const WithoutPrivileges as_ordinary_user;
  CHECK(error_of([&] { Store::open(path); }) == Errc::io);
  CHECK(message_of([&] { Store::open(path); }).find("make " + folder.path().string() + " writable") !=
        std::string::npos);
  CHECK(read_all() == digest);
}

TEST_CASE_FIXTURE(Fixture, "a read-only file in a writable folder is not written") {
  fs::permissions(path, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  fs::permissions(folder.path(), fs::perms::all);
  const WithoutPrivileges as_ordinary_user;
  CHECK(error_of([&] { Store::open(path); }) == Errc::io);
  CHECK(message_of([&] { Store::open(path); }).find("chmod u+w") != std::string::npos);
  CHECK(read_all() == digest);
}

TEST_CASE_FIXTURE(Fixture, "a file nobody may read is an error of the system") {
  fs::permissions(path, fs::perms::none);
  const WithoutPrivileges as_ordinary_user;
  CHECK(error_of([&] { Store::open_read_only(path); }) == Errc::io);
}

TEST_CASE_FIXTURE(Fixture, "a disk mounted read-only is read") {
  const std::string mount_point = folder / "disk";
  fs::create_directory(mount_point);
  const SmallDisk disk(mount_point, 4096);
  if (!disk.mounted()) {
    MESSAGE("not root: no disk was mounted");
    return;
  }
  path = mount_point + "/a?b#c%.db";
  write_file(path, bytes);
  disk.make_read_only();
  CHECK(read_all() == digest);
  CHECK(error_of([&] { Store::open(path); }) == Errc::io);
}

}  // namespace
}  // namespace rmt::store::test
