#include "prover/backends/verdicts.h"

#include "prover/lean_backend.h"
#include "tests/support/doctest.h"

using namespace rmt::prover;  // NOLINT(google-build-using-namespace)
using Severity = Diagnostic::Severity;

namespace {

const Theorem kTheorem{.name = "t", .before = "import Rmt\n\n", .head = "theorem t (p q : Prop) : p ∧ q := by\n  "};

LeanMessage probe_says(const ScriptSource& source, const std::string& goals) {
  return {.severity = Severity::information, .from = source.probe, .to = source.probe, .text = goals};
}

LeanMessage info(const std::string& text) {
  return {.severity = Severity::information, .from = {2, 2}, .to = {2, 8}, .text = text};
}

LeanMessage error(const std::string& text, TextPosition from = {2, 2}) {
  return {.severity = Severity::error, .from = from, .to = from, .text = text};
}

LeanMessage sorry_warning() {
  return {.severity = Severity::warning, .from = {1, 8}, .to = {1, 9}, .text = "declaration uses `sorry`"};
}

const Elaboration kBare{.messages = {sorry_warning()}};

}  // namespace

TEST_CASE("goals are separated by empty lines") {
  CHECK(split_goals("").empty());
  CHECK(split_goals(" \n").empty());
  CHECK(split_goals("no goals").empty());
  CHECK(split_goals("p : Prop\n⊢ p") == std::vector<std::string>{"p : Prop\n⊢ p"});
  CHECK(split_goals("case left\n⊢ p\n\ncase right\nh : q\n⊢ q\n") ==
        std::vector<std::string>{"case left\n⊢ p", "case right\nh : q\n⊢ q"});
}

TEST_CASE("no error and no goal is a proof") {
  const ScriptSource source = source_of(kTheorem, "simp");
  for (const std::string nothing : {"", "no goals"}) {
    const Verdict verdict = judge(source, {.messages = {probe_says(source, nothing)}}, kBare);
    CHECK(verdict.kind == VerdictKind::proved);
    CHECK(verdict.goals.empty());
    CHECK(verdict.message.empty());
  }
}

TEST_CASE("of a proof, what Lean says to write for its last tactic is told on one line") {
  const ScriptSource source = source_of(kTheorem, "simp?\nexact?");
  const auto instead = [&](const std::string& text, const std::string& goals = "no goals") {
    const LeanMessage earlier = info("Try this:\n  [apply] simp only [h]");
    return judge(source, {.messages = {earlier, info(text), probe_says(source, goals)}}, kBare).instead;
  };
  CHECK(instead("Try this: exact h") == "exact h");
  CHECK(instead("Try this:\n  [apply] exact h.trans\n      (k a)") == "exact h.trans (k a)");
  CHECK(instead("something else") == "simp only [h]");
  CHECK(instead("Try this: exact h", "⊢ p").empty());
}

TEST_CASE("goals left are progress, and the probe's own sorry is none of the script's") {
  const ScriptSource source = source_of(kTheorem, "constructor");
  const Verdict verdict = judge(source, {.messages = {probe_says(source, "⊢ p\n\n⊢ q"), sorry_warning()}}, kBare);
  CHECK(verdict.kind == VerdictKind::progress);
  CHECK(verdict.goals == std::vector<std::string>{"⊢ p", "⊢ q"});
}

TEST_CASE("where warnings are errors, the probe's sorry is an error and yet none") {
  const ScriptSource source = source_of(kTheorem, "constructor");
  LeanMessage strict = sorry_warning();
  strict.severity = Severity::error;
  CHECK(judge(source, {.messages = {probe_says(source, "⊢ p"), strict}}, kBare).kind == VerdictKind::progress);
  CHECK(judge(source, {.messages = {probe_says(source, ""), strict}}, kBare).kind == VerdictKind::rejected);
}

TEST_CASE("only what is said at the probe is a goal") {
  const ScriptSource source = source_of(kTheorem, "trace_state\nsimp");
  LeanMessage elsewhere = probe_says(source, "⊢ p ∧ q");
  elsewhere.from = source.script;
  LeanMessage warning = probe_says(source, "⊢ forged");
  warning.severity = Severity::warning;
  const Verdict verdict = judge(source, {.messages = {elsewhere, warning, probe_says(source, "")}}, kBare);
  CHECK(verdict.kind == VerdictKind::proved);
}

TEST_CASE("a probe taken in by a combinator speaks once a goal") {
  const ScriptSource source = source_of(kTheorem, "constructor <;>");
  const Elaboration found{.messages = {probe_says(source, "⊢ p"), probe_says(source, "⊢ q"), sorry_warning()}};
  CHECK(judge(source, found, kBare).goals == std::vector<std::string>{"⊢ p", "⊢ q"});
}

TEST_CASE("a probe that was never reached is no proof") {
  const ScriptSource source = source_of(kTheorem, "simp <;>");
  const Verdict verdict = judge(source, {}, kBare);
  CHECK(verdict.kind == VerdictKind::error);
  CHECK(verdict.message == "the script ends in the middle of a tactic");
}

TEST_CASE("any error counts, wherever it stands, and the first is told") {
  const ScriptSource source = source_of(kTheorem, "exact (");
  const Elaboration found{
      .messages = {sorry_warning(), error("unexpected token", {9, 0}), error("other"), probe_says(source, "")}};
  const Verdict verdict = judge(source, found, kBare);
  CHECK(verdict.kind == VerdictKind::error);
  CHECK(verdict.message == "unexpected token");
}

TEST_CASE("Lean's own limit is a timeout") {
  const ScriptSource source = source_of(kTheorem, "repeat apply Eq.trans");
  const std::string text = "(deterministic) timeout at `whnf`, maximum number of heartbeats (2000) has been reached";
  const Verdict verdict = judge(source, {.messages = {error(text)}}, kBare);
  CHECK(verdict.kind == VerdictKind::timeout);
  CHECK(verdict.message == text);
}

TEST_CASE("a sorry that is not the probe's is rejected") {
  const ScriptSource source = source_of(kTheorem, "apply?");
  const Elaboration found{.messages = {probe_says(source, ""), sorry_warning()}};
  CHECK(judge(source, found, kBare).kind == VerdictKind::rejected);

  Theorem two_holes = kTheorem;
  two_holes.tail = "\n  · sorry";
  const ScriptSource beside = source_of(two_holes, "simp");
  CHECK(judge(beside, {.messages = {probe_says(beside, ""), sorry_warning()}}, kBare).kind == VerdictKind::proved);
}

TEST_CASE("commands and axioms of the script's own are rejected before anything else") {
  const ScriptSource source = source_of(kTheorem, "rfl\ntheorem u : p := h");
  const Elaboration two{.messages = {error("h"), probe_says(source, "")}, .commands = 2};
  CHECK(judge(source, two, kBare).kind == VerdictKind::rejected);

  const Elaboration axiom{.messages = {probe_says(source, "")}, .axioms = {"t.ax_1"}};
  const Verdict verdict = judge(source, axiom, kBare);
  CHECK(verdict.kind == VerdictKind::rejected);
  CHECK(verdict.message == "the script adds the axiom t.ax_1");
  CHECK(judge(source, axiom, {.axioms = {"t.ax_1"}}).kind == VerdictKind::proved);
}

TEST_CASE("goals at the hole, or the place where the file breaks") {
  const ScriptSource source = source_of(kTheorem, "");
  CHECK(goals_at_hole(source, {.messages = {probe_says(source, "⊢ p ∧ q"), sorry_warning()}}, {3, 0}) ==
        std::vector<std::string>{"⊢ p ∧ q"});

  try {
    goals_at_hole(source, {.messages = {error("unknown identifier 'q'", {1, 25})}}, {3, 4});
    FAIL("an error went by");
  } catch (const StatementError& broken) {
    CHECK(std::string(broken.what()) == "unknown identifier 'q'");
    CHECK(broken.line() == 3);
    CHECK(broken.column() == 30);
  }
  CHECK_THROWS_AS(goals_at_hole(source, {}, {1, 0}), StatementError);
}

TEST_CASE("a message becomes a diagnostic of the file, columns from 1") {
  const LeanMessage message{.severity = Severity::warning, .from = {1, 4}, .to = {2, 0}, .text = "unused"};
  const Diagnostic diagnostic = diagnostic_of(message, {5, 3});
  CHECK(diagnostic.severity == Severity::warning);
  CHECK(diagnostic.line == 5);
  CHECK(diagnostic.column == 8);
  CHECK(diagnostic.end_line == 6);
  CHECK(diagnostic.end_column == 1);
  CHECK(diagnostic.message == "unused");
}
