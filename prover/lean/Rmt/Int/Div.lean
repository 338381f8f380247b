prelude
import Rmt.Int.Basic

/-! Division of integers that rounds so that the remainder is never negative, and what depends on it. -/

noncomputable section

namespace Int

def div : Int → Int → Int
  | ofNat m, ofNat n => ofNat (m / n)
  | ofNat m, negSucc n => -ofNat (m / (n + 1))
  | negSucc _, ofNat .zero => 0
  | negSucc m, ofNat (.succ n) => negSucc (m / (n + 1))
  | negSucc m, negSucc n => ofNat (m / (n + 1) + 1)

def ediv (a b : Int) : Int := div a b
instance instDiv : Div Int := ⟨ediv⟩

def emod (a b : Int) : Int := a - b * (a / b)
instance instMod : Mod Int := ⟨emod⟩

instance instDvd : Dvd Int := ⟨fun a b => ∃ c, b = a * c⟩

/-- The remainder by `m` that is nearest to zero. -/
def bmod (x : Int) (m : Nat) : Int :=
  if x % ofNat m < (ofNat m + 1) / 2 then x % ofNat m else x % ofNat m - ofNat m

variable {a b c d : Int}

theorem emod_def (a b : Int) : a % b = a - b * (a / b) := rfl
theorem emod_add_ediv (a b : Int) : a % b + b * (a / b) = a := Int.sub_add_cancel a _
theorem ediv_add_emod (a b : Int) : b * (a / b) + a % b = a := by rw [Int.add_comm, emod_add_ediv]

@[simp] protected theorem ediv_zero (a : Int) : a / 0 = 0 := by
  cases a with
  | ofNat m => exact congrArg ofNat (Nat.div_zero m)
  | negSucc m => rfl

@[simp] theorem emod_zero (a : Int) : a % 0 = a := by rw [emod_def, Int.zero_mul, Int.sub_zero]

@[simp] protected theorem ediv_neg (a b : Int) : a / -b = -(a / b) := by
  cases b with
  | ofNat n =>
    cases n with
    | zero =>
      show a / 0 = -(a / 0)
      rw [Int.ediv_zero]
      rfl
    | succ n => cases a <;> rfl
  | negSucc n =>
    cases a with
    | ofNat m => exact (Int.neg_neg _).symm
    | negSucc m => rfl

theorem ofNat_mul_negSucc (d k : Nat) : ofNat d * negSucc k = subNatNat 0 (d * (k + 1)) := by
  rw [ofNat_eq_subNatNat, negSucc_eq_subNatNat, subNatNat_mul]
  simp only [Nat.mul_zero, Nat.zero_mul, Nat.add_zero]

/-- The quotient by a positive number is the one whose multiple is just below. -/
theorem ediv_spec (a : Int) {d : Nat} (h : 0 < d) :
    ofNat d * (a / ofNat d) ≤ a ∧ a < ofNat d * (a / ofNat d) + ofNat d := by
  obtain ⟨n, rfl⟩ := Nat.exists_eq_add_one_of_ne_zero (Nat.ne_zero_of_lt h)
  cases a with
  | ofNat m =>
    constructor
    · apply ofNat_le.mpr
      rw [Nat.mul_comm]
      exact Nat.div_mul_le_self m (n + 1)
    · apply ofNat_lt.mpr
      have := Nat.add_lt_add_left (Nat.mod_lt m h) ((n + 1) * (m / (n + 1)))
      rwa [Nat.div_add_mod] at this
  | negSucc m =>
    show ofNat (n + 1) * negSucc (m / (n + 1)) ≤ negSucc m ∧
      negSucc m < ofNat (n + 1) * negSucc (m / (n + 1)) + ofNat (n + 1)
    rw [ofNat_mul_negSucc, negSucc_eq_subNatNat m, ofNat_eq_subNatNat (n + 1), subNatNat_add, subNatNat_le,
      subNatNat_lt, Nat.zero_add, Nat.zero_add, Nat.zero_add, Nat.add_zero, Nat.mul_add_one]
    constructor
    · have := Nat.add_lt_add_left (Nat.mod_lt m h) ((n + 1) * (m / (n + 1)))
      rwa [Nat.div_add_mod] at this
    · rw [Nat.add_zero, Nat.zero_add, Nat.add_comm (n + 1)]
      apply Nat.add_lt_add_right
      apply Nat.lt_add_one_of_le
      rw [Nat.mul_comm]
      exact Nat.div_mul_le_self m (n + 1)

theorem eq_ofNat_or_neg (b : Int) (h : b ≠ 0) : ∃ d, 0 < d ∧ (b = ofNat d ∨ b = -ofNat d) := by
  cases b with
  | ofNat n => exact ⟨n, Nat.pos_of_ne_zero (fun e => h (congrArg ofNat e)), Or.inl rfl⟩
  | negSucc n => exact ⟨n + 1, Nat.zero_lt_succ n, Or.inr rfl⟩

theorem mul_ediv_self_le {x k : Int} (h : k ≠ 0) : k * (x / k) ≤ x := by
  obtain ⟨d, hd, rfl | rfl⟩ := eq_ofNat_or_neg k h
  · exact (ediv_spec x hd).left
  · rw [Int.ediv_neg, Int.neg_mul_neg]
    exact (ediv_spec x hd).left

theorem eq_ofNat_of_pos (h : 0 < a) : ∃ d, 0 < d ∧ a = ofNat d := by
  obtain ⟨d, rfl⟩ := eq_ofNat_of_zero_le (Int.le_of_lt h)
  exact ⟨d, ofNat_lt.mp h, rfl⟩

theorem lt_mul_ediv_self_add {x k : Int} (h : 0 < k) : x < k * (x / k) + k := by
  obtain ⟨d, hd, rfl⟩ := eq_ofNat_of_pos h
  exact (ediv_spec x hd).right

theorem emod_nonneg (a : Int) {b : Int} (h : b ≠ 0) : 0 ≤ a % b := Int.sub_nonneg_of_le (mul_ediv_self_le h)

protected theorem sub_lt_of_lt_add (h : a < b + c) : a - b < c := by
  have : a + 1 ≤ b + c := h
  have := Int.add_le_add_left this (-b)
  rw [Int.neg_add_cancel_left, ← Int.add_assoc, Int.add_comm (-b)] at this
  exact this

theorem emod_lt_of_pos (a : Int) {b : Int} (h : 0 < b) : a % b < b := Int.sub_lt_of_lt_add (lt_mul_ediv_self_add h)

protected theorem mul_lt_mul_of_pos_left (h : a < b) (hc : 0 < c) : c * a < c * b := by
  have step : c * (a + 1) ≤ c * b := Int.mul_le_mul_of_nonneg_left h (Int.le_of_lt hc)
  rw [Int.mul_add, Int.mul_one] at step
  have up : c * a + 1 ≤ c * a + c := Int.add_le_add_left hc _
  exact Int.le_trans up step

protected theorem lt_of_mul_lt_mul_left (h : c * a < c * b) (hc : 0 ≤ c) : a < b :=
  Int.not_le.mp fun le => Int.not_le.mpr h (Int.mul_le_mul_of_nonneg_left le hc)

protected theorem lt_add_one_iff : a < b + 1 ↔ a ≤ b := by
  constructor
  · intro h
    have : a + 1 ≤ b + 1 := h
    exact Int.le_of_add_le_add_right this
  · intro h
    exact Int.add_le_add_right h 1

protected theorem le_ediv_iff_mul_le (hc : 0 < c) : a ≤ b / c ↔ c * a ≤ b := by
  constructor
  · intro h
    exact Int.le_trans (Int.mul_le_mul_of_nonneg_left h (Int.le_of_lt hc)) (mul_ediv_self_le (Int.ne_of_lt hc).symm)
  · intro h
    apply Int.lt_add_one_iff.mp
    apply Int.lt_of_mul_lt_mul_left (c := c) _ (Int.le_of_lt hc)
    rw [Int.mul_add, Int.mul_one]
    exact Int.lt_of_le_of_lt h (lt_mul_ediv_self_add hc)

protected theorem mul_ediv_cancel_left (b : Int) (h : a ≠ 0) : a * b / a = b := by
  have pos : ∀ d : Nat, 0 < d → ∀ b, ofNat d * b / ofNat d = b := by
    intro d hd b
    have hd' : 0 < ofNat d := ofNat_lt.mpr hd
    apply Int.le_antisymm
    · apply Int.lt_add_one_iff.mp
      apply Int.lt_of_mul_lt_mul_left (c := ofNat d) _ (Int.le_of_lt hd')
      rw [Int.mul_add, Int.mul_one]
      exact Int.lt_of_le_of_lt (ediv_spec _ hd).left (Int.add_le_add_left hd' _)
    · exact (Int.le_ediv_iff_mul_le hd').mpr (Int.le_refl _)
  obtain ⟨d, hd, rfl | rfl⟩ := eq_ofNat_or_neg a h
  · exact pos d hd b
  · rw [Int.ediv_neg, Int.neg_mul, ← Int.mul_neg, pos d hd (-b), Int.neg_neg]

theorem mul_ediv_cancel_of_dvd (h : a ∣ b) : a * (b / a) = b := by
  obtain ⟨c, rfl⟩ := h
  by_cases ha : a = 0
  · rw [ha, Int.zero_mul, Int.zero_mul]
  · rw [Int.mul_ediv_cancel_left c ha]

theorem emod_eq_zero_of_dvd (h : a ∣ b) : b % a = 0 := by
  rw [emod_def, mul_ediv_cancel_of_dvd h, Int.sub_self]

theorem dvd_of_emod_eq_zero (h : b % a = 0) : a ∣ b := by
  have := ediv_add_emod b a
  rw [h, Int.add_zero] at this
  exact ⟨b / a, this.symm⟩

theorem dvd_iff_emod_eq_zero : a ∣ b ↔ b % a = 0 := ⟨emod_eq_zero_of_dvd, dvd_of_emod_eq_zero⟩

instance decidableDvd : DecidableRel (α := Int) (· ∣ ·) := fun _ _ => decidable_of_iff _ dvd_iff_emod_eq_zero.symm

protected theorem dvd_sub (h : a ∣ b) (k : a ∣ c) : a ∣ b - c := by
  obtain ⟨x, rfl⟩ := h
  obtain ⟨y, rfl⟩ := k
  exact ⟨x - y, (Int.mul_sub a x y).symm⟩

protected theorem dvd_add (h : a ∣ b) (k : a ∣ c) : a ∣ b + c := by
  obtain ⟨x, rfl⟩ := h
  obtain ⟨y, rfl⟩ := k
  exact ⟨x + y, (Int.mul_add a x y).symm⟩

protected theorem dvd_mul_right (a b : Int) : a ∣ a * b := ⟨b, rfl⟩
@[simp] protected theorem dvd_zero (a : Int) : a ∣ 0 := ⟨0, (Int.mul_zero a).symm⟩

theorem emod_pos_of_not_dvd (h : ¬a ∣ b) : a = 0 ∨ 0 < b % a := by
  by_cases ha : a = 0
  · exact Or.inl ha
  · right
    rcases Int.lt_or_eq_of_le (emod_nonneg b ha) with lt | eq
    · exact lt
    · exact absurd (dvd_of_emod_eq_zero eq.symm) h

theorem dvd_bmod_sub_self (x : Int) (m : Nat) : ofNat m ∣ bmod x m - x := by
  have base : ofNat m ∣ x % ofNat m - x := by
    refine ⟨-(x / ofNat m), ?_⟩
    rw [emod_def, Int.mul_neg, Int.sub_eq_add_neg, Int.sub_eq_add_neg, Int.add_right_comm, Int.add_right_neg,
      Int.zero_add]
  unfold bmod
  split
  · exact base
  · have e : x % ofNat m - ofNat m - x = x % ofNat m - x - ofNat m := by
      simp only [Int.sub_eq_add_neg, Int.add_right_comm]
    rw [e]
    exact Int.dvd_sub base ⟨1, (Int.mul_one _).symm⟩

end Int
