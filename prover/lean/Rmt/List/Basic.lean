prelude
import Rmt.Nat.Gcd
import Rmt.Option
import Rmt.Prod

/-! Lists: length, concatenation, mapping, reversal. -/

universe u v w

namespace List

variable {α : Type u} {β : Type v} {γ : Type w}

def length : List α → Nat
  | [] => 0
  | _ :: l => length l + 1

protected def append : List α → List α → List α
  | [], m => m
  | a :: l, m => a :: List.append l m

instance instAppend : Append (List α) := ⟨List.append⟩
instance instInhabited : Inhabited (List α) := ⟨[]⟩
instance instEmptyCollection : EmptyCollection (List α) := ⟨[]⟩

def map (f : α → β) : List α → List β
  | [] => []
  | a :: l => f a :: map f l

def reverse : List α → List α
  | [] => []
  | a :: l => reverse l ++ [a]

def isEmpty : List α → Bool
  | [] => true
  | _ :: _ => false

def head? : List α → Option α
  | [] => none
  | a :: _ => some a

def tail : List α → List α
  | [] => []
  | _ :: l => l

def getLast? : List α → Option α
  | [] => none
  | [a] => some a
  | _ :: b :: l => getLast? (b :: l)

variable {a b : α} {l l₁ l₂ l₃ : List α}

/-! ## Constructors -/

@[simp] theorem cons_ne_nil (a : α) (l : List α) : a :: l ≠ [] := fun h => nomatch h
theorem head_eq_of_cons_eq {h₁ h₂ : α} {t₁ t₂ : List α} (h : h₁ :: t₁ = h₂ :: t₂) : h₁ = h₂ := by
  injection h
theorem tail_eq_of_cons_eq {h₁ h₂ : α} {t₁ t₂ : List α} (h : h₁ :: t₁ = h₂ :: t₂) : t₁ = t₂ := by
  injection h
theorem cons_inj {t₁ t₂ : List α} : a :: t₁ = b :: t₂ ↔ a = b ∧ t₁ = t₂ := by
  constructor
  · intro h
    exact ⟨head_eq_of_cons_eq h, tail_eq_of_cons_eq h⟩
  · rintro ⟨rfl, rfl⟩
    rfl

theorem cons_ne_self (a : α) (l : List α) : a :: l ≠ l := by
  induction l generalizing a with
  | nil => exact cons_ne_nil a []
  | cons b l ih =>
    intro h
    exact ih b (tail_eq_of_cons_eq h)

theorem exists_cons_of_ne_nil (h : l ≠ []) : ∃ a m, l = a :: m := by
  cases l with
  | nil => contradiction
  | cons a m => exact ⟨a, m, rfl⟩

instance instDecidableEq [DecidableEq α] : DecidableEq (List α)
  | [], [] => isTrue rfl
  | [], _ :: _ => isFalse (fun h => nomatch h)
  | _ :: _, [] => isFalse (fun h => nomatch h)
  | a :: l, b :: m =>
    match decEq a b, instDecidableEq l m with
    | isTrue h, isTrue k => isTrue (by rw [h, k])
    | isFalse h, _ => isFalse (fun e => h (head_eq_of_cons_eq e))
    | _, isFalse k => isFalse (fun e => k (tail_eq_of_cons_eq e))

/-! ## Append -/

@[simp] theorem nil_append (l : List α) : [] ++ l = l := rfl
@[simp] theorem cons_append (a : α) (l m : List α) : (a :: l) ++ m = a :: (l ++ m) := rfl

@[simp] theorem append_nil (l : List α) : l ++ [] = l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [cons_append, ih]

@[simp] theorem append_assoc (l₁ l₂ l₃ : List α) : (l₁ ++ l₂) ++ l₃ = l₁ ++ (l₂ ++ l₃) := by
  induction l₁ with
  | nil => rfl
  | cons a l ih => simp only [cons_append, ih]

@[simp] theorem append_eq_nil : l₁ ++ l₂ = [] ↔ l₁ = [] ∧ l₂ = [] := by
  cases l₁ with
  | nil => simp
  | cons a l => simp

theorem append_left_cancel (h : l₁ ++ l₂ = l₁ ++ l₃) : l₂ = l₃ := by
  induction l₁ with
  | nil => exact h
  | cons a l ih => exact ih (tail_eq_of_cons_eq h)

theorem append_ne_nil_of_ne_nil_left (h : l₁ ≠ []) (l₂ : List α) : l₁ ++ l₂ ≠ [] :=
  fun e => h (append_eq_nil.mp e).left

theorem append_singleton_inj (h : l₁ ++ [a] = l₂ ++ [b]) : l₁ = l₂ ∧ a = b := by
  induction l₁ generalizing l₂ with
  | nil =>
    cases l₂ with
    | nil => exact ⟨rfl, head_eq_of_cons_eq h⟩
    | cons c l => exact absurd (tail_eq_of_cons_eq h).symm (fun e => cons_ne_nil b [] (append_eq_nil.mp e).right)
  | cons c l ih =>
    cases l₂ with
    | nil => exact absurd (tail_eq_of_cons_eq h) (fun e => cons_ne_nil a [] (append_eq_nil.mp e).right)
    | cons d m =>
      obtain ⟨hl, hab⟩ := ih (tail_eq_of_cons_eq h)
      exact ⟨cons_inj.mpr ⟨head_eq_of_cons_eq h, hl⟩, hab⟩

/-! ## Length -/

@[simp] theorem length_nil : length ([] : List α) = 0 := rfl
@[simp] theorem length_cons (a : α) (l : List α) : length (a :: l) = length l + 1 := rfl
@[simp] theorem length_singleton (a : α) : length [a] = 1 := rfl

@[simp] theorem length_append (l m : List α) : length (l ++ m) = length l + length m := by
  induction l with
  | nil => exact (Nat.zero_add _).symm
  | cons a l ih => rw [cons_append, length_cons, ih, length_cons, Nat.add_right_comm]

@[simp] theorem length_eq_zero_iff : length l = 0 ↔ l = [] := by
  cases l with
  | nil => exact iff_of_true rfl rfl
  | cons a l => exact iff_of_false (Nat.add_one_ne_zero _) (cons_ne_nil a l)

theorem length_pos_iff : 0 < length l ↔ l ≠ [] := by
  rw [Nat.pos_iff_ne_zero]
  exact not_congr length_eq_zero_iff

theorem eq_nil_of_length_eq_zero (h : length l = 0) : l = [] := length_eq_zero_iff.mp h

theorem length_eq_one_iff : length l = 1 ↔ ∃ a, l = [a] := by
  constructor
  · intro h
    match l, h with
    | [a], _ => exact ⟨a, rfl⟩
  · rintro ⟨a, rfl⟩
    rfl

theorem length_append_comm (l m : List α) : length (l ++ m) = length (m ++ l) := by
  rw [length_append, length_append, Nat.add_comm]

theorem append_inj (h : l₁ ++ l₂ = l₃ ++ l) (hlen : length l₁ = length l₃) : l₁ = l₃ ∧ l₂ = l := by
  induction l₁ generalizing l₃ with
  | nil =>
    cases eq_nil_of_length_eq_zero hlen.symm
    exact ⟨rfl, h⟩
  | cons a m ih =>
    cases l₃ with
    | nil => exact absurd hlen (Nat.add_one_ne_zero _)
    | cons b n =>
      obtain ⟨hm, htail⟩ := ih (tail_eq_of_cons_eq h) (Nat.add_one_inj.mp hlen)
      exact ⟨cons_inj.mpr ⟨head_eq_of_cons_eq h, hm⟩, htail⟩

theorem append_right_cancel (h : l₁ ++ l₂ = l₃ ++ l₂) : l₁ = l₃ := by
  have hlen := congrArg length h
  rw [length_append, length_append, Nat.add_right_cancel_iff] at hlen
  exact (append_inj h hlen).left

@[simp] theorem append_cancel_left_eq (l₁ l₂ l₃ : List α) : (l₁ ++ l₂ = l₁ ++ l₃) = (l₂ = l₃) :=
  propext ⟨append_left_cancel, fun h => by rw [h]⟩
@[simp] theorem append_cancel_right_eq (l₁ l₂ l₃ : List α) : (l₁ ++ l₂ = l₃ ++ l₂) = (l₁ = l₃) :=
  propext ⟨append_right_cancel, fun h => by rw [h]⟩

/-! ## Map -/

@[simp] theorem map_nil (f : α → β) : map f [] = [] := rfl
@[simp] theorem map_cons (f : α → β) (a : α) (l : List α) : map f (a :: l) = f a :: map f l := rfl

@[simp] theorem map_id (l : List α) : map id l = l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, ih]; rfl

@[simp] theorem map_map (g : β → γ) (f : α → β) (l : List α) : map g (map f l) = map (g ∘ f) l := by
  induction l with
  | nil => rfl
  | cons a l ih => simp [ih]

@[simp] theorem length_map (f : α → β) (l : List α) : length (map f l) = length l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [map_cons, length_cons, length_cons, ih]

@[simp] theorem map_append (f : α → β) (l m : List α) : map f (l ++ m) = map f l ++ map f m := by
  induction l with
  | nil => rfl
  | cons a l ih => simp only [cons_append, map_cons, ih]

@[simp] theorem map_eq_nil_iff {f : α → β} : map f l = [] ↔ l = [] := by
  cases l <;> simp

theorem map_injective {f : α → β} (h : Function.Injective f) : Function.Injective (map f) := by
  intro l
  induction l with
  | nil =>
    intro m e
    exact (map_eq_nil_iff.mp e.symm).symm
  | cons a l ih =>
    intro m e
    cases m with
    | nil => exact absurd e (cons_ne_nil _ _)
    | cons b m =>
      have hab := h (head_eq_of_cons_eq e)
      have hlm := ih (tail_eq_of_cons_eq e)
      rw [hab, hlm]

theorem map_const_length (b : β) (h : length l₁ = length l₂) :
    map (Function.const α b) l₁ = map (Function.const α b) l₂ := by
  induction l₁ generalizing l₂ with
  | nil => rw [eq_nil_of_length_eq_zero h.symm]
  | cons a l ih =>
    cases l₂ with
    | nil => exact absurd h (Nat.add_one_ne_zero _)
    | cons c m => rw [map_cons, map_cons, ih (Nat.add_one_inj.mp h)]; rfl

theorem map_surjective {f : α → β} (h : Function.Surjective f) : Function.Surjective (map f) := by
  intro m
  induction m with
  | nil => exact ⟨[], rfl⟩
  | cons b m ih =>
    obtain ⟨a, rfl⟩ := h b
    obtain ⟨l, rfl⟩ := ih
    exact ⟨a :: l, rfl⟩

/-! ## Reverse -/

@[simp] theorem reverse_nil : reverse ([] : List α) = [] := rfl
@[simp] theorem reverse_cons (a : α) (l : List α) : reverse (a :: l) = reverse l ++ [a] := rfl

@[simp] theorem reverse_append (l m : List α) : reverse (l ++ m) = reverse m ++ reverse l := by
  induction l with
  | nil => exact (append_nil _).symm
  | cons a l ih => rw [cons_append, reverse_cons, ih, reverse_cons, append_assoc]

@[simp] theorem reverse_reverse (l : List α) : reverse (reverse l) = l := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    calc reverse (reverse (a :: l)) = reverse (reverse l ++ [a]) := rfl
      _ = a :: reverse (reverse l) := by rw [reverse_append]; rfl
      _ = a :: l := by rw [ih]

@[simp] theorem length_reverse (l : List α) : length (reverse l) = length l := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [reverse_cons, length_append, ih, length_singleton, length_cons]

theorem map_reverse (f : α → β) (l : List α) : map f (reverse l) = reverse (map f l) := by
  induction l with
  | nil => rfl
  | cons a l ih => simp only [reverse_cons, map_append, ih, map_cons, map_nil]

theorem reverse_injective : Function.Injective (reverse : List α → List α) := by
  intro l m h
  rw [← reverse_reverse l, h, reverse_reverse]

@[simp] theorem reverse_eq_nil_iff : reverse l = [] ↔ l = [] := by
  rw [← length_eq_zero_iff, length_reverse, length_eq_zero_iff]

theorem reverse_eq_iff {m : List α} : reverse l = m ↔ l = reverse m := by
  constructor
  · rintro rfl
    rw [reverse_reverse]
  · rintro rfl
    rw [reverse_reverse]

/-- Induction from the back. -/
@[elab_as_elim] theorem reverseRecOn {motive : List α → Prop} (l : List α) (nil : motive [])
    (append_singleton : ∀ l a, motive l → motive (l ++ [a])) : motive l := by
  have key : motive (reverse (reverse l)) := by
    induction reverse l with
    | nil => exact nil
    | cons a m ih => exact append_singleton _ a ih
  rwa [reverse_reverse] at key

theorem eq_nil_or_concat (l : List α) : l = [] ∨ ∃ m b, l = m ++ [b] := by
  induction l using reverseRecOn with
  | nil => exact Or.inl rfl
  | append_singleton m a _ => exact Or.inr ⟨m, a, rfl⟩

/-! ## First and last -/

@[simp] theorem head?_nil : head? ([] : List α) = none := rfl
@[simp] theorem head?_cons (a : α) (l : List α) : head? (a :: l) = some a := rfl
@[simp] theorem tail_cons (a : α) (l : List α) : tail (a :: l) = l := rfl

theorem head?_eq_none_iff : head? l = none ↔ l = [] := by
  cases l <;> simp

theorem head?_map (f : α → β) (l : List α) : head? (map f l) = Option.map f (head? l) := by
  cases l with
  | nil => rfl
  | cons a l => rfl

theorem head?_append (l m : List α) : head? (l ++ m) = Option.orElse (head? l) (head? m) := by
  cases l <;> rfl

theorem length_tail (l : List α) : length (tail l) = length l - 1 := by
  cases l with
  | nil => rfl
  | cons a l => rfl

theorem getLast?_append_singleton (l : List α) (a : α) : getLast? (l ++ [a]) = some a := by
  induction l with
  | nil => rfl
  | cons b l ih =>
    cases l with
    | nil => rfl
    | cons c l => exact ih

theorem getLast?_eq_head?_reverse (l : List α) : getLast? l = head? (reverse l) := by
  induction l using reverseRecOn with
  | nil => rfl
  | append_singleton m a _ => rw [getLast?_append_singleton, reverse_append]; rfl

end List
