prelude
import Rmt.Logic.Connectives

/-! Booleans: their algebra, and how they mirror propositions. -/

universe u

namespace Bool

@[inline] protected def xor (a b : Bool) : Bool := bne a b

instance instInhabited : Inhabited Bool := ⟨false⟩

theorem eq_false_or_eq_true (b : Bool) : b = true ∨ b = false := by
  cases b
  · right; rfl
  · left; rfl

@[simp] theorem not_eq_true (b : Bool) : (¬b = true) = (b = false) := by cases b <;> decide
@[simp] theorem not_eq_false (b : Bool) : (¬b = false) = (b = true) := by cases b <;> decide
theorem eq_false_of_not_eq_true {b : Bool} (h : ¬b = true) : b = false := (eq_false_or_eq_true b).resolve_left h
theorem eq_true_of_not_eq_false {b : Bool} (h : ¬b = false) : b = true := (eq_false_or_eq_true b).resolve_right h
theorem of_not_eq_true {b : Bool} (h : ¬b = true) : b = false := eq_false_of_not_eq_true h
theorem of_not_eq_false {b : Bool} (h : ¬b = false) : b = true := eq_true_of_not_eq_false h

theorem «forall» {p : Bool → Prop} : (∀ b, p b) ↔ p false ∧ p true := by
  constructor
  · intro h
    exact ⟨h false, h true⟩
  · rintro ⟨hf, ht⟩ (_ | _)
    · exact hf
    · exact ht

theorem «exists» {p : Bool → Prop} : (∃ b, p b) ↔ p false ∨ p true := by
  constructor
  · rintro ⟨_ | _, h⟩
    · exact Or.inl h
    · exact Or.inr h
  · rintro (h | h)
    · exact ⟨false, h⟩
    · exact ⟨true, h⟩

instance instDecidableForall {p : Bool → Prop} [DecidablePred p] : Decidable (∀ b, p b) :=
  decidable_of_iff _ «forall».symm
instance instDecidableExists {p : Bool → Prop} [DecidablePred p] : Decidable (∃ b, p b) :=
  decidable_of_iff _ «exists».symm

theorem true_ne_false : true ≠ false := by decide
theorem eq_iff_iff {a b : Bool} : a = b ↔ (a = true ↔ b = true) := by cases a <;> cases b <;> decide

/-! ## And, or, not -/

@[simp] theorem and_true (b : Bool) : (b && true) = b := by cases b <;> rfl
@[simp] theorem true_and (b : Bool) : (true && b) = b := rfl
@[simp] theorem and_false (b : Bool) : (b && false) = false := by cases b <;> rfl
@[simp] theorem false_and (b : Bool) : (false && b) = false := rfl
@[simp] theorem or_true (b : Bool) : (b || true) = true := by cases b <;> rfl
@[simp] theorem true_or (b : Bool) : (true || b) = true := rfl
@[simp] theorem or_false (b : Bool) : (b || false) = b := by cases b <;> rfl
@[simp] theorem false_or (b : Bool) : (false || b) = b := rfl
@[simp] theorem and_self (b : Bool) : (b && b) = b := by cases b <;> rfl
@[simp] theorem or_self (b : Bool) : (b || b) = b := by cases b <;> rfl
@[simp] theorem not_true : (!true) = false := rfl
@[simp] theorem not_false : (!false) = true := rfl
@[simp] theorem not_not (b : Bool) : (!!b) = b := by cases b <;> rfl
@[simp] theorem and_not_self (b : Bool) : (b && !b) = false := by cases b <;> rfl
@[simp] theorem or_not_self (b : Bool) : (b || !b) = true := by cases b <;> rfl

theorem and_comm (a b : Bool) : (a && b) = (b && a) := by cases a <;> cases b <;> rfl
theorem or_comm (a b : Bool) : (a || b) = (b || a) := by cases a <;> cases b <;> rfl
theorem and_assoc (a b c : Bool) : (a && b && c) = (a && (b && c)) := by cases a <;> rfl
theorem or_assoc (a b c : Bool) : (a || b || c) = (a || (b || c)) := by cases a <;> rfl

theorem and_left_comm (a b c : Bool) : (a && (b && c)) = (b && (a && c)) := by
  rw [← and_assoc, and_comm a b, and_assoc]

theorem or_left_comm (a b c : Bool) : (a || (b || c)) = (b || (a || c)) := by
  rw [← or_assoc, or_comm a b, or_assoc]

theorem and_or_distrib_left (a b c : Bool) : (a && (b || c)) = ((a && b) || (a && c)) := by cases a <;> rfl
theorem or_and_distrib_left (a b c : Bool) : (a || (b && c)) = ((a || b) && (a || c)) := by cases a <;> rfl

theorem and_or_distrib_right (a b c : Bool) : ((a || b) && c) = ((a && c) || (b && c)) := by
  rw [and_comm, and_or_distrib_left, and_comm c a, and_comm c b]

theorem or_and_absorb (a b : Bool) : (a || (a && b)) = a := by cases a <;> rfl
theorem and_or_absorb (a b : Bool) : (a && (a || b)) = a := by cases a <;> rfl
@[simp] theorem not_and (a b : Bool) : (!(a && b)) = (!a || !b) := by cases a <;> rfl
@[simp] theorem not_or (a b : Bool) : (!(a || b)) = (!a && !b) := by cases a <;> rfl

theorem not_eq_not {a b : Bool} : (!a) = (!b) ↔ a = b := by
  constructor
  · intro h
    rw [← not_not a, h, not_not]
  · intro h
    rw [h]

theorem not_eq_self (b : Bool) : (!b) ≠ b := by cases b <;> decide

/-! ## What they say as propositions -/

@[simp] theorem and_eq_true (a b : Bool) : ((a && b) = true) = (a = true ∧ b = true) := by cases a <;> simp
@[simp] theorem or_eq_true (a b : Bool) : ((a || b) = true) = (a = true ∨ b = true) := by cases a <;> simp
@[simp] theorem not_eq_true' (b : Bool) : ((!b) = true) = (b = false) := by cases b <;> decide
@[simp] theorem not_eq_false' (b : Bool) : ((!b) = false) = (b = true) := by cases b <;> decide
@[simp] theorem and_eq_false (a b : Bool) : ((a && b) = false) = (a = false ∨ b = false) := by cases a <;> simp
@[simp] theorem or_eq_false (a b : Bool) : ((a || b) = false) = (a = false ∧ b = false) := by cases a <;> simp

theorem and_elim_left {a b : Bool} (h : (a && b) = true) : a = true := by
  rw [and_eq_true] at h
  exact h.left

theorem or_elim {a b : Bool} {p : Prop} (h : (a || b) = true) (f : a = true → p) (g : b = true → p) : p := by
  rw [or_eq_true] at h
  exact h.elim f g

/-! ## Exclusive or -/

theorem xor_def (a b : Bool) : Bool.xor a b = !(a == b) := rfl
@[simp] theorem xor_false (b : Bool) : Bool.xor b false = b := by cases b <;> rfl
@[simp] theorem false_xor (b : Bool) : Bool.xor false b = b := by cases b <;> rfl
@[simp] theorem xor_true (b : Bool) : Bool.xor b true = !b := by cases b <;> rfl
@[simp] theorem true_xor (b : Bool) : Bool.xor true b = !b := by cases b <;> rfl
@[simp] theorem xor_self (b : Bool) : Bool.xor b b = false := by cases b <;> rfl
theorem xor_comm (a b : Bool) : Bool.xor a b = Bool.xor b a := by cases a <;> cases b <;> rfl
theorem xor_assoc (a b c : Bool) : Bool.xor (Bool.xor a b) c = Bool.xor a (Bool.xor b c) := by
  cases a <;> cases b <;> cases c <;> rfl

theorem xor_left_cancel {a b c : Bool} (h : Bool.xor a b = Bool.xor a c) : b = c := by
  have := congrArg (Bool.xor a) h
  rwa [← xor_assoc, ← xor_assoc, xor_self, false_xor, false_xor] at this

theorem and_xor_distrib_left (a b c : Bool) : (a && Bool.xor b c) = Bool.xor (a && b) (a && c) := by
  cases a
  · rfl
  · rfl

/-! ## Conditions -/

@[simp] theorem cond_true {α : Sort u} (a b : α) : cond true a b = a := rfl
@[simp] theorem cond_false {α : Sort u} (a b : α) : cond false a b = b := rfl
@[simp] theorem cond_self {α : Sort u} (c : Bool) (a : α) : cond c a a = a := by cases c <;> rfl
theorem cond_not {α : Sort u} (c : Bool) (a b : α) : cond (!c) a b = cond c b a := by cases c <;> rfl

theorem cond_eq_ite {α : Sort u} (c : Bool) (a b : α) : cond c a b = if c = true then a else b := by
  cases c
  · rfl
  · rfl

theorem apply_cond {α β : Sort u} (f : α → β) (c : Bool) (a b : α) : f (cond c a b) = cond c (f a) (f b) := by
  cases c <;> rfl

/-! ## Deciding -/

theorem decide_and (p q : Prop) [Decidable p] [Decidable q] : decide (p ∧ q) = (decide p && decide q) := by
  by_cases hp : p <;> simp [hp]

theorem decide_or (p q : Prop) [Decidable p] [Decidable q] : decide (p ∨ q) = (decide p || decide q) := by
  by_cases hp : p <;> simp [hp]

theorem decide_not (p : Prop) [Decidable p] : decide (¬p) = !decide p := by
  by_cases hp : p
  · rw [decide_eq_true hp, decide_eq_false (not_not_intro hp)]; rfl
  · rw [decide_eq_false hp, decide_eq_true hp]; rfl

@[simp] theorem decide_eq_true_self (b : Bool) : decide (b = true) = b := by cases b <;> rfl

/-- Of a Boolean function applied three times, two applications cancel. -/
theorem apply_apply_apply (f : Bool → Bool) (b : Bool) : f (f (f b)) = f b := by
  cases ht : f true <;> cases hf : f false <;> cases b <;> simp [ht, hf]

end Bool

@[simp] theorem bne_iff_ne {α : Type u} [BEq α] [LawfulBEq α] {a b : α} : (a != b) = true ↔ a ≠ b := by
  rw [bne, Bool.not_eq_true', ← Bool.not_eq_true, beq_iff_eq]

@[simp] theorem beq_eq_false_iff_ne {α : Type u} [BEq α] [LawfulBEq α] {a b : α} : (a == b) = false ↔ a ≠ b := by
  rw [← Bool.not_eq_true, beq_iff_eq]
