// The program as a user meets it: its exit codes, and what goes to which stream.
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::app {
namespace {

using tests::read_file;
using tests::write_file;
using Folder = tests::TemporaryFolder;

struct Outcome {
  int code = -1;
  std::string out, err;
};

/// Runs the program in the folder, with only the variables given.
Outcome run(const Folder& folder, const std::string& arguments, const std::string& variables = "") {
  const std::string command = "cd '" + folder.path().string() + "' && env -i HOME=. PATH=/usr/bin:/bin " + variables +
                              " " RMTLM_PROGRAM " " + arguments + " >out 2>err";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(folder / "out"), read_file(folder / "err")};
}

TEST_CASE("--version and --help go to standard output") {
  const Folder folder;
  const Outcome version = run(folder, "--version");
  CHECK(version.code == 0);
  CHECK(version.out == "rmt-lm " RMTLM_VERSION "\n");
  CHECK(version.err.empty());
  for (const char* help : {"--help", "config --help", "config show --help"}) {
    const Outcome shown = run(folder, help);
    CHECK(shown.code == 0);
    CHECK(shown.out.find("Usage: rmt-lm") != std::string::npos);
    CHECK(shown.err.empty());
  }
}

TEST_CASE("a device that cannot be had ends a command at once, and says what can be done") {
  const Folder folder;
  const std::string no_gpu = "CUDA_VISIBLE_DEVICES=";  // where there is one, it is hidden
  write_file(folder / "text.txt", "text");
  write_file(folder / "recipe.toml", "");
  for (const char* command : {"eval text.txt --model none", "serve --model none", "task detect eval --models ."}) {
    CAPTURE(command);
    const Outcome outcome = run(folder, std::string(command) + " --device cuda", no_gpu);
    CHECK(outcome.code == 69);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.find("--device cpu computes on the processor") != std::string::npos);
    const Outcome wrong = run(folder, std::string(command) + " --device gpu", no_gpu);
    CHECK(wrong.code == 2);
    CHECK(wrong.err.find("give cpu, cuda, cuda:1 or auto") != std::string::npos);
  }
  const Outcome shown = run(folder, "config show eval --json", no_gpu + " RMTLM_DEVICE=auto");
  CHECK(shown.out.find("\"name\":\"device\",\"value\":\"auto\"") != std::string::npos);
}

TEST_CASE("a wrong command line is exit code 2, with the closest known word on standard error") {
  const Folder folder;
  const auto refuse = [&](const std::string& arguments, const std::string& message) {
    const Outcome outcome = run(folder, arguments);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == message + "\n");
  };
  refuse("confg", "rmt-lm: 'rmt-lm' has no subcommand 'confg'; did you mean 'config'? See 'rmt-lm --help'.");
  refuse("config shw",
         "rmt-lm: 'rmt-lm config' has no subcommand 'shw'; did you mean 'show'? See 'rmt-lm config --help'.");
  refuse("config show --orign",
         "rmt-lm: 'rmt-lm config show' has no option '--orign'; did you mean '--origin'? "
         "See 'rmt-lm config show --help'.");
  refuse("config show --orign=1 --json",
         "rmt-lm: 'rmt-lm config show' has no option '--orign'; did you mean '--origin'? "
         "See 'rmt-lm config show --help'.");
  refuse("config", "rmt-lm: 'rmt-lm config' needs a subcommand: show. See 'rmt-lm config --help'.");
  refuse("config show a b",
         "rmt-lm: 'rmt-lm config show' does not take the argument 'b'. See 'rmt-lm config show --help'.");
  refuse("config show cnfig", "rmt-lm: There is no subcommand 'cnfig'; did you mean 'config'?");
  refuse("--log-level loud config show",
         "rmt-lm: --log-level: loud not in {trace,debug,info,warning,error,off}. "
         "See 'rmt-lm config show --help'.");
}

TEST_CASE("config show says where each value comes from") {
  const Folder folder;
  write_file(folder / "rmt-lm.toml", "# mine\nlog-level = 'debug'\n");
  const auto origin = [&](const std::string& arguments, const std::string& variables) {
    std::istringstream lines(run(folder, arguments + " config show --json", variables).out);
    for (std::string line; std::getline(lines, line);) {
      const auto setting = nlohmann::json::parse(line);
      if (setting["name"] == "log-level")
        return setting["value"].get<std::string>() + " " + setting["origin"].get<std::string>();
    }
    return std::string("not listed");
  };
  CHECK(origin("", "") == "debug rmt-lm.toml:2");
  CHECK(origin("", "RMTLM_LOG_LEVEL=error") == "error RMTLM_LOG_LEVEL");
  CHECK(origin("--log-level warning", "RMTLM_LOG_LEVEL=error") == "warning --log-level");
  std::filesystem::remove(folder / "rmt-lm.toml");
  CHECK(origin("", "") == "info default");
}

TEST_CASE("what config show prints is a configuration file with the same values") {
  const Folder folder;
  const Outcome first = run(folder, "config show --origin", "RMTLM_LOG_LEVEL=error RMTLM_QUIET=1");
  REQUIRE(first.code == 0);
  write_file(folder / "copy.toml", first.out);
  const Outcome second = run(folder, "--config copy.toml config show");
  CHECK(second.code == 0);
  CHECK(second.err.empty());
  CHECK(second.out.find("log-level = \"error\"\nquiet = true\n") != std::string::npos);
}

TEST_CASE("a full standard output is an I/O error") {
  const Folder folder;
  const std::string command = "env -i " RMTLM_PROGRAM " config show >/dev/full 2>'" + (folder / "err") + "'";
  CHECK(WEXITSTATUS(std::system(command.c_str())) == 74);
  CHECK(read_file(folder / "err").starts_with("rmt-lm: Standard output: No space left"));
}

}  // namespace
}  // namespace rmt::app
