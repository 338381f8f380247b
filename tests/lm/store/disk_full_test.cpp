// A disk that fills up while a run is stored: an error, nothing lost, and the run goes on when there
// is space again. Two true paths: a file size limit (EFBIG, for every user) and a small disk (ENOSPC, root).
#include <functional>

#include "lm/store/trace_text.h"
#include "tests/lm/store/privileges.h"
#include "tests/lm/store/scratch.h"
#include "tests/lm/store/synthetic_reading.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

constexpr SyntheticReading kReading{.documents = 2, .segments = 12, .state_bytes = 20000};

std::string unbroken_digest() {
  const ScratchFolder folder;
  Store store = Store::open(folder / "traces.db");
  return trace_digest(store, kReading.read(store));
}

// What a full disk left: whole pages, and the steps that were committed, not one more or less.
void check_intact(const std::string& path, int64_t committed) {
  CHECK(kReading.verify(Store::open_read_only(path)) == committed);
  CHECK(sql(path, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("a file that may not grow: the same store goes on once it may") {
  const std::string expected = unbroken_digest();
  for (const long bytes : {60'000, 150'000, 400'000}) {
    CAPTURE(bytes);
    const ScratchFolder folder;
    const std::string path = folder / "traces.db";
    Store store = Store::open(path);
    int64_t committed = 0;
    {
      const FileSizeLimit limit(bytes);
      const auto error = error_of([&] { kReading.read(store, [&](int64_t steps) { committed = steps; }); });
      REQUIRE(error == Errc::disk_full);
      CHECK(kReading.verify(store) == committed);
    }
    check_intact(path, committed);
    CHECK(trace_digest(store, kReading.read(store)) == expected);
    CHECK(store.runs().size() == 1);
  }
}

TEST_CASE("a database that cannot even be created says so") {
  for (const long bytes : {0, 1000, 5000}) {
    CAPTURE(bytes);
    const ScratchFolder folder;
    const std::string path = folder / "traces.db";
    {
      const FileSizeLimit limit(bytes);
      CHECK(error_of([&] { Store::open(path); }) == Errc::disk_full);
    }
    CHECK(Store::open(path).runs().empty());
  }
}

// One reading on a disk of that size, until it is full; then the rest of it, by another store, on a bigger one.
// Returns whether the disk was too small.
bool fill_and_resume(const std::string& expected, int kibibytes, const std::string& mount_point) {
  const SmallDisk disk(mount_point, kibibytes);
  REQUIRE(disk.mounted());
  const std::string path = mount_point + "/traces.db";
  int64_t committed = 0;
  const auto error = error_of([&] {
    Store store = Store::open(path);
    kReading.read(store, [&](int64_t steps) { committed = steps; });
  });
  if (error) CHECK(error == Errc::disk_full);
  disk.resize(8192);
  if (committed > 0) check_intact(path, committed);
  Store store = Store::open(path);
  CHECK(kReading.verify(store) == committed);
  if (error) CHECK(trace_digest(store, kReading.read(store)) == expected);
  return error.has_value();
}

bool can_mount(const std::string& folder) {
  if (SmallDisk(folder, 64).mounted()) return true;
  MESSAGE("not root: no disk was mounted");
  return false;
}

TEST_CASE("a full disk: everything committed is there, and the run is resumed") {
  const ScratchFolder folder;
  if (!can_mount(folder.path())) return;
  const std::string expected = unbroken_digest();
  for (const int kibibytes : {4, 40, 68, 120, 260, 420}) {
    CAPTURE(kibibytes);
    CHECK(fill_and_resume(expected, kibibytes, folder.path()));
  }
}

TEST_SUITE("slow") {
  TEST_CASE("a disk full at every page") {
    const ScratchFolder folder;
    if (!can_mount(folder.path())) return;
    const std::string expected = unbroken_digest();
    int kibibytes = 4;
    for (; kibibytes < 2048; kibibytes += 4) {
      CAPTURE(kibibytes);
      if (!fill_and_resume(expected, kibibytes, folder.path())) break;
    }
    CHECK(kibibytes > 400);
    CHECK(kibibytes < 2048);  // the loop came to a disk that was large enough
  }
}

}  // namespace
}  // namespace rmt::store::test
