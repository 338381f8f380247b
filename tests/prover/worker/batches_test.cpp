// Many scripts at once: a verdict for each, the same however they were put together.
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "prover/backends/run_child.h"
#include "tests/prover/worker/lean_worker.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

using namespace rmt::prover;  // NOLINT(google-build-using-namespace)
using rmt::tests::in_words;
using rmt::tests::TemporaryFolder;
using rmt::tests::theorem_of;
using rmt::tests::verdict_on;
using rmt::tests::worker_options;

namespace {

const Theorem kConjunction = theorem_of("(p q : Prop) (hp : p) (hq : q) : p ∧ q");

std::vector<std::string> some_scripts() {
  std::vector<std::string> scripts;
  for (const std::string first : {"constructor", "refine ⟨?_, ?_⟩", "exact ⟨hp, hq⟩", "cases hp", "nonsense", "skip"})
    for (const std::string second : {"exact hp", "all_goals assumption", "sorry", "exact?", "trace_state"})
      scripts.push_back(first + "\n" + second);
  return scripts;
}

void check_equal(const std::vector<Verdict>& got, const std::vector<Verdict>& expected) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    CHECK(in_words(got[i]) == in_words(expected[i]));
    CHECK(got[i].message == expected[i].message);
    CHECK(got[i].goals == expected[i].goals);
  }
}

// What `lean --json` says of a file.
std::vector<Diagnostic> said_by_lean(const std::string& file) {
  const TemporaryFolder folder;
  rmt::tests::write_file(folder / "file.lean", file);
  const Run run = run_child({.arguments = {RMTLM_LEAN, "--json", folder / "file.lean"}}, "", {});
  std::vector<Diagnostic> diagnostics;
  for (size_t at = 0, end = 0; (end = run.out.find('\n', at)) != std::string::npos; at = end + 1)
    diagnostics.push_back(diagnostic_of(lean_message_of_json(run.out.substr(at, end - at))));
  return diagnostics;
}

}  // namespace

TEST_SUITE("lean") {
  TEST_CASE("verdicts do not depend on the batch or on the number of workers") {
    const std::vector<std::string> scripts = some_scripts();
    WorkerBackend one(worker_options(1));
    const auto theorem = one.open(kConjunction);
    const std::vector<Verdict> together = theorem->check(scripts);
    int proved = 0;
    for (const Verdict& verdict : together) proved += verdict.kind == VerdictKind::proved ? 1 : 0;
    CHECK(proved >= 4);

    std::vector<Verdict> alone;
    for (const std::string& script : scripts) alone.push_back(theorem->check({script}).at(0));
    check_equal(alone, together);

    WorkerOptions three = worker_options(3);
    three.batch = 3;
    WorkerBackend many(three);
    check_equal(many.open(kConjunction)->check(scripts), together);
    CHECK(many.load().starts == 3);
  }

  TEST_CASE("200 failing candidates give 200 verdicts") {
    WorkerBackend lean(worker_options());
    std::vector<std::string> scripts;
    for (int i = 0; i < 200; ++i) scripts.push_back("exact unknown_" + std::to_string(i));
    const std::vector<Verdict> verdicts = lean.open(kConjunction)->check(scripts);
    REQUIRE(verdicts.size() == 200);
    for (int i = 0; i < 200; ++i)
      CHECK(in_words(verdicts[static_cast<size_t>(i)]) ==
            "error: Unknown identifier `unknown_" + std::to_string(i) + "`");
  }

  TEST_CASE("the file above a theorem is read once, and all of it counts") {
    WorkerBackend lean(worker_options());
    const Theorem theorem = theorem_of("(hp : p) : p ∧ True",
                                       "namespace Deep\nvariable (p : Prop)\n"
                                       "theorem lemma_above (h : p) : p ∧ True := ⟨h, trivial⟩\n"
                                       "set_option pp.all false\n\n");
    const auto opened = lean.open(theorem);
    REQUIRE(opened->goals().size() == 1);
    CHECK(opened->goals()[0] == "p : Prop\nhp : p\n⊢ p ∧ True");
    CHECK(in_words(opened->check({"exact lemma_above p hp"}).at(0)) == "proved");
    CHECK(in_words(opened->check({"exact Deep.lemma_above p hp"}).at(0)) == "proved");
    CHECK(lean.load().contexts == 2);  // this one, and the empty one that the pool began with

    const Theorem found = theorem_of(": Holds 3", "axiom Holds : Nat → Prop\naxiom holds (n : Nat) : Holds n\n");
    CHECK(in_words(verdict_on(lean, found, "exact?")) == "proved");
  }

  TEST_CASE("options of the file above do not hide what is said of a script") {
    WorkerBackend lean(worker_options());
    for (const std::string option :
         {"Elab.async true", "warningAsError true", "linter.all true", "maxErrors 1", "showPartialSyntaxErrors true"}) {
      CAPTURE(option);
      const auto theorem = lean.open(theorem_of("(p q : Prop) (hp : p) (hq : q) : p ∧ q",
                                                "set_option " + option + "\ntheorem above : True := trivial\n"));
      const std::vector<Verdict> verdicts =
          theorem->check({"exact ⟨hp, hq⟩", "exact ⟨hq, hp⟩", "constructor", "simp only", "exact ⟨hp, by exact hp⟩"});
      CHECK(in_words(verdicts[0]) == "proved");
      CHECK(verdicts[1].kind == VerdictKind::error);
      CHECK(in_words(verdicts[2]) == "progress 2");
      CHECK(verdicts[3].kind == VerdictKind::error);
      CHECK(verdicts[4].kind == VerdictKind::error);
    }
  }

  TEST_CASE("an error above the theorem or in its statement has its place in the file") {
    WorkerBackend lean(worker_options());
    const auto place_of = [&](const Theorem& theorem) {
      try {
        lean.open(theorem);
      } catch (const StatementError& error) {
        return std::to_string(error.line()) + ":" + std::to_string(error.column());
      }
      return std::string("none");
    };
    CHECK(place_of(theorem_of(": True", "\ntheorem ä : ∀ p : Prop, p = p := nowhere\n\n")) == "2:34");
    CHECK(place_of(theorem_of("(p : Prop) : p → p ∧ (Nat.nowhere p)", "\n\n/- ∀ -/ ")) == "3:41");
    CHECK(place_of(theorem_of("(p : Prop) : p → p", "\n")) == "none");
  }

  TEST_CASE("a worker's restart changes nothing") {
    PoolOptions options{.program = RMTLM_LEAN_WORKER, .settings = {.modules = {RMTLM_LEAN_MODULES}}, .workers = 1};
    options.requests = 2;
    WorkerPool pool(options);
    for (int i = 0; i < 5; ++i) {
      const Answer answer = pool.submit({.items = {"theorem t : True := trivial"}}, {}).get();
      REQUIRE(answer.items.size() == 1);
      CHECK(answer.items[0].elaboration->messages.empty());
    }
    CHECK(pool.load().starts == 3);
    CHECK(pool.load().deaths == 0);
    CHECK(pool.load().checks == 5);
  }

  TEST_CASE("more than may wait is refused") {
    PoolOptions options{.program = RMTLM_LEAN_WORKER, .settings = {.modules = {RMTLM_LEAN_MODULES}}, .workers = 1};
    options.waiting = 1;
    WorkerPool pool(options);
    std::stop_source stop;
    const std::string endless =
        "set_option maxHeartbeats 0 in\ntheorem t (a b : Nat) : a = b := by\n  repeat apply Eq.trans";
    auto running = pool.submit({.items = {endless}}, stop.get_token());
    while (pool.load().busy == 0) std::this_thread::yield();
    auto waiting = pool.submit({.items = {endless}}, stop.get_token());
    CHECK_THROWS_AS(pool.submit({}, {}), LeanBusy);
    CHECK(pool.load().waiting == 1);
    stop.request_stop();
    for (auto* future : {&running, &waiting}) {
      const Answer answer = future->get();
      const Reply& reply = answer.items.empty() ? answer.context : answer.items[0];
      REQUIRE(reply.killed);
      CHECK(reply.killed->cause == KillCause::cancelled);
    }
  }

  TEST_CASE("what is stopped has a verdict all the same") {
    WorkerBackend lean(worker_options());
    const auto theorem = lean.open(theorem_of("(a b : Nat) : a = b"));
    std::stop_source stop;
    stop.request_stop();
    for (const Verdict& verdict : theorem->check({"skip", "rfl"}, stop.get_token()))
      CHECK(in_words(verdict) == "timeout: cancelled");
    CHECK(in_words(theorem->check({"skip"}).at(0)) == "progress 1");
  }

  TEST_CASE("of a whole file the worker says what lean says") {
    const std::string file =
        "/-- doc -/\ntheorem a (p : Prop) : p → p := fun h => h\n\n#check a\n#print axioms a\n"
        "theorem b (p q : Prop) (h : p) : p ∧ q := by\n  constructor\n  · exact h\n\n"
        "theorem c : ∀ n : Nat, n = n := by\n  intro n; sorry\ndef d (unused : Nat) : Nat := 3\n"
        "example : nowhere := by simp\ntheorem e : True := (\nexample : True := trivial\n";
    WorkerBackend lean(worker_options());
    const std::vector<Diagnostic> got = lean.diagnose(file);
    const std::vector<Diagnostic> expected = said_by_lean(file);
    REQUIRE(expected.size() >= 6);
    REQUIRE(got.size() == expected.size());
    for (size_t i = 0; i < got.size(); ++i) {
      CAPTURE(expected[i].message);
      CHECK(got[i].message == expected[i].message);
      CHECK(got[i].severity == expected[i].severity);
      CHECK(got[i].line == expected[i].line);
      CHECK(got[i].column == expected[i].column);
      CHECK(got[i].end_line == expected[i].end_line);
      CHECK(got[i].end_column == expected[i].end_column);
    }
  }

  TEST_CASE("a file with imports of its own sees those modules and no others") {
    WorkerBackend lean(worker_options());
    const Theorem within = theorem_of("(b : Bool) : (!(!b)) = b", "prelude\nimport Rmt.Bool\n\n");
    CHECK(in_words(verdict_on(lean, within, "cases b <;> rfl")) == "proved");
    CHECK(in_words(verdict_on(lean, within, "exact Bool.not_not b")) == "proved");
    CHECK(in_words(verdict_on(lean, within, "have := @List.append_nil Nat")).starts_with("error: Unknown"));
    CHECK(in_words(verdict_on(lean, theorem_of("(b : Bool) : (!(!b)) = b"), "have := @List.append_nil Nat")) ==
          "progress 1");
  }
}
