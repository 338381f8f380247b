prelude
import Rmt.Int.Div

/-!
What `omega` proves its answers with: sums of integer atoms with coefficients, and bounds on them. The tactic finds the
steps; each step is an instance of a theorem here, on lists of numerals that the kernel computes with.
-/

noncomputable section

namespace Lean.Omega

/-! ## Coefficients -/

abbrev Coeffs := List Int

namespace Coeffs

abbrev ofList (xs : List Int) : Coeffs := xs
abbrev toList (xs : Coeffs) : List Int := xs
abbrev length (xs : Coeffs) : Nat := List.length xs
abbrev isZero (xs : Coeffs) : Prop := List.all xs (fun x => decide (x = 0)) = true

def get : Coeffs → Nat → Int
  | [], _ => 0
  | x :: _, .zero => x
  | _ :: xs, .succ i => get xs i

def set : Coeffs → Nat → Int → Coeffs
  | [], .zero, y => [y]
  | [], .succ i, y => 0 :: set [] i y
  | _ :: xs, .zero, y => y :: xs
  | x :: xs, .succ i, y => x :: set xs i y

def dot : Coeffs → Coeffs → Int
  | x :: xs, y :: ys => x * y + dot xs ys
  | _, _ => 0

def neg (xs : Coeffs) : Coeffs := List.map (fun x => -x) xs
def smul (xs : Coeffs) (i : Int) : Coeffs := List.map (fun x => i * x) xs
def sdiv (xs : Coeffs) (i : Int) : Coeffs := List.map (fun x => x / i) xs

def combo (a : Int) : Coeffs → Int → Coeffs → Coeffs
  | [], b, ys => List.map (fun y => a * 0 + b * y) ys
  | x :: xs, b, [] => (a * x + b * 0) :: List.map (fun x => a * x + b * 0) xs
  | x :: xs, b, y :: ys => (a * x + b * y) :: combo a xs b ys

def add (xs ys : Coeffs) : Coeffs := combo 1 xs 1 ys
def sub (xs ys : Coeffs) : Coeffs := combo 1 xs (-1) ys

def gcd : Coeffs → Nat
  | [] => 0
  | x :: xs => Nat.gcd (Int.natAbs x) (gcd xs)

def leading : Coeffs → Int
  | [] => 0
  | x :: xs => if x = 0 then leading xs else x

def bmod (xs : Coeffs) (m : Nat) : Coeffs := List.map (fun x => Int.bmod x m) xs
def bmod_dot_sub_dot_bmod (m : Nat) (a b : Coeffs) : Int := Int.bmod (dot a b) m - dot (bmod a m) b

@[simp] theorem dot_nil_left (ys : Coeffs) : dot [] ys = 0 := rfl
@[simp] theorem dot_nil_right (xs : Coeffs) : dot xs [] = 0 := by cases xs <;> rfl
@[simp] theorem dot_cons (x y : Int) (xs ys : Coeffs) : dot (x :: xs) (y :: ys) = x * y + dot xs ys := rfl

theorem dot_map_of_mul (f : Int → Int) (c : Int) (h : ∀ x, f x = c * x) (xs ys : Coeffs) :
    dot (List.map f xs) ys = c * dot xs ys := by
  induction xs generalizing ys with
  | nil => exact (Int.mul_zero c).symm
  | cons x xs ih =>
    cases ys with
    | nil => rw [dot_nil_right, dot_nil_right, Int.mul_zero]
    | cons y ys => rw [List.map_cons, dot_cons, dot_cons, ih, h, Int.mul_add, Int.mul_assoc]

theorem dot_smul (xs ys : Coeffs) (i : Int) : dot (smul xs i) ys = i * dot xs ys :=
  dot_map_of_mul _ i (fun _ => rfl) xs ys

theorem dot_neg (xs ys : Coeffs) : dot (neg xs) ys = -dot xs ys := by
  rw [← Int.neg_one_mul]
  exact dot_map_of_mul _ (-1) (fun x => (Int.neg_one_mul x).symm) xs ys

theorem dot_combo (a : Int) (xs : Coeffs) (b : Int) (ys vs : Coeffs) :
    dot (combo a xs b ys) vs = a * dot xs vs + b * dot ys vs := by
  induction xs generalizing ys vs with
  | nil =>
    rw [dot_nil_left, Int.mul_zero, Int.zero_add]
    exact dot_map_of_mul _ b (fun y => by rw [Int.mul_zero, Int.zero_add]) ys vs
  | cons x xs ih =>
    cases ys with
    | nil =>
      rw [dot_nil_left, Int.mul_zero, Int.add_zero]
      exact dot_map_of_mul (fun x => a * x + b * 0) a (fun x => by rw [Int.mul_zero, Int.add_zero]) (x :: xs) vs
    | cons y ys =>
      cases vs with
      | nil => simp only [dot_nil_right, Int.mul_zero, Int.add_zero]
      | cons v vs =>
        show (a * x + b * y) * v + dot (combo a xs b ys) vs = _
        rw [ih]
        simp only [dot_cons, Int.add_mul, Int.mul_add, Int.mul_assoc, Int.add_assoc, Int.add_left_comm]

theorem dot_add (xs ys vs : Coeffs) : dot (add xs ys) vs = dot xs vs + dot ys vs := by
  rw [add, dot_combo, Int.one_mul, Int.one_mul]

theorem dot_sub (xs ys vs : Coeffs) : dot (sub xs ys) vs = dot xs vs - dot ys vs := by
  rw [sub, dot_combo, Int.one_mul, Int.neg_one_mul]
  rfl

theorem dot_of_isZero {xs : Coeffs} (h : isZero xs) (vs : Coeffs) : dot xs vs = 0 := by
  induction xs generalizing vs with
  | nil => rfl
  | cons x xs ih =>
    cases vs with
    | nil => rfl
    | cons v vs =>
      have h := List.all_eq_true.mp h
      have hx : x = 0 := of_decide_eq_true (h x (List.mem_cons_self x xs))
      have hxs : isZero xs := List.all_eq_true.mpr fun y hy => h y (List.mem_cons_of_mem x hy)
      rw [dot_cons, hx, Int.zero_mul, ih hxs, Int.add_zero]

theorem dot_set_nil (i : Nat) (y : Int) (vs : Coeffs) : dot (set [] i y) vs = y * get vs i := by
  induction i generalizing vs with
  | zero =>
    cases vs with
    | nil => rw [dot_nil_right]; exact (Int.mul_zero y).symm
    | cons v vs => exact Int.add_zero _
  | succ i ih =>
    cases vs with
    | nil => rw [dot_nil_right]; exact (Int.mul_zero y).symm
    | cons v vs =>
      show 0 * v + dot (set [] i y) vs = y * get vs i
      rw [ih, Int.zero_mul, Int.zero_add]

theorem dot_set_of_le {xs : Coeffs} {i : Nat} (h : List.length xs ≤ i) (y : Int) (vs : Coeffs) :
    dot (set xs i y) vs = dot xs vs + y * get vs i := by
  induction xs generalizing i vs with
  | nil => rw [dot_set_nil, dot_nil_left, Int.zero_add]
  | cons x xs ih =>
    cases i with
    | zero => exact absurd h (Nat.not_succ_le_zero _)
    | succ i =>
      cases vs with
      | nil => rw [dot_nil_right, dot_nil_right, Int.zero_add]; exact (Int.mul_zero y).symm
      | cons v vs =>
        show x * v + dot (set xs i y) vs = x * v + dot xs vs + y * get vs i
        rw [ih (Nat.le_of_succ_le_succ h), Int.add_assoc]

/-! ## Divisors of the coefficients -/

theorem natAbs_dvd {g : Nat} {x : Int} (h : g ∣ Int.natAbs x) : Int.ofNat g ∣ x := by
  obtain ⟨k, hk⟩ := h
  cases x with
  | ofNat n =>
    have hk : n = g * k := hk
    exact ⟨Int.ofNat k, congrArg Int.ofNat hk⟩
  | negSucc n =>
    have hk : n + 1 = g * k := hk
    refine ⟨-Int.ofNat k, ?_⟩
    rw [Int.mul_neg]
    show -Int.ofNat (n + 1) = -Int.ofNat (g * k)
    rw [hk]

theorem dvd_of_dvd_gcd {g : Nat} {xs : Coeffs} (h : g ∣ gcd xs) (x : Int) (hx : x ∈ xs) : Int.ofNat g ∣ x := by
  induction hx with
  | head xs => exact natAbs_dvd (Nat.dvd_trans h (Nat.gcd_dvd_left _ _))
  | tail y _ ih => exact ih (Nat.dvd_trans h (Nat.gcd_dvd_right _ _))

theorem mul_dot_sdiv {g : Int} {xs : Coeffs} (h : ∀ x, x ∈ xs → g ∣ x) (vs : Coeffs) :
    g * dot (sdiv xs g) vs = dot xs vs := by
  induction xs generalizing vs with
  | nil => exact Int.mul_zero g
  | cons x xs ih =>
    cases vs with
    | nil => rw [dot_nil_right, dot_nil_right, Int.mul_zero]
    | cons v vs =>
      obtain ⟨hx, hxs⟩ := List.forall_mem_cons.mp h
      show g * (x / g * v + dot (sdiv xs g) vs) = x * v + dot xs vs
      rw [Int.mul_add, ih hxs, ← Int.mul_assoc, Int.mul_ediv_cancel_of_dvd hx]

theorem dot_of_gcd_eq_zero {xs : Coeffs} (h : gcd xs = 0) (vs : Coeffs) : dot xs vs = 0 := by
  have zero : ∀ x, x ∈ xs → (0 : Int) ∣ x := dvd_of_dvd_gcd (g := 0) (by rw [h]; exact Nat.dvd_refl 0)
  rw [← mul_dot_sdiv zero, Int.zero_mul]

theorem dvd_dot_bmod_sub (m : Nat) (xs vs : Coeffs) : Int.ofNat m ∣ dot (bmod xs m) vs - dot xs vs := by
  induction xs generalizing vs with
  | nil => exact Int.dvd_zero _
  | cons x xs ih =>
    cases vs with
    | nil => rw [dot_nil_right, dot_nil_right]; exact Int.dvd_zero _
    | cons v vs =>
      have e : dot (bmod (x :: xs) m) (v :: vs) - dot (x :: xs) (v :: vs) =
          (Int.bmod x m - x) * v + (dot (bmod xs m) vs - dot xs vs) := by
        show Int.bmod x m * v + dot (bmod xs m) vs - (x * v + dot xs vs) = _
        simp only [Int.add_mul, Int.neg_mul, Int.sub_eq_add_neg, Int.neg_add, Int.add_assoc, Int.add_left_comm]
      rw [e]
      obtain ⟨k, hk⟩ := Int.dvd_bmod_sub_self x m
      refine Int.dvd_add ⟨k * v, ?_⟩ (ih vs)
      rw [hk, Int.mul_assoc]

theorem dvd_bmod_dot_sub_dot_bmod (m : Nat) (xs vs : Coeffs) : Int.ofNat m ∣ bmod_dot_sub_dot_bmod m xs vs := by
  have e : bmod_dot_sub_dot_bmod m xs vs =
      (Int.bmod (dot xs vs) m - dot xs vs) - (dot (bmod xs m) vs - dot xs vs) := by
    rw [bmod_dot_sub_dot_bmod, Int.sub_eq_add_neg (Int.bmod _ _ - _), Int.neg_sub, Int.sub_eq_add_neg (dot xs vs),
      ← Int.add_assoc, Int.sub_add_cancel]
    rfl
  rw [e]
  exact Int.dvd_sub (Int.dvd_bmod_sub_self _ m) (dvd_dot_bmod_sub m xs vs)

end Coeffs

/-! ## Linear combinations -/

structure LinearCombo where
  const : Int
  coeffs : Coeffs

namespace LinearCombo

def eval (l : LinearCombo) (values : Coeffs) : Int := l.const + Coeffs.dot l.coeffs values

def coordinate (i : Nat) : LinearCombo := ⟨0, Coeffs.set [] i 1⟩
def add (l m : LinearCombo) : LinearCombo := ⟨l.const + m.const, Coeffs.add l.coeffs m.coeffs⟩
def sub (l m : LinearCombo) : LinearCombo := ⟨l.const - m.const, Coeffs.sub l.coeffs m.coeffs⟩
def neg (l : LinearCombo) : LinearCombo := ⟨-l.const, Coeffs.neg l.coeffs⟩
def smul (l : LinearCombo) (i : Int) : LinearCombo := ⟨i * l.const, Coeffs.smul l.coeffs i⟩
def mul (l m : LinearCombo) : LinearCombo :=
  sub (add (smul l m.const) (smul m l.const)) ⟨l.const * m.const, []⟩

instance : Add LinearCombo := ⟨add⟩
instance : Sub LinearCombo := ⟨sub⟩
instance : Neg LinearCombo := ⟨neg⟩

theorem add_eval (l m : LinearCombo) (v : Coeffs) : (l + m).eval v = l.eval v + m.eval v := by
  show l.const + m.const + Coeffs.dot (Coeffs.add l.coeffs m.coeffs) v = _
  rw [Coeffs.dot_add]
  simp only [eval, Int.add_assoc, Int.add_left_comm]

theorem neg_eval (l : LinearCombo) (v : Coeffs) : (-l).eval v = -l.eval v := by
  show -l.const + Coeffs.dot (Coeffs.neg l.coeffs) v = -(l.const + _)
  rw [Coeffs.dot_neg, Int.neg_add]

theorem sub_eval (l m : LinearCombo) (v : Coeffs) : (l - m).eval v = l.eval v - m.eval v := by
  show l.const - m.const + Coeffs.dot (Coeffs.sub l.coeffs m.coeffs) v = _
  rw [Coeffs.dot_sub]
  simp only [eval, Int.sub_eq_add_neg, Int.neg_add, Int.add_assoc, Int.add_left_comm]

theorem smul_eval (l : LinearCombo) (i : Int) (v : Coeffs) : (smul l i).eval v = i * l.eval v := by
  show i * l.const + Coeffs.dot (Coeffs.smul l.coeffs i) v = i * (l.const + _)
  rw [Coeffs.dot_smul, Int.mul_add]

theorem mul_eval (l m : LinearCombo) (v : Coeffs) (h : Coeffs.isZero l.coeffs ∨ Coeffs.isZero m.coeffs) :
    (mul l m).eval v = l.eval v * m.eval v := by
  have e : (mul l m).eval v = m.const * l.eval v + l.const * m.eval v - l.const * m.const := by
    show (add (smul l m.const) (smul m l.const) - (⟨l.const * m.const, []⟩ : LinearCombo)).eval v = _
    rw [sub_eval]
    show (smul l m.const + smul m l.const).eval v - (l.const * m.const + 0) = _
    rw [add_eval, smul_eval, smul_eval, Int.add_zero]
  rw [e]
  rcases h with h | h
  · have hl : l.eval v = l.const := by rw [eval, Coeffs.dot_of_isZero h, Int.add_zero]
    rw [hl, Int.mul_comm m.const, Int.add_comm, Int.add_sub_cancel]
  · have hm : m.eval v = m.const := by rw [eval, Coeffs.dot_of_isZero h, Int.add_zero]
    rw [hm, Int.add_sub_cancel, Int.mul_comm]

theorem coordinate_eval (i : Nat) (v : Coeffs) : (coordinate i).eval v = Coeffs.get v i := by
  show 0 + Coeffs.dot (Coeffs.set [] i 1) v = _
  rw [Coeffs.dot_set_nil, Int.zero_add, Int.one_mul]

variable {a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 : Int} {t : List Int}

theorem coordinate_eval_0 : (coordinate 0).eval (.ofList (a0 :: t)) = a0 := coordinate_eval 0 _
theorem coordinate_eval_1 : (coordinate 1).eval (.ofList (a0 :: a1 :: t)) = a1 := coordinate_eval 1 _
theorem coordinate_eval_2 : (coordinate 2).eval (.ofList (a0 :: a1 :: a2 :: t)) = a2 := coordinate_eval 2 _
theorem coordinate_eval_3 : (coordinate 3).eval (.ofList (a0 :: a1 :: a2 :: a3 :: t)) = a3 := coordinate_eval 3 _
theorem coordinate_eval_4 : (coordinate 4).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: t)) = a4 := coordinate_eval 4 _
theorem coordinate_eval_5 : (coordinate 5).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: a5 :: t)) = a5 :=
  coordinate_eval 5 _
theorem coordinate_eval_6 : (coordinate 6).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: a5 :: a6 :: t)) = a6 :=
  coordinate_eval 6 _
theorem coordinate_eval_7 : (coordinate 7).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: a5 :: a6 :: a7 :: t)) = a7 :=
  coordinate_eval 7 _
theorem coordinate_eval_8 :
    (coordinate 8).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: a5 :: a6 :: a7 :: a8 :: t)) = a8 := coordinate_eval 8 _
theorem coordinate_eval_9 :
    (coordinate 9).eval (.ofList (a0 :: a1 :: a2 :: a3 :: a4 :: a5 :: a6 :: a7 :: a8 :: a9 :: t)) = a9 :=
  coordinate_eval 9 _

end LinearCombo

/-! ## Bounds -/

/-- At least the lower bound and at most the upper one, where there are such. -/
structure Constraint where
  lowerBound : Option Int
  upperBound : Option Int

namespace Constraint

def leLower : Option Int → Int → Bool
  | none, _ => true
  | some x, t => decide (x ≤ t)

def leUpper : Option Int → Int → Bool
  | none, _ => true
  | some y, t => decide (t ≤ y)

def sat (c : Constraint) (t : Int) : Bool := leLower c.lowerBound t && leUpper c.upperBound t
abbrev sat' (c : Constraint) (x v : Coeffs) : Bool := sat c (Coeffs.dot x v)

def trivial : Constraint := ⟨none, none⟩
def impossible : Constraint := ⟨some 1, some 0⟩
def exact (r : Int) : Constraint := ⟨some r, some r⟩
def map (c : Constraint) (f : Int → Int) : Constraint := ⟨Option.map f c.lowerBound, Option.map f c.upperBound⟩
def flip (c : Constraint) : Constraint := ⟨c.upperBound, c.lowerBound⟩
def neg (c : Constraint) : Constraint := map (flip c) fun x => -x

def isImpossible : Constraint → Bool
  | ⟨some x, some y⟩ => decide (y < x)
  | _ => false

def scale (k : Int) (c : Constraint) : Constraint :=
  if k = 0 then
    if isImpossible c = true then c else ⟨some 0, some 0⟩
  else if 0 < k then map c fun x => k * x
  else map (flip c) fun x => k * x

def add (c d : Constraint) : Constraint where
  lowerBound := Option.bind c.lowerBound fun a => Option.map (fun b => a + b) d.lowerBound
  upperBound := Option.bind c.upperBound fun a => Option.map (fun b => a + b) d.upperBound

def combo (a : Int) (c : Constraint) (b : Int) (d : Constraint) : Constraint := add (scale a c) (scale b d)

def merge (f : Int → Int → Int) : Option Int → Option Int → Option Int
  | none, y => y
  | some x, none => some x
  | some x, some y => some (f x y)

def combine (c d : Constraint) : Constraint where
  lowerBound := merge max c.lowerBound d.lowerBound
  upperBound := merge min c.upperBound d.upperBound

def div (c : Constraint) (k : Nat) : Constraint where
  lowerBound := Option.map (fun x => -(-x / Int.ofNat k)) c.lowerBound
  upperBound := Option.map (fun y => y / Int.ofNat k) c.upperBound

variable {c d : Constraint} {s t : Int}

theorem sat_iff : sat c t = true ↔ (∀ x, c.lowerBound = some x → x ≤ t) ∧ ∀ y, c.upperBound = some y → t ≤ y := by
  obtain ⟨l, u⟩ := c
  cases l <;> cases u <;> simp [sat, leLower, leUpper]

theorem sat_map_flip {f : Int → Int} (anti : ∀ x y, x ≤ y → f y ≤ f x) (h : sat c t = true) :
    sat (map (flip c) f) (f t) = true := by
  rw [sat_iff] at h ⊢
  constructor
  · intro x hx
    obtain ⟨y, hy, rfl⟩ := Option.map_eq_some_iff.mp hx
    exact anti _ _ (h.right y hy)
  · intro x hx
    obtain ⟨y, hy, rfl⟩ := Option.map_eq_some_iff.mp hx
    exact anti _ _ (h.left y hy)

theorem sat_map {f : Int → Int} (mono : ∀ x y, x ≤ y → f x ≤ f y) (h : sat c t = true) :
    sat (map c f) (f t) = true := by
  rw [sat_iff] at h ⊢
  constructor
  · intro x hx
    obtain ⟨y, hy, rfl⟩ := Option.map_eq_some_iff.mp hx
    exact mono _ _ (h.left y hy)
  · intro x hx
    obtain ⟨y, hy, rfl⟩ := Option.map_eq_some_iff.mp hx
    exact mono _ _ (h.right y hy)

theorem not_sat_of_isImpossible (h : isImpossible c = true) : ¬sat c t = true := by
  obtain ⟨_ | x, _ | y⟩ := c
  · contradiction
  · contradiction
  · contradiction
  · intro hs
    rw [sat_iff] at hs
    have lt : y < x := of_decide_eq_true h
    exact Int.not_le.mpr lt (Int.le_trans (hs.left x rfl) (hs.right y rfl))

theorem not_sat'_of_isImpossible (h : isImpossible c = true) {x v : Coeffs} : ¬sat' c x v = true :=
  not_sat_of_isImpossible h

theorem scale_sat (k : Int) (h : sat c t = true) : sat (scale k c) (k * t) = true := by
  unfold scale
  split
  · next hk =>
    split
    · next hi => exact absurd h (not_sat_of_isImpossible hi)
    · rw [hk, Int.zero_mul]
      decide
  · next hk =>
    split
    · next pos => exact sat_map (fun x y le => Int.mul_le_mul_of_nonneg_left le (Int.le_of_lt pos)) h
    · next npos => exact sat_map_flip (fun x y le => Int.mul_le_mul_of_nonpos_left le (Int.not_lt.mp npos)) h

theorem add_sat (hc : sat c s = true) (hd : sat d t = true) : sat (add c d) (s + t) = true := by
  rw [sat_iff] at hc hd ⊢
  constructor
  · intro x hx
    obtain ⟨a, ha, hb⟩ := Option.bind_eq_some_iff.mp hx
    obtain ⟨b, hb', rfl⟩ := Option.map_eq_some_iff.mp hb
    exact Int.add_le_add (hc.left a ha) (hd.left b hb')
  · intro x hx
    obtain ⟨a, ha, hb⟩ := Option.bind_eq_some_iff.mp hx
    obtain ⟨b, hb', rfl⟩ := Option.map_eq_some_iff.mp hb
    exact Int.add_le_add (hc.right a ha) (hd.right b hb')

theorem max_le {a b c : Int} (ha : a ≤ c) (hb : b ≤ c) : max a b ≤ c := by
  show (if a ≤ b then b else a) ≤ c
  split <;> assumption

theorem le_min {a b c : Int} (ha : c ≤ a) (hb : c ≤ b) : c ≤ min a b := by
  show c ≤ if a ≤ b then a else b
  split <;> assumption

theorem combine_sat (hc : sat c t = true) (hd : sat d t = true) : sat (combine c d) t = true := by
  rw [sat_iff] at hc hd ⊢
  obtain ⟨l, u⟩ := c
  obtain ⟨l', u'⟩ := d
  constructor
  · intro x hx
    cases l with
    | none => exact hd.left x hx
    | some a =>
      cases l' with
      | none => exact hc.left x hx
      | some b =>
        cases hx
        exact max_le (hc.left a rfl) (hd.left b rfl)
  · intro x hx
    cases u with
    | none => exact hd.right x hx
    | some a =>
      cases u' with
      | none => exact hc.right x hx
      | some b =>
        cases hx
        exact le_min (hc.right a rfl) (hd.right b rfl)

theorem combine_sat' {s t : Constraint} {x y : Coeffs} (ws : sat' s x y = true) (wt : sat' t x y = true) :
    sat' (combine s t) x y = true := combine_sat ws wt

theorem div_sat {k : Nat} (hk : 0 < k) (h : sat c (Int.ofNat k * t) = true) : sat (div c k) t = true := by
  have pos : 0 < Int.ofNat k := Int.ofNat_lt.mpr hk
  rw [sat_iff] at h ⊢
  constructor
  · intro x hx
    obtain ⟨y, hy, rfl⟩ := Option.map_eq_some_iff.mp hx
    rw [Int.neg_le_iff, Int.le_ediv_iff_mul_le pos, Int.mul_neg]
    exact Int.neg_le_neg (h.left y hy)
  · intro x hx
    obtain ⟨y, hy, rfl⟩ := Option.map_eq_some_iff.mp hx
    exact (Int.le_ediv_iff_mul_le pos).mpr (h.right y hy)

theorem exact_sat : sat (exact s) t = true ↔ t = s := by
  rw [sat_iff]
  constructor
  · intro h
    exact Int.le_antisymm (h.right s rfl) (h.left s rfl)
  · rintro rfl
    exact ⟨fun x hx => by cases hx; exact Int.le_refl _, fun x hx => by cases hx; exact Int.le_refl _⟩

theorem addInequality_sat {c : Int} {x y : Coeffs} (w : c + Coeffs.dot x y ≥ 0) :
    sat' ⟨some (-c), none⟩ x y = true := by
  rw [sat', sat_iff]
  constructor
  · intro z hz
    cases hz
    have := Int.add_le_add_left w (-c)
    rwa [Int.add_zero, Int.neg_add_cancel_left] at this
  · intro z hz
    exact nomatch hz

theorem addEquality_sat {c : Int} {x y : Coeffs} (w : c + Coeffs.dot x y = 0) :
    sat' ⟨some (-c), some (-c)⟩ x y = true := by
  apply exact_sat.mpr
  have := congrArg (-c + ·) w
  simp only [Int.neg_add_cancel_left, Int.add_zero] at this
  exact this

end Constraint

open Constraint

theorem combo_sat' (s t : Constraint) (a : Int) (x : Coeffs) (b : Int) (y : Coeffs) (v : Coeffs)
    (wx : sat' s x v = true) (wy : sat' t y v = true) : sat' (combo a s b t) (Coeffs.combo a x b y) v = true := by
  rw [sat', Coeffs.dot_combo]
  exact add_sat (scale_sat a wx) (scale_sat b wy)

/-! ## Normal forms -/

def normalize? : Constraint × Coeffs → Option (Constraint × Coeffs)
  | (s, x) =>
    if Coeffs.gcd x = 0 then
      if sat s 0 = true then some (Constraint.trivial, x) else some (Constraint.impossible, x)
    else if Coeffs.gcd x = 1 then none
    else some (Constraint.div s (Coeffs.gcd x), Coeffs.sdiv x (Int.ofNat (Coeffs.gcd x)))

def normalize (p : Constraint × Coeffs) : Constraint × Coeffs := Option.getD (normalize? p) p

def positivize? : Constraint × Coeffs → Option (Constraint × Coeffs)
  | (s, x) => if 0 ≤ Coeffs.leading x then none else some (Constraint.neg s, Coeffs.smul x (-1))

def tidy? (p : Constraint × Coeffs) : Option (Constraint × Coeffs) :=
  match positivize? p with
  | none => normalize? p
  | some q => some (normalize q)

def tidy (p : Constraint × Coeffs) : Constraint × Coeffs := Option.getD (tidy? p) p
abbrev tidyConstraint (s : Constraint) (x : Coeffs) : Constraint := (tidy (s, x)).1
abbrev tidyCoeffs (s : Constraint) (x : Coeffs) : Coeffs := (tidy (s, x)).2

theorem normalize?_sat {p q : Constraint × Coeffs} {v : Coeffs} (h : sat' p.1 p.2 v = true)
    (e : normalize? p = some q) : sat' q.1 q.2 v = true := by
  obtain ⟨s, x⟩ := p
  simp only [normalize?] at e
  split at e
  · next zero =>
    have dot_zero := Coeffs.dot_of_gcd_eq_zero zero v
    split at e
    · cases e
      rfl
    · next no =>
      rw [sat', dot_zero] at h
      exact absurd h no
  · next ne =>
    split at e
    · contradiction
    · cases e
      apply div_sat (Nat.pos_of_ne_zero ne)
      rw [Coeffs.mul_dot_sdiv (Coeffs.dvd_of_dvd_gcd (Nat.dvd_refl _))]
      exact h

theorem normalize_sat {p : Constraint × Coeffs} {v : Coeffs} (h : sat' p.1 p.2 v = true) :
    sat' (normalize p).1 (normalize p).2 v = true := by
  unfold normalize
  cases e : normalize? p with
  | none => exact h
  | some q => exact normalize?_sat h e

theorem positivize?_sat {p q : Constraint × Coeffs} {v : Coeffs} (h : sat' p.1 p.2 v = true)
    (e : positivize? p = some q) : sat' q.1 q.2 v = true := by
  obtain ⟨s, x⟩ := p
  simp only [positivize?] at e
  split at e
  · contradiction
  · cases e
    show sat (Constraint.neg s) (Coeffs.dot (Coeffs.smul x (-1)) v) = true
    rw [Coeffs.dot_smul, Int.neg_one_mul]
    exact sat_map_flip (fun _ _ le => Int.neg_le_neg le) h

theorem tidy_sat {s : Constraint} {x v : Coeffs} (w : sat' s x v = true) :
    sat' (tidyConstraint s x) (tidyCoeffs s x) v = true := by
  show sat' (tidy (s, x)).1 (tidy (s, x)).2 v = true
  unfold tidy tidy?
  cases e : positivize? (s, x) with
  | none => exact normalize_sat (p := (s, x)) w
  | some q => exact normalize_sat (positivize?_sat (p := (s, x)) w e)

/-! ## Equations without a coefficient one -/

abbrev bmod_div_term (m : Nat) (a b : Coeffs) : Int := Coeffs.bmod_dot_sub_dot_bmod m a b / Int.ofNat m
def bmod_coeffs (m : Nat) (i : Nat) (x : Coeffs) : Coeffs := Coeffs.set (Coeffs.bmod x m) i (Int.ofNat m)

theorem bmod_sat (m : Nat) (r : Int) (i : Nat) (x v : Coeffs) (h : Coeffs.length x ≤ i)
    (p : Coeffs.get v i = bmod_div_term m x v) (w : sat' (Constraint.exact r) x v = true) :
    sat' (Constraint.exact (Int.bmod r m)) (bmod_coeffs m i x) v = true := by
  have hr : Coeffs.dot x v = r := exact_sat.mp w
  apply exact_sat.mpr
  have len : List.length (Coeffs.bmod x m) ≤ i := by
    rw [Coeffs.bmod, List.length_map]
    exact h
  rw [bmod_coeffs, Coeffs.dot_set_of_le len, p, bmod_div_term,
    Int.mul_ediv_cancel_of_dvd (Coeffs.dvd_bmod_dot_sub_dot_bmod m x v), Coeffs.bmod_dot_sub_dot_bmod, hr,
    Int.add_comm, Int.sub_add_cancel]

end Lean.Omega
