// Golden verdicts: what Lean says of a tactic, seen through everything between it and the search.
#include <memory>
#include <string>
#include <vector>

#include "tests/prover/worker/lean_worker.h"
#include "tests/support/doctest.h"

using namespace rmt::prover;  // NOLINT(google-build-using-namespace)
using rmt::tests::in_words;
using rmt::tests::theorem_of;
using rmt::tests::verdict_on;
using rmt::tests::worker_options;

namespace {

struct Golden {
  std::string script, words;
};

struct Statement {
  std::string text;
  std::vector<Golden> cases;
};

const std::vector<Statement> kStatements{
    {"(p : Prop) : p → p",
     {{"intro h", "progress 1"},
      {"intro h\nexact h", "proved"},
      {"intro h\n\n  exact h",
       "error: Tactic `introN` failed: There are no additional binders or `let` bindings in the goal to introduce"},
      {"exact id", "proved"},
      {"exact fun h => h", "proved"},
      {"rfl", "error: Tactic `rfl` failed: Expected the goal to be a binary relation"},
      {"assumption", "error: Tactic `assumption` failed"},
      {"simp", "proved"},
      {"intro h; exact h; exact h", "error: No goals to be solved"},
      {"intro h -- named", "progress 1"},
      {"intro h /- open", "rejected: a comment without its end"},
      {"skip", "progress 1"},
      {"·", "error: unsolved goals"},
      {"all_goals", "progress 1"},
      {"intro h <;> exact h", "proved"},
      {"intro h\ntrace_state\nexact h", "proved"},
      {"nonsense", "error: unknown tactic"},
      {"exact (fun h => h", "error: unexpected end of input; expected ')', ',' or ':'"},
      {"exact \"open", "rejected: a string without its end"}}},
    {"(p q : Prop) (hp : p) (hq : q) : p ∧ q",
     {{"constructor", "progress 2"},
      {"constructor\n· exact hp", "progress 1"},
      {"constructor\n· exact hp\n· exact hq", "proved"},
      {"constructor\nexact hp", "progress 1"},
      {"exact ⟨hp, hq⟩", "proved"},
      {"refine ⟨?_, hq⟩", "progress 1"},
      {"exact ⟨hq, hp⟩", "error: Application type mismatch: The argument"},
      {"exact?", "proved"},
      {"apply?", "proved"},
      {"simp_all", "proved"},
      {"have h : q := hq", "progress 1"},
      {"have h : q := by", "error: unsolved goals"},
      {"have h : q := by\n  exact hq\nexact ⟨hp, h⟩", "proved"},
      {"exact unknown_name", "error: Unknown identifier `unknown_name`"}}},
    {"(p q : Prop) : p ∨ q → q ∨ p",
     {{"intro h\ncases h", "progress 2"},
      {"intro h\ncases h with\n| inl a => exact Or.inr a\n| inr b => exact Or.inl b", "proved"},
      {"intro h\ncases h with\n| inl a => exact Or.inr a", "error: Alternative `inr` has not been provided"},
      {"rintro (a | b)", "progress 2"},
      {"intro h\nrcases h with a | b\n· exact Or.inr a", "progress 1"},
      {"intro h\nexact h.nowhere",
       "error: Invalid field `nowhere`: The environment does not contain `Or.nowhere`, so it is not possible to "
       "project the field `nowhere` from an expression"}}},
    {"(a b c : Nat) (h : a = b) (k : b = c) : a = c",
     {{"rw [h]", "progress 1"},
      {"rw [h, k]", "proved"},
      {"rw [k]", "error: Tactic `rewrite` failed: Did not find an occurrence of the pattern"},
      {"exact h.trans k", "proved"},
      {"calc a = b := h\n  _ = c := k", "proved"},
      {"subst h\nexact k", "proved"},
      {"decide", "error: Expected type must not contain free variables"},
      {"induction a", "progress 2"}}},
};

}  // namespace

TEST_SUITE("lean") {
  TEST_CASE("golden verdicts") {
    WorkerBackend lean(worker_options());
    for (const Statement& statement : kStatements) {
      CAPTURE(statement.text);
      const std::unique_ptr<OpenTheorem> theorem = lean.open(theorem_of(statement.text));
      CHECK(theorem->goals().size() == 1);
      std::vector<std::string> scripts;
      for (const Golden& golden : statement.cases) scripts.push_back(golden.script);
      const std::vector<Verdict> verdicts = theorem->check(scripts);
      REQUIRE(verdicts.size() == scripts.size());
      for (size_t i = 0; i < scripts.size(); ++i) {
        CAPTURE(scripts[i]);
        CHECK(in_words(verdicts[i]) == statement.cases[i].words);
      }
    }
  }
}
