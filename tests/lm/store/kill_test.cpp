// Kill -9 at random moments: what commit() returned from is there, and the resumed run ends equal to
// an unbroken one.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "lm/store/trace_text.h"
#include "tests/lm/store/scratch.h"
#include "tests/lm/store/synthetic_reading.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

// A process that reads on from where the store stands, and says how far it has come after each commit.
class Reader {
 public:
  Reader(const SyntheticReading& reading, const std::string& path) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    process_ = fork();
    if (process_ < 0) std::abort();
    if (process_ == 0) {
      close(ends[0]);
      read_and_report(reading, path, ends[1]);
    }
    close(ends[1]);
    reports_ = ends[0];
  }
  ~Reader() { close(reports_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Waits for so many more reports, or for the process's end.
  void wait_for(int reports) {
    while (reports-- > 0 && next()) {
    }
  }
  /// Kills it; true if it was still running. `acknowledged()` is final then.
  bool kill_now() {
    kill(process_, SIGKILL);
    while (next()) {
    }
    return reap() == SIGKILL;
  }
  /// Waits for its end; true if it was a good one.
  bool finish() {
    while (next()) {
    }
    return reap() == 0;
  }
  int64_t acknowledged() const { return acknowledged_; }

 private:
  [[noreturn]] static void read_and_report(const SyntheticReading& reading, const std::string& path, int reports) {
    try {
      Store store = Store::open(path);
      reading.read(store, [reports](int64_t steps) {
        if (write(reports, &steps, sizeof steps) != sizeof steps) _exit(1);
        usleep(200);  // where commits cost nothing, as on a disk in memory, it must not end before it is killed
      });
    } catch (...) {
      _exit(1);
    }
    _exit(0);
  }
  bool next() {
    int64_t steps = 0;
    if (read(reports_, &steps, sizeof steps) != sizeof steps) return false;
    acknowledged_ = steps;
    return true;
  }
  int reap() const {  // the signal it died of, or its exit status
    int status = 0;
    waitpid(process_, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  }

  pid_t process_ = -1;
  int reports_ = -1;
  int64_t acknowledged_ = 0;
};

// How many steps the store holds, given how many were known to be in it: `known` is from the reader's reports and from
// what the store held before it started (a reader may die between a commit and its report).
int64_t check_after_kill(const SyntheticReading& reading, const std::string& path, int64_t known) {
  int64_t stored = 0;
  {
    const Store store = Store::open(path);
    stored = reading.verify(store);
    CHECK(stored >= known);
    CHECK(stored <= known + 1);  // the commit that was under way may have come through
  }
  CHECK(sql(path, "PRAGMA integrity_check") == "ok");
  CHECK(sql(path, "SELECT count(*) FROM pragma_foreign_key_check") == "0");
  return stored;
}

void kill_and_resume(int rounds, unsigned seed) {
  CAPTURE(seed);
  const SyntheticReading reading{.documents = 2, .segments = 24 * rounds, .state_bytes = 20000};
  const ScratchFolder folder;
  const std::string path = folder / "killed.db";
  std::mt19937 random(seed);
  int killed = 0;
  int64_t stored = 0;
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    Reader reader(reading, path);
    reader.wait_for(round == 0 ? 0 : static_cast<int>(random() % 8));  // the first dies while it creates the file
    usleep(random() % 4000);
    killed += reader.kill_now();
    stored = check_after_kill(reading, path, std::max(stored, reader.acknowledged()));
  }
  CHECK(killed > rounds / 2);
  Reader last(reading, path);
  CHECK(last.finish());

  Store unbroken = Store::open(folder / "unbroken.db");
  const int64_t run = reading.read(unbroken);
  const Store resumed = Store::open_read_only(path);
  CHECK(resumed.runs().size() == 1);
  CHECK(resumed.run(1).status == RunStatus::finished);
  CHECK(trace_digest(resumed, 1) == trace_digest(unbroken, run));
}

TEST_CASE("killed five times, a run ends as if it never was") {
  kill_and_resume(5, 20250101);
}

TEST_SUITE("slow") {
  TEST_CASE("killed fifty times, a run ends as if it never was") {
    kill_and_resume(50, 42);
  }
}

}  // namespace
}  // namespace rmt::store::test
