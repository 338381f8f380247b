#include "prover/worker/jail.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

using namespace rmt::prover;  // NOLINT(google-build-using-namespace)
using rmt::tests::TemporaryFolder;

namespace {

constexpr uint64_t kRoom = uint64_t{4} << 30;

// How a process in the jail ends: with what `deed` returns.
int in_jail(Forking forking, const std::function<int()>& deed) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      enter_jail(kRoom, forking);
      _exit(deed());
    } catch (const JailError&) {
      _exit(99);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

// Whether the jail answered "not permitted".
bool is_refused(Forking forking, const std::function<bool()>& succeeds) {
  const int status = in_jail(forking, [&] { return succeeds() ? 1 : errno == EPERM ? 0 : 2; });
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("nothing of the machine can be reached from the jail") {
  const TemporaryFolder folder;
  const std::string marker = folder / "marker";
  const std::string touch = "touch " + marker;
  const pid_t parent = getpid();
  for (const Forking forking : {Forking::allowed, Forking::forbidden}) {
    CHECK(is_refused(forking, [&] { return open(marker.c_str(), O_CREAT | O_WRONLY, 0600) >= 0; }));
    CHECK(is_refused(forking, [] { return open("/etc/passwd", O_RDONLY) >= 0; }));
    CHECK(is_refused(forking, [&] { return mkdir(marker.c_str(), 0700) == 0; }));
    CHECK(is_refused(forking, [&] { return unlink(marker.c_str()) == 0; }));
    CHECK(is_refused(forking, [&] {
      char* const arguments[] = {const_cast<char*>("sh"), const_cast<char*>("-c"), const_cast<char*>(touch.c_str()),
                                 nullptr};
      return execv("/bin/sh", arguments) == 0;
    }));
    CHECK(is_refused(forking, [] { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }));
    CHECK(is_refused(forking, [] { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }));
    CHECK(is_refused(forking, [&] { return kill(parent, 0) == 0; }));
    CHECK(is_refused(forking, [] { return unshare(CLONE_NEWUSER) == 0; }));
    CHECK(is_refused(forking, [] {
      return mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
    }));
    CHECK(is_refused(forking, [&] {
      rlimit none{};
      return prlimit(parent, RLIMIT_NOFILE, &none, nullptr) == 0;
    }));
  }
  CHECK_FALSE(std::filesystem::exists(marker));
}

TEST_CASE("whether there can be a jail is found out beforehand") {
  CHECK(jail_obstacle(kRoom) == std::nullopt);
  CHECK(WEXITSTATUS(in_jail(Forking::allowed, [] { return jail_obstacle(2 * kRoom) ? 1 : 0; })) == 1);
}

TEST_CASE("only a context may start a process, and both may start threads") {
  const auto forks = [] {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    return child > 0 && waitpid(child, nullptr, 0) == child;
  };
  CHECK(is_refused(Forking::forbidden, forks));
  const int status = in_jail(Forking::allowed, [&] { return forks() ? 7 : 0; });
  CHECK(WEXITSTATUS(status) == 7);

  const int threads = in_jail(Forking::forbidden, [] {
    int answer = 0;
    std::thread([&] { answer = 9; }).join();
    return answer;
  });
  CHECK(WEXITSTATUS(threads) == 9);
}

TEST_CASE("a jail within the jail is no way out") {
  const int status = in_jail(Forking::forbidden, [] {
    try {
      enter_jail(kRoom, Forking::allowed);
    } catch (const JailError&) {
      return 3;
    }
    return fork() >= 0 ? 4 : 5;
  });
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) != 4);
}

TEST_CASE("memory beyond the limit is not to be had, up to it it is") {
  const auto maps = [](size_t bytes) {
    return mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) !=
           MAP_FAILED;
  };
  CHECK(WEXITSTATUS(in_jail(Forking::forbidden, [&] { return maps(kRoom) ? 1 : 0; })) == 0);
  CHECK(WEXITSTATUS(in_jail(Forking::forbidden, [&] { return maps(kRoom / 2) ? 1 : 0; })) == 1);
}

TEST_CASE("CPU time is counted from when it was allowed, and can be allowed again inside") {
  const int status = in_jail(Forking::forbidden, [] {
    allow_cpu_seconds(100);
    allow_cpu_seconds(0);
    while (true) getpid();
    return 0;  // of no process that has ended
  });
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGXCPU);
}

TEST_CASE("a process dies with its parent") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t parent = fork();
  if (parent == 0) {
    const pid_t self = getpid();
    if (fork() == 0) {
      die_with(self);
      close(ends[0]);
      const char ready = 'r';
      (void)!write(ends[1], &ready, 1);
      while (true) pause();  // holds the pipe's end as long as it lives
    }
    while (true) pause();
  }
  close(ends[1]);
  char byte = 0;
  REQUIRE(read(ends[0], &byte, 1) == 1);
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  CHECK(read(ends[0], &byte, 1) == 0);
  close(ends[0]);
}
