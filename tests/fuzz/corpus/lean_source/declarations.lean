import Init

/-- of t -/
@[simp] private theorem t (n : Nat) : n + 0 = n := by
  induction n with
  | zero => sorry
  | succ n ih =>
    have h : n = n := by sorry
    · exact ⟨sorry, h⟩

open Classical in
example : p ∨ ¬p := sorry -- "later"
mutual
theorem a : True := trivial
theorem b : True := sorry
end
