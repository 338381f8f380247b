prelude
import Rmt.Omega.Linear

/-! The facts by which `omega` turns what it reads, on integers and on natural numbers, into sums and bounds. -/

universe u v

theorem le_of_le_of_eq {α : Type u} [LE α] {a b c : α} (h : a ≤ b) (k : b = c) : a ≤ c := k ▸ h
theorem le_of_eq_of_le {α : Type u} [LE α] {a b c : α} (h : a = b) (k : b ≤ c) : a ≤ c := h ▸ k

/-! ## Integers -/

namespace Int

variable {a b c : Int}

protected theorem sub_eq_zero_of_eq (h : a = b) : a - b = 0 := by rw [h, Int.sub_self]
protected theorem add_one_le_of_lt (h : a < b) : a + 1 ≤ b := h
protected theorem max_def (a b : Int) : max a b = if a ≤ b then b else a := rfl
protected theorem min_def (a b : Int) : min a b = if a ≤ b then a else b := rfl
protected theorem pow_succ (b : Int) (e : Nat) : b ^ (e + 1) = b ^ e * b := rfl
protected theorem pow_zero (b : Int) : b ^ 0 = 1 := rfl
theorem negSucc_eq (n : Nat) : Int.negSucc n = -((n : Int) + 1) := rfl

protected theorem le_max_left (a b : Int) : a ≤ max a b := by
  rw [Int.max_def]
  split
  · assumption
  · exact Int.le_refl a

protected theorem le_max_right (a b : Int) : b ≤ max a b := by
  rw [Int.max_def]
  split
  · exact Int.le_refl b
  · next h => exact Int.le_of_lt (Int.not_le.mp h)

protected theorem min_le_left (a b : Int) : min a b ≤ a := by
  rw [Int.min_def]
  split
  · exact Int.le_refl a
  · next h => exact Int.le_of_lt (Int.not_le.mp h)

protected theorem min_le_right (a b : Int) : min a b ≤ b := by
  rw [Int.min_def]
  split
  · assumption
  · exact Int.le_refl b

theorem natCast_nonneg (n : Nat) : 0 ≤ (n : Int) := ofNat_nonneg n
@[norm_cast] theorem natCast_add (m n : Nat) : ((m + n : Nat) : Int) = m + n := rfl
@[norm_cast] theorem natCast_mul (m n : Nat) : ((m * n : Nat) : Int) = m * n := rfl
@[norm_cast] theorem natCast_succ (n : Nat) : (Nat.succ n : Int) = n + 1 := rfl
@[norm_cast] theorem natCast_ediv (m n : Nat) : ((m / n : Nat) : Int) = m / n := rfl
@[norm_cast] theorem natCast_emod (m n : Nat) : ((m % n : Nat) : Int) = m % n := by
  show ofNat (m % n) = ofNat m - ofNat (n * (m / n))
  rw [ofNat_eq_subNatNat, ofNat_eq_subNatNat, ofNat_eq_subNatNat, subNatNat_sub]
  apply subNatNat_congr
  rw [Nat.zero_add, Nat.mod_add_div, Nat.add_zero]

@[norm_cast] theorem natCast_sub {m n : Nat} (h : n ≤ m) : ((m - n : Nat) : Int) = m - n := by
  show ofNat (m - n) = ofNat m - ofNat n
  rw [ofNat_eq_subNatNat, ofNat_eq_subNatNat, ofNat_eq_subNatNat, subNatNat_sub]
  apply subNatNat_congr
  rw [Nat.zero_add, Nat.sub_add_cancel h, Nat.add_zero]

@[norm_cast] theorem natCast_le {m n : Nat} : (m : Int) ≤ n ↔ m ≤ n := ofNat_le
@[norm_cast] theorem natCast_lt {m n : Nat} : (m : Int) < n ↔ m < n := ofNat_lt
@[norm_cast] theorem natCast_inj {m n : Nat} : (m : Int) = n ↔ m = n := ofNat_inj
@[simp, norm_cast] theorem natCast_zero : ((0 : Nat) : Int) = 0 := rfl
@[simp, norm_cast] theorem natCast_one : ((1 : Nat) : Int) = 1 := rfl

theorem le_natAbs {a : Int} : a ≤ natAbs a := by
  cases a with
  | ofNat n => exact Int.le_refl _
  | negSucc n =>
    show negSucc n ≤ ofNat (n + 1)
    rw [negSucc_eq_subNatNat, ofNat_eq_subNatNat, subNatNat_le]
    exact Nat.zero_le _

theorem toNat_eq_max (a : Int) : (toNat a : Int) = max a 0 := by
  cases a with
  | ofNat n =>
    rw [Int.max_def]
    split
    · next h => exact Int.le_antisymm h (ofNat_nonneg n)
    · rfl
  | negSucc n =>
    rw [Int.max_def]
    split
    · rfl
    · next h =>
      exact absurd (show NonNeg (0 - negSucc n) from (Int.zero_sub (negSucc n)).symm ▸ NonNeg.mk (n + 1)) h

end Int

@[simp, norm_cast] theorem Nat.cast_ofNat_Int {n : Nat} : ((OfNat.ofNat n : Nat) : Int) = OfNat.ofNat n := rfl

/-! ## Logic -/

namespace Decidable

variable {p q : Prop}

theorem not_or_of_imp [Decidable p] (h : p → q) : ¬p ∨ q := by
  by_cases hp : p
  · exact Or.inr (h hp)
  · exact Or.inl hp

theorem or_iff_not_imp_left [Decidable p] : p ∨ q ↔ (¬p → q) := by
  constructor
  · intro h hn
    exact h.resolve_left hn
  · intro h
    by_cases hp : p
    · exact Or.inl hp
    · exact Or.inr (h hp)

end Decidable

theorem Nat.emod_pos_of_not_dvd {a b : Nat} (h : ¬a ∣ b) : 0 < b % a :=
  Nat.pos_of_ne_zero fun e => h (Nat.dvd_of_mod_eq_zero e)

namespace Lean.Omega

variable {p q : Prop}

theorem and_not_not_of_not_or (h : ¬(p ∨ q)) : ¬p ∧ ¬q := not_or.mp h

theorem Decidable.or_not_not_of_not_and [Decidable p] [Decidable q] (h : ¬(p ∧ q)) : ¬p ∨ ¬q :=
  Decidable.not_and_iff_or_not.mp h

theorem Decidable.and_or_not_and_not_of_iff {p q : Prop} [Decidable q] (h : p ↔ q) : (p ∧ q) ∨ (¬p ∧ ¬q) := by
  by_cases hq : q
  · exact Or.inl ⟨h.mpr hq, hq⟩
  · exact Or.inr ⟨fun hp => hq (h.mp hp), hq⟩

theorem Decidable.and_not_or_not_and_of_not_iff {p q : Prop} [Decidable p] [Decidable q] (h : ¬(p ↔ q)) :
    (p ∧ ¬q) ∨ (¬p ∧ q) := by
  by_cases hp : p <;> by_cases hq : q
  · exact absurd (iff_of_true hp hq) h
  · exact Or.inl ⟨hp, hq⟩
  · exact Or.inr ⟨hp, hq⟩
  · exact absurd (iff_of_false hp hq) h

theorem Decidable.and_not_of_not_imp {p q : Prop} [Decidable p] (h : ¬(p → q)) : p ∧ ¬q :=
  ⟨_root_.Decidable.byContradiction (not_not_of_not_imp h), not_of_not_imp h⟩

theorem ite_disjunction {α : Type u} {P : Prop} [Decidable P] {a b : α} :
    (P ∧ (if P then a else b) = a) ∨ (¬P ∧ (if P then a else b) = b) := by
  by_cases h : P
  · exact Or.inl ⟨h, if_pos h⟩
  · exact Or.inr ⟨h, if_neg h⟩

namespace Nat

theorem lt_of_gt {x y : Nat} (h : x > y) : y < x := h
theorem le_of_ge {x y : Nat} (h : x ≥ y) : y ≤ x := h

end Nat

namespace Int

theorem natCast_ofNat {x : Nat} : ((OfNat.ofNat x : Nat) : Int) = OfNat.ofNat x := rfl
theorem ofNat_lt_of_lt {x y : Nat} (h : x < y) : (x : Int) < (y : Int) := Int.ofNat_lt.mpr h
theorem ofNat_le_of_le {x y : Nat} (h : x ≤ y) : (x : Int) ≤ (y : Int) := Int.ofNat_le.mpr h
theorem ofNat_congr {x y : Nat} (h : x = y) : (x : Int) = (y : Int) := congrArg _ h
theorem ofNat_pos_of_pos {x : Nat} (h : 0 < x) : 0 < (x : Int) := Int.ofNat_lt.mpr h
theorem lt_of_not_ge {x y : Int} (h : ¬x ≤ y) : y < x := Int.not_le.mp h
theorem lt_of_not_le {x y : Int} (h : ¬x ≤ y) : y < x := Int.not_le.mp h
theorem le_of_not_gt {x y : Int} (h : ¬y > x) : y ≤ x := Int.not_lt.mp h
theorem le_of_not_lt {x y : Int} (h : ¬x < y) : y ≤ x := Int.not_lt.mp h
theorem lt_of_gt {x y : Int} (h : x > y) : y < x := h
theorem le_of_ge {x y : Int} (h : x ≥ y) : y ≤ x := h
theorem add_congr {a b c d : Int} (h : a = b) (k : c = d) : a + c = b + d := by rw [h, k]
theorem mul_congr {a b c d : Int} (h : a = b) (k : c = d) : a * c = b * d := by rw [h, k]
theorem sub_congr {a b c d : Int} (h : a = b) (k : c = d) : a - c = b - d := by rw [h, k]
theorem neg_congr {a b : Int} (h : a = b) : -a = -b := by rw [h]

theorem ofNat_mul_nonneg {a b : Nat} : 0 ≤ (a : Int) * b := Int.ofNat_nonneg (a * b)

theorem ofNat_pow (a b : Nat) : ((a ^ b : Nat) : Int) = (a : Int) ^ b := by
  induction b with
  | zero => rfl
  | succ b ih => rw [Nat.pow_succ, Int.natCast_mul, ih, Int.pow_succ]

theorem pos_pow_of_pos (b : Int) (e : Nat) (h : 0 < b) : 0 < b ^ e := by
  obtain ⟨d, hd, rfl⟩ := Int.eq_ofNat_of_pos h
  show 0 < (d : Int) ^ e
  rw [← ofNat_pow]
  exact Int.ofNat_lt.mpr (Nat.pow_pos e hd)

theorem emod_ofNat_nonneg {x : Nat} {y : Int} : (x : Int) % y ≥ 0 := by
  by_cases h : y = 0
  · rw [h, Int.emod_zero]
    exact Int.ofNat_nonneg x
  · exact Int.emod_nonneg x h

theorem ofNat_shiftLeft_eq {x y : Nat} : ((x <<< y : Nat) : Int) = (x : Int) * (2 ^ y : Nat) := rfl
theorem ofNat_shiftRight_eq_div_pow {x y : Nat} : ((x >>> y : Nat) : Int) = (x : Int) / (2 ^ y : Nat) := rfl
theorem ofNat_fst_mk {β : Type u} {x : Nat} {y : β} : ((Prod.mk x y).fst : Int) = x := rfl
theorem ofNat_snd_mk {α : Type u} {x : α} {y : Nat} : ((Prod.mk x y).snd : Int) = y := rfl

theorem ofNat_sub_sub {a b c : Nat} : ((a - b - c : Nat) : Int) = ((a - (b + c) : Nat) : Int) :=
  congrArg _ (Nat.sub_sub a b c)

theorem ofNat_sub_dichotomy {a b : Nat} :
    (b ≤ a ∧ ((a - b : Nat) : Int) = a - b) ∨ (a < b ∧ ((a - b : Nat) : Int) = 0) := by
  rcases Nat.lt_or_ge a b with h | h
  · right
    refine ⟨h, ?_⟩
    rw [Nat.sub_eq_zero_of_le (Nat.le_of_lt h)]
    rfl
  · exact Or.inl ⟨h, Int.natCast_sub h⟩

theorem ofNat_min (a b : Nat) : ((min a b : Nat) : Int) = min (a : Int) (b : Int) := by
  rw [Int.min_def, Nat.min_def]
  by_cases h : a ≤ b
  · rw [if_pos h, if_pos (ofNat_le_of_le h)]
  · rw [if_neg h, if_neg (show ¬(a : Int) ≤ b from fun k => h (Int.ofNat_le.mp k))]

theorem ofNat_max (a b : Nat) : ((max a b : Nat) : Int) = max (a : Int) (b : Int) := by
  rw [Int.max_def, Nat.max_def]
  by_cases h : a ≤ b
  · rw [if_pos h, if_pos (ofNat_le_of_le h)]
  · rw [if_neg h, if_neg (show ¬(a : Int) ≤ b from fun k => h (Int.ofNat_le.mp k))]

theorem ofNat_natAbs (a : Int) : (Int.natAbs a : Int) = if 0 ≤ a then a else -a := by
  cases a with
  | ofNat n => exact (if_pos (Int.ofNat_nonneg n)).symm
  | negSucc n =>
    refine (if_neg fun h => ?_).symm
    obtain ⟨m, e⟩ := Int.eq_ofNat_of_zero_le h
    exact nomatch e

theorem neg_le_natAbs {a : Int} : -a ≤ Int.natAbs a := by
  cases a with
  | ofNat n =>
    show -Int.ofNat n ≤ Int.ofNat n
    rw [Int.ofNat_eq_subNatNat, Int.subNatNat_neg, Int.subNatNat_le]
    exact Nat.zero_le _
  | negSucc n => exact Int.le_refl _

end Int

namespace Prod

theorem fst_mk {α : Type u} {β : Type v} {x : α} {y : β} : (Prod.mk x y).fst = x := rfl
theorem snd_mk {α : Type u} {β : Type v} {x : α} {y : β} : (Prod.mk x y).snd = y := rfl

end Prod

end Lean.Omega
