// What a hostile text can do: nothing where the filter sees it, and nothing outside its own process where it does not.
#include <chrono>
#include <string>
#include <vector>

#include "prover/backends/worker_process.h"
#include "tests/prover/worker/lean_worker.h"
#include "tests/support/doctest.h"

using namespace rmt::prover;  // NOLINT(google-build-using-namespace)
using rmt::tests::in_words;
using rmt::tests::theorem_of;
using rmt::tests::worker_options;

namespace {

const std::string kOptions = "set_option maxHeartbeats 20000\n";
const std::string kGood = "theorem t (p : Prop) (h : p) : p := h";
const std::string kEndless = "theorem t (a b : Nat) : a = b := by\n  repeat apply Eq.trans";
const std::string kEndlessForLean = "set_option maxHeartbeats 0 in\n" + kEndless;
// Binds a macro to a native symbol of another type and runs it: any native code may run.
const std::string kNative =
    "@[extern \"lean_array_push\", macro Lean.Parser.Term.app] opaque broken : Lean.Macro\n"
    "example : Nat := Nat.succ 1";

// Items shown to a worker without any filter.
std::vector<Reply> shown(const std::vector<std::string>& items, const WorkerLimits& limits = {},
                         const std::string& context = {}) {
  const WorkerOptions options = worker_options();
  WorkerProcess worker(options.program, {.modules = {RMTLM_LEAN_MODULES}, .limits = limits});
  std::vector<Reply> replies;
  worker.answer({.options = kOptions, .context = context, .items = items},
                [&](Reply reply) { replies.push_back(std::move(reply)); }, {});
  return replies;
}

bool is_good(const Reply& reply) {
  return reply.elaboration && reply.elaboration->messages.empty();
}

// The middle one of three is killed for `cause`, its neighbours are not touched.
Killed killed_between_good(const std::string& item, KillCause cause, const WorkerLimits& limits = {}) {
  const std::vector<Reply> replies = shown({kGood, item, kGood}, limits);
  REQUIRE(replies.size() == 4);
  CHECK(is_good(replies[1]));
  REQUIRE(replies[2].killed);
  CHECK(static_cast<int>(replies[2].killed->cause) == static_cast<int>(cause));
  CHECK(is_good(replies[3]));
  return *replies[2].killed;
}

}  // namespace

TEST_SUITE("lean") {
  TEST_CASE("candidates that may not be shown to Lean are rejected, their neighbours judged") {
    WorkerBackend lean(worker_options());
    const auto theorem = lean.open(theorem_of("(p : Prop) (h : p) : p"));
    std::vector<std::string> scripts{"sorry",
                                     "admit",
                                     "exact sorry",
                                     "native_decide",
                                     "exact h\naxiom x : False",
                                     "exact h\n  theorem u : p := h",
                                     "set_option debug.skipKernelTC true in exact h",
                                     "exact h\n@[extern \"x\"] opaque y : Nat",
                                     "run_tac skip",
                                     "exact include_str \"/etc/passwd\"",
                                     "#eval 1",
                                     "exact h\nend\nnamespace X",
                                     "exact h\nopen Nat",
                                     "exact by_elab skip",
                                     std::string(200'000, '(') + "h" + std::string(200'000, ')'),
                                     std::string("exact h\0", 8),
                                     "exact h\nmacro \"m\" : tactic => `(tactic| skip)",
                                     "exact h\nattribute [simp] x",
                                     "exact h\nimport Init",
                                     "exact h\ninitialize x : Nat"};
    const size_t hostile = scripts.size();
    scripts.insert(scripts.begin(), "exact h");
    scripts.push_back("exact h");
    const uint64_t before = lean.load().checks;
    const std::vector<Verdict> verdicts = theorem->check(scripts);
    for (size_t i = 1; i <= hostile; ++i) {
      CAPTURE(scripts[i].substr(0, 60));
      CHECK(rmt::tests::to_string(verdicts[i].kind) == "rejected");
      CHECK_FALSE(verdicts[i].message.empty());
    }
    CHECK(in_words(verdicts.front()) == "proved");
    CHECK(in_words(verdicts.back()) == "proved");
    CHECK(lean.load().checks == before + 2);
  }

  TEST_CASE("a statement too deep for Lean is refused") {
    WorkerBackend lean(worker_options());
    const std::string deep = ": " + std::string(200'000, '(') + "True" + std::string(200'000, ')');
    CHECK_THROWS_AS(lean.open(theorem_of(deep)), RejectedInput);
    CHECK_THROWS_AS(lean.diagnose("theorem t " + deep + " := trivial"), RejectedInput);
  }

  TEST_CASE("Lean's own limit ends what has no end, and is the same each time") {
    const std::vector<Reply> replies = shown({kEndless, kGood, kEndless});
    REQUIRE(replies.size() == 4);
    REQUIRE(replies[1].elaboration);
    REQUIRE_FALSE(replies[1].elaboration->messages.empty());
    CHECK(replies[1].elaboration->messages[0].kind == "runtime.maxHeartbeats");
    CHECK(is_good(replies[2]));
    CHECK(replies[3].elaboration->messages[0].text == replies[1].elaboration->messages[0].text);
  }

  TEST_CASE("what Lean does not end is ended") {
    SUBCASE("by CPU time") {
      const Killed killed = killed_between_good(kEndlessForLean, KillCause::cpu, {.item_cpu_s = 1, .item_wall_s = 60});
      CHECK(killed.what == "1 s of CPU time are used up");
    }
    SUBCASE("by the clock") {
      const Killed killed = killed_between_good(kEndlessForLean, KillCause::wall, {.item_cpu_s = 60, .item_wall_s = 1});
      CHECK(killed.what == "a script takes longer than 1 s");
    }
    SUBCASE("by memory") {
      killed_between_good(kEndlessForLean, KillCause::memory,
                          {.item_cpu_s = 60, .item_wall_s = 60, .resident = 200 << 20});
    }
    SUBCASE("by the amount of its messages") {
      std::string talk = "theorem t (p : Prop) (h : p) : p := by\n";
      for (int i = 0; i < 500; ++i) talk += "  trace_state\n";
      killed_between_good(talk + "  exact h", KillCause::output, {.output = 20'000});
    }
  }

  TEST_CASE("native code that crashes takes nothing along") {
    const Killed killed = killed_between_good(kNative, KillCause::crash);
    CHECK(killed.what.find("signal") != std::string::npos);
  }

  TEST_CASE("a nesting that overflows Lean's stack takes nothing along") {
    const std::string deep = std::string(200'000, '(') + "h" + std::string(200'000, ')');
    const std::vector<Reply> replies = shown({"theorem t (p : Prop) (h : p) : p := " + deep, kGood});
    REQUIRE(replies.size() == 3);
    CHECK_FALSE(is_good(replies[1]));
    CHECK(is_good(replies[2]));
  }

  TEST_CASE("commands and axioms of an item's own are reported") {
    const std::vector<Reply> replies = shown({"axiom bad : False\ntheorem t : False := bad", kGood});
    REQUIRE(replies.size() == 3);
    CHECK(replies[1].elaboration->commands == 2);
    CHECK(replies[1].elaboration->axioms == std::vector<std::string>{"bad"});
    CHECK(replies[2].elaboration->commands == 1);
    CHECK(replies[2].elaboration->axioms.empty());
  }

  TEST_CASE("a file that kills Lean is told from one with an error, and the next one is read") {
    WorkerBackend lean(worker_options());
    CHECK_THROWS_WITH_AS(lean.open(theorem_of("(p : Prop) : p → p", kNative + "\n\n")),
                         doctest::Contains("Lean does not get to the theorem"), StatementError);
    const std::vector<Diagnostic> said = lean.diagnose(kNative);
    REQUIRE(said.size() == 1);
    CHECK(said[0].message.starts_with("Lean was stopped: "));
    CHECK(in_words(rmt::tests::verdict_on(lean, theorem_of("(p : Prop) (h : p) : p"), "exact h")) == "proved");
  }

  TEST_CASE("a module is not imported by a path") {
    const std::vector<Reply> replies = shown({}, {}, "import «..».«..».Init\n");
    REQUIRE(replies.size() == 1);
    REQUIRE_FALSE(replies[0].elaboration->messages.empty());
    CHECK(replies[0].elaboration->messages[0].text.find("is not imported") != std::string::npos);
  }
}
