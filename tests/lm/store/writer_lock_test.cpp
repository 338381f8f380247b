// One writer: who else is told what.
#include "lm/store/writer_lock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "lm/store/database_file.h"
#include "lm/store/sqlite_handle.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

bool names_process(const std::string& message, pid_t process) {
  return message.find("process " + std::to_string(process) + " on ") != std::string::npos;
}

// Opens the store in another process, which holds it until it is killed.
pid_t hold_elsewhere(const std::string& path) {
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const Store store = Store::open(path);
    if (write(ready[1], "x", 1) != 1) _exit(1);
    while (true) pause();
  }
  char byte = 0;
  close(ready[1]);
  REQUIRE(read(ready[0], &byte, 1) == 1);
  close(ready[0]);
  return child;
}

TEST_CASE("a second writer is told who the first is") {
  const ScratchFolder folder;
  const std::string path = folder / "traces.db";
  {
    const Store store = Store::open(path);
    CHECK(error_of([&] { Store::open(path); }) == Errc::busy);
    CHECK(names_process(message_of([&] { Store::open(path); }), getpid()));
    std::filesystem::create_symlink(path, folder / "alias.db");
    CHECK(error_of([&] { Store::open(folder / "alias.db"); }) == Errc::busy);
    CHECK(Store::open_read_only(path).runs().empty());
  }
  CHECK_FALSE(error_of([&] { Store::open(path); }).has_value());
  CHECK_FALSE(std::filesystem::exists(path + "-lock"));
}

TEST_CASE("a killed writer leaves no lock behind") {
  const ScratchFolder folder;
  const std::string path = folder / "traces.db";
  const pid_t holder = hold_elsewhere(path);
  CHECK(error_of([&] { Store::open(path); }) == Errc::busy);
  CHECK(names_process(message_of([&] { Store::open(path); }), holder));
  kill(holder, SIGKILL);
  waitpid(holder, nullptr, 0);
  CHECK(std::filesystem::exists(path + "-lock"));  // the file stays, the lock on it does not
  CHECK_FALSE(error_of([&] { Store::open(path); }).has_value());
}

TEST_CASE("the holder's name cannot write to a terminal") {
  const ScratchFolder folder;
  const std::string path = folder / "traces.db";
  const WriterLock lock(path);
  write_file(path + "-lock", "process 1 on \x1b[2Jhost\n");
  CHECK(message_of([&] { WriterLock second(path); }).find("process 1 on  [2Jhost. ") != std::string::npos);
}

TEST_CASE("another program's transaction is waited for, then reported") {
  const ScratchFolder folder;
  const std::string path = folder / "traces.db";
  { const Store store = Store::open(path); }
  const Database other(path, Access::read_write, std::chrono::milliseconds(0));
  const Database ours(path, Access::read_write, std::chrono::milliseconds(50));
  other.execute("BEGIN IMMEDIATE");
  const auto begin = std::chrono::steady_clock::now();
  CHECK(error_of([&] { Transaction transaction(ours); }) == Errc::busy);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(40));
  other.execute("COMMIT");
  CHECK_FALSE(error_of([&] { Transaction transaction(ours); }).has_value());
}

}  // namespace
}  // namespace rmt::store::test
