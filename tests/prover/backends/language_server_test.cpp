// The language server's client against a server that dies, hangs, speaks nonsense and lies about lengths.
#include "prover/backends/language_server_backend.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "prover/source/lean_file.h"
#include "prover/source/statement.h"
#include "tests/support/doctest.h"

namespace rmt::prover {
namespace {

using namespace std::chrono_literals;

LeanInstallation fake_lean(const std::string& mode = "") {
  const std::string folder = std::filesystem::path(RMTLM_FAKE_LEAN).parent_path();
  return {.program = RMTLM_FAKE_LEAN,
          .version = "4.9.1",
          .library = "Init",
          .origin = "test",
          .environment = {{"LEAN_FAKE", mode}},
          .folders = {folder}};
}

LanguageServerBackend backend(const std::string& mode = "", LeanLimits limits = {.script = 700ms}) {
  return {fake_lean(mode), limits};
}

std::string kinds(const std::vector<Verdict>& verdicts) {
  std::string letters;
  for (const Verdict& verdict : verdicts) letters += "PgerT"[static_cast<size_t>(verdict.kind)];
  return letters;  // Proved, goals, error, rejected, Timeout
}

const Theorem kTheorem = theorem_from_statement("theorem t : p", "import A\ndef x := 1");

TEST_CASE("goals and verdicts in order, over many batches") {
  LanguageServerBackend lean = backend();
  CHECK(lean.info().version == "4.9.1");
  const auto theorem = lean.open(kTheorem);
  CHECK(theorem->goals() == std::vector<std::string>{"p : Prop\n⊢ p"});
  std::vector<std::string> scripts;
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    scripts.emplace_back(i % 3 == 0 ? "close" : i % 3 == 1 ? "skip" : "BAD");
    expected += i % 3 == 0 ? 'P' : i % 3 == 1 ? 'g' : 'e';
  }
  CHECK(kinds(theorem->check(scripts)) == expected);
  const auto once_more = theorem->check({"BAD", "skip"});
  CHECK(kinds(once_more) == "eg");
  CHECK(once_more[0].message == "this is bad");
  CHECK(once_more[1].goals == theorem->goals());
  CHECK(theorem->check({}).empty());
}

TEST_CASE("what the filter refuses never reaches the server") {
  const auto theorem = backend().open(kTheorem);
  const auto verdicts = theorem->check({"close", "exact sorry -- DIE", "skip"});
  CHECK(kinds(verdicts) == "Prg");
  CHECK(verdicts[1].message == "not shown to Lean: the word `sorry`");
}

TEST_CASE("a script that kills the server is alone with it") {
  const auto theorem = backend().open(kTheorem);
  const auto verdicts = theorem->check({"close", "DIE", "skip", "BAD"});
  CHECK(kinds(verdicts) == "PTge");
  CHECK(verdicts[1].message == "Lean's server ended with exit code 9: fake: as it was told");
  CHECK(kinds(theorem->check({"close", "skip"})) == "Pg");
}

TEST_CASE("not more theorems at once than memory is there for") {
  LanguageServerBackend lean = backend("", {.theorems = 2});
  const auto one = lean.open(kTheorem);
  auto two = lean.open(kTheorem);
  CHECK_THROWS_WITH_AS(lean.open(kTheorem), "2 theorems are open in Lean already: try again later", LeanBusy);
  two.reset();
  CHECK_NOTHROW(lean.open(kTheorem));
}

TEST_CASE("what servers did is counted") {
  LanguageServerBackend lean = backend();
  const auto theorem = lean.open(kTheorem);
  theorem->check({"close", "skip", "sorry"});
  CHECK(lean.activity().processes == 1);
  CHECK(lean.activity().checks == 2);
  theorem->check({"DIE"});
  CHECK(lean.activity().deaths == 1);
  CHECK(lean.activity().processes == 0);
  theorem->check({"HANG"});
  CHECK(lean.activity().kills == 1);
  CHECK(lean.activity().starts == 2);
  CHECK(lean.activity().busy == 0);
  CHECK_THROWS_AS(lean.open(hole_at("theorem t : BAD := sorry")), StatementError);
  CHECK(lean.activity().processes == 0);
}

TEST_CASE("a server that hangs, or says what nobody understands") {
  const auto theorem = backend().open(kTheorem);
  CHECK(kinds(theorem->check({"skip", "HANG"})) == "gT");
  CHECK(theorem->check({"HANG"})[0].message == "no answer for 700 ms");
  CHECK(kinds(theorem->check({"GARBLE", "close"})) == "TP");
  CHECK(kinds(theorem->check({"LIE"})) == "T");
  CHECK(kinds(theorem->check({"SHORT"})) == "T");
  CHECK(kinds(theorem->check({"WRONG", "close"})) == "TP");
}

TEST_CASE("memory") {
  LanguageServerBackend lean = backend("", {.script = 5s, .resident = 100 << 20});
  const auto verdict = lean.open(kTheorem)->check({"EAT"}).at(0);
  CHECK(verdict.kind == VerdictKind::timeout);
  CHECK(verdict.message == "Lean's memory went beyond 100 MiB");
}

TEST_CASE("servers that are of no use") {
  LanguageServerBackend dying = backend("mute");
  CHECK_THROWS_WITH_AS(dying.open(kTheorem), "Lean keeps dying: Lean's server ended with exit code 3", LeanUnavailable);
  LeanInstallation nothing = fake_lean();
  nothing.program = "/no/such/lean";
  CHECK_THROWS_AS(LanguageServerBackend(nothing, {}), LeanUnavailable);
}

TEST_CASE("a Lean that knows none of our options") {
  CHECK(kinds(backend("old").open(kTheorem)->check({"close"})) == "P");
}

TEST_CASE("a file that does not get as far as the hole") {
  const auto place = [](std::string_view file) {
    try {
      backend().open(hole_at(file));
      return std::string("none");
    } catch (const StatementError& error) {
      return std::to_string(error.line()) + ":" + std::to_string(error.column()) + " " + error.what();
    }
  };
  CHECK(place("def a := 1\ndef 𝔸 := BAD\ntheorem t : p := sorry") == "2:10 this is bad");
  CHECK(place("def a := 1\n\n  theorem t : 𝔸 = BAD := by\n    sorry") == "3:19 this is bad");
  CHECK(place("def a := 1\ntheorem t : p := sorry") == "none");
  CHECK_THROWS_AS(backend().open(hole_at("def a := " + std::string(600, '(') + "\ntheorem t : p := sorry")),
                  RejectedInput);
}

TEST_CASE("stopped") {
  LanguageServerBackend lean = backend("", {.script = 30s});
  const auto theorem = lean.open(kTheorem);
  std::stop_source source;
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(150ms);
    source.request_stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  CHECK(kinds(theorem->check({"HANG", "close"}, source.get_token())) == "TT");
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
  CHECK(kinds(theorem->check({"close"})) == "P");
}

TEST_CASE("no jail where one is required") {
  LeanLimits limits{.script = 700ms};
  limits.jail_required = true;
  const std::string before = getenv("PATH");
  setenv("PATH", "/no/such/folder", 1);
  CHECK_THROWS_WITH_AS(LanguageServerBackend(fake_lean(), limits),
                       "Lean does not run text of others without a jail, since Lean's commands can run any code: "
                       "bubblewrap is not installed (Debian: apt-get install bubblewrap)",
                       LeanUnavailable);
  LanguageServerBackend open_one(fake_lean(), {.script = 700ms});
  setenv("PATH", before.c_str(), 1);
  CHECK(open_one.info().backend == "language server, not jailed");
  CHECK(kinds(open_one.open(kTheorem)->check({"close"})) == "P");
}

}  // namespace
}  // namespace rmt::prover
