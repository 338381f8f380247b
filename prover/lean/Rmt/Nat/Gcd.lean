prelude
import Rmt.Nat.Div

/-! Greatest common divisors by Euclid's algorithm, and the functions on binary digits that the kernel also computes. -/

namespace Nat

/-! ## Binary digits -/

/-- The floor of the logarithm to base two; 0 for 0. -/
@[extern "lean_nat_log2"] def log2 : Nat → Nat
  | .zero => 0
  | .succ n => if 2 ^ (log2 n + 1) = n + 1 then log2 n + 1 else log2 n

/-- The lowest `k` binary digits of `n` and `m`, put together by `f`. -/
def bitwise (f : Bool → Bool → Bool) : (k n m : Nat) → Nat
  | .zero, _, _ => 0
  | .succ k, n, m =>
    2 * bitwise f k (n / 2) (m / 2) + (if f (decide (n % 2 = 1)) (decide (m % 2 = 1)) = true then 1 else 0)

@[extern "lean_nat_land"] def land (n m : Nat) : Nat := bitwise Bool.and (n + m) n m
@[extern "lean_nat_lor"] def lor (n m : Nat) : Nat := bitwise Bool.or (n + m) n m
@[extern "lean_nat_lxor"] def xor (n m : Nat) : Nat := bitwise bne (n + m) n m
@[extern "lean_nat_shiftl"] def shiftLeft (n m : Nat) : Nat := n * 2 ^ m
@[extern "lean_nat_shiftr"] def shiftRight (n m : Nat) : Nat := n / 2 ^ m

end Nat

instance Nat.instAndOp : AndOp Nat := ⟨Nat.land⟩
instance Nat.instOrOp : OrOp Nat := ⟨Nat.lor⟩
instance Nat.instXorOp : XorOp Nat := ⟨Nat.xor⟩
instance Nat.instShiftLeft : ShiftLeft Nat := ⟨Nat.shiftLeft⟩
instance Nat.instShiftRight : ShiftRight Nat := ⟨Nat.shiftRight⟩

namespace Nat

variable {a b c d m n k : Nat}

theorem log2_le_self (n : Nat) (h : n ≠ 0) : 2 ^ log2 n ≤ n := by
  induction n with
  | zero => contradiction
  | succ n ih =>
    show 2 ^ (if 2 ^ (log2 n + 1) = n + 1 then log2 n + 1 else log2 n) ≤ n + 1
    split
    · next e => exact Nat.le_of_eq e
    · cases n with
      | zero => exact Nat.le_refl 1
      | succ n => exact Nat.le_trans (ih (add_one_ne_zero n)) (le_add_one _)

theorem lt_log2_self (n : Nat) : n < 2 ^ (log2 n + 1) := by
  induction n with
  | zero => exact zero_lt_succ 1
  | succ n ih =>
    show n + 1 < 2 ^ ((if 2 ^ (log2 n + 1) = n + 1 then log2 n + 1 else log2 n) + 1)
    split
    · next e =>
      rw [pow_succ, e, Nat.mul_two]
      exact lt_add_of_pos_right (zero_lt_succ n)
    · next ne => exact Nat.lt_of_le_of_ne ih (Ne.symm ne)

theorem shiftLeft_eq (n m : Nat) : n <<< m = n * 2 ^ m := rfl
theorem shiftRight_eq_div_pow (n m : Nat) : n >>> m = n / 2 ^ m := rfl

theorem shiftLeft_shiftRight (n m : Nat) : (n <<< m) >>> m = n := by
  rw [shiftLeft_eq, shiftRight_eq_div_pow]
  exact Nat.mul_div_cancel n (pow_pos m (zero_lt_succ 1))

theorem shiftRight_add (n a b : Nat) : n >>> (a + b) = (n >>> a) >>> b := by
  simp only [shiftRight_eq_div_pow, pow_add, Nat.div_div_eq_div_mul]

/-! ## Euclid -/

/-- At most `fuel` steps; each makes `m` smaller, so that `m` of them are enough. -/
def gcdSteps : (fuel m n : Nat) → Nat
  | .zero, _, n => n
  | .succ fuel, m, n => if m = 0 then n else gcdSteps fuel (n % m) m

@[extern "lean_nat_gcd"] def gcd (m n : Nat) : Nat := gcdSteps m m n

@[simp] theorem gcd_zero_left (n : Nat) : gcd 0 n = n := rfl

theorem gcdSteps_eq {fuel fuel' : Nat} : {m : Nat} → (n : Nat) → m ≤ fuel → m ≤ fuel' →
    gcdSteps fuel m n = gcdSteps fuel' m n := by
  induction fuel generalizing fuel' with
  | zero =>
    intro m n h _
    cases eq_zero_of_le_zero h
    cases fuel' <;> rfl
  | succ fuel ih =>
    intro m n h h'
    cases fuel' with
    | zero => cases eq_zero_of_le_zero h'; rfl
    | succ fuel' =>
      show (if m = 0 then n else gcdSteps fuel (n % m) m) = if m = 0 then n else gcdSteps fuel' (n % m) m
      split
      · rfl
      · next hm =>
        have lt := mod_lt n (Nat.pos_of_ne_zero hm)
        exact ih m (le_of_lt_add_one (Nat.lt_of_lt_of_le lt h)) (le_of_lt_add_one (Nat.lt_of_lt_of_le lt h'))

theorem gcd_rec (m n : Nat) : gcd m n = gcd (n % m) m := by
  cases m with
  | zero =>
    rw [mod_zero, gcd_zero_left]
    cases n with
    | zero => rfl
    | succ n =>
      show n + 1 = if n + 1 = 0 then 0 else gcdSteps n (0 % (n + 1)) (n + 1)
      rw [if_neg (add_one_ne_zero n), zero_mod]
      cases n <;> rfl
  | succ m =>
    have lt := mod_lt n (zero_lt_succ m)
    exact gcdSteps_eq (m + 1) (le_of_lt_add_one lt) (Nat.le_refl _)

@[elab_as_elim] theorem gcd.induction {P : Nat → Nat → Prop} (m n : Nat) (H0 : ∀ n, P 0 n)
    (H1 : ∀ m n, 0 < m → P (n % m) m → P m n) : P m n := by
  induction m using Nat.strongRecOn generalizing n with
  | ind m ih =>
    cases m with
    | zero => exact H0 n
    | succ m => exact H1 (m + 1) n (zero_lt_succ m) (ih _ (mod_lt n (zero_lt_succ m)) (m + 1))

theorem gcd_dvd (m n : Nat) : gcd m n ∣ m ∧ gcd m n ∣ n := by
  induction m, n using gcd.induction with
  | H0 n => rw [gcd_zero_left]; exact ⟨Nat.dvd_zero n, Nat.dvd_refl n⟩
  | H1 m n _ ih =>
    rw [← gcd_rec] at ih
    obtain ⟨hmod, hm⟩ := ih
    have hn := Nat.dvd_add (Nat.dvd_trans hm (Nat.dvd_mul_right m (n / m))) hmod
    rw [div_add_mod] at hn
    exact ⟨hm, hn⟩

theorem gcd_dvd_left (m n : Nat) : gcd m n ∣ m := (gcd_dvd m n).left
theorem gcd_dvd_right (m n : Nat) : gcd m n ∣ n := (gcd_dvd m n).right

theorem dvd_gcd (hm : k ∣ m) (hn : k ∣ n) : k ∣ gcd m n := by
  induction m, n using gcd.induction with
  | H0 n => exact hn
  | H1 m n _ ih =>
    rw [gcd_rec]
    refine ih ?_ hm
    rw [← Nat.dvd_add_right (Nat.dvd_trans hm (Nat.dvd_mul_right m (n / m))), div_add_mod]
    exact hn

theorem dvd_gcd_iff : k ∣ gcd m n ↔ k ∣ m ∧ k ∣ n := by
  constructor
  · intro h
    exact ⟨Nat.dvd_trans h (gcd_dvd_left m n), Nat.dvd_trans h (gcd_dvd_right m n)⟩
  · rintro ⟨hm, hn⟩
    exact dvd_gcd hm hn

theorem gcd_comm (m n : Nat) : gcd m n = gcd n m :=
  Nat.dvd_antisymm (dvd_gcd (gcd_dvd_right m n) (gcd_dvd_left m n)) (dvd_gcd (gcd_dvd_right n m) (gcd_dvd_left n m))

@[simp] theorem gcd_self (n : Nat) : gcd n n = n :=
  Nat.dvd_antisymm (gcd_dvd_left n n) (dvd_gcd (Nat.dvd_refl n) (Nat.dvd_refl n))

@[simp] theorem gcd_zero_right (n : Nat) : gcd n 0 = n := by rw [gcd_comm, gcd_zero_left]
@[simp] theorem gcd_one_left (n : Nat) : gcd 1 n = 1 := dvd_one.mp (gcd_dvd_left 1 n)
@[simp] theorem gcd_one_right (n : Nat) : gcd n 1 = 1 := by rw [gcd_comm, gcd_one_left]

theorem gcd_assoc (m n k : Nat) : gcd (gcd m n) k = gcd m (gcd n k) := by
  apply Nat.dvd_antisymm
  · refine dvd_gcd ?_ (dvd_gcd ?_ (gcd_dvd_right _ _))
    · exact Nat.dvd_trans (gcd_dvd_left _ _) (gcd_dvd_left _ _)
    · exact Nat.dvd_trans (gcd_dvd_left _ _) (gcd_dvd_right _ _)
  · refine dvd_gcd (dvd_gcd (gcd_dvd_left _ _) ?_) ?_
    · exact Nat.dvd_trans (gcd_dvd_right _ _) (gcd_dvd_left _ _)
    · exact Nat.dvd_trans (gcd_dvd_right _ _) (gcd_dvd_right _ _)

theorem gcd_eq_left (h : m ∣ n) : gcd m n = m :=
  Nat.dvd_antisymm (gcd_dvd_left m n) (dvd_gcd (Nat.dvd_refl m) h)

theorem gcd_pos_of_pos_left (n : Nat) (h : 0 < m) : 0 < gcd m n :=
  Nat.pos_of_ne_zero fun e => ne_zero_of_lt h (Nat.eq_zero_of_zero_dvd (e ▸ gcd_dvd_left m n))

theorem gcd_mul_left (k m n : Nat) : gcd (k * m) (k * n) = k * gcd m n := by
  induction m, n using gcd.induction with
  | H0 n => rw [Nat.mul_zero, gcd_zero_left, gcd_zero_left]
  | H1 m n _ ih =>
    rw [gcd_rec, gcd_rec m n, ← ih, mul_mod_mul_left]

/-- Divisors of a product that share nothing with one factor divide the other. -/
theorem dvd_of_gcd_eq_one_of_dvd_mul (h : gcd k m = 1) (hd : k ∣ m * n) : k ∣ n := by
  have key : k ∣ gcd (n * k) (n * m) := dvd_gcd (Nat.dvd_mul_left k n) (Nat.mul_comm m n ▸ hd)
  rw [gcd_mul_left, h, Nat.mul_one] at key
  exact key

end Nat
