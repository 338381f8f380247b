prelude
import Rmt.Logic.Simp

/-!
The natural numbers: their operations, and the laws of addition, multiplication and powers.

The kernel computes `Nat.add`, `Nat.mul`, … on literals with big numbers of its own and relies on their definitions
to mean the same. All the functions that it treats so are defined in this library, and so cannot be redefined.
-/

universe u

/-! ## Operations -/

@[extern "lean_nat_add"] def Nat.add : Nat → Nat → Nat
  | n, .zero => n
  | n, .succ m => .succ (Nat.add n m)

instance instAddNat : Add Nat := ⟨Nat.add⟩

attribute [match_pattern] Nat.add

namespace Nat

@[extern "lean_nat_mul"] def mul : Nat → Nat → Nat
  | _, .zero => 0
  | n, .succ m => mul n m + n

@[extern "lean_nat_pow"] def pow (b : Nat) : Nat → Nat
  | .zero => 1
  | .succ n => mul (pow b n) b

@[extern "lean_nat_pred"] def pred : Nat → Nat
  | .zero => 0
  | .succ n => n

@[extern "lean_nat_sub"] def sub : Nat → Nat → Nat
  | n, .zero => n
  | n, .succ m => pred (sub n m)

/-- `n ≤ m` holds of `n`, and of the successor of whatever it holds of. -/
protected inductive le (n : Nat) : Nat → Prop where
  | refl : Nat.le n n
  | step {m : Nat} : Nat.le n m → Nat.le n (succ m)

protected def lt (n m : Nat) : Prop := Nat.le (n + 1) m

end Nat

instance instMulNat : Mul Nat := ⟨Nat.mul⟩
instance instSubNat : Sub Nat := ⟨Nat.sub⟩
instance instNatPowNat : NatPow Nat := ⟨Nat.pow⟩
instance instLENat : LE Nat := ⟨Nat.le⟩
instance instLTNat : LT Nat := ⟨Nat.lt⟩

namespace Nat

/-! ## Induction, with `0` and `n + 1` in place of constructors -/

@[elab_as_elim, induction_eliminator] protected noncomputable def recAux {motive : Nat → Sort u} (zero : motive 0)
    (succ : ∀ n, motive n → motive (n + 1)) (t : Nat) : motive t := Nat.rec zero succ t

@[elab_as_elim, cases_eliminator] protected def casesAuxOn {motive : Nat → Sort u} (t : Nat) (zero : motive 0)
    (succ : ∀ n, motive (n + 1)) : motive t := Nat.casesOn t zero succ

variable (a b c m n k : Nat)

@[simp] theorem zero_eq : Nat.zero = 0 := rfl
@[simp] theorem succ_eq_add_one : succ n = n + 1 := rfl
@[simp] theorem add_eq : Nat.add m n = m + n := rfl
@[simp] theorem mul_eq : Nat.mul m n = m * n := rfl
@[simp] theorem sub_eq : Nat.sub m n = m - n := rfl
@[simp] theorem pow_eq : Nat.pow m n = m ^ n := rfl
@[simp] theorem le_eq : Nat.le m n = (m ≤ n) := rfl
@[simp] theorem lt_eq : Nat.lt m n = (m < n) := rfl

/-! ## Successors -/

@[simp] theorem succ_ne_zero : succ n ≠ 0 := fun h => nomatch h
@[simp] theorem add_one_ne_zero : n + 1 ≠ 0 := succ_ne_zero n
theorem zero_ne_add_one : 0 ≠ n + 1 := (add_one_ne_zero n).symm
theorem succ.inj {m n : Nat} (h : succ m = succ n) : m = n := congrArg pred h
theorem add_one_inj {m n : Nat} : m + 1 = n + 1 ↔ m = n := ⟨succ.inj, congrArg succ⟩

theorem ne_add_one : n ≠ n + 1 := by
  induction n with
  | zero => exact zero_ne_add_one 0
  | succ n ih =>
    intro h
    exact ih (add_one_inj.mp h)

theorem exists_eq_add_one_of_ne_zero {n : Nat} (h : n ≠ 0) : ∃ k, n = k + 1 := by
  cases n with
  | zero => exact absurd rfl h
  | succ k => exact ⟨k, rfl⟩

theorem eq_zero_or_eq_add_one : n = 0 ∨ ∃ k, n = k + 1 := by
  cases n with
  | zero => exact Or.inl rfl
  | succ k => exact Or.inr ⟨k, rfl⟩

/-! ## Addition -/

@[simp] protected theorem add_zero : n + 0 = n := rfl
theorem add_succ : m + succ n = succ (m + n) := rfl
theorem add_one : n + 1 = succ n := rfl

@[simp] protected theorem zero_add : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg succ ih

theorem succ_add : succ m + n = succ (m + n) := by
  induction n with
  | zero => rfl
  | succ n ih => exact congrArg succ ih

theorem add_right_comm_one : m + 1 + n = m + n + 1 := succ_add m n

protected theorem add_comm : m + n = n + m := by
  induction n with
  | zero => exact (Nat.zero_add m).symm
  | succ n ih =>
    calc m + (n + 1) = (m + n) + 1 := rfl
      _ = (n + m) + 1 := by rw [ih]
      _ = (n + 1) + m := (add_right_comm_one n m).symm

protected theorem add_assoc : a + b + c = a + (b + c) := by
  induction c with
  | zero => rfl
  | succ c ih => exact congrArg succ ih

protected theorem add_left_comm : a + (b + c) = b + (a + c) := by
  rw [← Nat.add_assoc, Nat.add_comm a b, Nat.add_assoc]

protected theorem add_right_comm : a + b + c = a + c + b := by
  rw [Nat.add_assoc, Nat.add_comm b c, ← Nat.add_assoc]

theorem add_add_add_comm (d : Nat) : (a + b) + (c + d) = (a + c) + (b + d) := by
  rw [Nat.add_assoc, Nat.add_left_comm b c d, ← Nat.add_assoc]

protected theorem add_right_cancel {m n k : Nat} (h : m + k = n + k) : m = n := by
  induction k with
  | zero => exact h
  | succ k ih => exact ih (add_one_inj.mp h)

protected theorem add_left_cancel {m n k : Nat} (h : k + m = k + n) : m = n := by
  rw [Nat.add_comm k m, Nat.add_comm k n] at h
  exact Nat.add_right_cancel h

@[simp] protected theorem add_right_cancel_iff {m n k : Nat} : m + k = n + k ↔ m = n :=
  ⟨Nat.add_right_cancel, fun h => by rw [h]⟩

@[simp] protected theorem add_left_cancel_iff {m n k : Nat} : k + m = k + n ↔ m = n :=
  ⟨Nat.add_left_cancel, fun h => by rw [h]⟩

theorem eq_zero_of_add_eq_zero_right {m n : Nat} (h : m + n = 0) : m = 0 := by
  cases n with
  | zero => exact h
  | succ n => contradiction

theorem eq_zero_of_add_eq_zero_left {m n : Nat} (h : m + n = 0) : n = 0 :=
  eq_zero_of_add_eq_zero_right (Nat.add_comm m n ▸ h)

@[simp] theorem add_eq_zero_iff {m n : Nat} : m + n = 0 ↔ m = 0 ∧ n = 0 := by
  constructor
  · intro h
    exact ⟨eq_zero_of_add_eq_zero_right h, eq_zero_of_add_eq_zero_left h⟩
  · rintro ⟨hm, hn⟩
    rw [hm, hn]

@[simp] theorem add_eq_left {m n : Nat} : m + n = m ↔ n = 0 := by
  constructor
  · intro h
    exact Nat.add_left_cancel (k := m) h
  · intro h
    rw [h, Nat.add_zero]

@[simp] theorem add_eq_right {m n : Nat} : m + n = n ↔ m = 0 := by
  rw [Nat.add_comm, add_eq_left]

/-! ## Multiplication -/

@[simp] protected theorem mul_zero : n * 0 = 0 := rfl
theorem mul_succ : m * succ n = m * n + m := rfl
theorem mul_add_one : m * (n + 1) = m * n + m := rfl

@[simp] protected theorem zero_mul : 0 * n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [mul_add_one, ih]

theorem add_one_mul : (m + 1) * n = m * n + n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [mul_add_one, ih, mul_add_one, Nat.add_assoc, Nat.add_assoc]
    exact congrArg (m * n + ·) (Nat.add_left_comm n m 1)

theorem succ_mul : succ m * n = m * n + n := add_one_mul m n

@[simp] protected theorem mul_one : n * 1 = n := Nat.zero_add n
@[simp] protected theorem one_mul : 1 * n = n := by rw [← Nat.zero_add 1, add_one_mul, Nat.zero_mul, Nat.zero_add]

protected theorem mul_comm : m * n = n * m := by
  induction n with
  | zero => rw [Nat.mul_zero, Nat.zero_mul]
  | succ n ih => rw [mul_add_one, add_one_mul, ih]

protected theorem mul_add : a * (b + c) = a * b + a * c := by
  induction c with
  | zero => rfl
  | succ c ih => rw [← Nat.add_assoc, mul_add_one, ih, mul_add_one, Nat.add_assoc]

protected theorem add_mul : (a + b) * c = a * c + b * c := by
  rw [Nat.mul_comm, Nat.mul_add, Nat.mul_comm c a, Nat.mul_comm c b]

protected theorem left_distrib : a * (b + c) = a * b + a * c := Nat.mul_add a b c
protected theorem right_distrib : (a + b) * c = a * c + b * c := Nat.add_mul a b c

protected theorem mul_assoc : a * b * c = a * (b * c) := by
  induction c with
  | zero => rfl
  | succ c ih => rw [mul_add_one, ih, mul_add_one, Nat.mul_add]

protected theorem mul_left_comm : a * (b * c) = b * (a * c) := by
  rw [← Nat.mul_assoc, Nat.mul_comm a b, Nat.mul_assoc]

protected theorem mul_right_comm : a * b * c = a * c * b := by
  rw [Nat.mul_assoc, Nat.mul_comm b c, Nat.mul_assoc]

theorem mul_mul_mul_comm (d : Nat) : (a * b) * (c * d) = (a * c) * (b * d) := by
  rw [Nat.mul_assoc, Nat.mul_left_comm b c d, ← Nat.mul_assoc]

protected theorem two_mul : 2 * n = n + n := by
  show (1 + 1) * n = n + n
  rw [Nat.add_mul, Nat.one_mul]

protected theorem mul_two : n * 2 = n + n := by rw [Nat.mul_comm, Nat.two_mul]

@[simp] theorem mul_eq_zero {m n : Nat} : m * n = 0 ↔ m = 0 ∨ n = 0 := by
  constructor
  · intro h
    cases m with
    | zero => exact Or.inl rfl
    | succ m =>
      rw [add_one_mul] at h
      exact Or.inr (eq_zero_of_add_eq_zero_left h)
  · intro h
    rcases h with rfl | rfl
    · exact Nat.zero_mul n
    · rfl

theorem mul_ne_zero {m n : Nat} (hm : m ≠ 0) (hn : n ≠ 0) : m * n ≠ 0 := by
  intro h
  rcases mul_eq_zero.mp h with h | h
  · exact hm h
  · exact hn h

theorem mul_eq_one {m n : Nat} (h : m * n = 1) : m = 1 := by
  cases n with
  | zero => exact absurd h (Nat.zero_ne_add_one 0)
  | succ n =>
    cases m with
    | zero => rw [Nat.zero_mul] at h; contradiction
    | succ m =>
      rw [mul_add_one, ← Nat.add_assoc] at h
      have hsum := eq_zero_of_add_eq_zero_left (add_one_inj.mp h)
      rw [hsum]

theorem square_add : (a + b) * (a + b) = a * a + 2 * (a * b) + b * b := by
  rw [Nat.add_mul, Nat.mul_add, Nat.mul_add, Nat.mul_comm b a, Nat.two_mul, Nat.add_assoc, Nat.add_assoc, Nat.add_assoc]

/-! ## Powers -/

@[simp] theorem pow_zero : n ^ 0 = 1 := rfl
theorem pow_succ : m ^ (n + 1) = m ^ n * m := rfl
@[simp] theorem pow_one : n ^ 1 = n := Nat.one_mul n

@[simp] theorem one_pow : 1 ^ n = 1 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [pow_succ, ih]

theorem zero_pow {n : Nat} (h : n ≠ 0) : 0 ^ n = 0 := by
  obtain ⟨k, rfl⟩ := exists_eq_add_one_of_ne_zero h
  rfl

theorem pow_two : n ^ 2 = n * n := by
  show 1 * n * n = n * n
  rw [Nat.one_mul]

theorem pow_add : a ^ (m + n) = a ^ m * a ^ n := by
  induction n with
  | zero => exact (Nat.mul_one _).symm
  | succ n ih => rw [← Nat.add_assoc, pow_succ, ih, pow_succ, Nat.mul_assoc]

theorem mul_pow : (a * b) ^ n = a ^ n * b ^ n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    calc (a * b) ^ (n + 1) = (a * b) ^ n * (a * b) := rfl
      _ = (a ^ n * b ^ n) * (a * b) := by rw [ih]
      _ = (a ^ n * a) * (b ^ n * b) := mul_mul_mul_comm _ _ _ _
      _ = a ^ (n + 1) * b ^ (n + 1) := rfl

theorem pow_mul : a ^ (m * n) = (a ^ m) ^ n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [mul_add_one, pow_add, ih, pow_succ]

theorem pow_right_comm : (a ^ m) ^ n = (a ^ n) ^ m := by
  rw [← pow_mul, Nat.mul_comm, pow_mul]

theorem pow_eq_zero {n : Nat} (h : a ^ n = 0) : a = 0 := by
  induction n with
  | zero => contradiction
  | succ n ih =>
    rcases mul_eq_zero.mp h with h | h
    · exact ih h
    · exact h

end Nat
