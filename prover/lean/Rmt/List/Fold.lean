prelude
import Rmt.List.Mem

/-! Folds, and what they compute: sums, lists of lists made flat. -/

universe u v w

namespace List

variable {α : Type u} {β : Type v} {γ : Type w}

def foldr (f : α → β → β) (init : β) : List α → β
  | [] => init
  | a :: l => f a (foldr f init l)

def foldl (f : β → α → β) (init : β) : List α → β
  | [] => init
  | a :: l => foldl f (f init a) l

def flatten : List (List α) → List α
  | [] => []
  | l :: L => l ++ flatten L

def flatMap (f : α → List β) (l : List α) : List β := flatten (map f l)

def sum : List Nat → Nat := foldr (· + ·) 0

def maximum : List Nat → Nat := foldr max 0

variable {a b : α} {l m : List α}

/-! ## Right folds -/

@[simp] theorem foldr_nil (f : α → β → β) (b : β) : foldr f b [] = b := rfl
@[simp] theorem foldr_cons (f : α → β → β) (b : β) (a : α) (l : List α) :
    foldr f b (a :: l) = f a (foldr f b l) := rfl

@[simp] theorem foldr_append (f : α → β → β) (b : β) (l m : List α) :
    foldr f b (l ++ m) = foldr f (foldr f b m) l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [cons_append, foldr_cons, ih, foldr_cons]

theorem foldr_map (g : γ → α) (f : α → β → β) (b : β) (l : List γ) :
    foldr f b (map g l) = foldr (fun c b => f (g c) b) b l := by
  induction l with
  | nil => rfl
  | cons c l ih => simp only [map_cons, foldr_cons, ih]

@[simp] theorem foldr_cons_nil (l : List α) : foldr cons [] l = l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [foldr_cons, ih]

theorem foldr_cons_eq_append (l m : List α) : foldr cons m l = l ++ m := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [foldr_cons, ih, cons_append]

theorem map_eq_foldr (f : α → β) (l : List α) : map f l = foldr (fun a m => f a :: m) [] l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, ih, foldr_cons]

theorem length_eq_foldr (l : List α) : length l = foldr (fun _ n => n + 1) 0 l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [length_cons, ih, foldr_cons]

theorem foldr_fusion {f : α → β → β} {g : α → γ → γ} {h : β → γ} (fuse : ∀ a b, h (f a b) = g a (h b)) (b : β)
    (l : List α) : h (foldr f b l) = foldr g (h b) l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [foldr_cons, fuse, ih, foldr_cons]

/-! ## Left folds -/

@[simp] theorem foldl_nil (f : β → α → β) (b : β) : foldl f b [] = b := rfl
@[simp] theorem foldl_cons (f : β → α → β) (b : β) (a : α) (l : List α) :
    foldl f b (a :: l) = foldl f (f b a) l := rfl

@[simp] theorem foldl_append (f : β → α → β) (b : β) (l m : List α) :
    foldl f b (l ++ m) = foldl f (foldl f b l) m := by
  induction l generalizing b with
  | nil => rfl
  | cons a l ih => exact ih (f b a)

theorem foldl_map (g : γ → α) (f : β → α → β) (b : β) (l : List γ) :
    foldl f b (map g l) = foldl (fun b c => f b (g c)) b l := by
  induction l generalizing b with
  | nil => rfl
  | cons c l ih => exact ih (f b (g c))

theorem foldl_reverse (f : β → α → β) (b : β) (l : List α) :
    foldl f b (reverse l) = foldr (fun a b => f b a) b l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [reverse_cons, foldl_append, ih, foldr_cons, foldl_cons, foldl_nil]

theorem foldr_reverse (f : α → β → β) (b : β) (l : List α) :
    foldr f b (reverse l) = foldl (fun b a => f a b) b l := by
  have := foldl_reverse (fun b a => f a b) b (reverse l)
  rw [reverse_reverse] at this
  exact this.symm

theorem foldl_flip_cons (l m : List α) : foldl (fun m a => a :: m) m l = reverse l ++ m := by
  induction l generalizing m with
  | nil => rfl
  | cons a l ih => rw [foldl_cons, ih, reverse_cons, append_assoc]; rfl

theorem foldl_eq_foldr {f : α → α → α} (assoc : ∀ a b c, f (f a b) c = f a (f b c))
    (comm : ∀ a b, f a b = f b a) (e : α) (l : List α) : foldl f e l = foldr f e l := by
  have push : ∀ (l : List α) a b, foldl f (f a b) l = f a (foldl f b l) := by
    intro l
    induction l with
    | nil => intro a b; rfl
    | cons c l ih => intro a b; rw [foldl_cons, assoc, ih, foldl_cons]
  induction l with
  | nil => rfl
  | cons a l ih => rw [foldl_cons, comm e a, push, ih, foldr_cons]

/-! ## Flatten -/

@[simp] theorem flatten_nil : flatten ([] : List (List α)) = [] := rfl
@[simp] theorem flatten_cons (l : List α) (L : List (List α)) : flatten (l :: L) = l ++ flatten L := rfl

@[simp] theorem flatten_append (L M : List (List α)) : flatten (L ++ M) = flatten L ++ flatten M := by
  induction L with
  | nil => rfl
  | cons l L ih => rw [cons_append, flatten_cons, ih, flatten_cons, append_assoc]

theorem map_flatten (f : α → β) (L : List (List α)) : map f (flatten L) = flatten (map (map f) L) := by
  induction L with
  | nil => rfl
  | cons l L ih => simp only [flatten_cons, map_append, map_cons, ih]

theorem flatten_flatten (L : List (List (List α))) : flatten (flatten L) = flatten (map flatten L) := by
  induction L with
  | nil => rfl
  | cons l L ih => simp only [flatten_cons, flatten_append, map_cons, ih]

theorem mem_flatten {L : List (List α)} : a ∈ flatten L ↔ ∃ l, l ∈ L ∧ a ∈ l := by
  induction L with
  | nil => simp
  | cons m L ih => rw [flatten_cons, mem_append, ih, exists_mem_cons]

theorem length_flatten (L : List (List α)) : length (flatten L) = sum (map length L) := by
  induction L with
  | nil => rfl
  | cons l L ih => rw [flatten_cons, length_append, ih]; rfl

theorem filter_flatten (p : α → Bool) (L : List (List α)) : filter p (flatten L) = flatten (map (filter p) L) := by
  induction L with
  | nil => rfl
  | cons l L ih => simp only [flatten_cons, filter_append, ih, map_cons]

theorem flatMap_def (f : α → List β) (l : List α) : flatMap f l = flatten (map f l) := rfl
theorem flatMap_singleton (f : α → List β) (a : α) : flatMap f [a] = f a := append_nil (f a)

theorem flatMap_pure_right (l : List α) : flatMap (fun a => [a]) l = l := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    calc flatMap (fun a => [a]) (a :: l) = [a] ++ flatMap (fun a => [a]) l := rfl
      _ = a :: l := by rw [ih]; rfl

theorem flatMap_append (f : α → List β) (l m : List α) : flatMap f (l ++ m) = flatMap f l ++ flatMap f m := by
  simp only [flatMap, map_append, flatten_append]

theorem flatMap_assoc (f : α → List β) (g : β → List γ) (l : List α) :
    flatMap g (flatMap f l) = flatMap (fun a => flatMap g (f a)) l := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    have h : flatMap f (a :: l) = f a ++ flatMap f l := rfl
    rw [h, flatMap_append, ih]
    rfl

theorem mem_flatMap {f : α → List β} {b : β} : b ∈ flatMap f l ↔ ∃ a, a ∈ l ∧ b ∈ f a := by
  rw [flatMap, mem_flatten]
  constructor
  · rintro ⟨m, hm, hb⟩
    obtain ⟨a, ha, rfl⟩ := mem_map.mp hm
    exact ⟨a, ha, hb⟩
  · rintro ⟨a, ha, hb⟩
    exact ⟨f a, mem_map_of_mem f ha, hb⟩

/-! ## Sums and maxima -/

@[simp] theorem sum_nil : sum [] = 0 := rfl
@[simp] theorem sum_cons (n : Nat) (l : List Nat) : sum (n :: l) = n + sum l := rfl

@[simp] theorem sum_append (l m : List Nat) : sum (l ++ m) = sum l + sum m := by
  induction l with
  | nil => exact (Nat.zero_add _).symm
  | cons n l ih => rw [cons_append, sum_cons, ih, sum_cons, Nat.add_assoc]

theorem sum_reverse (l : List Nat) : sum (reverse l) = sum l := by
  induction l with
  | nil => rfl
  | cons n l ih => rw [reverse_cons, sum_append, ih, Nat.add_comm]; rfl

theorem sum_map_add (f g : α → Nat) (l : List α) : sum (map (fun a => f a + g a) l) = sum (map f l) + sum (map g l) := by
  induction l with
  | nil => rfl
  | cons a l ih => simp only [map_cons, sum_cons, ih, Nat.add_add_add_comm]

theorem sum_map_mul_left (n : Nat) (l : List Nat) : sum (map (n * ·) l) = n * sum l := by
  induction l with
  | nil => rfl
  | cons k l ih => simp only [map_cons, sum_cons, ih, Nat.mul_add]

theorem le_sum_of_mem {n : Nat} {l : List Nat} (h : n ∈ l) : n ≤ sum l := by
  induction h with
  | head l => exact Nat.le_add_right n _
  | tail k _ ih => exact Nat.le_trans ih (Nat.le_add_left _ k)

theorem sum_eq_zero_iff {l : List Nat} : sum l = 0 ↔ ∀ n, n ∈ l → n = 0 := by
  induction l with
  | nil => simp
  | cons k l ih => rw [sum_cons, Nat.add_eq_zero_iff, ih, forall_mem_cons]

theorem le_maximum_of_mem {n : Nat} {l : List Nat} (h : n ∈ l) : n ≤ maximum l := by
  induction h with
  | head l => exact Nat.le_max_left n _
  | tail k _ ih => exact Nat.le_trans ih (Nat.le_max_right k _)

theorem maximum_le_iff {n : Nat} {l : List Nat} : maximum l ≤ n ↔ ∀ k, k ∈ l → k ≤ n := by
  induction l with
  | nil => simp [maximum]
  | cons k l ih =>
    have h : maximum (k :: l) = max k (maximum l) := rfl
    rw [h, Nat.max_le, ih, forall_mem_cons]

theorem maximum_mem {l : List Nat} (h : l ≠ []) : maximum l ∈ l := by
  induction l with
  | nil => contradiction
  | cons k l ih =>
    have step : maximum (k :: l) = max k (maximum l) := rfl
    rw [step]
    rcases Nat.le_total (maximum l) k with le | le
    · rw [Nat.max_eq_left le]
      exact mem_cons_self k l
    · rw [Nat.max_eq_right le]
      cases l with
      | nil => exact mem_cons.mpr (Or.inl (Nat.le_antisymm (Nat.zero_le k) le))
      | cons j l => exact mem_cons_of_mem k (ih (cons_ne_nil j l))

end List
