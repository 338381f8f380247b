prelude
import Rmt.Nat.Simproc

/-!
Division with remainder, by counting up: `n + 1` divided by `d` starts a new multiple of `d` where the remainder would
reach `d`. Division by zero gives quotient zero and the number itself as remainder.
-/

namespace Nat

@[extern "lean_nat_mod"] def mod : Nat → Nat → Nat
  | .zero, _ => 0
  | .succ n, d => if mod n d + 1 = d then 0 else mod n d + 1

@[extern "lean_nat_div"] def div : Nat → Nat → Nat
  | .zero, _ => 0
  | .succ n, d => if mod n d + 1 = d then div n d + 1 else div n d

instance instModNat : Mod Nat := ⟨mod⟩
instance instDivNat : Div Nat := ⟨div⟩

/-- `a` divides `b`. -/
instance instDvdNat : Dvd Nat := ⟨fun a b => ∃ c, b = a * c⟩

variable {a b c d m n k q r : Nat}

theorem mod_add_one (n d : Nat) : (n + 1) % d = if n % d + 1 = d then 0 else n % d + 1 := rfl
theorem add_one_div (n d : Nat) : (n + 1) / d = if n % d + 1 = d then n / d + 1 else n / d := rfl
@[simp] theorem zero_mod (d : Nat) : 0 % d = 0 := rfl
@[simp] protected theorem zero_div (d : Nat) : 0 / d = 0 := rfl

/-! ## Quotient and remainder -/

theorem div_add_mod (n d : Nat) : d * (n / d) + n % d = n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [mod_add_one, add_one_div]
    split
    · next h =>
      rw [Nat.mul_add, Nat.mul_one, Nat.add_zero]
      calc d * (n / d) + d = d * (n / d) + (n % d + 1) := by rw [h]
        _ = d * (n / d) + n % d + 1 := (Nat.add_assoc _ _ _).symm
        _ = n + 1 := by rw [ih]
    · rw [← Nat.add_assoc, ih]

theorem mod_add_div (n d : Nat) : n % d + d * (n / d) = n := by rw [Nat.add_comm, div_add_mod]

theorem mod_lt (n : Nat) (h : d > 0) : n % d < d := by
  induction n with
  | zero => exact h
  | succ n ih =>
    rw [mod_add_one]
    split
    · exact h
    · next ne => exact Nat.lt_of_le_of_ne ih ne

@[simp] theorem mod_zero (n : Nat) : n % 0 = n := by
  have := div_add_mod n 0
  rwa [Nat.zero_mul, Nat.zero_add] at this

@[simp] protected theorem div_zero (n : Nat) : n / 0 = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [add_one_div, if_neg (add_one_ne_zero _), ih]

theorem lt_of_mul_add_lt (h : d * a + m < d * b) : a < b :=
  Nat.lt_of_mul_lt_mul_left (Nat.lt_of_le_of_lt (le_add_right _ m) h)

/-- Nothing else is a quotient and a remainder. -/
theorem eq_of_mul_add_eq (h : d * a + m = d * b + n) (hm : m < d) (hn : n < d) : a = b ∧ m = n := by
  have upper : ∀ {a b m n : Nat}, d * a + m = d * b + n → n < d → a ≤ b := by
    intro a b m n h hn
    apply le_of_lt_add_one
    apply lt_of_mul_add_lt (d := d) (m := m)
    rw [h, mul_add_one]
    exact Nat.add_lt_add_left hn _
  have hab : a = b := Nat.le_antisymm (upper h hn) (upper h.symm hm)
  subst hab
  exact ⟨rfl, Nat.add_left_cancel h⟩

theorem div_mod_unique (h : n = d * q + r) (hr : r < d) : n / d = q ∧ n % d = r :=
  eq_of_mul_add_eq ((div_add_mod n d).trans h) (mod_lt n (Nat.lt_of_le_of_lt (zero_le r) hr)) hr

theorem mod_eq_of_lt (h : n < d) : n % d = n :=
  (div_mod_unique (q := 0) (by rw [Nat.mul_zero, Nat.zero_add]) h).right

theorem div_eq_of_lt (h : n < d) : n / d = 0 :=
  (div_mod_unique (q := 0) (by rw [Nat.mul_zero, Nat.zero_add]) h).left

@[simp] theorem mod_one (n : Nat) : n % 1 = 0 := lt_one_iff.mp (mod_lt n (zero_lt_succ 0))

@[simp] protected theorem div_one (n : Nat) : n / 1 = n := by
  have := div_add_mod n 1
  rwa [Nat.one_mul, mod_one] at this

@[simp] theorem mod_self (n : Nat) : n % n = 0 := by
  rcases Nat.eq_zero_or_pos n with rfl | h
  · rfl
  · exact (div_mod_unique (q := 1) (by rw [Nat.mul_one, Nat.add_zero]) h).right

protected theorem div_self (h : 0 < n) : n / n = 1 :=
  (div_mod_unique (r := 0) (by rw [Nat.mul_one, Nat.add_zero]) h).left

theorem mul_div_cancel_left (m : Nat) (h : 0 < n) : n * m / n = m :=
  (div_mod_unique (r := 0) rfl h).left

protected theorem mul_div_cancel (m : Nat) (h : 0 < n) : m * n / n = m := by
  rw [Nat.mul_comm, mul_div_cancel_left m h]

@[simp] theorem mul_mod_right (m n : Nat) : m * n % m = 0 := by
  rcases Nat.eq_zero_or_pos m with rfl | h
  · rw [Nat.zero_mul]; rfl
  · exact (div_mod_unique (q := n) rfl h).right

@[simp] theorem mul_mod_left (m n : Nat) : m * n % n = 0 := by rw [Nat.mul_comm, mul_mod_right]

theorem add_mul_div_left (n q : Nat) (h : 0 < d) : (n + d * q) / d = n / d + q := by
  refine (div_mod_unique (r := n % d) ?_ (mod_lt n h)).left
  rw [Nat.mul_add, Nat.add_right_comm, div_add_mod]

@[simp] theorem add_mul_mod_self_left (n d q : Nat) : (n + d * q) % d = n % d := by
  rcases Nat.eq_zero_or_pos d with rfl | h
  · rw [Nat.zero_mul, Nat.add_zero]
  · refine (div_mod_unique (q := n / d + q) ?_ (mod_lt n h)).right
    rw [Nat.mul_add, Nat.add_right_comm, div_add_mod]

@[simp] theorem add_mod_right (n d : Nat) : (n + d) % d = n % d := by
  have := add_mul_mod_self_left n d 1
  rwa [Nat.mul_one] at this

@[simp] theorem add_mod_left (d n : Nat) : (d + n) % d = n % d := by rw [Nat.add_comm, add_mod_right]

@[simp] theorem mod_mod (n d : Nat) : n % d % d = n % d := by
  rcases Nat.eq_zero_or_pos d with rfl | h
  · exact mod_zero _
  · exact mod_eq_of_lt (mod_lt n h)

theorem add_mod (m n d : Nat) : (m + n) % d = (m % d + n % d) % d := by
  have hm := mod_add_div m d
  have hn := mod_add_div n d
  calc (m + n) % d = (m % d + d * (m / d) + (n % d + d * (n / d))) % d := by rw [hm, hn]
    _ = (m % d + n % d + d * (m / d + n / d)) % d := by rw [add_add_add_comm, ← Nat.mul_add]
    _ = (m % d + n % d) % d := add_mul_mod_self_left _ _ _

theorem mul_mod (m n d : Nat) : m * n % d = (m % d) * (n % d) % d := by
  have hm := mod_add_div m d
  have hn := mod_add_div n d
  calc m * n % d = (m % d + d * (m / d)) * n % d := by rw [hm]
    _ = (m % d * n + d * (m / d * n)) % d := by rw [Nat.add_mul, Nat.mul_assoc]
    _ = m % d * n % d := add_mul_mod_self_left _ _ _
    _ = m % d * (n % d + d * (n / d)) % d := by rw [hn]
    _ = (m % d * (n % d) + d * (m % d * (n / d))) % d := by rw [Nat.mul_add, Nat.mul_left_comm]
    _ = m % d * (n % d) % d := add_mul_mod_self_left _ _ _

theorem mul_mod_mul_left (k n d : Nat) : k * n % (k * d) = k * (n % d) := by
  rcases Nat.eq_zero_or_pos k with rfl | hk
  · simp only [Nat.zero_mul, mod_zero]
  rcases Nat.eq_zero_or_pos d with rfl | hd
  · simp only [Nat.mul_zero, mod_zero]
  refine (div_mod_unique (q := n / d) ?_ (Nat.mul_lt_mul_of_pos_left (mod_lt n hd) hk)).right
  rw [Nat.mul_assoc, ← Nat.mul_add, div_add_mod]

theorem mod_le (n d : Nat) : n % d ≤ n := by
  have := le_add_left (n % d) (d * (n / d))
  rwa [div_add_mod] at this

theorem div_mul_le_self (n d : Nat) : n / d * d ≤ n := by
  have := le_add_right (d * (n / d)) (n % d)
  rwa [div_add_mod, Nat.mul_comm] at this

theorem div_le_self (n d : Nat) : n / d ≤ n := by
  rcases Nat.eq_zero_or_pos d with rfl | h
  · rw [Nat.div_zero]; exact zero_le n
  · exact Nat.le_trans (le_mul_of_pos_right _ h) (div_mul_le_self n d)

theorem le_div_iff_mul_le (h : 0 < d) : q ≤ n / d ↔ q * d ≤ n := by
  constructor
  · intro le
    exact Nat.le_trans (Nat.mul_le_mul_right d le) (div_mul_le_self n d)
  · intro le
    apply Nat.le_of_lt_add_one
    apply Nat.lt_of_mul_lt_mul_left (k := d)
    calc d * q ≤ n := by rw [Nat.mul_comm]; exact le
      _ = d * (n / d) + n % d := (div_add_mod n d).symm
      _ < d * (n / d) + d := Nat.add_lt_add_left (mod_lt n h) _
      _ = d * (n / d + 1) := (mul_add_one _ _).symm

theorem div_lt_iff_lt_mul (h : 0 < d) : n / d < q ↔ n < q * d := by
  rw [← Nat.not_le, ← Nat.not_le, not_congr (le_div_iff_mul_le h)]

theorem div_lt_self (hn : 0 < n) (hd : 1 < d) : n / d < n := by
  rw [div_lt_iff_lt_mul (Nat.lt_trans (zero_lt_succ 0) hd)]
  have := Nat.mul_lt_mul_of_pos_left hd hn
  rwa [Nat.mul_one] at this

protected theorem div_le_div_right (h : m ≤ n) (d : Nat) : m / d ≤ n / d := by
  rcases Nat.eq_zero_or_pos d with rfl | hd
  · rw [Nat.div_zero, Nat.div_zero]
  · rw [le_div_iff_mul_le hd]
    exact Nat.le_trans (div_mul_le_self m d) h

protected theorem div_div_eq_div_mul (n a b : Nat) : n / a / b = n / (a * b) := by
  rcases Nat.eq_zero_or_pos a with rfl | ha
  · rw [Nat.div_zero, Nat.zero_mul, Nat.div_zero, Nat.zero_div]
  rcases Nat.eq_zero_or_pos b with rfl | hb
  · rw [Nat.mul_zero, Nat.div_zero, Nat.div_zero]
  apply Nat.le_antisymm
  · rw [le_div_iff_mul_le (Nat.mul_pos ha hb), Nat.mul_comm a b, ← Nat.mul_assoc, ← le_div_iff_mul_le ha]
    exact div_mul_le_self _ _
  · rw [le_div_iff_mul_le hb, le_div_iff_mul_le ha, Nat.mul_assoc, Nat.mul_comm b a]
    exact div_mul_le_self _ _

/-! ## Divisibility -/

@[simp] protected theorem dvd_refl (n : Nat) : n ∣ n := ⟨1, (Nat.mul_one n).symm⟩
@[simp] protected theorem dvd_zero (n : Nat) : n ∣ 0 := ⟨0, rfl⟩
@[simp] protected theorem one_dvd (n : Nat) : 1 ∣ n := ⟨n, (Nat.one_mul n).symm⟩
@[simp] protected theorem dvd_mul_right (a b : Nat) : a ∣ a * b := ⟨b, rfl⟩
@[simp] protected theorem dvd_mul_left (a b : Nat) : a ∣ b * a := ⟨b, Nat.mul_comm b a⟩

protected theorem dvd_trans (h : a ∣ b) (k' : b ∣ c) : a ∣ c := by
  obtain ⟨x, rfl⟩ := h
  obtain ⟨y, rfl⟩ := k'
  exact ⟨x * y, Nat.mul_assoc a x y⟩

protected theorem eq_zero_of_zero_dvd (h : 0 ∣ n) : n = 0 := by
  obtain ⟨c, rfl⟩ := h
  exact Nat.zero_mul c

protected theorem dvd_add (h : a ∣ b) (k' : a ∣ c) : a ∣ b + c := by
  obtain ⟨x, rfl⟩ := h
  obtain ⟨y, rfl⟩ := k'
  exact ⟨x + y, (Nat.mul_add a x y).symm⟩

protected theorem dvd_sub (h : a ∣ b) (k' : a ∣ c) : a ∣ b - c := by
  obtain ⟨x, rfl⟩ := h
  obtain ⟨y, rfl⟩ := k'
  exact ⟨x - y, (Nat.mul_sub a x y).symm⟩

protected theorem dvd_add_right (h : a ∣ b) : a ∣ b + c ↔ a ∣ c := by
  constructor
  · intro k'
    have := Nat.dvd_sub k' h
    rwa [Nat.add_sub_cancel_left] at this
  · exact Nat.dvd_add h

theorem le_of_dvd (hn : 0 < n) (h : m ∣ n) : m ≤ n := by
  obtain ⟨c, rfl⟩ := h
  cases c with
  | zero => exact absurd hn (Nat.lt_irrefl 0)
  | succ c => exact le_mul_of_pos_right m (zero_lt_succ c)

protected theorem dvd_antisymm (h : m ∣ n) (k' : n ∣ m) : m = n := by
  rcases Nat.eq_zero_or_pos n with rfl | hn
  · exact Nat.eq_zero_of_zero_dvd k'
  rcases Nat.eq_zero_or_pos m with rfl | hm
  · exact (Nat.eq_zero_of_zero_dvd h).symm
  · exact Nat.le_antisymm (le_of_dvd hn h) (le_of_dvd hm k')

theorem dvd_of_mod_eq_zero (h : n % m = 0) : m ∣ n := by
  have := div_add_mod n m
  rw [h, Nat.add_zero] at this
  exact ⟨n / m, this.symm⟩

theorem mod_eq_zero_of_dvd (h : m ∣ n) : n % m = 0 := by
  obtain ⟨c, rfl⟩ := h
  exact mul_mod_right m c

theorem dvd_iff_mod_eq_zero : m ∣ n ↔ n % m = 0 := ⟨mod_eq_zero_of_dvd, dvd_of_mod_eq_zero⟩

instance decidable_dvd : DecidableRel (α := Nat) (· ∣ ·) :=
  fun _ _ => decidable_of_iff _ dvd_iff_mod_eq_zero.symm

protected theorem div_mul_cancel (h : m ∣ n) : n / m * m = n := by
  rw [Nat.mul_comm]
  have := div_add_mod n m
  rwa [mod_eq_zero_of_dvd h] at this

protected theorem mul_dvd_mul (h : a ∣ b) (k' : c ∣ d) : a * c ∣ b * d := by
  obtain ⟨x, rfl⟩ := h
  obtain ⟨y, rfl⟩ := k'
  exact ⟨x * y, mul_mul_mul_comm a x c y⟩

theorem dvd_one : n ∣ 1 ↔ n = 1 := by
  constructor
  · rintro ⟨c, h⟩
    exact mul_eq_one h.symm
  · rintro rfl
    exact Nat.dvd_refl 1

/-! ## Even and odd -/

theorem mod_two_eq_zero_or_one (n : Nat) : n % 2 = 0 ∨ n % 2 = 1 := by
  have h := mod_lt n (zero_lt_succ 1)
  rcases Nat.eq_or_lt_of_le (le_of_lt_add_one h) with h | h
  · exact Or.inr h
  · exact Or.inl (lt_one_iff.mp h)

theorem two_dvd_mul_add_one (n : Nat) : 2 ∣ n * (n + 1) := by
  induction n with
  | zero => exact Nat.dvd_zero 2
  | succ n ih =>
    have : (n + 1) * (n + 1 + 1) = n * (n + 1) + 2 * (n + 1) := by
      rw [← Nat.add_mul, Nat.mul_comm]
    rw [this]
    exact Nat.dvd_add ih (Nat.dvd_mul_right 2 _)

end Nat
