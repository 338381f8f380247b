// Programs run at arm's length: what they get, what they must not get, and that nothing of them stays.
#include "prover/backends/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "prover/backends/executables.h"
#include "prover/backends/run_child.h"
#include "tests/support/doctest.h"

namespace rmt::prover {
namespace {

using namespace std::chrono_literals;

ChildCommand shell(const std::string& script) {
  return {.arguments = {"/bin/sh", "-c", script}, .environment = {{"PATH", "/usr/bin:/bin"}}};
}

Instant in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

/// Neither running nor waiting to be: gone, or a corpse that its new parent has not buried yet.
bool is_dead(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string line;
  std::getline(file, line);
  return line.empty() || line.find(") Z ") != std::string::npos || line.find(") X ") != std::string::npos;
}

bool dies(const std::string& pid) {
  for (int i = 0; i < 200 && !is_dead(pid); ++i) std::this_thread::sleep_for(10ms);
  return is_dead(pid);
}

/// The first line it prints.
std::string first_line(ChildProcess& child) {
  std::string text;
  while (text.find('\n') == std::string::npos) {
    const auto heard = child.read(in(10s));
    text += heard.out;
    REQUIRE_FALSE(heard.end);
  }
  return text.substr(0, text.find('\n'));
}

TEST_CASE("a conversation, its end and the exit code") {
  ChildProcess child(shell("read a; echo \"got $a\"; read b; echo \"$b!\" >&2; exit 3"));
  CHECK(child.write("one\n", in(5s)) == ChildProcess::Written::all);
  CHECK(first_line(child) == "got one");
  CHECK_FALSE(child.wait(in(0s)));
  CHECK(child.write("two\n", in(5s)) == ChildProcess::Written::all);
  std::string errors;
  for (auto heard = child.read(in(5s)); !heard.end; heard = child.read(in(5s))) errors += heard.errors;
  CHECK(errors == "two!\n");
  const auto end = child.wait(in(5s));
  REQUIRE(end);
  CHECK(end->code == 3);
  CHECK(to_string(*end) == "exit code 3");
  CHECK(child.wait(in(0s))->code == 3);
  CHECK(child.resident() == 0);
}

TEST_CASE("more than a pipe holds, both ways at once") {
  const std::string input(8 << 20, 'x');
  const Run run = run_child(shell("exec cat"), input, {.wall = 20s});
  CHECK(run.ended == Run::Ended::itself);
  CHECK(run.out == input);
}

TEST_CASE("what does not start says why") {
  CHECK_THROWS_WITH_AS(ChildProcess({.arguments = {"/no/such/lean"}}),
                       "cannot start /no/such/lean: No such file or directory", ChildError);
  ChildCommand lost = shell("true");
  lost.folder = "/no/such/folder";
  CHECK_THROWS_WITH_AS(ChildProcess{lost},
                       "cannot start /bin/sh: cannot enter /no/such/folder: No such file or directory", ChildError);
  CHECK_THROWS_AS(ChildProcess(ChildCommand{}), ChildError);
}

TEST_CASE("nothing of ours goes along") {
  const int leaky = fcntl(STDOUT_FILENO, F_DUPFD, 77);
  REQUIRE(leaky >= 77);
  setenv("RMTLM_TEST_SECRET", "s3cret", 1);
  ChildCommand command = shell("test -e /proc/self/fd/" + std::to_string(leaky) + " && echo open; env");
  command.environment["ONE"] = "1";
  const Run run = run_child(command, "", {.wall = 5s});
  close(leaky);
  CHECK(run.out.find("open") == std::string::npos);
  CHECK(run.out.find("s3cret") == std::string::npos);
  CHECK(run.out.find("ONE=1\n") != std::string::npos);
  CHECK(inherited_environment({"RMTLM_TEST_*"}) == std::map<std::string, std::string>{{"RMTLM_TEST_SECRET", "s3cret"}});
  CHECK(inherited_environment({"RMTLM_TEST_SECRE"}).empty());
}

TEST_CASE("what it started goes with it, also what made a session of its own") {
  std::string group, session;
  {
    ChildProcess child(shell("sleep 1000 & a=$!; setsid sleep 1000 & echo $a $!; wait"));
    const std::string line = first_line(child);
    group = line.substr(0, line.find(' '));
    session = line.substr(line.find(' ') + 1);
    CHECK_FALSE(is_dead(group));
    CHECK_FALSE(is_dead(session));
  }
  CHECK(dies(group));
  CHECK(dies(session));
}

TEST_CASE("a leader that ends takes its group along") {
  ChildProcess child(shell("sleep 1000 & echo $!"));
  const std::string left = first_line(child);
  REQUIRE(child.wait(in(5s)));
  CHECK(dies(left));
}

TEST_CASE("limits") {
  SUBCASE("of processor time") {
    ChildCommand command = shell("while :; do :; done");
    command.limits.cpu = 1s;
    const Run run = run_child(command, "", {.wall = 300s});
    CHECK(run.ended == Run::Ended::itself);
    CHECK(run.end.signal == SIGXCPU);
    CHECK(run.end.cpu >= 900ms);
  }
  SUBCASE("of time") {
    const RunLimits limits{.wall = 1000ms};
    const Run run = run_child(shell("echo begun; sleep 1000"), "", limits);
    CHECK(run.ended == Run::Ended::wall_time);
    CHECK(run.out == "begun\n");
    CHECK(to_string(run, limits) == "it was ended after 1 s");
  }
  SUBCASE("of output") {
    const Run run = run_child(shell("exec yes"), "", {.wall = 20s, .output = 100'000});
    CHECK(run.ended == Run::Ended::output);
    CHECK(run.out.size() == 100'000);
  }
  SUBCASE("of memory, of all processes together") {
    ChildCommand command = shell("tail /dev/zero; true");
    command.limits.address_space = uint64_t{4} << 30;
    const Run run = run_child(command, "", {.wall = 20s, .resident = 64 << 20});
    CHECK(run.ended == Run::Ended::memory);
  }
  SUBCASE("of files") {
    ChildCommand command = shell("exec head -c 100000 /dev/zero > \"$OUT\"");
    command.environment["OUT"] = std::filesystem::temp_directory_path() / "rmt-lm-child-process-test";
    command.limits.file_size = 4096;
    CHECK(run_child(command, "", {.wall = 5s}).end.signal == SIGXFSZ);
    CHECK(std::filesystem::file_size(command.environment["OUT"]) == 4096);
    std::filesystem::remove(command.environment["OUT"]);
  }
}

TEST_CASE("a child that does not listen") {
  const std::string much(1 << 22, 'x');
  ChildProcess gone(shell("exit 0"));
  CHECK(gone.write(much, in(5s)) == ChildProcess::Written::closed);
  ChildProcess deaf(shell("sleep 1000"));
  CHECK(deaf.write(much, in(50ms)) == ChildProcess::Written::deadline);
}

TEST_CASE("stopped by another thread") {
  std::stop_source source;
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(100ms);
    source.request_stop();
  });
  const Run run = run_child(shell("sleep 1000"), "", {.wall = 20s}, source.get_token());
  CHECK(run.ended == Run::Ended::stopped);
}

TEST_CASE("gone with the thread that wanted it so") {
  std::unique_ptr<ChildProcess> child;
  std::jthread([&] {
    ChildCommand command = shell("sleep 1000");
    command.dies_with_thread = true;
    child = std::make_unique<ChildProcess>(command);
  }).join();
  const auto end = child->wait(in(5s));
  REQUIRE(end);
  CHECK(end->signal == SIGKILL);
}

TEST_CASE("programs by name") {
  CHECK(find_executable("sh").has_value());
  CHECK(find_executable("/bin/sh") == "/bin/sh");
  CHECK_FALSE(find_executable("no-such-program-of-anyone").has_value());
  CHECK_FALSE(find_executable("/etc/passwd").has_value());
}

}  // namespace
}  // namespace rmt::prover
