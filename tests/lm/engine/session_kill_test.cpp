// Kill -9 at random moments: every session that was acknowledged is there, as far as it was acknowledged.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <mutex>

#include "corpora/tasks/random_stream.h"
#include "lm/engine/sessions.h"
#include "lm/engine/stored_sessions.h"
#include "tests/lm/engine/fake_generator.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

using namespace rmt::engine;
using rmt::tests::FakeGenerator;

namespace {

struct Report {
  std::array<char, 32> id{};
  int64_t version = 0;  // 0: deleted
};

ReadingPtr reading(int64_t version) {
  auto made = std::make_shared<Reading>();
  made->memory.assign(3000, static_cast<float>(version));
  made->tokens = version;
  return made;
}

struct Server {
  explicit Server(const std::string& path) : store(rmt::store::Store::open(path)) {}

  FakeGenerator generator{"model"};
  rmt::store::Store store;
  std::mutex lock;
  StoredSessions storage{store, lock, generator, [](const std::string&) { std::abort(); }};
  Sessions sessions{{}, &storage};
};

// Makes sessions, goes on with them, deletes some; reports each change once it was returned from.
[[noreturn]] void serve(const std::string& path, int reports) {
  try {
    Server server(path);
    for (int64_t now = 1;; ++now) {
      const auto tell = [&](const std::string& id, int64_t version) {
        Report report{.version = version};
        std::copy(id.begin(), id.end(), report.id.begin());
        if (write(reports, &report, sizeof report) != sizeof report) _exit(1);
      };
      const std::string id = server.sessions.create("anna", "", reading(1), now).id;
      tell(id, 1);
      for (int64_t version = 2; version < 5; ++version) {
        server.sessions.replace("anna", id, version - 1, reading(version), now);
        tell(id, version);
      }
      if (now % 2 == 0) continue;
      server.sessions.remove("anna", id);
      tell(id, 0);
    }
  } catch (...) {
    _exit(1);
  }
}

// What the process acknowledged before it was killed, in the order it did.
std::map<std::string, int64_t> acknowledged_until_killed(const std::string& path, uint64_t reports_before) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  const pid_t process = fork();
  if (process == 0) {
    close(ends[0]);
    serve(path, ends[1]);
  }
  close(ends[1]);
  std::map<std::string, int64_t> versions;
  Report report;
  for (uint64_t count = 1; read(ends[0], &report, sizeof report) == sizeof report; ++count) {
    versions[std::string(report.id.begin(), report.id.end())] = report.version;
    if (count == reports_before) kill(process, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  waitpid(process, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  return versions;
}

}  // namespace

TEST_CASE("killed at any moment, a server finds its sessions again") {
  const rmt::store::test::ScratchFolder folder;
  const std::string path = folder / "traces.db";
  rmt::corpora::RandomStream random(2, 2);
  std::map<std::string, int64_t> all;
  for (int round = 0; round < 6; ++round) {
    for (const auto& [id, version] : acknowledged_until_killed(path, 1 + random.below(40))) all[id] = version;
    Server server(path);
    int64_t there = 0;
    for (const auto& [id, version] : all) {
      CAPTURE(version);
      try {
        const Session found = server.sessions.get("anna", id, 1);
        there += 1;
        // One change may have been stored and not yet acknowledged.
        CHECK(version > 0);
        CHECK(found.info.version >= version);
        CHECK(found.info.version <= version + 1);
        CHECK(found.reading->memory == reading(found.info.version)->memory);
        all[id] = found.info.version;
      } catch (const SessionNotFound&) {
        CHECK((version == 0 || version == 4));
        all[id] = 0;
      }
    }
    CHECK(server.sessions.count() <= there + round + 1);  // one a round may have been made and not yet acknowledged
  }
}
