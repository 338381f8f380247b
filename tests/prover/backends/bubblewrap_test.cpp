// What a program in the jail can reach.
#include "prover/backends/bubblewrap.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "prover/backends/run_child.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::prover {
namespace {

using namespace std::chrono_literals;

TEST_CASE("in the jail") {
  const Bubblewrap jail = Bubblewrap::find();
  if (!jail.is_there()) {
    std::cout << "skipped: " << jail.why_not() << "\n";
    return;
  }
  const tests::TemporaryFolder open, closed;
  tests::write_file(open.path() / "file", "content");
  tests::write_file(closed.path() / "file", "secret");
  const auto run = [&](const std::string& script) {
    const ChildCommand command{.arguments = {"/bin/sh", "-c", script}, .environment = {{"PATH", "/usr/bin:/bin"}}};
    return run_child(jail.around(command, {open.path()}), "input", {.wall = 10s}).out;
  };
  CHECK(run("cat") == "input");
  CHECK(run("cat " + open / "file") == "content");
  CHECK(run("echo x > " + open / "file" + " || echo refused").ends_with("refused\n"));
  CHECK(tests::read_file(open / "file") == "content");
  CHECK(run("cat " + closed / "file" + " || echo refused").ends_with("refused\n"));
  CHECK(run("cat /etc/passwd /root/.profile /work || echo refused").ends_with("refused\n"));
  CHECK(run("echo x > /usr/file || echo refused").ends_with("refused\n"));
  CHECK(run("pwd; echo x > file && cat file") == "/tmp\nx\n");
  CHECK(run("grep -c : /proc/net/dev") == "1\n");  // the loopback, and that is down
  CHECK(run("ls -d /proc/[0-9]* | wc -l") <= "5\n");
  CHECK_FALSE(std::filesystem::exists("/tmp/file"));
}

}  // namespace
}  // namespace rmt::prover
