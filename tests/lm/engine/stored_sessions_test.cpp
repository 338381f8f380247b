// Sessions in the trace database: there again after a restart, bit for bit, and never half there.
#include "lm/engine/stored_sessions.h"

#include <limits>

#include "lm/engine/sessions.h"
#include "lm/store/error.h"
#include "tests/lm/engine/fake_generator.h"
#include "tests/lm/store/privileges.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

using namespace rmt::engine;
using rmt::tests::FakeGenerator;
namespace store = rmt::store;

namespace {

ReadingPtr reading(int64_t tokens, size_t floats = 6) {
  auto made = std::make_shared<Reading>();
  for (size_t i = 0; i < floats; ++i) made->memory.push_back(static_cast<float>(tokens) / 3 + static_cast<float>(i));
  made->memory.back() = -std::numeric_limits<float>::denorm_min();
  made->tokens = tokens;
  made->segments = tokens / 8;
  return made;
}

// One run of a server on the database.
struct Process {
  explicit Process(const std::string& path, const std::string& fingerprint = "model")
      : generator(fingerprint), store(store::Store::open(path)) {}

  FakeGenerator generator;
  store::Store store;
  std::mutex lock;
  std::vector<std::string> problems;
  StoredSessions storage{store, lock, generator, [this](const std::string& what) { problems.push_back(what); }};
  Sessions sessions{{}, &storage};
};

}  // namespace

TEST_CASE("a restart finds the same sessions, bit for bit") {
  const store::test::ScratchFolder folder;
  const std::string path = folder / "traces.db";
  std::string book, empty, gone;
  {
    Process first(path);
    book = first.sessions.create("anna", "a book", reading(8), 100).id;
    first.sessions.replace("anna", book, 1, reading(17), 200);
    empty = first.sessions.create("bert", "", nullptr, 300).id;
    gone = first.sessions.create("bert", "", reading(3), 300).id;
    first.sessions.remove("bert", gone);
    first.sessions.get("anna", book, 5000);
    first.sessions.expire(5000);
  }
  Process second(path);
  CHECK(second.sessions.count() == 2);
  const Session found = second.sessions.get("anna", book, 0);
  CHECK(found.info.name == "a book");
  CHECK(found.info.version == 2);
  CHECK(found.info.created_ms == 100);
  CHECK(found.info.used_ms == 5000);
  CHECK(found.info.segments == 2);
  CHECK(found.info.tokens == 17);
  CHECK(found.reading->memory == reading(17)->memory);
  CHECK(found.reading->tokens == 17);
  CHECK(second.sessions.get("bert", empty, 0).reading == nullptr);
  CHECK_THROWS_AS(second.sessions.get("bert", gone, 0), SessionNotFound);
  CHECK(second.problems.empty());
  CHECK(second.sessions.replace("anna", book, 2, reading(20), 6000).version == 3);
}

TEST_CASE("sessions of another model are neither shown nor lost") {
  const store::test::ScratchFolder folder;
  const std::string path = folder / "traces.db";
  const std::string id = Process(path).sessions.create("anna", "", reading(8), 100).id;
  {
    Process other(path, "another model");
    CHECK(other.sessions.count() == 0);
    CHECK_THROWS_AS(other.sessions.get("anna", id, 1), SessionNotFound);
    other.sessions.create("anna", "", reading(9), 1);
  }
  CHECK(Process(path).sessions.get("anna", id, 1).reading->tokens == 8);
}

TEST_CASE("a damaged session is left out and told of, the others are there") {
  const store::test::ScratchFolder folder;
  const std::string path = folder / "traces.db";
  std::string damaged, misread, whole;
  {
    Process first(path);
    damaged = first.sessions.create("anna", "", reading(8), 1).id;
    misread = first.sessions.create("anna", "", reading(8), 2).id;
    whole = first.sessions.create("anna", "", reading(8), 3).id;
  }
  store::test::sql(path, "UPDATE session SET reading = x'00' WHERE id = '" + damaged + "'");
  {
    store::Store open = store::Store::open(path);
    store::SessionRow row = *open.session(misread);
    row.reading = "whole, but no reading";
    open.put_sessions({&row, 1});
  }
  Process second(path);
  REQUIRE(second.problems.size() == 2);
  CHECK(second.problems[0].find(damaged) != std::string::npos);
  CHECK(second.problems[1].find(misread) != std::string::npos);
  CHECK(second.sessions.count() == 1);
  CHECK(second.sessions.get("anna", whole, 1).reading->tokens == 8);
}

TEST_CASE("a full disk refuses the change, and memory and database stay alike") {
  const store::test::ScratchFolder folder;
  const std::string path = folder / "traces.db";
  std::string id;
  {
    Process first(path);
    id = first.sessions.create("anna", "", reading(8), 1).id;
    const store::test::FileSizeLimit limit(300'000);
    for (int kind = 0; kind < 2; ++kind) {
      const auto refused = store::test::error_of([&] {
        if (kind == 0) first.sessions.replace("anna", id, 1, reading(16, 200'000), 2);
        if (kind == 1) first.sessions.create("anna", "", reading(16, 200'000), 2);
      });
      CHECK(refused == store::Errc::disk_full);
      CHECK(first.sessions.count() == 1);
      CHECK(first.sessions.get("anna", id, 2).info.version == 1);
      CHECK(first.store.session(id)->version == 1);
    }
  }
  Process second(path);
  CHECK(second.sessions.count() == 1);
  CHECK(second.sessions.get("anna", id, 2).reading->memory == reading(8)->memory);
  CHECK(second.sessions.replace("anna", id, 1, reading(16, 200'000), 2).version == 2);
}
