// Sessions in memory: owners, versions, limits, time, and many threads at once.
#include "lm/engine/sessions.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "lm/engine/random_id.h"
#include "tests/support/doctest.h"

using namespace rmt::engine;

namespace {

ReadingPtr reading(int64_t tokens) {
  auto made = std::make_shared<Reading>();
  made->memory.assign(4, static_cast<float>(tokens));
  made->segments = tokens / 8;
  made->tokens = tokens;
  return made;
}

// What a storage would have on its disk, and the faults it may have.
struct MemoryStorage final : SessionStorage {
  std::map<std::string, StoredSession> kept;
  bool full = false;

  void put(std::span<const StoredSession> sessions) override {
    refuse_if_full();
    for (const StoredSession& session : sessions) kept[session.info.id] = session;
  }
  void touch(std::span<const SessionInfo> sessions) override {
    refuse_if_full();
    for (const SessionInfo& info : sessions) kept.at(info.id).info.used_ms = info.used_ms;
  }
  void drop(std::span<const std::string> ids) override {
    refuse_if_full();
    for (const std::string& id : ids) kept.erase(id);
  }
  std::vector<StoredSession> load() override {
    std::vector<StoredSession> all;
    for (const auto& [id, session] : kept) all.push_back(session);
    return all;
  }

 private:
  void refuse_if_full() const {
    if (full) throw std::runtime_error("the disk is full");
  }
};

const SessionLimits kSmall{.per_owner = 3, .in_all = 5, .idle_ms = 1000};

struct Fixture {
  MemoryStorage storage;
  Sessions sessions{kSmall, &storage};
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a session is what it was made of, and stands where it was last put") {
  const SessionInfo made = sessions.create("anna", "a book", reading(20), 100);
  CHECK(made.id.size() == 32);
  CHECK(made.name == "a book");
  CHECK(made.version == 1);
  CHECK(made.tokens == 20);
  CHECK(made.segments == 2);
  CHECK(made.created_ms == 100);
  CHECK(sessions.get("anna", made.id, 150).reading->memory[0] == 20);
  CHECK(sessions.get("anna", made.id, 150).info.used_ms == 150);

  const SessionInfo longer = sessions.replace("anna", made.id, 1, reading(24), 200);
  CHECK(longer.version == 2);
  CHECK(longer.tokens == 24);
  CHECK(longer.segments == 3);
  CHECK(longer.created_ms == 100);
  CHECK(longer.used_ms == 200);
  CHECK(sessions.get("anna", made.id, 200).reading->tokens == 24);

  sessions.remove("anna", made.id);
  CHECK_THROWS_AS(sessions.get("anna", made.id, 200), SessionNotFound);
  CHECK_THROWS_AS(sessions.remove("anna", made.id), SessionNotFound);
  CHECK(sessions.count() == 0);
  CHECK(storage.kept.empty());
}

TEST_CASE_FIXTURE(Fixture, "a session begins empty, too") {
  const SessionInfo made = sessions.create("", "", nullptr, 1);
  CHECK(made.tokens == 0);
  CHECK(sessions.get("", made.id, 1).reading == nullptr);
  CHECK(sessions.replace("", made.id, 1, reading(8), 2).segments == 1);
}

TEST_CASE_FIXTURE(Fixture, "for all but its owner a session is not there") {
  const SessionInfo made = sessions.create("anna", "", reading(8), 1);
  CHECK_THROWS_AS(sessions.get("bert", made.id, 1), SessionNotFound);
  CHECK_THROWS_AS(sessions.get("", made.id, 1), SessionNotFound);
  CHECK_THROWS_AS(sessions.replace("bert", made.id, 1, reading(9), 1), SessionNotFound);
  CHECK_THROWS_AS(sessions.fork("bert", made.id, 1, 1), SessionNotFound);
  CHECK_THROWS_AS(sessions.remove("bert", made.id), SessionNotFound);
  CHECK(sessions.list("bert").empty());
  CHECK(sessions.list("anna").size() == 1);
  CHECK(sessions.get("anna", made.id, 1).info.version == 1);
  try {
    sessions.get("bert", "<script>", 1);
  } catch (const SessionNotFound& error) {
    CHECK(std::string(error.what()).find("<script>") == std::string::npos);
  }
}

TEST_CASE_FIXTURE(Fixture, "of two who went on from the same version one is refused") {
  const SessionInfo made = sessions.create("anna", "", reading(8), 1);
  sessions.replace("anna", made.id, 1, reading(16), 2);
  try {
    sessions.replace("anna", made.id, 1, reading(99), 3);
    FAIL("it was taken");
  } catch (const SessionConflict& error) {
    CHECK(std::string(error.what()).find("at version 2, not 1") != std::string::npos);
  }
  CHECK(sessions.get("anna", made.id, 4).reading->tokens == 16);
  CHECK(storage.kept.at(made.id).reading->tokens == 16);
}

TEST_CASE_FIXTURE(Fixture, "forks stand where their parent stood, and go their own ways") {
  const SessionInfo made = sessions.create("anna", "a book", reading(8), 1);
  const auto forks = sessions.fork("anna", made.id, 2, 50);
  REQUIRE(forks.size() == 2);
  CHECK(forks[0].id != forks[1].id);
  CHECK(forks[0].version == 1);
  CHECK(forks[0].created_ms == 50);
  CHECK(forks[0].name == "a book");
  sessions.replace("anna", forks[0].id, 1, reading(80), 60);
  CHECK(sessions.get("anna", forks[1].id, 60).reading->tokens == 8);
  CHECK(sessions.get("anna", made.id, 60).reading == sessions.get("anna", forks[1].id, 60).reading);
  CHECK_THROWS_AS(sessions.fork("anna", made.id, 0, 1), std::invalid_argument);
}

TEST_CASE_FIXTURE(Fixture, "limits by owner and in all, of which no part is used up by what is refused") {
  const SessionInfo first = sessions.create("anna", "", nullptr, 1);
  CHECK_THROWS_AS(sessions.fork("anna", first.id, 3, 1), TooManySessions);
  CHECK(sessions.count() == 1);
  CHECK(storage.kept.size() == 1);
  sessions.fork("anna", first.id, 2, 1);
  CHECK_THROWS_AS(sessions.create("anna", "", nullptr, 1), TooManySessions);
  sessions.create("bert", "", nullptr, 1);
  sessions.create("bert", "", nullptr, 1);
  CHECK_THROWS_AS(sessions.create("carl", "", nullptr, 1), TooManySessions);
  sessions.remove("anna", first.id);
  sessions.create("carl", "", nullptr, 1);
  CHECK(sessions.count() == 5);
}

TEST_CASE_FIXTURE(Fixture, "what lies unused for too long is dropped, and nothing else") {
  const SessionInfo old = sessions.create("anna", "", reading(8), 0);
  const SessionInfo used = sessions.create("anna", "", reading(8), 0);
  sessions.get("anna", used.id, 900);
  CHECK(sessions.expire(1000) == 0);
  CHECK(storage.kept.at(used.id).info.used_ms == 900);
  CHECK(sessions.expire(1001) == 1);
  CHECK_THROWS_AS(sessions.get("anna", old.id, 1001), SessionNotFound);
  CHECK(sessions.get("anna", used.id, 850).info.used_ms == 900);  // clocks may step back
  CHECK(storage.kept.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "another process finds the same sessions") {
  const SessionInfo made = sessions.create("anna", "a book", reading(8), 1);
  sessions.replace("anna", made.id, 1, reading(24), 2);
  Sessions later(kSmall, &storage);
  const Session found = later.get("anna", made.id, 5);
  CHECK(found.info.name == "a book");
  CHECK(found.info.version == 2);
  CHECK(found.reading->tokens == 24);
  CHECK_THROWS_AS(later.get("bert", made.id, 5), SessionNotFound);
}

TEST_CASE_FIXTURE(Fixture, "when the disk is full nothing happens, in memory or there") {
  const SessionInfo made = sessions.create("anna", "", reading(8), 1);
  storage.full = true;
  CHECK_THROWS_AS(sessions.create("anna", "", nullptr, 2), std::runtime_error);
  CHECK_THROWS_AS(sessions.fork("anna", made.id, 2, 2), std::runtime_error);
  CHECK_THROWS_AS(sessions.replace("anna", made.id, 1, reading(16), 2), std::runtime_error);
  CHECK_THROWS_AS(sessions.remove("anna", made.id), std::runtime_error);
  CHECK_THROWS_AS(sessions.expire(5000), std::runtime_error);
  CHECK(sessions.count() == 1);
  CHECK(sessions.get("anna", made.id, 2).info.version == 1);
  CHECK(sessions.get("anna", made.id, 2).reading->tokens == 8);
  CHECK(storage.kept.at(made.id).info.version == 1);
  storage.full = false;
  CHECK(sessions.replace("anna", made.id, 1, reading(16), 2).version == 2);
}

TEST_CASE("ids are drawn at random") {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(random_id());
  CHECK(ids.size() == 1000);
  CHECK(std::ranges::all_of(ids, [](const std::string& id) {
    return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
  }));
}

TEST_CASE("without a storage sessions live as long as the process") {
  Sessions sessions(kSmall, nullptr);
  const SessionInfo made = sessions.create("anna", "", reading(8), 0);
  sessions.replace("anna", made.id, 1, reading(16), 1);
  CHECK(sessions.fork("anna", made.id, 1, 2).size() == 1);
  CHECK(sessions.expire(5000) == 2);
  CHECK(sessions.count() == 0);
}

TEST_CASE("many threads at once: every version is written by exactly one of them, none is lost") {
  MemoryStorage storage;
  Sessions sessions({.per_owner = 100, .in_all = 1000, .idle_ms = 1'000'000}, &storage);
  const std::string shared = sessions.create("all", "", reading(0), 0).id;
  constexpr int kThreads = 4, kRounds = 200;
  std::atomic<int64_t> taken = 0, refused = 0;
  const auto work = [&](int number) {
    const std::string own = "owner " + std::to_string(number);
    for (int round = 0; round < kRounds; ++round) {
      const Session before = sessions.get("all", shared, round);
      try {
        sessions.replace("all", shared, before.info.version, reading(before.reading->tokens + 1), round);
        ++taken;
      } catch (const SessionConflict&) {
        ++refused;
      }
      const SessionInfo mine = sessions.create(own, "", before.reading, round);
      if (round % 10 == 0) sessions.expire(round);
      if (round % 7 == 0) sessions.list(own);
      sessions.remove(own, mine.id);
    }
  };
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number) threads.emplace_back(work, number);
  for (std::thread& thread : threads) thread.join();
  CHECK(taken + refused == kThreads * kRounds);
  const Session last = sessions.get("all", shared, kRounds);
  CHECK(last.info.version == 1 + taken);
  CHECK(last.reading->tokens == taken);
  CHECK(storage.kept.at(shared).reading->tokens == taken);
  CHECK(sessions.count() == 1);
}
