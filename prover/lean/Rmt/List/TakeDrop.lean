prelude
import Rmt.List.Fold

/-! Parts of lists by position, lists side by side, lists of one element, counting up. -/

universe u v w

namespace List

variable {α : Type u} {β : Type v} {γ : Type w}

def take : Nat → List α → List α
  | .zero, _ => []
  | .succ _, [] => []
  | .succ n, a :: l => a :: take n l

def drop : Nat → List α → List α
  | .zero, l => l
  | .succ _, [] => []
  | .succ n, _ :: l => drop n l

def takeWhile (p : α → Bool) : List α → List α
  | [] => []
  | a :: l => cond (p a) (a :: takeWhile p l) []

def dropWhile (p : α → Bool) : List α → List α
  | [] => []
  | a :: l => cond (p a) (dropWhile p l) (a :: l)

def replicate (n : Nat) (a : α) : List α :=
  match n with
  | .zero => []
  | .succ n => a :: replicate n a

def zipWith (f : α → β → γ) : List α → List β → List γ
  | a :: l, b :: m => f a b :: zipWith f l m
  | _, _ => []

def zip : List α → List β → List (α × β) := zipWith Prod.mk

/-- `[0, 1, …, n - 1]` -/
def range : Nat → List Nat
  | .zero => []
  | .succ n => range n ++ [n]

variable {a b : α} {l m : List α} {n k : Nat}

/-! ## Take and drop -/

@[simp] theorem take_zero (l : List α) : take 0 l = [] := rfl
@[simp] theorem take_nil (n : Nat) : take n ([] : List α) = [] := by cases n <;> rfl
@[simp] theorem take_add_one_cons (n : Nat) (a : α) (l : List α) : take (n + 1) (a :: l) = a :: take n l := rfl
@[simp] theorem drop_zero (l : List α) : drop 0 l = l := rfl
@[simp] theorem drop_nil (n : Nat) : drop n ([] : List α) = [] := by cases n <;> rfl
@[simp] theorem drop_add_one_cons (n : Nat) (a : α) (l : List α) : drop (n + 1) (a :: l) = drop n l := rfl

@[simp] theorem take_append_drop (n : Nat) (l : List α) : take n l ++ drop n l = l := by
  induction n generalizing l with
  | zero => rfl
  | succ n ih =>
    cases l with
    | nil => rfl
    | cons a l => rw [take_add_one_cons, drop_add_one_cons, cons_append, ih]

@[simp] theorem length_take (n : Nat) (l : List α) : length (take n l) = min n (length l) := by
  induction n generalizing l with
  | zero => exact (Nat.zero_min _).symm
  | succ n ih =>
    cases l with
    | nil => exact (Nat.min_zero _).symm
    | cons a l =>
      rw [take_add_one_cons, length_cons, ih, length_cons]
      rcases Nat.le_total n (length l) with h | h
      · rw [Nat.min_eq_left h, Nat.min_eq_left (Nat.succ_le_succ h)]
      · rw [Nat.min_eq_right h, Nat.min_eq_right (Nat.succ_le_succ h)]

@[simp] theorem length_drop (n : Nat) (l : List α) : length (drop n l) = length l - n := by
  induction n generalizing l with
  | zero => rfl
  | succ n ih =>
    cases l with
    | nil => exact (Nat.zero_sub _).symm
    | cons a l => rw [drop_add_one_cons, ih, length_cons, Nat.add_one_sub_add_one]

theorem take_of_length_le (h : length l ≤ n) : take n l = l := by
  induction n generalizing l with
  | zero => rw [eq_nil_of_length_eq_zero (Nat.eq_zero_of_le_zero h), take_nil]
  | succ n ih =>
    cases l with
    | nil => rfl
    | cons a l => rw [take_add_one_cons, ih (Nat.le_of_succ_le_succ h)]

@[simp] theorem take_length (l : List α) : take (length l) l = l := take_of_length_le (Nat.le_refl _)

theorem drop_of_length_le (h : length l ≤ n) : drop n l = [] := by
  apply eq_nil_of_length_eq_zero
  rw [length_drop]
  exact Nat.sub_eq_zero_of_le h

theorem take_append_of_le_length (h : n ≤ length l) : take n (l ++ m) = take n l := by
  induction n generalizing l with
  | zero => rfl
  | succ n ih =>
    cases l with
    | nil => exact absurd h (Nat.not_succ_le_zero n)
    | cons a l => rw [cons_append, take_add_one_cons, ih (Nat.le_of_succ_le_succ h), take_add_one_cons]

theorem take_left (l m : List α) : take (length l) (l ++ m) = l := by
  rw [take_append_of_le_length (Nat.le_refl _), take_length]

theorem drop_left (l m : List α) : drop (length l) (l ++ m) = m := by
  induction l with
  | nil => rfl
  | cons a l ih => exact ih

theorem take_take (n k : Nat) (l : List α) : take n (take k l) = take (min n k) l := by
  induction n generalizing k l with
  | zero => rw [Nat.zero_min]; rfl
  | succ n ih =>
    cases k with
    | zero => rw [Nat.min_zero]; rfl
    | succ k =>
      cases l with
      | nil => simp
      | cons a l =>
        rw [take_add_one_cons, take_add_one_cons, ih]
        rcases Nat.le_total n k with h | h
        · rw [Nat.min_eq_left h, Nat.min_eq_left (Nat.succ_le_succ h), take_add_one_cons]
        · rw [Nat.min_eq_right h, Nat.min_eq_right (Nat.succ_le_succ h), take_add_one_cons]

theorem drop_drop (n k : Nat) (l : List α) : drop n (drop k l) = drop (k + n) l := by
  induction k generalizing l with
  | zero => rw [Nat.zero_add]; rfl
  | succ k ih =>
    cases l with
    | nil => simp
    | cons a l => rw [Nat.add_right_comm, drop_add_one_cons, drop_add_one_cons, ih]

theorem map_take (f : α → β) (n : Nat) (l : List α) : map f (take n l) = take n (map f l) := by
  induction n generalizing l with
  | zero => rfl
  | succ n ih =>
    cases l with
    | nil => rfl
    | cons a l => simp only [take_add_one_cons, map_cons, ih]

theorem map_drop (f : α → β) (n : Nat) (l : List α) : map f (drop n l) = drop n (map f l) := by
  induction n generalizing l with
  | zero => rfl
  | succ n ih =>
    cases l with
    | nil => rfl
    | cons a l => exact ih l

theorem mem_of_mem_take (h : a ∈ take n l) : a ∈ l := by
  rw [← take_append_drop n l, mem_append]
  exact Or.inl h

theorem mem_of_mem_drop (h : a ∈ drop n l) : a ∈ l := by
  rw [← take_append_drop n l, mem_append]
  exact Or.inr h

@[simp] theorem takeWhile_append_dropWhile (p : α → Bool) (l : List α) : takeWhile p l ++ dropWhile p l = l := by
  induction l with
  | nil => rfl
  | cons a l ih => cases h : p a <;> simp [takeWhile, dropWhile, h, ih]

theorem all_takeWhile (p : α → Bool) (l : List α) : all (takeWhile p l) p = true := by
  induction l with
  | nil => rfl
  | cons a l ih => cases h : p a <;> simp [takeWhile, h, ih]

theorem takeWhile_eq_self {p : α → Bool} (h : ∀ a, a ∈ l → p a = true) : takeWhile p l = l := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    obtain ⟨ha, hl⟩ := forall_mem_cons.mp h
    rw [takeWhile, ha, Bool.cond_true, ih hl]

/-! ## Replicate -/

@[simp] theorem replicate_zero (a : α) : replicate 0 a = [] := rfl
@[simp] theorem replicate_add_one (n : Nat) (a : α) : replicate (n + 1) a = a :: replicate n a := rfl

@[simp] theorem length_replicate (n : Nat) (a : α) : length (replicate n a) = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [replicate_add_one, length_cons, ih]

theorem eq_of_mem_replicate (h : b ∈ replicate n a) : b = a := by
  induction n with
  | zero => exact absurd h (not_mem_nil b)
  | succ n ih =>
    rcases mem_cons.mp h with h | h
    · exact h
    · exact ih h

theorem mem_replicate : b ∈ replicate n a ↔ n ≠ 0 ∧ b = a := by
  constructor
  · intro h
    refine ⟨?_, eq_of_mem_replicate h⟩
    rintro rfl
    exact not_mem_nil b h
  · rintro ⟨hn, rfl⟩
    obtain ⟨k, rfl⟩ := Nat.exists_eq_add_one_of_ne_zero hn
    exact mem_cons_self b _

theorem replicate_append_replicate (n k : Nat) (a : α) : replicate n a ++ replicate k a = replicate (n + k) a := by
  induction n with
  | zero => rw [Nat.zero_add]; rfl
  | succ n ih => rw [replicate_add_one, cons_append, ih, Nat.add_right_comm, replicate_add_one]

theorem map_replicate (f : α → β) (n : Nat) (a : α) : map f (replicate n a) = replicate n (f a) := by
  induction n with
  | zero => rfl
  | succ n ih => simp only [replicate_add_one, map_cons, ih]

theorem replicate_append_singleton (n : Nat) (a : α) : replicate n a ++ [a] = a :: replicate n a := by
  have h := replicate_append_replicate n 1 a
  rw [replicate_add_one] at h
  exact h

theorem reverse_replicate (n : Nat) (a : α) : reverse (replicate n a) = replicate n a := by
  induction n with
  | zero => rfl
  | succ n ih => rw [replicate_add_one, reverse_cons, ih, replicate_append_singleton]

theorem eq_replicate_of_mem (h : ∀ b, b ∈ l → b = a) : l = replicate (length l) a := by
  induction l with
  | nil => rfl
  | cons c l ih =>
    obtain ⟨rfl, hl⟩ := forall_mem_cons.mp h
    rw [length_cons, replicate_add_one, ← ih hl]

theorem sum_replicate (n k : Nat) : sum (replicate n k) = n * k := by
  induction n with
  | zero => exact (Nat.zero_mul k).symm
  | succ n ih => rw [replicate_add_one, sum_cons, ih, Nat.add_one_mul, Nat.add_comm]

/-! ## Zip -/

@[simp] theorem zipWith_nil_left (f : α → β → γ) (m : List β) : zipWith f [] m = [] := by cases m <;> rfl
@[simp] theorem zipWith_nil_right (f : α → β → γ) (l : List α) : zipWith f l [] = [] := by cases l <;> rfl
@[simp] theorem zipWith_cons_cons (f : α → β → γ) (a : α) (b : β) (l : List α) (m : List β) :
    zipWith f (a :: l) (b :: m) = f a b :: zipWith f l m := rfl
@[simp] theorem zip_nil_left (m : List β) : zip ([] : List α) m = [] := zipWith_nil_left _ m
@[simp] theorem zip_nil_right (l : List α) : zip l ([] : List β) = [] := zipWith_nil_right _ l
@[simp] theorem zip_cons_cons (a : α) (b : β) (l : List α) (m : List β) :
    zip (a :: l) (b :: m) = (a, b) :: zip l m := rfl

@[simp] theorem length_zipWith (f : α → β → γ) (l : List α) (m : List β) :
    length (zipWith f l m) = min (length l) (length m) := by
  induction l generalizing m with
  | nil => rw [zipWith_nil_left, length_nil, length_nil, Nat.zero_min]
  | cons a l ih =>
    cases m with
    | nil => exact (Nat.min_zero _).symm
    | cons b m =>
      rw [zipWith_cons_cons, length_cons, ih, length_cons, length_cons]
      rcases Nat.le_total (length l) (length m) with h | h
      · rw [Nat.min_eq_left h, Nat.min_eq_left (Nat.succ_le_succ h)]
      · rw [Nat.min_eq_right h, Nat.min_eq_right (Nat.succ_le_succ h)]

theorem zipWith_comm (f : α → β → γ) (l : List α) (m : List β) : zipWith f l m = zipWith (fun b a => f a b) m l := by
  induction l generalizing m with
  | nil => rw [zipWith_nil_left, zipWith_nil_right]
  | cons a l ih =>
    cases m with
    | nil => rfl
    | cons b m => rw [zipWith_cons_cons, zipWith_cons_cons, ih]

theorem zipWith_self (f : α → α → β) (l : List α) : zipWith f l l = map (fun a => f a a) l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [zipWith_cons_cons, map_cons, ih]

theorem zip_map_fst_snd (l : List (α × β)) : zip (map Prod.fst l) (map Prod.snd l) = l := by
  induction l with
  | nil => rfl
  | cons p l ih => rw [map_cons, map_cons, zip_cons_cons, ih]

theorem map_fst_zip {l : List α} {m : List β} (h : length l ≤ length m) : map Prod.fst (zip l m) = l := by
  induction l generalizing m with
  | nil => rw [zip_nil_left]; rfl
  | cons a l ih =>
    cases m with
    | nil => exact absurd h (Nat.not_succ_le_zero _)
    | cons b m => rw [zip_cons_cons, map_cons, ih (Nat.le_of_succ_le_succ h)]

theorem map_swap_zip (l : List α) (m : List β) : map Prod.swap (zip l m) = zip m l := by
  induction l generalizing m with
  | nil => rw [zip_nil_left, zip_nil_right]; rfl
  | cons a l ih =>
    cases m with
    | nil => rfl
    | cons b m => rw [zip_cons_cons, map_cons, ih, zip_cons_cons, Prod.swap_mk]

theorem map_zipWith (g : γ → γ) (f : α → β → γ) (l : List α) (m : List β) :
    map g (zipWith f l m) = zipWith (fun a b => g (f a b)) l m := by
  induction l generalizing m with
  | nil => simp
  | cons a l ih =>
    cases m with
    | nil => rfl
    | cons b m => simp only [zipWith_cons_cons, map_cons, ih]

theorem zip_append {l l' : List α} {m m' : List β} (h : length l = length m) :
    zip (l ++ l') (m ++ m') = zip l m ++ zip l' m' := by
  induction l generalizing m with
  | nil => rw [eq_nil_of_length_eq_zero h.symm]; rfl
  | cons a l ih =>
    cases m with
    | nil => exact absurd h (Nat.add_one_ne_zero _)
    | cons b m => rw [cons_append, cons_append, zip_cons_cons, ih (Nat.add_one_inj.mp h), zip_cons_cons, cons_append]

/-! ## Range -/

@[simp] theorem range_zero : range 0 = [] := rfl
theorem range_add_one (n : Nat) : range (n + 1) = range n ++ [n] := rfl

@[simp] theorem length_range (n : Nat) : length (range n) = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [range_add_one, length_append, ih, length_singleton]

@[simp] theorem mem_range : k ∈ range n ↔ k < n := by
  induction n with
  | zero => exact iff_of_false (not_mem_nil k) (Nat.not_lt_zero k)
  | succ n ih =>
    rw [range_add_one, mem_append, ih, mem_singleton, Nat.lt_add_one_iff]
    constructor
    · rintro (h | rfl)
      · exact Nat.le_of_lt h
      · exact Nat.le_refl k
    · intro h
      exact (Nat.eq_or_lt_of_le h).symm

/-- Gauss: twice the sum of the numbers below `n`. -/
theorem two_mul_sum_range (n : Nat) : 2 * sum (range n) = n * (n - 1) := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [range_add_one, sum_append, sum_cons, sum_nil, Nat.add_zero, Nat.mul_add, ih, Nat.add_one_sub_one]
    cases n with
    | zero => rfl
    | succ n =>
      rw [Nat.add_one_sub_one, Nat.mul_comm 2 (n + 1), ← Nat.mul_add, Nat.mul_comm (n + 1 + 1)]

/-- The first `n` odd numbers add up to a square. -/
theorem sum_odd (n : Nat) : sum (map (fun k => 2 * k + 1) (range n)) = n * n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [range_add_one, map_append, sum_append, ih, map_cons, map_nil, sum_cons, sum_nil, Nat.add_zero, Nat.two_mul,
      Nat.mul_add_one, Nat.add_one_mul, Nat.add_assoc (n * n)]
    rfl

end List
