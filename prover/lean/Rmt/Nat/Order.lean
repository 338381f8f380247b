prelude
import Rmt.Nat.Basic

/-! The order of the natural numbers, that it is decidable, and how the operations respect it. -/

namespace Nat

variable {a b c d m n k : Nat}

/-! ## `≤` and `<` from the constructors -/

@[simp, refl] protected theorem le_refl (n : Nat) : n ≤ n := Nat.le.refl
protected theorem le_rfl : n ≤ n := Nat.le.refl
protected theorem le_of_eq (h : m = n) : m ≤ n := h ▸ Nat.le_refl m
theorem le_succ (n : Nat) : n ≤ succ n := Nat.le.step Nat.le.refl
@[simp] theorem le_add_one (n : Nat) : n ≤ n + 1 := le_succ n
theorem le_step (h : m ≤ n) : m ≤ n + 1 := Nat.le.step h

@[simp] theorem zero_le (n : Nat) : 0 ≤ n := by
  induction n with
  | zero => exact Nat.le.refl
  | succ n ih => exact Nat.le.step ih

protected theorem le_trans (h : m ≤ n) (k' : n ≤ k) : m ≤ k := by
  induction k' with
  | refl => exact h
  | step _ ih => exact Nat.le.step ih

theorem succ_le_succ (h : m ≤ n) : succ m ≤ succ n := by
  induction h with
  | refl => exact Nat.le.refl
  | step _ ih => exact Nat.le.step ih

theorem pred_le_pred (h : m ≤ n) : pred m ≤ pred n := by
  induction h with
  | refl => exact Nat.le.refl
  | @step n _ ih =>
    cases n with
    | zero => exact ih
    | succ n => exact Nat.le.step ih

theorem le_of_succ_le_succ (h : succ m ≤ succ n) : m ≤ n := pred_le_pred h
theorem add_one_le_add_one_iff : m + 1 ≤ n + 1 ↔ m ≤ n := ⟨le_of_succ_le_succ, succ_le_succ⟩

theorem not_succ_le_zero (n : Nat) : ¬succ n ≤ 0 := fun h => nomatch h
theorem not_add_one_le_zero (n : Nat) : ¬n + 1 ≤ 0 := not_succ_le_zero n

theorem not_succ_le_self (n : Nat) : ¬succ n ≤ n := by
  induction n with
  | zero => exact not_succ_le_zero 0
  | succ n ih =>
    intro h
    exact ih (le_of_succ_le_succ h)

@[simp] protected theorem lt_irrefl (n : Nat) : ¬n < n := not_succ_le_self n
@[simp] theorem not_lt_zero (n : Nat) : ¬n < 0 := not_succ_le_zero n
@[simp] theorem zero_lt_succ (n : Nat) : 0 < succ n := succ_le_succ (zero_le n)
@[simp] theorem zero_lt_add_one (n : Nat) : 0 < n + 1 := zero_lt_succ n
@[simp] theorem lt_add_one (n : Nat) : n < n + 1 := Nat.le_refl (n + 1)
theorem lt_succ_self (n : Nat) : n < succ n := lt_add_one n
theorem succ_le_of_lt (h : m < n) : succ m ≤ n := h
theorem lt_of_succ_le (h : succ m ≤ n) : m < n := h
theorem add_one_le_iff : m + 1 ≤ n ↔ m < n := Iff.rfl
theorem succ_le_iff : succ m ≤ n ↔ m < n := Iff.rfl
theorem lt_add_one_iff : m < n + 1 ↔ m ≤ n := add_one_le_add_one_iff
theorem lt_succ_iff : m < succ n ↔ m ≤ n := add_one_le_add_one_iff
theorem le_of_lt_succ (h : m < succ n) : m ≤ n := le_of_succ_le_succ h
theorem le_of_lt_add_one (h : m < n + 1) : m ≤ n := le_of_succ_le_succ h
theorem lt_succ_of_le (h : m ≤ n) : m < succ n := succ_le_succ h
theorem lt_add_one_of_le (h : m ≤ n) : m < n + 1 := succ_le_succ h
theorem succ_lt_succ (h : m < n) : succ m < succ n := succ_le_succ h
theorem lt_of_succ_lt_succ (h : succ m < succ n) : m < n := le_of_succ_le_succ h
@[simp] theorem add_one_lt_add_one_iff : m + 1 < n + 1 ↔ m < n := add_one_le_add_one_iff

protected theorem le_of_lt (h : m < n) : m ≤ n := Nat.le_trans (le_succ m) h
theorem le_of_succ_le (h : succ m ≤ n) : m ≤ n := Nat.le_of_lt h
protected theorem lt_of_lt_of_le (h : m < n) (k' : n ≤ k) : m < k := Nat.le_trans h k'
protected theorem lt_of_le_of_lt (h : m ≤ n) (k' : n < k) : m < k := Nat.le_trans (succ_le_succ h) k'
protected theorem lt_trans (h : m < n) (k' : n < k) : m < k := Nat.lt_of_lt_of_le h (Nat.le_of_lt k')
protected theorem ne_of_lt (h : m < n) : m ≠ n := fun e => Nat.lt_irrefl n (e ▸ h)
protected theorem ne_of_gt (h : n < m) : m ≠ n := (Nat.ne_of_lt h).symm
protected theorem ne_of_lt' (h : n < m) : m ≠ n := (Nat.ne_of_lt h).symm

instance : Trans (α := Nat) (· ≤ ·) (· ≤ ·) (· ≤ ·) := ⟨Nat.le_trans⟩
instance : Trans (α := Nat) (· < ·) (· < ·) (· < ·) := ⟨Nat.lt_trans⟩
instance : Trans (α := Nat) (· ≤ ·) (· < ·) (· < ·) := ⟨Nat.lt_of_le_of_lt⟩
instance : Trans (α := Nat) (· < ·) (· ≤ ·) (· < ·) := ⟨Nat.lt_of_lt_of_le⟩

/-! ## Comparison -/

protected theorem le_antisymm (h : m ≤ n) (k' : n ≤ m) : m = n := by
  cases h with
  | refl => rfl
  | step h => exact absurd (Nat.lt_of_le_of_lt h k') (Nat.lt_irrefl _)

protected theorem eq_or_lt_of_le (h : m ≤ n) : m = n ∨ m < n := by
  cases h with
  | refl => exact Or.inl rfl
  | step h => exact Or.inr (succ_le_succ h)

protected theorem lt_or_ge (m n : Nat) : m < n ∨ m ≥ n := by
  induction n with
  | zero => exact Or.inr (zero_le m)
  | succ n ih =>
    rcases ih with h | h
    · exact Or.inl (Nat.le.step h)
    · rcases Nat.eq_or_lt_of_le h with h | h
      · exact Or.inl (h ▸ lt_add_one n)
      · exact Or.inr h

protected theorem le_total (m n : Nat) : m ≤ n ∨ n ≤ m :=
  (Nat.lt_or_ge m n).elim (fun h => Or.inl (Nat.le_of_lt h)) Or.inr

protected theorem lt_trichotomy (m n : Nat) : m < n ∨ m = n ∨ n < m := by
  rcases Nat.lt_or_ge m n with h | h
  · exact Or.inl h
  · rcases Nat.eq_or_lt_of_le h with h | h
    · exact Or.inr (Or.inl h.symm)
    · exact Or.inr (Or.inr h)

protected theorem lt_of_not_le (h : ¬m ≤ n) : n < m := (Nat.lt_or_ge n m).resolve_right h
protected theorem lt_of_not_ge (h : ¬m ≥ n) : m < n := (Nat.lt_or_ge m n).resolve_right h
protected theorem ge_of_not_lt (h : ¬m < n) : m ≥ n := (Nat.lt_or_ge m n).resolve_left h
protected theorem le_of_not_lt (h : ¬m < n) : n ≤ m := (Nat.lt_or_ge m n).resolve_left h
protected theorem le_of_not_le (h : ¬m ≤ n) : n ≤ m := Nat.le_of_lt (Nat.lt_of_not_le h)
protected theorem not_le_of_lt (h : m < n) : ¬n ≤ m := fun k' => Nat.lt_irrefl m (Nat.lt_of_lt_of_le h k')
protected theorem not_le_of_gt (h : m > n) : ¬m ≤ n := Nat.not_le_of_lt h
protected theorem not_lt_of_le (h : m ≤ n) : ¬n < m := fun k' => Nat.lt_irrefl n (Nat.lt_of_lt_of_le k' h)
protected theorem not_lt_of_ge (h : m ≥ n) : ¬m < n := Nat.not_lt_of_le h
protected theorem lt_asymm (h : m < n) : ¬n < m := Nat.not_lt_of_le (Nat.le_of_lt h)
@[simp] protected theorem not_le : ¬m ≤ n ↔ n < m := ⟨Nat.lt_of_not_le, Nat.not_le_of_lt⟩
@[simp] protected theorem not_lt : ¬m < n ↔ n ≤ m := ⟨Nat.le_of_not_lt, Nat.not_lt_of_le⟩
protected theorem not_ge_eq (m n : Nat) : (¬m ≥ n) = (m < n) := propext Nat.not_le
protected theorem not_gt_eq (m n : Nat) : (¬m > n) = (m ≤ n) := propext Nat.not_lt
protected theorem not_le_eq (m n : Nat) : (¬m ≤ n) = (n + 1 ≤ m) := propext Nat.not_le
protected theorem not_lt_eq (m n : Nat) : (¬m < n) = (n ≤ m) := propext Nat.not_lt

protected theorem lt_iff_le_not_le : m < n ↔ m ≤ n ∧ ¬n ≤ m :=
  ⟨fun h => ⟨Nat.le_of_lt h, Nat.not_le_of_lt h⟩, fun h => Nat.lt_of_not_le h.right⟩

protected theorem lt_iff_le_and_ne : m < n ↔ m ≤ n ∧ m ≠ n := by
  constructor
  · intro h
    exact ⟨Nat.le_of_lt h, Nat.ne_of_lt h⟩
  · rintro ⟨h, ne⟩
    exact (Nat.eq_or_lt_of_le h).resolve_left ne

protected theorem lt_of_le_of_ne (h : m ≤ n) (k' : m ≠ n) : m < n := Nat.lt_iff_le_and_ne.mpr ⟨h, k'⟩

protected theorem eq_iff_le_and_ge : m = n ↔ m ≤ n ∧ n ≤ m :=
  ⟨fun h => ⟨Nat.le_of_eq h, Nat.le_of_eq h.symm⟩, fun h => Nat.le_antisymm h.left h.right⟩

protected theorem ne_iff_lt_or_gt : m ≠ n ↔ m < n ∨ n < m := by
  constructor
  · intro h
    rcases Nat.lt_trichotomy m n with hlt | heq | hgt
    · exact Or.inl hlt
    · exact absurd heq h
    · exact Or.inr hgt
  · rintro (h | h)
    · exact Nat.ne_of_lt h
    · exact Nat.ne_of_gt h

protected theorem lt_or_gt_of_ne (h : m ≠ n) : m < n ∨ m > n := Nat.ne_iff_lt_or_gt.mp h

/-! ## Zero -/

theorem eq_zero_of_le_zero (h : n ≤ 0) : n = 0 := Nat.le_antisymm h (zero_le n)
@[simp] theorem le_zero_eq (n : Nat) : (n ≤ 0) = (n = 0) := propext ⟨eq_zero_of_le_zero, Nat.le_of_eq⟩
theorem le_zero : n ≤ 0 ↔ n = 0 := ⟨eq_zero_of_le_zero, Nat.le_of_eq⟩
protected theorem pos_of_ne_zero (h : n ≠ 0) : 0 < n := by
  cases n with
  | zero => exact absurd rfl h
  | succ n => exact zero_lt_succ n
theorem ne_zero_of_lt (h : m < n) : n ≠ 0 := fun e => not_lt_zero m (e ▸ h)
protected theorem pos_iff_ne_zero : 0 < n ↔ n ≠ 0 := ⟨ne_zero_of_lt, Nat.pos_of_ne_zero⟩
protected theorem eq_zero_or_pos (n : Nat) : n = 0 ∨ 0 < n := by
  cases n with
  | zero => exact Or.inl rfl
  | succ n => exact Or.inr (zero_lt_succ n)
@[simp] theorem lt_one_iff : n < 1 ↔ n = 0 := lt_add_one_iff.trans le_zero
theorem one_le_iff_ne_zero : 1 ≤ n ↔ n ≠ 0 := Nat.pos_iff_ne_zero
@[simp] protected theorem not_lt_zero_eq (n : Nat) : (n < 0) = False := eq_false (not_lt_zero n)
theorem succ_pred_of_pos (h : 0 < n) : succ (pred n) = n := by
  cases n with
  | zero => exact absurd h (Nat.lt_irrefl 0)
  | succ n => rfl
theorem pred_lt (h : n ≠ 0) : pred n < n := by
  cases n with
  | zero => contradiction
  | succ n => exact lt_succ_self n
theorem pred_le (n : Nat) : pred n ≤ n := by
  cases n with
  | zero => exact Nat.le_refl 0
  | succ n => exact le_succ n

/-! ## Decisions -/

theorem le_of_ble_eq_true {n : Nat} : {m : Nat} → ble n m = true → n ≤ m := by
  induction n with
  | zero => intro m _; exact zero_le m
  | succ n ih =>
    intro m h
    cases m with
    | zero => exact nomatch (show false = true from h)
    | succ m => exact succ_le_succ (ih h)

theorem ble_eq_true_of_le {n : Nat} : {m : Nat} → n ≤ m → ble n m = true := by
  induction n with
  | zero => intro _ _; rfl
  | succ n ih =>
    intro m h
    cases m with
    | zero => exact absurd h (not_succ_le_zero n)
    | succ m => exact ih (le_of_succ_le_succ h)

theorem not_le_of_not_ble_eq_true (h : ¬ble n m = true) : ¬n ≤ m := fun k' => h (ble_eq_true_of_le k')
@[simp] theorem ble_eq : (ble m n = true) = (m ≤ n) := propext ⟨le_of_ble_eq_true, ble_eq_true_of_le⟩
@[simp] theorem beq_eq : (beq m n = true) = (m = n) :=
  propext ⟨eq_of_beq_eq_true m n, fun h => h ▸ beq_refl m⟩

@[extern "lean_nat_dec_le"] instance decLe (n m : Nat) : Decidable (n ≤ m) := decidable_of_iff (ble n m = true) (Iff.of_eq ble_eq)
@[extern "lean_nat_dec_lt"] instance decLt (n m : Nat) : Decidable (n < m) := decLe (n + 1) m

/-! ## Order and addition -/

@[simp] theorem le_add_right (n k : Nat) : n ≤ n + k := by
  induction k with
  | zero => exact Nat.le_refl n
  | succ k ih => exact Nat.le.step ih

@[simp] theorem le_add_left (n k : Nat) : n ≤ k + n := Nat.add_comm n k ▸ le_add_right n k
theorem le_add_right_of_le (h : n ≤ m) : n ≤ m + k := Nat.le_trans h (le_add_right m k)
theorem le_add_left_of_le (h : n ≤ m) : n ≤ k + m := Nat.le_trans h (le_add_left m k)
theorem lt_add_of_pos_right (h : 0 < k) : n < n + k := by
  obtain ⟨j, rfl⟩ := exists_eq_add_one_of_ne_zero (ne_zero_of_lt h)
  exact lt_add_one_of_le (le_add_right n j)
theorem lt_add_of_pos_left (h : 0 < k) : n < k + n := Nat.add_comm n k ▸ lt_add_of_pos_right h
theorem lt_add_right (k : Nat) (h : n < m) : n < m + k := Nat.lt_of_lt_of_le h (le_add_right m k)
theorem lt_add_left (k : Nat) (h : n < m) : n < k + m := Nat.lt_of_lt_of_le h (le_add_left m k)

theorem exists_eq_add_of_le (h : m ≤ n) : ∃ k, n = m + k := by
  induction h with
  | refl => exact ⟨0, rfl⟩
  | step _ ih =>
    obtain ⟨k, rfl⟩ := ih
    exact ⟨k + 1, rfl⟩

theorem exists_eq_add_of_lt (h : m < n) : ∃ k, n = m + k + 1 := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  exact ⟨k, add_right_comm_one m k⟩

protected theorem le_iff_exists_add : m ≤ n ↔ ∃ k, n = m + k :=
  ⟨exists_eq_add_of_le, fun ⟨k, h⟩ => h ▸ le_add_right m k⟩

protected theorem add_le_add_left (h : m ≤ n) (k : Nat) : k + m ≤ k + n := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [← Nat.add_assoc]
  exact le_add_right _ j

protected theorem add_le_add_right (h : m ≤ n) (k : Nat) : m + k ≤ n + k := by
  rw [Nat.add_comm m k, Nat.add_comm n k]
  exact Nat.add_le_add_left h k

protected theorem add_le_add (h : a ≤ b) (k' : c ≤ d) : a + c ≤ b + d :=
  Nat.le_trans (Nat.add_le_add_right h c) (Nat.add_le_add_left k' b)

protected theorem le_of_add_le_add_left (h : k + m ≤ k + n) : m ≤ n := by
  obtain ⟨j, e⟩ := exists_eq_add_of_le h
  rw [Nat.add_assoc] at e
  rw [Nat.add_left_cancel e]
  exact le_add_right m j

protected theorem le_of_add_le_add_right (h : m + k ≤ n + k) : m ≤ n := by
  rw [Nat.add_comm m k, Nat.add_comm n k] at h
  exact Nat.le_of_add_le_add_left h

@[simp] protected theorem add_le_add_iff_left : k + m ≤ k + n ↔ m ≤ n :=
  ⟨Nat.le_of_add_le_add_left, fun h => Nat.add_le_add_left h k⟩
@[simp] protected theorem add_le_add_iff_right : m + k ≤ n + k ↔ m ≤ n :=
  ⟨Nat.le_of_add_le_add_right, fun h => Nat.add_le_add_right h k⟩

protected theorem add_lt_add_left (h : m < n) (k : Nat) : k + m < k + n := Nat.add_le_add_left (m := m + 1) h k
protected theorem add_lt_add_right (h : m < n) (k : Nat) : m + k < n + k := by
  rw [Nat.add_comm m k, Nat.add_comm n k]
  exact Nat.add_lt_add_left h k
protected theorem add_lt_add (h : a < b) (k' : c < d) : a + c < b + d :=
  Nat.lt_trans (Nat.add_lt_add_right h c) (Nat.add_lt_add_left k' b)
protected theorem add_lt_add_of_lt_of_le (h : a < b) (k' : c ≤ d) : a + c < b + d :=
  Nat.lt_of_lt_of_le (Nat.add_lt_add_right h c) (Nat.add_le_add_left k' b)
protected theorem add_lt_add_of_le_of_lt (h : a ≤ b) (k' : c < d) : a + c < b + d :=
  Nat.lt_of_le_of_lt (Nat.add_le_add_right h c) (Nat.add_lt_add_left k' b)
@[simp] protected theorem add_lt_add_iff_left : k + m < k + n ↔ m < n :=
  Nat.add_le_add_iff_left (k := k) (m := m + 1)
@[simp] protected theorem add_lt_add_iff_right : m + k < n + k ↔ m < n := by
  rw [Nat.add_comm m k, Nat.add_comm n k]
  exact Nat.add_lt_add_iff_left

@[simp] protected theorem self_eq_add_right : n = n + k ↔ k = 0 := eq_comm.trans add_eq_left
@[simp] protected theorem self_eq_add_left : n = k + n ↔ k = 0 := eq_comm.trans add_eq_right
theorem le_of_add_right_le (h : n + k ≤ m) : n ≤ m := Nat.le_trans (le_add_right n k) h
theorem le_of_add_left_le (h : k + n ≤ m) : n ≤ m := Nat.le_trans (le_add_left n k) h

/-! ## Order and multiplication -/

protected theorem mul_le_mul_left (k : Nat) (h : m ≤ n) : k * m ≤ k * n := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.mul_add]
  exact le_add_right _ _

protected theorem mul_le_mul_right (k : Nat) (h : m ≤ n) : m * k ≤ n * k := by
  rw [Nat.mul_comm m k, Nat.mul_comm n k]
  exact Nat.mul_le_mul_left k h

protected theorem mul_le_mul (h : a ≤ b) (k' : c ≤ d) : a * c ≤ b * d :=
  Nat.le_trans (Nat.mul_le_mul_right c h) (Nat.mul_le_mul_left b k')

protected theorem mul_pos (h : 0 < m) (k' : 0 < n) : 0 < m * n :=
  Nat.pos_of_ne_zero (mul_ne_zero (ne_zero_of_lt h) (ne_zero_of_lt k'))

protected theorem mul_lt_mul_of_pos_left (h : m < n) (hk : 0 < k) : k * m < k * n := by
  calc k * m < k * m + k := lt_add_of_pos_right hk
    _ = k * (m + 1) := (mul_add_one k m).symm
    _ ≤ k * n := Nat.mul_le_mul_left k h

protected theorem mul_lt_mul_of_pos_right (h : m < n) (hk : 0 < k) : m * k < n * k := by
  rw [Nat.mul_comm m k, Nat.mul_comm n k]
  exact Nat.mul_lt_mul_of_pos_left h hk

protected theorem le_of_mul_le_mul_left (h : k * m ≤ k * n) (hk : 0 < k) : m ≤ n :=
  Nat.le_of_not_lt fun lt => Nat.not_le_of_lt (Nat.mul_lt_mul_of_pos_left lt hk) h

protected theorem lt_of_mul_lt_mul_left (h : k * m < k * n) : m < n :=
  Nat.lt_of_not_le fun le => Nat.not_lt_of_le (Nat.mul_le_mul_left k le) h

protected theorem mul_left_cancel (hk : 0 < k) (h : k * m = k * n) : m = n :=
  Nat.le_antisymm (Nat.le_of_mul_le_mul_left (Nat.le_of_eq h) hk)
    (Nat.le_of_mul_le_mul_left (Nat.le_of_eq h.symm) hk)

protected theorem mul_right_cancel (hk : 0 < k) (h : m * k = n * k) : m = n := by
  rw [Nat.mul_comm m k, Nat.mul_comm n k] at h
  exact Nat.mul_left_cancel hk h

theorem le_mul_of_pos_right (n : Nat) (h : 0 < k) : n ≤ n * k := by
  have := Nat.mul_le_mul_left n (show 1 ≤ k from h)
  rwa [Nat.mul_one] at this

theorem pow_pos {b : Nat} (n : Nat) (h : 0 < b) : 0 < b ^ n := by
  induction n with
  | zero => exact zero_lt_succ 0
  | succ n ih => exact Nat.mul_pos ih h

theorem pow_le_pow_left (h : m ≤ n) (k : Nat) : m ^ k ≤ n ^ k := by
  induction k with
  | zero => exact Nat.le_refl 1
  | succ k ih => exact Nat.mul_le_mul ih h

theorem pow_le_pow_right (hb : 0 < b) (h : m ≤ n) : b ^ m ≤ b ^ n := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [pow_add]
  exact le_mul_of_pos_right _ (pow_pos j hb)

theorem lt_two_pow_self (n : Nat) : n < 2 ^ n := by
  induction n with
  | zero => exact zero_lt_succ 0
  | succ n ih =>
    calc n + 1 < 2 ^ n + 1 := succ_lt_succ ih
      _ ≤ 2 ^ n + 2 ^ n := Nat.add_le_add_left (pow_pos n (zero_lt_succ 1)) _
      _ = 2 ^ (n + 1) := (Nat.mul_two _).symm

/-! ## Strong induction, minimal counterexamples -/

@[elab_as_elim] protected theorem strongRecOn {motive : Nat → Prop} (n : Nat)
    (ind : ∀ n, (∀ m, m < n → motive m) → motive n) : motive n := by
  have all : ∀ n m, m < n → motive m := by
    intro n
    induction n with
    | zero => intro m h; exact absurd h (not_lt_zero m)
    | succ n ih =>
      intro m h
      exact ind m fun j hj => ih j (Nat.lt_of_lt_of_le hj (le_of_lt_add_one h))
  exact all (n + 1) n (lt_add_one n)

theorem exists_least {p : Nat → Prop} (h : ∃ n, p n) : ∃ n, p n ∧ ∀ m, p m → n ≤ m := by
  obtain ⟨n, hn⟩ := h
  apply Classical.byContradiction
  intro none
  have no : ∀ n, ¬p n := by
    intro n
    induction n using Nat.strongRecOn with
    | ind n ih =>
      intro hp
      apply none
      refine ⟨n, hp, ?_⟩
      intro m hm
      exact Nat.le_of_not_lt fun lt => ih m lt hm
  exact no n hn

end Nat
