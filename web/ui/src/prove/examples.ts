// Theorems to begin with, small enough to be found by search.
export interface Example {
  name: string;
  code: string;
}

export const EXAMPLES: Example[] = [
  {
    name: "And is symmetric",
    code: `-- Put the cursor on sorry: its goal is shown beside the file.
-- Ask for a suggestion, or let the search find the whole proof.
theorem and_swap (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry
`,
  },
  {
    name: "Zero on the left",
    code: `theorem zero_left (n : Nat) : 0 + n = n := by
  sorry
`,
  },
  {
    name: "Or, distributed",
    code: `theorem or_split (p q r : Prop) : p ∨ (q ∧ r) → (p ∨ q) ∧ (p ∨ r) := by
  intro h
  sorry
`,
  },
  {
    name: "Lists, appended and measured",
    code: `theorem length_both (xs ys : List Nat) : (xs ++ ys).length = xs.length + ys.length := by
  sorry
`,
  },
  {
    name: "Booleans, by cases",
    code: `theorem not_twice (b : Bool) : (!!b) = b := by
  sorry
`,
  },
  {
    name: "Modus tollens",
    code: `theorem tollens (p q : Prop) (f : p → q) : ¬q → ¬p := by
  sorry
`,
  },
];
