prelude
import Rmt.WellFounded

/-! What can be decided by trying: statements about the numbers below a bound, the members of a list, `Fin n`. -/

universe u

/-- The numbers below `n`. -/
structure Fin (n : Nat) where
  mk ::
  val : Nat
  isLt : val < n

/-- That `n` is not zero, for instances to know. -/
class NeZero (n : Nat) : Prop where
  out : n ≠ 0

instance instNeZeroAddOne {n : Nat} : NeZero (n + 1) := ⟨Nat.add_one_ne_zero n⟩

/-! ## Numbers below a bound, members of a list -/

namespace Nat

theorem forall_lt_add_one {p : Nat → Prop} {n : Nat} : (∀ k, k < n + 1 → p k) ↔ (∀ k, k < n → p k) ∧ p n := by
  constructor
  · intro h
    exact ⟨fun k lt => h k (lt_add_right 1 lt), h n (lt_add_one n)⟩
  · rintro ⟨h, hn⟩ k lt
    rcases Nat.eq_or_lt_of_le (le_of_lt_add_one lt) with rfl | lt
    · exact hn
    · exact h k lt

theorem exists_lt_add_one {p : Nat → Prop} {n : Nat} : (∃ k, k < n + 1 ∧ p k) ↔ (∃ k, k < n ∧ p k) ∨ p n := by
  constructor
  · rintro ⟨k, lt, h⟩
    rcases Nat.eq_or_lt_of_le (le_of_lt_add_one lt) with rfl | lt
    · exact Or.inr h
    · exact Or.inl ⟨k, lt, h⟩
  · rintro (⟨k, lt, h⟩ | h)
    · exact ⟨k, lt_add_right 1 lt, h⟩
    · exact ⟨n, lt_add_one n, h⟩

instance decidableBallLT {p : Nat → Prop} [DecidablePred p] : (n : Nat) → Decidable (∀ k, k < n → p k)
  | .zero => isTrue fun k lt => absurd lt (not_lt_zero k)
  | .succ n => @decidable_of_iff _ _ forall_lt_add_one.symm (@instDecidableAnd _ _ (decidableBallLT n) _)

instance decidableBallLE {p : Nat → Prop} [DecidablePred p] (n : Nat) : Decidable (∀ k, k ≤ n → p k) :=
  decidable_of_iff (∀ k, k < n + 1 → p k)
    ⟨fun h k le => h k (lt_add_one_of_le le), fun h k lt => h k (le_of_lt_add_one lt)⟩

instance decidableExistsLT {p : Nat → Prop} [DecidablePred p] : (n : Nat) → Decidable (∃ k, k < n ∧ p k)
  | .zero => isFalse fun ⟨k, lt, _⟩ => not_lt_zero k lt
  | .succ n => @decidable_of_iff _ _ exists_lt_add_one.symm (@instDecidableOr _ _ (decidableExistsLT n) _)

instance decidableExistsLE {p : Nat → Prop} [DecidablePred p] (n : Nat) : Decidable (∃ k, k ≤ n ∧ p k) :=
  decidable_of_iff (∃ k, k < n + 1 ∧ p k)
    ⟨fun ⟨k, lt, h⟩ => ⟨k, le_of_lt_add_one lt, h⟩, fun ⟨k, le, h⟩ => ⟨k, lt_add_one_of_le le, h⟩⟩

end Nat

namespace List

variable {α : Type u}

instance decidableBAll {p : α → Prop} [DecidablePred p] : (l : List α) → Decidable (∀ x, x ∈ l → p x)
  | [] => isTrue fun x h => absurd h (not_mem_nil x)
  | _ :: l => @decidable_of_iff _ _ forall_mem_cons.symm (@instDecidableAnd _ _ _ (decidableBAll l))

instance decidableBEx {p : α → Prop} [DecidablePred p] : (l : List α) → Decidable (∃ x, x ∈ l ∧ p x)
  | [] => isFalse fun ⟨x, h, _⟩ => not_mem_nil x h
  | _ :: l => @decidable_of_iff _ _ exists_mem_cons.symm (@instDecidableOr _ _ _ (decidableBEx l))

end List

/-! ## Characters and strings -/

theorem Char.eq_of_val_eq {a b : Char} (h : a.val = b.val) : a = b := by
  cases a
  cases b
  cases h
  rfl

theorem String.eq_of_toList_eq {a b : String} (h : a.toList = b.toList) : a = b := by
  cases a
  cases b
  cases h
  rfl

instance instDecidableEqChar : DecidableEq Char :=
  fun a b => decidable_of_iff (a.val = b.val) ⟨Char.eq_of_val_eq, fun h => by rw [h]⟩

noncomputable instance instDecidableEqString : DecidableEq String :=
  fun a b => decidable_of_iff (a.toList = b.toList) ⟨String.eq_of_toList_eq, fun h => by rw [h]⟩

/-! ## Fin -/

namespace Fin

variable {n : Nat} {a b : Fin n}

instance coeToNat : CoeOut (Fin n) Nat := ⟨fun a => a.val⟩

protected def ofNat (n : Nat) [NeZero n] (k : Nat) : Fin n := ⟨k % n, Nat.mod_lt k (Nat.pos_of_ne_zero NeZero.out)⟩

instance instOfNat {n : Nat} [NeZero n] {k : Nat} : OfNat (Fin n) k := ⟨Fin.ofNat n k⟩

theorem eq_of_val_eq (h : a.val = b.val) : a = b := by
  cases a
  cases b
  cases h
  rfl

@[ext] protected theorem ext (h : a.val = b.val) : a = b := eq_of_val_eq h
theorem val_eq_of_eq (h : a = b) : a.val = b.val := by rw [h]
theorem val_ne_of_ne (h : a ≠ b) : a.val ≠ b.val := fun e => h (eq_of_val_eq e)
theorem val_inj : a.val = b.val ↔ a = b := ⟨eq_of_val_eq, val_eq_of_eq⟩
theorem val_congr (h : a = b) : a.val = b.val := val_eq_of_eq h
theorem val_injective : Function.Injective (val : Fin n → Nat) := fun _ _ => eq_of_val_eq

instance instDecidableEq : DecidableEq (Fin n) := fun a b => decidable_of_iff (a.val = b.val) val_inj

instance instLE : LE (Fin n) := ⟨fun a b => a.val ≤ b.val⟩
instance instLT : LT (Fin n) := ⟨fun a b => a.val < b.val⟩
instance decLe (a b : Fin n) : Decidable (a ≤ b) := Nat.decLe a.val b.val
instance decLt (a b : Fin n) : Decidable (a < b) := Nat.decLt a.val b.val

theorem le_def : a ≤ b ↔ a.val ≤ b.val := Iff.rfl
theorem lt_def : a < b ↔ a.val < b.val := Iff.rfl
theorem val_le_of_le (h : a ≤ b) : a.val ≤ b.val := h
theorem val_le_of_ge (h : a ≥ b) : b.val ≤ a.val := h
theorem val_add_one_le_of_lt (h : a < b) : a.val + 1 ≤ b.val := h
theorem val_add_one_le_of_gt (h : a > b) : b.val + 1 ≤ a.val := h
@[simp] protected theorem not_le : ¬a ≤ b ↔ b < a := Nat.not_le
@[simp] protected theorem not_lt : ¬a < b ↔ b ≤ a := Nat.not_lt
protected theorem lt_of_not_le (h : ¬a ≤ b) : b < a := _root_.Fin.not_le.mp h
protected theorem le_of_not_lt (h : ¬a < b) : b ≤ a := _root_.Fin.not_lt.mp h
protected theorem lt_or_gt_of_ne (h : a ≠ b) : a < b ∨ a > b := Nat.lt_or_gt_of_ne (val_ne_of_ne h)
protected theorem le_antisymm (h : a ≤ b) (k : b ≤ a) : a = b := eq_of_val_eq (Nat.le_antisymm h k)
theorem not_fin_zero (a : Fin 0) : False := Nat.not_lt_zero a.val a.isLt

@[simp] theorem val_ofNat [NeZero n] (k : Nat) : (Fin.ofNat n k).val = k % n := rfl
theorem ofNat_val [NeZero n] (a : Fin n) : Fin.ofNat n a.val = a := eq_of_val_eq (Nat.mod_eq_of_lt a.isLt)

theorem forall_iff {p : Fin n → Prop} : (∀ a, p a) ↔ ∀ k, (h : k < n) → p ⟨k, h⟩ :=
  ⟨fun f k h => f ⟨k, h⟩, fun f a => f a.val a.isLt⟩

theorem exists_iff {p : Fin n → Prop} : (∃ a, p a) ↔ ∃ k, ∃ h : k < n, p ⟨k, h⟩ := by
  constructor
  · rintro ⟨a, h⟩
    exact ⟨a.val, a.isLt, h⟩
  · rintro ⟨k, lt, h⟩
    exact ⟨⟨k, lt⟩, h⟩

instance decidableForall {p : Fin n → Prop} [DecidablePred p] : Decidable (∀ a, p a) :=
  have (k : Nat) : Decidable (∀ h : k < n, p ⟨k, h⟩) :=
    if h : k < n then decidable_of_iff (p ⟨k, h⟩) ⟨fun x _ => x, fun f => f h⟩ else isTrue fun h' => absurd h' h
  decidable_of_iff (∀ k, k < n → ∀ h : k < n, p ⟨k, h⟩) ⟨fun f a => f a.val a.isLt a.isLt, fun f k h _ => f ⟨k, h⟩⟩

instance decidableExists {p : Fin n → Prop} [DecidablePred p] : Decidable (∃ a, p a) :=
  decidable_of_iff (¬∀ a, ¬p a)
    ⟨fun h => Classical.byContradiction fun none => h fun a ha => none ⟨a, ha⟩, fun ⟨a, ha⟩ h => h a ha⟩

/-- More pigeons than holes: two of them share one. -/
theorem no_injection {m n : Nat} (lt : n < m) (f : Fin m → Fin n) : ¬Function.Injective f := by
  induction n generalizing m with
  | zero => exact fun _ => not_fin_zero (f ⟨0, lt⟩)
  | succ n ih =>
    intro inj
    obtain ⟨k, rfl⟩ := Nat.exists_eq_add_one_of_ne_zero (Nat.ne_zero_of_lt lt)
    let last : Fin (k + 1) := ⟨k, Nat.lt_add_one k⟩
    -- Whoever sits in the last hole moves to that of the last pigeon, which leaves.
    let g (a : Fin k) : Nat :=
      let hole := (f ⟨a.val, Nat.lt_add_right 1 a.isLt⟩).val
      if hole = n then (f last).val else hole
    have apart (a : Fin k) : (f ⟨a.val, Nat.lt_add_right 1 a.isLt⟩).val ≠ (f last).val := fun e =>
      Nat.ne_of_lt a.isLt (val_eq_of_eq (inj (eq_of_val_eq e)))
    have bound (a : Fin k) : g a < n := by
      have h := (f ⟨a.val, Nat.lt_add_right 1 a.isLt⟩).isLt
      have h' := (f last).isLt
      have h'' := apart a
      simp only [g]
      split <;> omega
    refine ih (Nat.lt_of_succ_lt_succ lt) (fun a => ⟨g a, bound a⟩) ?_
    intro a b e
    have e : g a = g b := val_eq_of_eq e
    have ha := apart a
    have hb := apart b
    have same : (f ⟨a.val, Nat.lt_add_right 1 a.isLt⟩).val = (f ⟨b.val, Nat.lt_add_right 1 b.isLt⟩).val := by
      simp only [g] at e
      split at e <;> split at e <;> omega
    have := val_eq_of_eq (inj (eq_of_val_eq same))
    exact eq_of_val_eq this

end Fin

namespace Lean.Omega.Fin

variable {n : Nat} {a b : Fin n}

theorem lt_of_not_le (h : ¬a ≤ b) : b < a := _root_.Fin.not_le.mp h
theorem le_of_not_lt (h : ¬a < b) : b ≤ a := _root_.Fin.not_lt.mp h
theorem lt_of_gt (h : a > b) : b < a := h
theorem le_of_ge (h : a ≥ b) : b ≤ a := h
theorem lt_or_gt_of_ne (h : a ≠ b) : a < b ∨ a > b := _root_.Fin.lt_or_gt_of_ne h

end Lean.Omega.Fin
