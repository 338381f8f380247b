// `rmt-lm prove` as its users meet it, with the real Lean and a small model that knows nothing: exit codes, what is
// printed, what is kept, what is checked once more.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "lm/store/store.h"
#include "tests/e2e/process.h"
#include "tests/lm/model_folder.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using nlohmann::json;
using store::test::read_file;
using store::test::ScratchFolder;
using store::test::sql;
using store::test::write_file;

constexpr const char* kFile = R"(/-- The sorry in this comment is none. -/
theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

theorem uses (p q : Prop) (h : p ∧ q) : q ∧ p := by
  have swapped := swap p q h
  sorry

theorem hard (f : Nat → Nat) : f 0 = f 1 := by
  intro x
  sorry
)";

struct Desk {
  Desk() { write_file(file, kFile); }

  Outcome prove(std::vector<std::string> arguments, const std::vector<std::string>& environment = {}) const {
    std::vector<std::string> all = {"prove"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    if (std::ranges::find(all, "--lean") == all.end()) all.insert(all.end(), {"--lean", RMTLM_TEST_LEAN});
    return Process(all, folder / "err", 0, "", environment).finish();
  }
  Outcome automation(std::vector<std::string> arguments) const {
    arguments.emplace_back("--automation-only");
    return prove(std::move(arguments));
  }
  std::string errors() const { return read_file(folder / "err"); }
  bool says(const std::string& words) const { return errors().find(words) != std::string::npos; }

  ScratchFolder folder;
  std::string file = folder / "file.lean", db = folder / "proofs.db";
};

bool has_lean() {
  if (std::filesystem::exists(std::string(RMTLM_TEST_LEAN) + "/bin/lean")) return true;
  MESSAGE("skipped: no Lean was built; ./quickstart install fetches it");
  return false;
}

}  // namespace

TEST_SUITE("lean") {
  TEST_CASE("a proof is printed as Lean, written into its file, kept, and checked once more") {
    if (!has_lean()) return;
    const Desk desk;
    const std::string output = desk.folder / "done.lean";
    const Outcome first = desk.automation({desk.file, "--db", desk.db, "-o", output});
    CHECK(first.code == 0);
    const size_t declaration = first.out.find("\ntheorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  ");
    REQUIRE(declaration != std::string::npos);
    CHECK(first.out.find("sorry", declaration) == std::string::npos);
    CHECK(desk.says("Proved, checked by Lean 4"));
    CHECK(desk.says("found by automation alone"));

    const std::string done = read_file(output);
    CHECK(done.find(first.out) != std::string::npos);
    CHECK(done.ends_with(std::string(kFile).substr(std::string(kFile).find("theorem uses"))));

    CHECK(desk.prove({"--db", desk.db, "--replay", "1"}).code == 0);
    // Whoever changes what is kept does not get it past Lean.
    sql(desk.db, "UPDATE proof SET script = 'sorry'");
    const Outcome changed = desk.prove({"--db", desk.db, "--replay", "1"});
    CHECK(changed.code == 1);
    CHECK(desk.prove({"--db", desk.db, "--replay", "2"}).code == 69);
  }

  TEST_CASE("a hole in the middle of a proof sees what stands before it") {
    if (!has_lean()) return;
    const Desk desk;
    // It closes the goal by what is not proved itself: that is no proof.
    const Outcome resting = desk.automation({desk.file + ":7", "--json"});
    CHECK(resting.code == 1);
    CHECK(json::parse(resting.out)["refused"].get<std::string>().find("sorryAx") != std::string::npos);

    std::string file = kFile;
    file.replace(file.find("  sorry"), 7, "  exact ⟨h.2, h.1⟩");
    write_file(desk.file, file);
    const Outcome found = desk.automation({desk.file + ":7", "--json"});
    CHECK(found.code == 0);
    const json report = json::parse(found.out);
    CHECK(report["outcome"] == "proved");
    CHECK(report["theorem"] == "uses");
    CHECK(report["by"] == "automation");
    CHECK(report["lean"]["is_mathlib"] == false);
  }

  TEST_CASE("what is not proved ends with 1, or with the reason why it cannot be tried") {
    if (!has_lean()) return;
    const Desk desk;
    const Outcome open = desk.automation({"--statement", "theorem no (p q : Prop) : p → q"});
    CHECK(open.code == 1);
    CHECK(open.out.find("⊢ ") != std::string::npos);
    CHECK(open.out.find("sorry") != std::string::npos);
    CHECK(desk.says("1 goal left"));

    const Outcome broken = desk.automation({desk.file + ":11"});  // `intro x` on an equation
    CHECK(broken.code == 65);
    CHECK(desk.says("line 10"));
    CHECK(desk.automation({desk.file + ":1"}).code == 65);
    CHECK(desk.says("line 3"));  // the nearest sorry
    write_file(desk.file, "theorem t : 1 = 1 := rfl\n");
    CHECK(desk.automation({desk.file}).code == 65);
    CHECK(desk.says("no `sorry`"));
    CHECK(desk.automation({desk.folder / "none.lean"}).code == 2);
    CHECK(desk.automation({"--statement", "theorem t : 1 = ("}).code == 65);
    CHECK(desk.automation({desk.file, "--statement", "x = x"}).code == 2);
    CHECK(desk.automation({"--statement", "x = x", "--budget", "3"}).code == 2);
    CHECK(desk.prove({"--statement", "x = x", "--automation-only", "--lean", "/none"}).code == 69);
  }

  TEST_CASE("the model that ships proves what it was not shown, and is asked unless another is named") {
    if (!has_lean()) return;
    const Desk desk;
    const Outcome found = desk.prove({"--statement", "theorem t (a b c : Nat) (h : a ≤ b) : a + c ≤ b + c + 1",
                                      "--no-automation", "--seconds", "60"});
    CHECK(found.code == 0);
    CHECK(desk.says("by the model"));
  }

  TEST_CASE("a model that knows nothing proposes, Lean refuses, and every step is kept") {
    if (!has_lean()) return;
    const Desk desk;
    std::filesystem::create_directory(desk.folder / "model");
    write_small_model(desk.folder / "model");
    const Outcome tried = desk.prove({desk.file, "--model", desk.folder / "model", "--no-automation", "--budget", "2x8",
                                      "--segment-length", "32", "--memory-tokens", "2", "--db", desk.db, "--json"});
    CHECK(tried.code == 1);
    const json report = json::parse(tried.out);
    CHECK(report["outcome"] == "exhausted");
    CHECK(report["totals"]["expansions"] == 2);  // the theorem itself, asked about twice
    CHECK(report["best"]["script"] == "");
    const store::Store store = store::Store::open_read_only(desk.db);
    CHECK(store.proofs().at(0).outcome == "exhausted");
    CHECK(store.runs().at(0).spec.command == "prove");
    for (const store::ProofNodeRow& node : store.proof_nodes(1)) CHECK(node.verdict != "proved");
  }

  TEST_CASE("a suite of theorems gives a table, and a line of JSON each") {
    if (!has_lean()) return;
    const Desk desk;
    const std::string suite = desk.folder / "suite.jsonl";
    write_file(
        suite,
        R"({"name":"a","before":"","head":"theorem a (p : Prop) (h : p) : p := by\n  ","tail":"","indent":2,"shape":"x"}
{"name":"b","head":"theorem b (p q : Prop) : p → q := by\n  ","shape":"x"}
{"name":"c","head":"theorem c : nothing := by\n  ","shape":"y"}
)");
    const Outcome table = desk.automation({"--suite", suite});
    CHECK(table.code == 0);
    const size_t all = table.out.find("\nall ");
    REQUIRE(all != std::string::npos);
    CHECK(table.out.find(" 3 ", all) < table.out.find("33.3 %", all));
    const Outcome lines = desk.automation({"--suite", suite, "--json", "--db", desk.db});
    std::istringstream stream(lines.out);
    std::vector<std::string> outcomes;
    for (std::string line; std::getline(stream, line);) outcomes.push_back(json::parse(line)["outcome"]);
    CHECK(outcomes == std::vector<std::string>{"proved", "exhausted", "lean_error"});
    CHECK(sql(desk.db, "SELECT count(*) FROM proof") == "3");
    write_file(suite, "{\"name\": 1}\n");
    CHECK(desk.automation({"--suite", suite}).code == 65);
    CHECK(desk.says("line 1"));
  }

  TEST_CASE("a search is stopped by a signal, and says how far it was") {
    if (!has_lean()) return;
    const Desk desk;
    std::filesystem::create_directory(desk.folder / "model");
    write_small_model(desk.folder / "model");
    Process search({"prove", desk.file, "--model", desk.folder / "model", "--no-automation", "--budget", "1x1024",
                    "--segment-length", "32", "--memory-tokens", "2", "--lean", RMTLM_TEST_LEAN, "--db", desk.db},
                   desk.folder / "err");
    while (!std::filesystem::exists(desk.db)) usleep(10'000);
    usleep(300'000);
    search.send(SIGINT);
    const Outcome outcome = search.finish();
    CHECK((outcome.code == 130 || outcome.code == 1));  // 1: it was through already
    CHECK(outcome.out.find("sorry") != std::string::npos);
  }
}

}  // namespace rmt::tests
