prelude
import Rmt.Nat.Order

/-! Truncated subtraction, and the larger and smaller of two numbers. -/

namespace Nat

variable {a b c d m n k : Nat}

/-! ## Subtraction -/

@[simp] protected theorem sub_zero (n : Nat) : n - 0 = n := rfl
theorem sub_succ (n m : Nat) : n - succ m = pred (n - m) := rfl
@[simp] theorem pred_zero : pred 0 = 0 := rfl
theorem pred_succ (n : Nat) : pred (succ n) = n := rfl
@[simp] theorem pred_add_one (n : Nat) : pred (n + 1) = n := rfl
@[simp] theorem sub_one (n : Nat) : pred n = n - 1 := rfl

@[simp] protected theorem zero_sub (n : Nat) : 0 - n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => show pred (0 - n) = 0; rw [ih]; rfl

theorem succ_sub_succ (n m : Nat) : succ n - succ m = n - m := by
  induction m with
  | zero => rfl
  | succ m ih => show pred (succ n - succ m) = pred (n - m); rw [ih]

theorem add_one_sub_add_one (n m : Nat) : n + 1 - (m + 1) = n - m := succ_sub_succ n m

@[simp] protected theorem sub_self (n : Nat) : n - n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [add_one_sub_add_one, ih]

@[simp] protected theorem add_sub_cancel (n m : Nat) : n + m - m = n := by
  induction m with
  | zero => rfl
  | succ m ih => rw [← Nat.add_assoc, add_one_sub_add_one, ih]

@[simp] protected theorem add_sub_cancel_left (n m : Nat) : n + m - n = m := by
  rw [Nat.add_comm, Nat.add_sub_cancel]

@[simp] theorem add_one_sub_one (n : Nat) : n + 1 - 1 = n := rfl

protected theorem add_sub_add_right (n k m : Nat) : n + k - (m + k) = n - m := by
  induction k with
  | zero => rfl
  | succ k ih => rw [← Nat.add_assoc, ← Nat.add_assoc, add_one_sub_add_one, ih]

protected theorem add_sub_add_left (k n m : Nat) : k + n - (k + m) = n - m := by
  rw [Nat.add_comm k n, Nat.add_comm k m, Nat.add_sub_add_right]

protected theorem sub_sub (n m k : Nat) : n - m - k = n - (m + k) := by
  induction k with
  | zero => rfl
  | succ k ih => show pred (n - m - k) = pred (n - (m + k)); rw [ih]

protected theorem sub_right_comm (n m k : Nat) : n - m - k = n - k - m := by
  rw [Nat.sub_sub, Nat.add_comm, ← Nat.sub_sub]

@[simp] theorem sub_le (n m : Nat) : n - m ≤ n := by
  induction m with
  | zero => exact Nat.le_refl n
  | succ m ih => exact Nat.le_trans (pred_le _) ih

theorem sub_lt (hn : 0 < n) (hm : 0 < m) : n - m < n := by
  obtain ⟨n, rfl⟩ := exists_eq_add_one_of_ne_zero (ne_zero_of_lt hn)
  obtain ⟨m, rfl⟩ := exists_eq_add_one_of_ne_zero (ne_zero_of_lt hm)
  rw [add_one_sub_add_one]
  exact lt_add_one_of_le (sub_le n m)

protected theorem sub_eq_zero_of_le (h : n ≤ m) : n - m = 0 := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [← Nat.sub_sub, Nat.sub_self, Nat.zero_sub]

theorem le_of_sub_eq_zero : {n m : Nat} → n - m = 0 → n ≤ m := by
  intro n
  induction n with
  | zero => intro m _; exact zero_le m
  | succ n ih =>
    intro m h
    cases m with
    | zero => exact absurd h (add_one_ne_zero n)
    | succ m =>
      rw [add_one_sub_add_one] at h
      exact succ_le_succ (ih h)

theorem sub_eq_zero_iff_le : n - m = 0 ↔ n ≤ m := ⟨le_of_sub_eq_zero, Nat.sub_eq_zero_of_le⟩

theorem add_sub_of_le (h : m ≤ n) : m + (n - m) = n := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left]

@[simp] protected theorem sub_add_cancel (h : m ≤ n) : n - m + m = n := by
  rw [Nat.add_comm, add_sub_of_le h]

protected theorem sub_eq_of_eq_add (h : n = k + m) : n - m = k := by
  subst h
  exact Nat.add_sub_cancel k m

protected theorem eq_add_of_sub_eq (hle : m ≤ n) (h : n - m = k) : n = k + m := by
  rw [← h, Nat.sub_add_cancel hle]

protected theorem sub_eq_iff_eq_add (h : m ≤ n) : n - m = k ↔ n = k + m :=
  ⟨Nat.eq_add_of_sub_eq h, Nat.sub_eq_of_eq_add⟩

protected theorem add_sub_assoc (h : k ≤ m) (n : Nat) : n + m - k = n + (m - k) := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_left_comm, Nat.add_sub_cancel_left]

theorem sub_add_comm (h : k ≤ n) : n + m - k = n - k + m := by
  rw [Nat.add_comm n m, Nat.add_sub_assoc h, Nat.add_comm]

protected theorem sub_pos_of_lt (h : m < n) : 0 < n - m :=
  Nat.pos_of_ne_zero fun e => Nat.not_le_of_lt h (le_of_sub_eq_zero e)

protected theorem lt_of_sub_pos (h : 0 < n - m) : m < n :=
  Nat.lt_of_not_le fun le => ne_zero_of_lt h (Nat.sub_eq_zero_of_le le)

protected theorem sub_pos_iff_lt : 0 < n - m ↔ m < n := ⟨Nat.lt_of_sub_pos, Nat.sub_pos_of_lt⟩

protected theorem sub_le_sub_right (h : n ≤ m) (k : Nat) : n - k ≤ m - k := by
  induction k with
  | zero => exact h
  | succ k ih => exact pred_le_pred ih

protected theorem sub_le_sub_left (h : n ≤ m) (k : Nat) : k - m ≤ k - n := by
  obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
  rw [← Nat.sub_sub]
  exact sub_le _ j

protected theorem sub_le_iff_le_add : n - m ≤ k ↔ n ≤ k + m := by
  constructor
  · intro h
    rcases Nat.le_total m n with le | le
    · rw [← Nat.sub_add_cancel le]
      exact Nat.add_le_add_right h m
    · exact Nat.le_trans le (le_add_left m k)
  · intro h
    have := Nat.sub_le_sub_right h m
    rwa [Nat.add_sub_cancel] at this

protected theorem le_sub_iff_add_le (h : k ≤ m) : n ≤ m - k ↔ n + k ≤ m := by
  constructor
  · intro le
    rw [← Nat.sub_add_cancel h]
    exact Nat.add_le_add_right le k
  · intro le
    have := Nat.sub_le_sub_right le k
    rwa [Nat.add_sub_cancel] at this

theorem le_sub_of_add_le (h : n + k ≤ m) : n ≤ m - k :=
  (Nat.le_sub_iff_add_le (Nat.le_trans (le_add_left k n) h)).mpr h

protected theorem sub_lt_iff_lt_add (h : m ≤ n) : n - m < k ↔ n < k + m := by
  rw [← Nat.not_le, ← Nat.not_le, not_congr (Nat.le_sub_iff_add_le h)]

theorem sub_sub_self (h : m ≤ n) : n - (n - m) = m := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  rw [Nat.add_sub_cancel_left, Nat.add_sub_cancel]

protected theorem mul_sub (k m n : Nat) : k * (m - n) = k * m - k * n := by
  rcases Nat.le_total n m with h | h
  · obtain ⟨j, rfl⟩ := exists_eq_add_of_le h
    rw [Nat.add_sub_cancel_left, Nat.mul_add, Nat.add_sub_cancel_left]
  · rw [Nat.sub_eq_zero_of_le h, Nat.sub_eq_zero_of_le (Nat.mul_le_mul_left k h), Nat.mul_zero]

protected theorem sub_mul (m n k : Nat) : (m - n) * k = m * k - n * k := by
  rw [Nat.mul_comm, Nat.mul_sub, Nat.mul_comm k m, Nat.mul_comm k n]

theorem mul_self_sub_mul_self (h : n ≤ m) : m * m - n * n = (m + n) * (m - n) := by
  obtain ⟨k, rfl⟩ := exists_eq_add_of_le h
  apply Nat.sub_eq_of_eq_add
  rw [Nat.add_sub_cancel_left, Nat.add_mul n k (n + k), Nat.mul_comm (n + k + n) k, Nat.mul_add k (n + k) n,
    Nat.mul_add n n k, Nat.mul_comm n k, Nat.add_assoc (n * n), Nat.add_comm (n * n), Nat.add_comm (k * n)]

/-! ## The larger and the smaller -/

end Nat

instance instMaxNat : Max Nat := ⟨fun n m => if n ≤ m then m else n⟩
instance instMinNat : Min Nat := ⟨fun n m => if n ≤ m then n else m⟩

namespace Nat

variable {a b c m n k : Nat}

theorem max_def : max m n = if m ≤ n then n else m := rfl
theorem min_def : min m n = if m ≤ n then m else n := rfl
protected theorem max_eq_right (h : m ≤ n) : max m n = n := if_pos h
protected theorem min_eq_left (h : m ≤ n) : min m n = m := if_pos h

protected theorem max_eq_left (h : n ≤ m) : max m n = m := by
  rw [max_def]
  split
  · next le => exact Nat.le_antisymm h le
  · rfl

protected theorem min_eq_right (h : n ≤ m) : min m n = n := by
  rw [min_def]
  split
  · next le => exact Nat.le_antisymm le h
  · rfl

protected theorem max_comm (m n : Nat) : max m n = max n m := by
  rcases Nat.le_total m n with h | h
  · rw [Nat.max_eq_right h, Nat.max_eq_left h]
  · rw [Nat.max_eq_left h, Nat.max_eq_right h]

protected theorem min_comm (m n : Nat) : min m n = min n m := by
  rcases Nat.le_total m n with h | h
  · rw [Nat.min_eq_left h, Nat.min_eq_right h]
  · rw [Nat.min_eq_right h, Nat.min_eq_left h]

@[simp] protected theorem le_max_left (m n : Nat) : m ≤ max m n := by
  by_cases h : m ≤ n
  · rw [Nat.max_eq_right h]; exact h
  · rw [Nat.max_eq_left (Nat.le_of_not_le h)]

@[simp] protected theorem le_max_right (m n : Nat) : n ≤ max m n := Nat.max_comm n m ▸ Nat.le_max_left n m

@[simp] protected theorem min_le_left (m n : Nat) : min m n ≤ m := by
  by_cases h : m ≤ n
  · rw [Nat.min_eq_left h]
  · rw [Nat.min_eq_right (Nat.le_of_not_le h)]; exact Nat.le_of_not_le h

@[simp] protected theorem min_le_right (m n : Nat) : min m n ≤ n := Nat.min_comm n m ▸ Nat.min_le_left n m

protected theorem max_le : max m n ≤ k ↔ m ≤ k ∧ n ≤ k := by
  constructor
  · intro h
    exact ⟨Nat.le_trans (Nat.le_max_left m n) h, Nat.le_trans (Nat.le_max_right m n) h⟩
  · rintro ⟨hm, hn⟩
    rcases Nat.le_total m n with h | h
    · rw [Nat.max_eq_right h]; exact hn
    · rw [Nat.max_eq_left h]; exact hm

protected theorem le_min : k ≤ min m n ↔ k ≤ m ∧ k ≤ n := by
  constructor
  · intro h
    exact ⟨Nat.le_trans h (Nat.min_le_left m n), Nat.le_trans h (Nat.min_le_right m n)⟩
  · rintro ⟨hm, hn⟩
    rcases Nat.le_total m n with h | h
    · rw [Nat.min_eq_left h]; exact hm
    · rw [Nat.min_eq_right h]; exact hn

@[simp] protected theorem max_self (n : Nat) : max n n = n := Nat.max_eq_right (Nat.le_refl n)
@[simp] protected theorem min_self (n : Nat) : min n n = n := Nat.min_eq_left (Nat.le_refl n)
@[simp] protected theorem zero_max (n : Nat) : max 0 n = n := Nat.max_eq_right (zero_le n)
@[simp] protected theorem max_zero (n : Nat) : max n 0 = n := Nat.max_eq_left (zero_le n)
@[simp] protected theorem zero_min (n : Nat) : min 0 n = 0 := Nat.min_eq_left (zero_le n)
@[simp] protected theorem min_zero (n : Nat) : min n 0 = 0 := Nat.min_eq_right (zero_le n)

protected theorem max_assoc (a b c : Nat) : max (max a b) c = max a (max b c) := by
  apply Nat.le_antisymm
  · rw [Nat.max_le, Nat.max_le]
    refine ⟨⟨Nat.le_max_left _ _, ?_⟩, ?_⟩
    · exact Nat.le_trans (Nat.le_max_left b c) (Nat.le_max_right _ _)
    · exact Nat.le_trans (Nat.le_max_right b c) (Nat.le_max_right _ _)
  · rw [Nat.max_le, Nat.max_le]
    refine ⟨?_, ?_, Nat.le_max_right _ _⟩
    · exact Nat.le_trans (Nat.le_max_left a b) (Nat.le_max_left _ _)
    · exact Nat.le_trans (Nat.le_max_right a b) (Nat.le_max_left _ _)

protected theorem min_assoc (a b c : Nat) : min (min a b) c = min a (min b c) := by
  apply Nat.le_antisymm
  · simp only [Nat.le_min]
    exact ⟨Nat.le_trans (Nat.min_le_left _ _) (Nat.min_le_left _ _),
      Nat.le_trans (Nat.min_le_left _ _) (Nat.min_le_right _ _), Nat.min_le_right _ _⟩
  · simp only [Nat.le_min]
    exact ⟨⟨Nat.min_le_left _ _, Nat.le_trans (Nat.min_le_right _ _) (Nat.min_le_left _ _)⟩,
      Nat.le_trans (Nat.min_le_right _ _) (Nat.min_le_right _ _)⟩

theorem max_add_add_right (m n k : Nat) : max (m + k) (n + k) = max m n + k := by
  rcases Nat.le_total m n with h | h
  · rw [Nat.max_eq_right h, Nat.max_eq_right (Nat.add_le_add_right h k)]
  · rw [Nat.max_eq_left h, Nat.max_eq_left (Nat.add_le_add_right h k)]

theorem max_add_min (m n : Nat) : max m n + min m n = m + n := by
  rcases Nat.le_total m n with h | h
  · rw [Nat.max_eq_right h, Nat.min_eq_left h, Nat.add_comm]
  · rw [Nat.max_eq_left h, Nat.min_eq_right h]

theorem max_eq_add_sub (m n : Nat) : max m n = m + (n - m) := by
  by_cases h : m ≤ n
  · rw [Nat.max_eq_right h, add_sub_of_le h]
  · have h := Nat.le_of_not_le h
    rw [Nat.max_eq_left h, Nat.sub_eq_zero_of_le h, Nat.add_zero]

theorem min_max_distrib (a b c : Nat) : min a (max b c) = max (min a b) (min a c) := by
  apply Nat.le_antisymm
  · rcases Nat.le_total b c with h | h
    · rw [Nat.max_eq_right h]
      exact Nat.le_max_right _ _
    · rw [Nat.max_eq_left h]
      exact Nat.le_max_left _ _
  · rw [Nat.max_le, Nat.le_min, Nat.le_min]
    exact ⟨⟨Nat.min_le_left a b, Nat.le_trans (Nat.min_le_right a b) (Nat.le_max_left b c)⟩,
      Nat.min_le_left a c, Nat.le_trans (Nat.min_le_right a c) (Nat.le_max_right b c)⟩

end Nat
