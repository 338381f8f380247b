prelude
import Rmt.AC

/-! Lists in another order, and a sorting algorithm that is shown to sort. -/

universe u v

namespace List

variable {α : Type u} {β : Type v}

/-- The same members, each as often, in whatever order. -/
inductive Perm : List α → List α → Prop where
  | nil : Perm [] []
  | cons (a : α) {l m : List α} : Perm l m → Perm (a :: l) (a :: m)
  | swap (a b : α) (l : List α) : Perm (b :: a :: l) (a :: b :: l)
  | trans {l m n : List α} : Perm l m → Perm m n → Perm l n

/-- Every member stands in `r` to every later one. -/
inductive Pairwise (r : α → α → Prop) : List α → Prop where
  | nil : Pairwise r []
  | cons {a : α} {l : List α} : (∀ b, b ∈ l → r a b) → Pairwise r l → Pairwise r (a :: l)

def Nodup (l : List α) : Prop := Pairwise (· ≠ ·) l
def Sorted (l : List Nat) : Prop := Pairwise (· ≤ ·) l

def count [DecidableEq α] (a : α) (l : List α) : Nat := length (filter (fun b => decide (b = a)) l)

def orderedInsert (n : Nat) : List Nat → List Nat
  | [] => [n]
  | k :: l => if n ≤ k then n :: k :: l else k :: orderedInsert n l

def insertionSort : List Nat → List Nat
  | [] => []
  | n :: l => orderedInsert n (insertionSort l)

variable {a b : α} {l m n : List α}

/-! ## Permutations -/

@[simp, refl] protected theorem Perm.refl (l : List α) : l ~ l := by
  induction l with
  | nil => exact Perm.nil
  | cons a l ih => exact Perm.cons a ih

@[symm] protected theorem Perm.symm (h : l ~ m) : m ~ l := by
  induction h with
  | nil => exact Perm.nil
  | cons a _ ih => exact Perm.cons a ih
  | swap a b l => exact Perm.swap b a l
  | trans _ _ ih₁ ih₂ => exact Perm.trans ih₂ ih₁

instance : Trans (α := List α) Perm Perm Perm := ⟨Perm.trans⟩

theorem perm_comm : l ~ m ↔ m ~ l := ⟨Perm.symm, Perm.symm⟩

theorem Perm.length_eq (h : l ~ m) : length l = length m := by
  induction h with
  | nil => rfl
  | cons a _ ih => rw [length_cons, length_cons, ih]
  | swap a b l => rfl
  | trans _ _ ih₁ ih₂ => exact ih₁.trans ih₂

theorem Perm.mem_iff (h : l ~ m) : a ∈ l ↔ a ∈ m := by
  induction h with
  | nil => exact Iff.rfl
  | cons b _ ih => rw [mem_cons, mem_cons, ih]
  | swap b c l => rw [mem_cons, mem_cons, mem_cons, mem_cons, or_left_comm]
  | trans _ _ ih₁ ih₂ => exact ih₁.trans ih₂

theorem Perm.eq_nil (h : l ~ []) : l = [] := eq_nil_of_length_eq_zero h.length_eq

theorem not_perm_nil_cons (a : α) (l : List α) : ¬[] ~ a :: l := fun h => nomatch h.length_eq

theorem Perm.map (f : α → β) (h : l ~ m) : map f l ~ map f m := by
  induction h with
  | nil => exact Perm.nil
  | cons a _ ih => exact Perm.cons (f a) ih
  | swap a b l => exact Perm.swap (f a) (f b) (List.map f l)
  | trans _ _ ih₁ ih₂ => exact Perm.trans ih₁ ih₂

theorem Perm.filter (p : α → Bool) (h : l ~ m) : filter p l ~ filter p m := by
  induction h with
  | nil => exact Perm.nil
  | cons a _ ih =>
    cases hp : p a with
    | true => rw [filter_cons_of_pos hp, filter_cons_of_pos hp]; exact Perm.cons a ih
    | false => rw [filter_cons_of_neg hp, filter_cons_of_neg hp]; exact ih
  | swap a b l =>
    cases ha : p a <;> cases hb : p b <;> simp [ha, hb, Perm.swap]
  | trans _ _ ih₁ ih₂ => exact Perm.trans ih₁ ih₂

theorem Perm.append_right (k : List α) (h : l ~ m) : l ++ k ~ m ++ k := by
  induction h with
  | nil => exact Perm.refl k
  | cons a _ ih => exact Perm.cons a ih
  | swap a b l => exact Perm.swap a b (l ++ k)
  | trans _ _ ih₁ ih₂ => exact Perm.trans ih₁ ih₂

theorem Perm.append_left (k : List α) (h : l ~ m) : k ++ l ~ k ++ m := by
  induction k with
  | nil => exact h
  | cons a k ih => exact Perm.cons a ih

theorem perm_middle (a : α) (l m : List α) : l ++ a :: m ~ a :: (l ++ m) := by
  induction l with
  | nil => exact Perm.refl _
  | cons b l ih => exact Perm.trans (Perm.cons b ih) (Perm.swap a b (l ++ m))

theorem perm_append_comm (l m : List α) : l ++ m ~ m ++ l := by
  induction l with
  | nil => rw [nil_append, append_nil]
  | cons a l ih =>
    calc a :: (l ++ m) ~ a :: (m ++ l) := Perm.cons a ih
      _ ~ m ++ a :: l := (perm_middle a m l).symm

theorem reverse_perm (l : List α) : reverse l ~ l := by
  induction l with
  | nil => exact Perm.nil
  | cons a l ih =>
    calc reverse l ++ [a] ~ [a] ++ reverse l := perm_append_comm _ _
      _ ~ a :: l := Perm.cons a ih

theorem perm_cons_of_mem (h : a ∈ l) : ∃ m, l ~ a :: m := by
  obtain ⟨s, t, rfl⟩ := append_of_mem h
  exact ⟨s ++ t, perm_middle a s t⟩

theorem Perm.sum_eq {l m : List Nat} (h : l ~ m) : sum l = sum m := by
  induction h with
  | nil => rfl
  | cons n _ ih => rw [sum_cons, sum_cons, ih]
  | swap n k l => simp only [sum_cons, Nat.add_left_comm]
  | trans _ _ ih₁ ih₂ => exact ih₁.trans ih₂

theorem Perm.count_eq [DecidableEq α] (h : l ~ m) (a : α) : count a l = count a m := (h.filter _).length_eq

@[simp] theorem count_nil [DecidableEq α] (a : α) : count a [] = 0 := rfl

theorem count_cons [DecidableEq α] (a b : α) (l : List α) :
    count a (b :: l) = (if b = a then 1 else 0) + count a l := by
  unfold count
  by_cases h : b = a
  · rw [filter_cons_of_pos (p := fun b => decide (b = a)) (decide_eq_true h), if_pos h, length_cons, Nat.add_comm]
  · rw [filter_cons_of_neg (p := fun b => decide (b = a)) (decide_eq_false h), if_neg h, Nat.zero_add]

@[simp] theorem count_cons_self [DecidableEq α] (a : α) (l : List α) : count a (a :: l) = count a l + 1 := by
  rw [count_cons, if_pos rfl, Nat.add_comm]

theorem count_append [DecidableEq α] (a : α) (l m : List α) : count a (l ++ m) = count a l + count a m := by
  unfold count
  rw [filter_append, length_append]

theorem count_pos_iff [DecidableEq α] : 0 < count a l ↔ a ∈ l := by
  unfold count
  rw [length_pos_iff]
  constructor
  · intro h
    obtain ⟨b, m, e⟩ := exists_cons_of_ne_nil h
    have hb : b ∈ List.filter (fun b => decide (b = a)) l := by rw [e]; exact mem_cons_self b m
    obtain ⟨hl, he⟩ := mem_filter.mp hb
    rwa [of_decide_eq_true he] at hl
  · intro h
    exact ne_nil_of_mem (mem_filter.mpr ⟨h, decide_eq_true rfl⟩)

/-! ## Pairs in order -/

theorem pairwise_cons {r : α → α → Prop} : Pairwise r (a :: l) ↔ (∀ b, b ∈ l → r a b) ∧ Pairwise r l := by
  constructor
  · intro h
    cases h with
    | cons ha hl => exact ⟨ha, hl⟩
  · rintro ⟨ha, hl⟩
    exact Pairwise.cons ha hl

theorem Pairwise.imp {r s : α → α → Prop} (h : ∀ a b, r a b → s a b) (p : Pairwise r l) : Pairwise s l := by
  induction p with
  | nil => exact Pairwise.nil
  | cons ha _ ih => exact Pairwise.cons (fun b hb => h _ b (ha b hb)) ih

theorem pairwise_append {r : α → α → Prop} :
    Pairwise r (l ++ m) ↔ Pairwise r l ∧ Pairwise r m ∧ ∀ a, a ∈ l → ∀ b, b ∈ m → r a b := by
  induction l with
  | nil => simp [Pairwise.nil]
  | cons c l ih =>
    rw [cons_append, pairwise_cons, pairwise_cons, ih]
    constructor
    · rintro ⟨hc, hl, hm, cross⟩
      refine ⟨⟨fun b hb => hc b (mem_append.mpr (Or.inl hb)), hl⟩, hm, ?_⟩
      rw [forall_mem_cons]
      exact ⟨fun b hb => hc b (mem_append.mpr (Or.inr hb)), cross⟩
    · rintro ⟨⟨hc, hl⟩, hm, cross⟩
      rw [forall_mem_cons] at cross
      refine ⟨fun b hb => ?_, hl, hm, cross.right⟩
      rcases mem_append.mp hb with hb | hb
      · exact hc b hb
      · exact cross.left b hb

theorem nodup_cons : Nodup (a :: l) ↔ a ∉ l ∧ Nodup l := by
  unfold Nodup
  rw [pairwise_cons]
  constructor
  · rintro ⟨h, hl⟩
    exact ⟨fun ha => h a ha rfl, hl⟩
  · rintro ⟨h, hl⟩
    refine ⟨?_, hl⟩
    rintro b hb rfl
    exact h hb

theorem nodup_map_of_injective {f : α → β} (inj : Function.Injective f) (h : Nodup l) : Nodup (map f l) := by
  induction l with
  | nil => exact Pairwise.nil
  | cons a l ih =>
    obtain ⟨ha, hl⟩ := nodup_cons.mp h
    rw [map_cons, nodup_cons]
    refine ⟨?_, ih hl⟩
    intro hm
    obtain ⟨b, hb, e⟩ := mem_map.mp hm
    rw [inj e] at hb
    exact ha hb

/-! ## Sorting by insertion -/

theorem perm_orderedInsert (n : Nat) (l : List Nat) : orderedInsert n l ~ n :: l := by
  induction l with
  | nil => exact Perm.refl _
  | cons k l ih =>
    rw [orderedInsert]
    split
    · exact Perm.refl _
    · exact Perm.trans (Perm.cons k ih) (Perm.swap n k l)

theorem sorted_orderedInsert {l : List Nat} (n : Nat) (h : Sorted l) : Sorted (orderedInsert n l) := by
  induction l with
  | nil => exact Pairwise.cons (fun b hb => absurd hb (not_mem_nil b)) Pairwise.nil
  | cons k l ih =>
    obtain ⟨hk, hl⟩ := pairwise_cons.mp h
    rw [orderedInsert]
    split
    · next le =>
      refine Pairwise.cons ?_ h
      rw [forall_mem_cons]
      exact ⟨le, fun b hb => Nat.le_trans le (hk b hb)⟩
    · next nle =>
      refine Pairwise.cons ?_ (ih hl)
      intro b hb
      rcases mem_cons.mp ((perm_orderedInsert n l).mem_iff.mp hb) with rfl | hb
      · exact Nat.le_of_not_le nle
      · exact hk b hb

theorem insertionSort_perm (l : List Nat) : insertionSort l ~ l := by
  induction l with
  | nil => exact Perm.nil
  | cons n l ih => exact Perm.trans (perm_orderedInsert n _) (Perm.cons n ih)

theorem insertionSort_sorted (l : List Nat) : Sorted (insertionSort l) := by
  induction l with
  | nil => exact Pairwise.nil
  | cons n l ih => exact sorted_orderedInsert n ih

/-- Sorted lists that have each number as often are equal. -/
theorem eq_of_sorted_of_count_eq {l m : List Nat} (hl : Sorted l) (hm : Sorted m) (h : ∀ n, count n l = count n m) :
    l = m := by
  induction l generalizing m with
  | nil =>
    cases m with
    | nil => rfl
    | cons k m => exact nomatch (h k).trans (count_cons_self k m)
  | cons n l ih =>
    cases m with
    | nil => exact nomatch (h n).symm.trans (count_cons_self n l)
    | cons k m =>
      obtain ⟨hn, tl⟩ := pairwise_cons.mp hl
      obtain ⟨hk, tm⟩ := pairwise_cons.mp hm
      have mem (j : Nat) : j ∈ n :: l ↔ j ∈ k :: m := by rw [← count_pos_iff, h j, count_pos_iff]
      have le : k ≤ n := by
        rcases mem_cons.mp ((mem n).mp (mem_cons_self n l)) with rfl | mem
        · exact Nat.le_refl _
        · exact hk n mem
      have ge : n ≤ k := by
        rcases mem_cons.mp ((mem k).mpr (mem_cons_self k m)) with rfl | mem
        · exact Nat.le_refl _
        · exact hn k mem
      obtain rfl := Nat.le_antisymm le ge
      have rest (j : Nat) : count j l = count j m := by
        have e := h j
        rw [count_cons, count_cons] at e
        exact Nat.add_left_cancel e
      rw [ih tl tm rest]

theorem Perm.eq_of_sorted {l m : List Nat} (h : l ~ m) (hl : Sorted l) (hm : Sorted m) : l = m :=
  eq_of_sorted_of_count_eq hl hm h.count_eq

/-- A list has one sorted form. -/
theorem insertionSort_eq_iff_perm {l m : List Nat} : insertionSort l = insertionSort m ↔ l ~ m := by
  constructor
  · intro h
    have hl := insertionSort_perm l
    rw [h] at hl
    exact Perm.trans hl.symm (insertionSort_perm m)
  · intro h
    apply Perm.eq_of_sorted _ (insertionSort_sorted l) (insertionSort_sorted m)
    calc insertionSort l ~ l := insertionSort_perm l
      _ ~ m := h
      _ ~ insertionSort m := (insertionSort_perm m).symm

end List
