// The tactics of Lean, as they work on the core library: what each proves, and how it fails.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/prover/lean/lean_program.h"
#include "tests/support/doctest.h"

using namespace rmt::tests;  // NOLINT(google-build-using-namespace)

namespace {

struct Row {
  const char* statement;
  const char* proof;     ///< a block of tactics, in column 0
  const char* expected;  ///< how Lean's first error begins; empty where there is none
};

const std::vector<Row> kRows{
    // introducing and closing
    {"(p : Prop) : p → p", "intro h\nexact h", ""},
    {"(p : Prop) : p → p", "intro h\nexact p", "Type mismatch"},
    {"(p q : Prop) : p → q → p", "intros hp _\nassumption", ""},
    {"(p q : Prop) : p → q", "intro hp\nassumption", "Tactic `assumption` failed"},
    {"(p q : Prop) (f : p → q) (hp : p) : q", "apply f\nexact hp", ""},
    {"(p q r : Prop) (f : p → q) (hp : p) : r", "apply f", "Tactic `apply` failed"},
    {"(p q : Prop) (hp : p) (hq : q) : p ∧ q", "constructor\n· exact hp\n· exact hq", ""},
    {"(p q : Prop) (hp : p) : p ∧ q", "constructor\n· exact hp", "unsolved goals"},
    {"(p q : Prop) (hp : p) (hq : q) : p ∧ q", "refine ⟨?_, hq⟩\nexact hp", ""},
    {"(p q : Prop) (hp : p) (hq : q) : q ∧ p", "exact ⟨hq, hp⟩", ""},
    {"(p q : Prop) (hq : q) : p ∨ q", "right\nexact hq", ""},
    {"(p q : Prop) (hp : p) : p ∨ q", "left; exact hp", ""},
    {"(p q : Prop) : p ∧ q → q ∧ p", "rintro ⟨hp, hq⟩\nexact ⟨hq, hp⟩", ""},
    {": True", "trivial", ""},
    {"(p : Prop) (h : p) (hn : ¬p) : 1 = 2", "contradiction", ""},
    {"(p : Prop) (h : p) : ¬p", "contradiction", "Tactic `contradiction` failed"},
    {"(p : Prop) (h : False) : p", "exfalso\nexact h", ""},
    {": ∃ n : Nat, n + 2 = 5", "exists 3", ""},
    {": ∃ n : Nat, n + 2 = 5", "exact ⟨4, rfl⟩", "Application type mismatch"},
    // cases and induction
    {"(p q : Prop) (h : p ∨ q) : q ∨ p", "cases h with\n| inl h => exact Or.inr h\n| inr h => exact Or.inl h", ""},
    {"(p q : Prop) (h : p ∨ q) : q ∨ p", "rcases h with h | h\n· exact Or.inr h\n· exact Or.inl h", ""},
    {"(p : Nat → Prop) (h : ∃ n, p n ∧ p 0) : p 0", "obtain ⟨n, _, h0⟩ := h\nexact h0", ""},
    {"(n : Nat) : 0 + n = n", "induction n with\n| zero => rfl\n| succ n ih => rw [← Nat.add_assoc, ih]", ""},
    {"(n : Nat) : 0 * n = 0", "induction n\ncase zero => rfl\ncase succ n ih => rw [Nat.mul_add_one, ih]", ""},
    {"(n : Nat) : n = 0", "induction n with\n| zero => rfl\n| succ n ih => rfl", "Tactic `rfl` failed"},
    {"(n m : Nat) (h : n + 1 = m + 1) : n = m", "injection h", ""},
    {"(n m k : Nat) (h : n = m) (k' : m = k) : n = k", "subst h\nexact k'", ""},
    {"(b : Bool) : (!(!b)) = b", "cases b <;> rfl", ""},
    {"(p q : Prop) : p ∨ ¬p", "by_cases h : p\n· exact Or.inl h\n· exact Or.inr h", ""},
    {"(n : Nat) : (if n = n then 1 else 2) = 1", "split\n· rfl\n· contradiction", ""},
    {"(a b : Nat) (h : (a, b) = (1, 2)) : a = 1", "injection h", ""},
    // rewriting and simplification
    {"(a b c : Nat) (h : a = b) : a + c = b + c", "rw [h]", ""},
    {"(a b c : Nat) (h : a = b) : a + c = b + c", "rw [← h]", ""},
    {"(a b c : Nat) (h : a = b) : c = c + 0", "rw [h]", "Tactic `rewrite` failed: Did not find an occurrence"},
    {"(a b : Nat) (h : a + 0 = b) : a = b", "rw [Nat.add_zero] at h\nexact h", ""},
    {"(a b : Nat) (h : a + 0 = b) : a = b", "rwa [Nat.add_zero] at h", ""},
    {"(l : List Nat) : l ++ [] ++ [] = l", "simp", ""},
    {"(l m : List Nat) : (l ++ m).length = m.length + l.length", "simp [Nat.add_comm]", ""},
    {"(l m : List Nat) : l ++ m = m ++ l", "simp", "`simp` made no progress"},
    {"(a b : Nat) (h : a + 3 = b + 5) : a = b + 2", "simp at h\nexact h", ""},
    {"(p q : Prop) (h : p) (k : p → q) : q ∧ p", "simp_all", ""},
    {"(a b : Nat) (h : a = b) : b + 0 = a", "simpa using h.symm", ""},
    {"(f : Nat → Nat) (h : ∀ n, f n = n) : f (f 3) = 3", "simp only [h]", ""},
    {"(n : Nat) : n < n + 1", "unfold LT.lt\nexact Nat.le_refl _", ""},
    {"(n : Nat) : id n = n", "show n = n\nrfl", ""},
    {"(n : Nat) : id n = n", "change n = n + 1", "'change' tactic failed"},
    {"(a b : Nat) (h : a = b) : a * 2 = b * 2", "conv => lhs; rw [h]", ""},
    {"(a b c d : Nat) (h : a = b) (k : c = d) : a + c = b + d", "congr", ""},
    {"(f g : Nat → Nat) (h : ∀ n, f n = g n) : f = g", "funext n\nexact h n", ""},
    {"(f g : Nat → Nat) (h : ∀ n, f n = g n) : f = g", "ext n\nexact h n", ""},
    {"(a b : Nat) (h : a = b) : b = a", "symm\nexact h", ""},
    // statements in between
    {"(a b c : Nat) (h : a = b) (k : b = c) : a = c", "calc a = b := h\n  _ = c := k", ""},
    {"(a b c : Nat) (h : a < b) (k : b ≤ c) : a < c", "calc a < b := h\n  _ ≤ c := k", ""},
    {"(a b c : Nat) (h : a = b) (k : b = c) : a = c", "calc a = b := h\n  _ = c := h", "Type mismatch"},
    {"(p q r : Prop) (f : p → q) (g : q → r) (h : p) : r", "have hq : q := f h\nexact g hq", ""},
    {"(p q r : Prop) (f : p → q) (g : q → r) (h : p) : r", "suffices hq : q from g hq\nexact f h", ""},
    {"(p : Nat → Prop) (h : ∀ n, p n) : p 7", "specialize h 7\nexact h", ""},
    {"(n : Nat) : n + 1 ≠ 0", "generalize h : n + 1 = k\nintro e\nrw [e] at h\ncontradiction", ""},
    {"(p q : Prop) : p → q → q", "intro _ _\nrename_i _ hq\nexact hq", ""},
    // automation
    {": 2 ^ 10 = 1024", "decide", ""},
    {": 7 ∣ 91 ∧ ¬7 ∣ 92", "decide", ""},
    {": 2 ^ 10 = 1023", "decide", "Tactic `decide` proved that the proposition"},
    {"(f : Nat → Nat) (a b : Nat) (h : a = b) : f a = f b", "exact?", ""},
    {"(a b c : Nat) : a + b + c = a + (b + c)", "exact?", ""},
    {"(p q : Prop) (f : p → q) (h : p) : q", "solve_by_elim", ""},
    {"(p : Nat → Prop) : p 3", "exact?", "`exact?` could not close the goal"},
    // linear arithmetic
    {"(a b c : Nat) (h : a < b) : a + c < b + c", "omega", ""},
    {"(a b : Nat) (h : 2 * a = 2 * b + 1) : False", "omega", ""},
    {"(a b : Nat) (h : a ≤ b) : b - a + a = b", "omega", ""},
    {"(a : Nat) : a / 2 * 2 + a % 2 = a", "omega", ""},
    {"(a b : Nat) : max a b + min a b = a + b", "omega", ""},
    {"(n : Nat) (h : 4 ∣ n) : n % 2 = 0", "omega", ""},
    {"(x y : Int) (h : 3 * x + 5 * y = 7) (k : x - y = 5) : x = 4 ∧ y = -1", "omega", ""},
    {"(x y : Int) (h : 17 * x + 23 * y = 1) (k : 0 ≤ x) (l : x < 23) : x = 19", "omega", ""},
    {"(x : Int) (h : x.natAbs = 3) : x = 3 ∨ x = -3", "omega", ""},
    {"(a b : Nat) (h : ¬(a ≤ b ∧ b ≤ a)) : a ≠ b", "omega", ""},
    {"(a b : Nat) (h : a < b) : b ≤ a", "omega", "omega could not prove the goal"},
    {"(a b : Nat) (h : a * b = 0) : a = 0", "omega", "omega could not prove the goal"},
    // rearranging, casts, trying all
    {"(a b c d : Nat) : a * b * (c * d) = d * (b * c) * a", "ac_rfl", ""},
    {"(a b c : Nat) : max a (max b c) = max (max c b) a", "ac_rfl", ""},
    {"(l m : List Nat) : l ++ m = m ++ l", "ac_rfl", "Tactic `rfl` failed"},
    {"(a b : Nat) (h : (a : Int) + 1 < b) : a + 1 < b", "exact_mod_cast h", ""},
    {": ∀ n : Nat, n < 20 → n * n < 400", "decide", ""},
    {": ∃ n : Nat, n < 50 ∧ n * n = 49", "decide", ""},
    {": ∀ n ∈ [1, 2, 3], n < 4", "decide", ""},
    {": ∀ n : Fin 5, n.val * n.val ≤ 16", "decide", ""},
    {"(x : Fin 3) (h : 1 < x.val) : x.val = 2", "omega", ""},
    // several goals, several tactics
    {"(p q : Prop) (hp : p) (hq : q) : p ∧ q ∧ p", "repeat' constructor\nall_goals assumption", ""},
    {"(p q : Prop) (hq : q) : p ∨ q", "first | exact Or.inl hq | exact Or.inr hq", ""},
    {"(n : Nat) : n = n", "try exact absurd\nrfl", ""},
    {"(p q : Prop) (hp : p) (hq : q) : p ∧ q", "constructor <;> assumption", ""},
    {"(a b : Nat) : a = b → b = a ∧ True", "intro h\nconstructor\ncase left => exact h.symm\nnext => trivial", ""},
    {"(p : Prop) (h : p) : p", "trace_state\nexact h", ""},
    {"(p q : Prop) (hp : p) : p ∧ q", "fail \"not this way\"", "not this way"},
};

constexpr int kLinesEach = 12;  // room for the longest proof, so that a message's line tells its row

std::string indented(const std::string& proof) {
  std::string text = "  ";
  for (char c : proof) {
    text += c;
    if (c == '\n') text += "  ";
  }
  return text;
}

std::string examples() {
  std::string file;
  for (const Row& row : kRows) {
    std::string example = std::string("example ") + row.statement + " := by\n" + indented(row.proof) + "\n";
    example.append(kLinesEach - static_cast<size_t>(std::ranges::count(example, '\n')), '\n');
    file += example;
  }
  return file;
}

}  // namespace

TEST_SUITE("lean") {
  TEST_CASE("each tactic proves what it should, and says why where it does not") {
    if (!lean_is_built()) return;
    std::vector<std::string> first_errors(kRows.size());
    for (const LeanMessage& message : lean_on(examples())) {
      std::string& first = first_errors.at(static_cast<size_t>((message.line - 1) / kLinesEach));
      if (message.severity == "error" && first.empty()) first = message.text;
    }
    for (size_t i = 0; i < kRows.size(); ++i) {
      CAPTURE(std::string(kRows[i].statement));
      CAPTURE(std::string(kRows[i].proof));
      CAPTURE(first_errors[i]);
      const std::string expected = kRows[i].expected;
      CHECK((expected.empty() ? first_errors[i].empty() : first_errors[i].starts_with(expected)));
    }
  }

  TEST_CASE("sorry is accepted with a warning, and is seen among the axioms") {
    if (!lean_is_built()) return;
    const auto messages = lean_on("theorem t : 1 = 2 := by sorry\n#print axioms t\n");
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].severity == "warning");
    CHECK(messages[0].text == "declaration uses `sorry`");
    CHECK(messages[1].text == "'t' depends on axioms: [sorryAx]");
  }

  TEST_CASE("users define their own types and functions") {
    if (!lean_is_built()) return;
    const auto messages = lean_on(R"(
inductive Tree (α : Type) where
  | leaf : Tree α
  | node (l : Tree α) (a : α) (r : Tree α) : Tree α
namespace Tree
def size : Tree α → Nat
  | leaf => 0
  | node l _ r => size l + 1 + size r
def mirror : Tree α → Tree α
  | leaf => leaf
  | node l a r => node (mirror r) a (mirror l)
theorem mirror_mirror (t : Tree α) : t.mirror.mirror = t := by
  induction t with
  | leaf => rfl
  | node l a r ihl ihr => simp [mirror, ihl, ihr]
end Tree
def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib n + fib (n + 1)
example : fib 10 = 55 := by decide
def log (n : Nat) : Nat := if n ≤ 1 then 0 else log (n / 2) + 1
def ackermann : Nat → Nat → Nat
  | 0, n => n + 1
  | m + 1, 0 => ackermann m 1
  | m + 1, n + 1 => ackermann m (ackermann (m + 1) n)
termination_by m n => (m, n)
theorem log_le (n : Nat) : log n ≤ n := by
  fun_induction log n <;> omega
def sum_of_two : Option Nat := do
  let a ← some 1
  let b ← if a = 1 then some 2 else none
  return a + b
example : sum_of_two = some 3 := by rfl
example : "ab" ≠ "cd" := by decide
structure Point where
  x : Nat
  y : Nat
deriving DecidableEq
example : Point.mk 1 2 ≠ Point.mk 2 1 := by decide
)");
    CHECK((messages.empty() ? "" : messages.front().text) == "");
  }
}
