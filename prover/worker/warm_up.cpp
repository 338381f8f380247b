#include "prover/worker/warm_up.h"

namespace rmt::prover {
namespace {

constexpr const char* kTheorems = R"(
theorem warm_up_conjunction (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · simp_all
  · first | assumption | exact hq | trivial
theorem warm_up_disjunction (p q : Prop) : p ∨ q → q ∨ p := by
  intro h
  cases h with
  | inl a => exact Or.inr a
  | inr b =>
    refine Or.inl ?_
    trace_state
    all_goals sorry
theorem warm_up_cases (p q : Prop) (h : p ∧ q) : q := by
  rcases h with ⟨a, b⟩
  have c : q := by exact b
  apply c
theorem warm_up_equation (a b c : Nat) (h : a = b) (k : b = c) : a = c := by
  rw [h]
  subst k
  rfl
theorem warm_up_steps (a b c : Nat) (h : a = b) (k : b = c) : a = c :=
  calc a = b := h
    _ = c := by simp [k]
theorem warm_up_induction (n : Nat) : n = n := by
  induction n with
  | zero => decide
  | succ m _ => exact?
theorem warm_up_error (p : Prop) : p := by
  exact unknown
theorem warm_up_mismatch (p q : Prop) (h : p) : q := by
  exact h
theorem warm_up_unreadable : True := by nonsense
)";

}  // namespace

void warm_up(const LeanState& library) {
  LeanState forgotten = library;
  elaborate(kTheorems, forgotten);
}

}  // namespace rmt::prover
