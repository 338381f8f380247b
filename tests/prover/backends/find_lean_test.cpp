// Which Lean is taken, and what is said where there is none.
#include "prover/backends/find_lean.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "prover/backends/batch_files.h"
#include "prover/backends/open_backend.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

namespace rmt::prover {
namespace {

namespace fs = std::filesystem;

/// A machine of its own: variables as given, restored afterwards.
class Variables {
 public:
  Variables(std::initializer_list<std::pair<const char*, std::string>> values) {
    for (const auto& [name, value] : values) {
      const char* const before = getenv(name);
      before_.emplace_back(name, before != nullptr ? std::optional<std::string>(before) : std::nullopt);
      setenv(name, value.c_str(), 1);
    }
  }
  ~Variables() {
    for (const auto& [name, value] : before_)
      if (value) {
        setenv(name.c_str(), value->c_str(), 1);
      } else {
        unsetenv(name.c_str());
      }
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> before_;
};

void put_lean(const fs::path& path) {
  fs::create_directories(path.parent_path());
  fs::copy_file(RMTLM_FAKE_LEAN, path);
}

void put_script(const fs::path& path, const std::string& text) {
  tests::write_file(path, "#!/bin/sh\n" + text);
  fs::permissions(path, fs::perms::owner_all);
}

TEST_CASE("by a path: an executable, a toolchain, a project or something in it") {
  const tests::TemporaryFolder folder;
  const Variables variables{{"PATH", folder / "bin" + ":/usr/bin:/bin"}, {"HOME", folder / "home"}, {"LEAN_FAKE", ""}};
  put_lean(folder.path() / "toolchain/bin/lean");
  const LeanInstallation toolchain = find_lean({.asked_for = folder / "toolchain"});
  CHECK(toolchain.program == folder / "toolchain/bin/lean");
  CHECK(toolchain.version == "4.9.1");
  CHECK(toolchain.library == "Init");
  CHECK(toolchain.origin == "--lean");
  CHECK_FALSE(toolchain.is_ours);
  CHECK(find_lean({.asked_for = folder / "toolchain/bin/lean"}).program == toolchain.program);

  tests::write_file(folder.path() / "project/lakefile.toml", "");
  tests::write_file(folder.path() / "project/src/A.lean", "");
  tests::write_file(folder.path() / "project/.lake/Mathlib.olean", "");
  put_script(folder.path() / "bin/lake", "test \"$1\" = env || exit 1\nshift\nLEAN_SYSROOT=" + folder / "toolchain" +
                                             " LEAN_PATH=$PWD/.lake exec \"$@\"\n");
  const LeanInstallation project = find_lean({.asked_for = folder / "project/src"});
  CHECK(project.program == folder / "toolchain/bin/lean");
  CHECK(project.library == "Mathlib");
  CHECK(project.environment.at("LEAN_PATH") == folder / "project/.lake");
  CHECK(std::ranges::find(project.folders, folder / "project/.lake") != project.folders.end());

  put_script(folder.path() / "bin/lake", "echo 'unknown package' >&2; exit 1\n");
  CHECK_THROWS_WITH_AS(find_lean({.asked_for = folder / "project"}),
                       (folder / "bin/lake" + " does not work: exit code 1: unknown package").c_str(), LeanUnavailable);
}

TEST_CASE("by a variable, by $PATH, by Elan's folder, built with the program, in this order") {
  const tests::TemporaryFolder folder;
  const Variables variables{
      {"PATH", folder / "bin" + ":/usr/bin:/bin"}, {"HOME", folder / "home"}, {"RMTLM_LEAN", ""}, {"LEAN_FAKE", ""}};
  const LeanPlaces places{.asked_for = "", .built = folder / "built"};
  put_lean(folder.path() / "built/bin/lean");
  tests::write_file(folder.path() / "built/lib/lean/Init.olean", "x");
  const LeanInstallation built = find_lean(places);
  CHECK(built.origin == "built with rmt-lm");
  CHECK(built.is_ours);
  CHECK(built.library == "rmt core");
  CHECK(built.library_sha256.size() == 64);
  tests::write_file(folder.path() / "built/lib/lean/Init.olean", "y");
  CHECK(find_lean(places).library_sha256 != built.library_sha256);

  // Named by hand it is known again.
  CHECK_FALSE(find_lean({.asked_for = folder / "built"}).is_ours);
  tests::write_file(folder.path() / "built/lib/lean/Rmt.olean", "x");
  for (const char* name : {"built", "built/bin/lean"}) {
    const LeanInstallation named = find_lean({.asked_for = folder / name});
    CHECK(named.is_ours);
    CHECK(named.origin == "--lean");
  }

  put_lean(folder.path() / "home/.elan/bin/lean");
  CHECK(find_lean(places).program == folder / "home/.elan/bin/lean");
  put_script(folder.path() / "bin/lean", "echo 'no default toolchain configured' >&2; exit 1\n");
  CHECK(find_lean(places).program == folder / "home/.elan/bin/lean");
  fs::remove(folder / "bin/lean");
  put_lean(folder.path() / "bin/lean");
  CHECK(find_lean(places).program == folder / "bin/lean");
  const Variables asked{{"RMTLM_LEAN", folder / "built"}};
  CHECK(find_lean(places).origin == "$RMTLM_LEAN");
}

TEST_CASE("variables that lead elsewhere are not for the Lean built here, and secrets for nobody") {
  const tests::TemporaryFolder folder;
  const Variables variables{{"PATH", "/usr/bin:/bin"},     {"HOME", folder / "home"}, {"RMTLM_LEAN", ""},
                            {"LEAN_PATH", folder / "old"}, {"LEAN_FAKE", ""},         {"RMTLM_API_KEY", "k"}};
  put_lean(folder.path() / "built/bin/lean");
  const LeanInstallation built = find_lean({.asked_for = "", .built = folder / "built"});
  CHECK_FALSE(built.environment.contains("LEAN_PATH"));
  CHECK_FALSE(built.environment.contains("RMTLM_API_KEY"));
  CHECK(built.environment.at("PATH") == "/usr/bin:/bin");
}

TEST_CASE("what is no Lean 4") {
  const tests::TemporaryFolder folder;
  const Variables variables{
      {"PATH", "/usr/bin:/bin"}, {"HOME", folder / "home"}, {"RMTLM_LEAN", ""}, {"LEAN_FAKE", "lean3"}};
  const auto message = [&](const std::string& asked) {
    try {
      find_lean({.asked_for = asked, .built = folder / "nothing"});
      return std::string("found");
    } catch (const LeanUnavailable& error) {
      return std::string(error.what());
    }
  };
  put_lean(folder.path() / "three/bin/lean");
  CHECK(message(folder / "three").ends_with("is Lean 3.51.1, and Lean 4 is needed: see https://lean-lang.org"));
  put_script(folder.path() / "hello", "echo hello\n");
  CHECK(message(folder / "hello").ends_with("hello is not Lean 4: it says \"hello\""));
  CHECK(message("/no/such/lean") == "--lean: there is no /no/such/lean");
  CHECK(message("/etc/passwd") == "--lean: /etc/passwd cannot be executed");
  CHECK(message(folder / "three/bin").ends_with("is neither a toolchain (no bin/lean) nor in a Lake project"));
  CHECK(
      message("").starts_with("there is no Lean: none on $PATH nor in ~/.elan, and none was built with this program. "
                              "Install one from https://lean-lang.org/install"));
  CHECK_THROWS_AS(open_lean(LeanPlaces{.asked_for = "", .built = folder / "nothing"}, {}), LeanUnavailable);
}

TEST_CASE("a whole file, read by a Lean that starts anew") {
  const std::string folder = fs::path(RMTLM_FAKE_LEAN).parent_path();
  BatchFiles files({.program = RMTLM_FAKE_LEAN, .folders = {folder}}, {.file = std::chrono::seconds(10)});
  const auto heard = files.diagnose("#say hello\nBAD\n");
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].message == "hello");
  CHECK(heard[0].severity == Diagnostic::Severity::information);
  CHECK(heard[1].line == 2);
  CHECK(heard[1].column == 1);
  const auto crashed = files.diagnose("#say hello\nCRASH");
  REQUIRE(crashed.size() == 2);
  CHECK(crashed[1].message.starts_with("Lean did not come to the end of the file: "));
  CHECK(crashed[1].line == 2);
  CHECK_THROWS_WITH_AS(files.diagnose(std::string(501, '(')),
                       "the file is not shown to Lean: brackets nested more than 500 deep", RejectedInput);
}

}  // namespace
}  // namespace rmt::prover
