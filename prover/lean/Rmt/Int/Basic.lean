prelude
import Rmt.List.TakeDrop

/-!
The integers. A number or one less than the negative of a number, as Lean has them; but every integer is also a
difference `m - n` of two numbers, `subNatNat m n`, and that turns each law into one of natural numbers.
-/

noncomputable section

universe u

set_option genCtorIdx false in
inductive Int : Type where
  | ofNat (n : Nat) : Int
  | negSucc (n : Nat) : Int

protected noncomputable def Int.ctorIdx (a : Int) : Nat := a.casesOn (fun _ => 0) (fun _ => 1)

class NatCast (R : Type u) where natCast : Nat → R
class IntCast (R : Type u) where intCast : Int → R

@[coe, reducible] protected def Nat.cast {R : Type u} [NatCast R] (n : Nat) : R := NatCast.natCast n
@[coe, reducible] protected def Int.cast {R : Type u} [IntCast R] (n : Int) : R := IntCast.intCast n

instance instNatCastNat : NatCast Nat := ⟨id⟩
instance instNatCastInt : NatCast Int := ⟨Int.ofNat⟩
instance instIntCastInt : IntCast Int := ⟨id⟩
instance {R : Type u} [NatCast R] : CoeTail Nat R := ⟨Nat.cast⟩
instance {R : Type u} [NatCast R] : CoeHTCT Nat R := ⟨Nat.cast⟩
instance instOfNat {n : Nat} : OfNat Int n := ⟨Int.ofNat n⟩

namespace Int

instance instInhabited : Inhabited Int := ⟨ofNat 0⟩

/-! ## Operations -/

def negOfNat : Nat → Int
  | .zero => 0
  | .succ n => negSucc n

protected def neg : Int → Int
  | ofNat n => negOfNat n
  | negSucc n => ofNat (n + 1)

/-- `m - n` -/
def subNatNat (m n : Nat) : Int :=
  match n - m with
  | .zero => ofNat (m - n)
  | .succ k => negSucc k

protected def add : Int → Int → Int
  | ofNat m, ofNat n => ofNat (m + n)
  | ofNat m, negSucc n => subNatNat m (n + 1)
  | negSucc m, ofNat n => subNatNat n (m + 1)
  | negSucc m, negSucc n => negSucc (m + n + 1)

protected def mul : Int → Int → Int
  | ofNat m, ofNat n => ofNat (m * n)
  | ofNat m, negSucc n => negOfNat (m * (n + 1))
  | negSucc m, ofNat n => negOfNat ((m + 1) * n)
  | negSucc m, negSucc n => ofNat ((m + 1) * (n + 1))

instance instNegInt : Neg Int := ⟨Int.neg⟩
instance instAdd : Add Int := ⟨Int.add⟩
instance instMul : Mul Int := ⟨Int.mul⟩

protected def sub (m n : Int) : Int := m + -n
instance instSub : Sub Int := ⟨Int.sub⟩

inductive NonNeg : Int → Prop where
  | mk (n : Nat) : NonNeg (ofNat n)

protected def le (a b : Int) : Prop := NonNeg (b - a)
instance instLEInt : LE Int := ⟨Int.le⟩
protected def lt (a b : Int) : Prop := a + 1 ≤ b
instance instLTInt : LT Int := ⟨Int.lt⟩

def natAbs : Int → Nat
  | ofNat n => n
  | negSucc n => n + 1

def toNat : Int → Nat
  | ofNat n => n
  | negSucc _ => 0

protected def pow (m : Int) : Nat → Int
  | .zero => 1
  | .succ n => Int.pow m n * m
instance instNatPow : NatPow Int := ⟨Int.pow⟩

protected def decEq : (a b : Int) → Decidable (a = b)
  | ofNat m, ofNat n =>
    match Nat.decEq m n with
    | isTrue h => isTrue (by rw [h])
    | isFalse h => isFalse (fun e => h (by injection e))
  | negSucc m, negSucc n =>
    match Nat.decEq m n with
    | isTrue h => isTrue (by rw [h])
    | isFalse h => isFalse (fun e => h (by injection e))
  | ofNat _, negSucc _ => isFalse (fun h => nomatch h)
  | negSucc _, ofNat _ => isFalse (fun h => nomatch h)
instance instDecidableEq : DecidableEq Int := Int.decEq

instance decNonneg : (a : Int) → Decidable (NonNeg a)
  | ofNat n => isTrue (NonNeg.mk n)
  | negSucc _ => isFalse (fun h => nomatch h)

instance decLe (a b : Int) : Decidable (a ≤ b) := decNonneg (b - a)
instance decLt (a b : Int) : Decidable (a < b) := decNonneg (b - (a + 1))

instance instMax : Max Int := ⟨fun a b => if a ≤ b then b else a⟩
instance instMin : Min Int := ⟨fun a b => if a ≤ b then a else b⟩

/-! ## Differences -/

theorem subNatNat_add_left (n k : Nat) : subNatNat (n + k) n = ofNat k := by
  have h : n - (n + k) = 0 := Nat.sub_eq_zero_of_le (Nat.le_add_right n k)
  unfold subNatNat
  rw [h, Nat.add_sub_cancel_left]

theorem subNatNat_add_right (m k : Nat) : subNatNat m (m + (k + 1)) = negSucc k := by
  have h : m + (k + 1) - m = k + 1 := Nat.add_sub_cancel_left m (k + 1)
  unfold subNatNat
  rw [h]

/-- Numbers compared: one is the other and something. -/
theorem compare_cases (m n : Nat) : (∃ k, m = n + k) ∨ ∃ k, n = m + (k + 1) := by
  rcases Nat.lt_or_ge m n with h | h
  · obtain ⟨k, e⟩ := Nat.exists_eq_add_of_lt h
    exact Or.inr ⟨k, by rw [e, Nat.add_assoc]⟩
  · exact Or.inl (Nat.exists_eq_add_of_le h)

theorem subNatNat_congr {a b c d : Nat} (h : a + d = c + b) : subNatNat a b = subNatNat c d := by
  rcases compare_cases a b with ⟨k, rfl⟩ | ⟨k, rfl⟩
  · have : c = d + k := by
      apply Nat.add_left_cancel (k := b)
      rw [Nat.add_comm b c, ← h, Nat.add_assoc, Nat.add_comm k]
    rw [this, subNatNat_add_left, subNatNat_add_left]
  · have : d = c + (k + 1) := by
      apply Nat.add_left_cancel (k := a)
      rw [h, Nat.add_left_comm]
    rw [this, subNatNat_add_right, subNatNat_add_right]

theorem ofNat_eq_subNatNat (n : Nat) : ofNat n = subNatNat n 0 := by
  rw [← subNatNat_add_left 0 n, Nat.zero_add]

theorem negSucc_eq_subNatNat (n : Nat) : negSucc n = subNatNat 0 (n + 1) := by
  rw [← subNatNat_add_right 0 n, Nat.zero_add]

theorem exists_subNatNat (a : Int) : ∃ m n, a = subNatNat m n := by
  cases a with
  | ofNat n => exact ⟨n, 0, ofNat_eq_subNatNat n⟩
  | negSucc n => exact ⟨0, n + 1, negSucc_eq_subNatNat n⟩

theorem subNatNat_neg (a b : Nat) : -subNatNat a b = subNatNat b a := by
  rcases compare_cases a b with ⟨k, rfl⟩ | ⟨k, rfl⟩
  · rw [subNatNat_add_left]
    cases k with
    | zero => exact (subNatNat_add_left b 0).symm
    | succ k => exact (subNatNat_add_right b k).symm
  · rw [subNatNat_add_right, subNatNat_add_left]
    rfl

theorem subNatNat_add (a b c d : Nat) : subNatNat a b + subNatNat c d = subNatNat (a + c) (b + d) := by
  rcases compare_cases a b with ⟨k, rfl⟩ | ⟨k, rfl⟩ <;> rcases compare_cases c d with ⟨j, rfl⟩ | ⟨j, rfl⟩
  · rw [subNatNat_add_left, subNatNat_add_left, Nat.add_add_add_comm, subNatNat_add_left]
    rfl
  · rw [subNatNat_add_left, subNatNat_add_right]
    apply subNatNat_congr
    simp only [Nat.add_assoc, Nat.add_comm, Nat.add_left_comm]
  · rw [subNatNat_add_left, subNatNat_add_right]
    apply subNatNat_congr
    simp only [Nat.add_assoc, Nat.add_comm, Nat.add_left_comm]
  · rw [subNatNat_add_right, subNatNat_add_right, Nat.add_add_add_comm]
    have : k + 1 + (j + 1) = k + j + 1 + 1 := by rw [Nat.add_add_add_comm, ← Nat.add_assoc]
    rw [this, subNatNat_add_right]
    rfl

theorem negOfNat_eq_subNatNat (n : Nat) : negOfNat n = subNatNat 0 n := by
  cases n with
  | zero => rfl
  | succ n => exact negSucc_eq_subNatNat n

theorem subNatNat_mul (a b c d : Nat) :
    subNatNat a b * subNatNat c d = subNatNat (a * c + b * d) (a * d + b * c) := by
  rcases compare_cases a b with ⟨k, rfl⟩ | ⟨k, rfl⟩ <;> rcases compare_cases c d with ⟨j, rfl⟩ | ⟨j, rfl⟩
  · rw [subNatNat_add_left, subNatNat_add_left]
    show ofNat (k * j) = _
    rw [ofNat_eq_subNatNat]
    apply subNatNat_congr
    simp only [Nat.add_mul, Nat.mul_add, Nat.add_assoc, Nat.add_comm, Nat.add_left_comm, Nat.add_zero]
  · rw [subNatNat_add_left, subNatNat_add_right]
    show negOfNat (k * (j + 1)) = _
    rw [negOfNat_eq_subNatNat]
    apply subNatNat_congr
    generalize j + 1 = i
    simp only [Nat.add_mul, Nat.mul_add, Nat.add_assoc, Nat.add_comm, Nat.add_left_comm, Nat.add_zero]
  · rw [subNatNat_add_left, subNatNat_add_right]
    show negOfNat ((k + 1) * j) = _
    rw [negOfNat_eq_subNatNat]
    apply subNatNat_congr
    generalize k + 1 = i
    simp only [Nat.add_mul, Nat.mul_add, Nat.add_assoc, Nat.add_comm, Nat.add_left_comm, Nat.add_zero]
  · rw [subNatNat_add_right, subNatNat_add_right]
    show ofNat ((k + 1) * (j + 1)) = _
    rw [ofNat_eq_subNatNat]
    apply subNatNat_congr
    generalize k + 1 = i
    generalize j + 1 = i'
    simp only [Nat.add_mul, Nat.mul_add, Nat.add_assoc, Nat.add_comm, Nat.add_left_comm, Nat.add_zero]

theorem subNatNat_sub (a b c d : Nat) : subNatNat a b - subNatNat c d = subNatNat (a + d) (b + c) := by
  show subNatNat a b + -subNatNat c d = _
  rw [subNatNat_neg, subNatNat_add]

theorem nonNeg_subNatNat {a b : Nat} : NonNeg (subNatNat a b) ↔ b ≤ a := by
  rcases compare_cases a b with ⟨k, rfl⟩ | ⟨k, rfl⟩
  · rw [subNatNat_add_left]
    exact iff_of_true (NonNeg.mk k) (Nat.le_add_right b k)
  · rw [subNatNat_add_right]
    exact iff_of_false (fun h => nomatch h) (Nat.not_le_of_lt (Nat.lt_add_of_pos_right (Nat.zero_lt_succ k)))

theorem subNatNat_le {a b c d : Nat} : subNatNat a b ≤ subNatNat c d ↔ a + d ≤ c + b := by
  show NonNeg (subNatNat c d - subNatNat a b) ↔ _
  rw [subNatNat_sub, nonNeg_subNatNat, Nat.add_comm d a]

theorem one_eq_subNatNat : (1 : Int) = subNatNat 1 0 := rfl

theorem subNatNat_lt {a b c d : Nat} : subNatNat a b < subNatNat c d ↔ a + d < c + b := by
  show subNatNat a b + 1 ≤ subNatNat c d ↔ _
  rw [one_eq_subNatNat, subNatNat_add, subNatNat_le, Nat.add_zero, Nat.add_right_comm]
  exact Iff.rfl

/-! ## The ring -/

variable (a b c : Int)

@[simp] protected theorem add_zero : a + 0 = a := by cases a <;> rfl
protected theorem add_comm : a + b = b + a := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  rw [subNatNat_add, subNatNat_add, Nat.add_comm m, Nat.add_comm n]

@[simp] protected theorem zero_add : 0 + a = a := by rw [Int.add_comm, Int.add_zero]

protected theorem add_assoc : a + b + c = a + (b + c) := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  obtain ⟨k, l, rfl⟩ := exists_subNatNat c
  simp only [subNatNat_add, Nat.add_assoc]

protected theorem add_left_comm : a + (b + c) = b + (a + c) := by
  rw [← Int.add_assoc, Int.add_comm a b, Int.add_assoc]

protected theorem add_right_comm : a + b + c = a + c + b := by
  rw [Int.add_assoc, Int.add_comm b c, ← Int.add_assoc]

@[simp] protected theorem neg_neg : -(-a) = a := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  rw [subNatNat_neg, subNatNat_neg]

@[simp] protected theorem neg_zero : -(0 : Int) = 0 := rfl

@[simp] protected theorem add_right_neg : a + -a = 0 := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  rw [subNatNat_neg, subNatNat_add, Nat.add_comm n m]
  exact subNatNat_add_left (m + n) 0

@[simp] protected theorem add_left_neg : -a + a = 0 := by rw [Int.add_comm, Int.add_right_neg]

protected theorem neg_add : -(a + b) = -a + -b := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  simp only [subNatNat_add, subNatNat_neg]

protected theorem sub_eq_add_neg : a - b = a + -b := rfl
@[simp] protected theorem sub_self : a - a = 0 := Int.add_right_neg a
@[simp] protected theorem sub_zero : a - 0 = a := Int.add_zero a
@[simp] protected theorem zero_sub : 0 - a = -a := Int.zero_add (-a)
protected theorem sub_neg : a - -b = a + b := by rw [Int.sub_eq_add_neg, Int.neg_neg]
@[simp] protected theorem neg_sub : -(a - b) = b - a := by
  rw [Int.sub_eq_add_neg, Int.neg_add, Int.neg_neg, Int.add_comm]
  rfl
@[simp] protected theorem sub_add_cancel : a - b + b = a := by
  rw [Int.sub_eq_add_neg, Int.add_assoc, Int.add_left_neg, Int.add_zero]
@[simp] protected theorem add_sub_cancel : a + b - b = a := by
  rw [Int.sub_eq_add_neg, Int.add_assoc, Int.add_right_neg, Int.add_zero]
@[simp] protected theorem neg_add_cancel_left : -a + (a + b) = b := by
  rw [← Int.add_assoc, Int.add_left_neg, Int.zero_add]
@[simp] protected theorem add_neg_cancel_left : a + (-a + b) = b := by
  rw [← Int.add_assoc, Int.add_right_neg, Int.zero_add]

protected theorem mul_comm : a * b = b * a := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  rw [subNatNat_mul, subNatNat_mul, Nat.mul_comm m, Nat.mul_comm n, Nat.mul_comm m, Nat.mul_comm n,
    Nat.add_comm (j * m)]

protected theorem mul_assoc : a * b * c = a * (b * c) := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  obtain ⟨k, l, rfl⟩ := exists_subNatNat c
  simp only [subNatNat_mul]
  apply subNatNat_congr
  simp only [Nat.add_mul, Nat.mul_add, Nat.mul_assoc, Nat.add_assoc, Nat.add_comm, Nat.add_left_comm]

protected theorem mul_add : a * (b + c) = a * b + a * c := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  obtain ⟨k, l, rfl⟩ := exists_subNatNat c
  simp only [subNatNat_mul, subNatNat_add]
  apply subNatNat_congr
  simp only [Nat.mul_add, Nat.add_assoc, Nat.add_comm, Nat.add_left_comm]

protected theorem add_mul : (a + b) * c = a * c + b * c := by
  rw [Int.mul_comm, Int.mul_add, Int.mul_comm c, Int.mul_comm c]

protected theorem mul_left_comm : a * (b * c) = b * (a * c) := by
  rw [← Int.mul_assoc, Int.mul_comm a b, Int.mul_assoc]

@[simp] protected theorem mul_zero : a * 0 = 0 := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  show subNatNat m n * subNatNat 0 0 = subNatNat 0 0
  rw [subNatNat_mul]
  rfl

@[simp] protected theorem zero_mul : 0 * a = 0 := by rw [Int.mul_comm, Int.mul_zero]

@[simp] protected theorem mul_one : a * 1 = a := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  rw [one_eq_subNatNat, subNatNat_mul]
  simp only [Nat.mul_one, Nat.mul_zero, Nat.add_zero, Nat.zero_add]

@[simp] protected theorem one_mul : 1 * a = a := by rw [Int.mul_comm, Int.mul_one]

protected theorem neg_mul : -a * b = -(a * b) := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  simp only [subNatNat_neg, subNatNat_mul, Nat.add_comm]

protected theorem mul_neg : a * -b = -(a * b) := by rw [Int.mul_comm, Int.neg_mul, Int.mul_comm]
protected theorem neg_mul_neg : -a * -b = a * b := by rw [Int.neg_mul, Int.mul_neg, Int.neg_neg]
protected theorem neg_one_mul : -1 * a = -a := by rw [Int.neg_mul, Int.one_mul]
protected theorem mul_sub : a * (b - c) = a * b - a * c := by
  rw [Int.sub_eq_add_neg, Int.mul_add, Int.mul_neg]
  rfl
protected theorem sub_mul : (a - b) * c = a * c - b * c := by
  rw [Int.sub_eq_add_neg, Int.add_mul, Int.neg_mul]
  rfl

/-! ## The order -/

variable {a b c}

@[simp, refl] protected theorem le_refl (a : Int) : a ≤ a := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  exact subNatNat_le.mpr (Nat.le_refl _)

protected theorem le_of_eq (h : a = b) : a ≤ b := h ▸ Int.le_refl a

protected theorem le_total (a b : Int) : a ≤ b ∨ b ≤ a := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  rw [subNatNat_le, subNatNat_le]
  exact Nat.le_total _ _

theorem nonNeg_add (ha : NonNeg a) (hb : NonNeg b) : NonNeg (a + b) := by
  cases ha
  cases hb
  exact NonNeg.mk _

protected theorem le_trans (h : a ≤ b) (k : b ≤ c) : a ≤ c := by
  have := nonNeg_add k h
  rwa [Int.sub_eq_add_neg, Int.sub_eq_add_neg, Int.add_assoc, Int.neg_add_cancel_left] at this

protected theorem le_antisymm (h : a ≤ b) (k : b ≤ a) : a = b := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  exact subNatNat_congr (Nat.le_antisymm (subNatNat_le.mp h) (subNatNat_le.mp k))

protected theorem not_le : ¬a ≤ b ↔ b < a := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  rw [subNatNat_le, subNatNat_lt, Nat.not_le]

protected theorem not_lt : ¬a < b ↔ b ≤ a := by
  rw [← Int.not_le, Decidable.not_not]

@[simp] protected theorem lt_irrefl (a : Int) : ¬a < a := Int.not_lt.mpr (Int.le_refl a)
protected theorem lt_iff_add_one_le : a < b ↔ a + 1 ≤ b := Iff.rfl

protected theorem le_of_lt (h : a < b) : a ≤ b := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  exact subNatNat_le.mpr (Nat.le_of_lt (subNatNat_lt.mp h))

protected theorem lt_of_le_of_lt (h : a ≤ b) (k : b < c) : a < c :=
  Int.not_le.mp fun le => Int.not_le.mpr k (Int.le_trans le h)
protected theorem lt_of_lt_of_le (h : a < b) (k : b ≤ c) : a < c :=
  Int.not_le.mp fun le => Int.not_le.mpr h (Int.le_trans k le)
protected theorem lt_trans (h : a < b) (k : b < c) : a < c := Int.lt_of_lt_of_le h (Int.le_of_lt k)
protected theorem ne_of_lt (h : a < b) : a ≠ b := fun e => Int.lt_irrefl b (e ▸ h)

protected theorem lt_or_eq_of_le (h : a ≤ b) : a < b ∨ a = b := by
  by_cases k : b ≤ a
  · exact Or.inr (Int.le_antisymm h k)
  · exact Or.inl (Int.not_le.mp k)

protected theorem lt_or_gt_of_ne (h : a ≠ b) : a < b ∨ a > b := by
  rcases Int.le_total a b with le | le
  · exact Or.inl ((Int.lt_or_eq_of_le le).resolve_right h)
  · exact Or.inr ((Int.lt_or_eq_of_le le).resolve_right h.symm)

protected theorem add_le_add_left (h : a ≤ b) (c : Int) : c + a ≤ c + b := by
  obtain ⟨m, n, rfl⟩ := exists_subNatNat a
  obtain ⟨i, j, rfl⟩ := exists_subNatNat b
  obtain ⟨k, l, rfl⟩ := exists_subNatNat c
  rw [subNatNat_add, subNatNat_add, subNatNat_le, Nat.add_add_add_comm k m l j, Nat.add_add_add_comm k i l n]
  exact Nat.add_le_add_left (subNatNat_le.mp h) _

protected theorem add_le_add_right (h : a ≤ b) (c : Int) : a + c ≤ b + c := by
  rw [Int.add_comm a, Int.add_comm b]
  exact Int.add_le_add_left h c

protected theorem add_le_add {d : Int} (h : a ≤ b) (k : c ≤ d) : a + c ≤ b + d :=
  Int.le_trans (Int.add_le_add_right h c) (Int.add_le_add_left k b)

protected theorem le_of_add_le_add_left (h : c + a ≤ c + b) : a ≤ b := by
  have := Int.add_le_add_left h (-c)
  rwa [Int.neg_add_cancel_left, Int.neg_add_cancel_left] at this

protected theorem le_of_add_le_add_right (h : a + c ≤ b + c) : a ≤ b := by
  rw [Int.add_comm a, Int.add_comm b] at h
  exact Int.le_of_add_le_add_left h

protected theorem sub_nonneg : 0 ≤ a - b ↔ b ≤ a := by
  show NonNeg (a - b - 0) ↔ NonNeg (a - b)
  rw [Int.sub_zero]

protected theorem sub_nonneg_of_le (h : b ≤ a) : 0 ≤ a - b := Int.sub_nonneg.mpr h

protected theorem neg_le_neg (h : a ≤ b) : -b ≤ -a := by
  have := Int.add_le_add_left h (-a + -b)
  rwa [Int.add_right_comm, Int.add_left_neg, Int.zero_add, Int.add_assoc, Int.add_left_neg, Int.add_zero] at this

protected theorem neg_le_iff : -a ≤ b ↔ -b ≤ a := by
  constructor
  · intro h
    have := Int.neg_le_neg h
    rwa [Int.neg_neg] at this
  · intro h
    have := Int.neg_le_neg h
    rwa [Int.neg_neg] at this

theorem eq_ofNat_of_zero_le (h : 0 ≤ a) : ∃ n : Nat, a = ofNat n := by
  cases a with
  | ofNat n => exact ⟨n, rfl⟩
  | negSucc n =>
    have h : NonNeg (negSucc n - 0) := h
    rw [Int.sub_zero] at h
    exact nomatch h

theorem ofNat_nonneg (n : Nat) : 0 ≤ ofNat n := by
  show NonNeg (ofNat n - 0)
  rw [Int.sub_zero]
  exact NonNeg.mk n

protected theorem mul_nonneg (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a * b := by
  obtain ⟨m, rfl⟩ := eq_ofNat_of_zero_le ha
  obtain ⟨n, rfl⟩ := eq_ofNat_of_zero_le hb
  exact ofNat_nonneg (m * n)

protected theorem mul_le_mul_of_nonneg_left (h : a ≤ b) (hc : 0 ≤ c) : c * a ≤ c * b := by
  rw [← Int.sub_nonneg, ← Int.mul_sub]
  exact Int.mul_nonneg hc (Int.sub_nonneg.mpr h)

protected theorem mul_le_mul_of_nonpos_left (h : a ≤ b) (hc : c ≤ 0) : c * b ≤ c * a := by
  have := Int.mul_le_mul_of_nonneg_left h (Int.neg_le_neg hc)
  rw [Int.neg_mul, Int.neg_mul] at this
  have := Int.neg_le_neg this
  rwa [Int.neg_neg, Int.neg_neg] at this

theorem ofNat_le {m n : Nat} : ofNat m ≤ ofNat n ↔ m ≤ n := by
  rw [ofNat_eq_subNatNat, ofNat_eq_subNatNat, subNatNat_le]
  exact Iff.rfl

theorem ofNat_lt {m n : Nat} : ofNat m < ofNat n ↔ m < n := by
  rw [ofNat_eq_subNatNat, ofNat_eq_subNatNat, subNatNat_lt]
  exact Iff.rfl

theorem ofNat_inj {m n : Nat} : ofNat m = ofNat n ↔ m = n := ⟨fun h => by injection h, fun h => by rw [h]⟩

end Int
