prelude
import Rmt.List.Basic

/-! Members of lists, and the parts of a list that a test picks out. -/

universe u v w

namespace List

variable {α : Type u} {β : Type v} {γ : Type w}

inductive Mem (a : α) : List α → Prop where
  | head (l : List α) : Mem a (a :: l)
  | tail (b : α) {l : List α} : Mem a l → Mem a (b :: l)

instance instMembership : Membership α (List α) := ⟨fun l a => Mem a l⟩

def filter (p : α → Bool) : List α → List α
  | [] => []
  | a :: l => cond (p a) (a :: filter p l) (filter p l)

def all : List α → (α → Bool) → Bool
  | [], _ => true
  | a :: l, p => p a && all l p

def any : List α → (α → Bool) → Bool
  | [], _ => false
  | a :: l, p => p a || any l p

variable {a b : α} {l m : List α} {p q : α → Bool}

/-! ## Membership -/

@[simp] theorem not_mem_nil (a : α) : a ∉ ([] : List α) := fun h => nomatch h
@[simp] theorem mem_cons_self (a : α) (l : List α) : a ∈ a :: l := Mem.head l
theorem mem_cons_of_mem (b : α) (h : a ∈ l) : a ∈ b :: l := Mem.tail b h

@[simp] theorem mem_cons : a ∈ b :: l ↔ a = b ∨ a ∈ l := by
  constructor
  · intro h
    cases h with
    | head => exact Or.inl rfl
    | tail _ h => exact Or.inr h
  · rintro (rfl | h)
    · exact mem_cons_self a l
    · exact mem_cons_of_mem b h

theorem mem_singleton : a ∈ [b] ↔ a = b := by simp

theorem eq_nil_iff_forall_not_mem : l = [] ↔ ∀ a, a ∉ l := by
  constructor
  · rintro rfl
    exact not_mem_nil
  · intro h
    cases l with
    | nil => rfl
    | cons a l => exact absurd (mem_cons_self a l) (h a)

theorem ne_nil_of_mem (h : a ∈ l) : l ≠ [] := by
  rintro rfl
  exact not_mem_nil a h

theorem ne_of_not_mem_cons (h : a ∉ b :: l) : a ≠ b ∧ a ∉ l := by
  rw [mem_cons, not_or] at h
  exact h

@[simp] theorem mem_append : a ∈ l ++ m ↔ a ∈ l ∨ a ∈ m := by
  induction l with
  | nil => simp
  | cons b l ih => rw [cons_append, mem_cons, mem_cons, ih, or_assoc]

@[simp] theorem mem_reverse : a ∈ reverse l ↔ a ∈ l := by
  induction l with
  | nil => exact Iff.rfl
  | cons b l ih => rw [reverse_cons, mem_append, ih, mem_singleton, mem_cons, or_comm]

theorem append_of_mem (h : a ∈ l) : ∃ s t, l = s ++ a :: t := by
  induction h with
  | head l => exact ⟨[], l, rfl⟩
  | tail b _ ih =>
    obtain ⟨s, t, rfl⟩ := ih
    exact ⟨b :: s, t, rfl⟩

theorem mem_iff_append : a ∈ l ↔ ∃ s t, l = s ++ a :: t := by
  constructor
  · exact append_of_mem
  · rintro ⟨s, t, rfl⟩
    rw [mem_append]
    exact Or.inr (mem_cons_self a t)

@[simp] theorem mem_map {f : α → β} {b : β} : b ∈ map f l ↔ ∃ a, a ∈ l ∧ f a = b := by
  induction l with
  | nil => simp
  | cons c l ih =>
    rw [map_cons, mem_cons, ih]
    constructor
    · rintro (rfl | ⟨a, ha, rfl⟩)
      · exact ⟨c, mem_cons_self c l, rfl⟩
      · exact ⟨a, mem_cons_of_mem c ha, rfl⟩
    · rintro ⟨a, ha, rfl⟩
      rcases mem_cons.mp ha with rfl | ha
      · exact Or.inl rfl
      · exact Or.inr ⟨a, ha, rfl⟩

theorem mem_map_of_mem (f : α → β) (h : a ∈ l) : f a ∈ map f l := mem_map.mpr ⟨a, h, rfl⟩

theorem map_congr_left {f g : α → β} (h : ∀ a, a ∈ l → f a = g a) : map f l = map g l := by
  induction l with
  | nil => rfl
  | cons b l ih =>
    rw [map_cons, map_cons, h b (mem_cons_self b l), ih fun a ha => h a (mem_cons_of_mem b ha)]

theorem forall_mem_cons {P : α → Prop} : (∀ x, x ∈ a :: l → P x) ↔ P a ∧ ∀ x, x ∈ l → P x := by
  constructor
  · intro h
    exact ⟨h a (mem_cons_self a l), fun x hx => h x (mem_cons_of_mem a hx)⟩
  · rintro ⟨ha, hl⟩ x hx
    rcases mem_cons.mp hx with rfl | hx
    · exact ha
    · exact hl x hx

theorem exists_mem_cons {P : α → Prop} : (∃ x, x ∈ a :: l ∧ P x) ↔ P a ∨ ∃ x, x ∈ l ∧ P x := by
  constructor
  · rintro ⟨x, hx, hP⟩
    rcases mem_cons.mp hx with rfl | hx
    · exact Or.inl hP
    · exact Or.inr ⟨x, hx, hP⟩
  · rintro (hP | ⟨x, hx, hP⟩)
    · exact ⟨a, mem_cons_self a l, hP⟩
    · exact ⟨x, mem_cons_of_mem a hx, hP⟩

instance instDecidableMem [DecidableEq α] (a : α) : (l : List α) → Decidable (a ∈ l)
  | [] => isFalse (not_mem_nil a)
  | b :: l => @decidable_of_iff _ (a = b ∨ a ∈ l) mem_cons.symm
      (@instDecidableOr _ _ (decEq a b) (instDecidableMem a l))

/-! ## Filter -/

@[simp] theorem filter_nil (p : α → Bool) : filter p [] = [] := rfl
theorem filter_cons (p : α → Bool) (a : α) (l : List α) :
    filter p (a :: l) = cond (p a) (a :: filter p l) (filter p l) := rfl

@[simp] theorem filter_cons_of_pos (h : p a = true) : filter p (a :: l) = a :: filter p l := by
  rw [filter_cons, h, Bool.cond_true]

@[simp] theorem filter_cons_of_neg (h : p a = false) : filter p (a :: l) = filter p l := by
  rw [filter_cons, h, Bool.cond_false]

@[simp] theorem mem_filter : a ∈ filter p l ↔ a ∈ l ∧ p a = true := by
  induction l with
  | nil => simp
  | cons b l ih =>
    cases hb : p b with
    | true =>
      rw [filter_cons_of_pos hb, mem_cons, mem_cons, ih]
      constructor
      · rintro (rfl | ⟨hl, hp⟩)
        · exact ⟨Or.inl rfl, hb⟩
        · exact ⟨Or.inr hl, hp⟩
      · rintro ⟨rfl | hl, hp⟩
        · exact Or.inl rfl
        · exact Or.inr ⟨hl, hp⟩
    | false =>
      rw [filter_cons_of_neg hb, mem_cons, ih]
      constructor
      · intro h
        exact ⟨Or.inr h.left, h.right⟩
      · rintro ⟨rfl | hl, hp⟩
        · rw [hb] at hp
          contradiction
        · exact ⟨hl, hp⟩

@[simp] theorem filter_append (l m : List α) : filter p (l ++ m) = filter p l ++ filter p m := by
  induction l with
  | nil => rfl
  | cons a l ih => cases h : p a <;> simp [h, ih]

theorem filter_filter (l : List α) : filter p (filter q l) = filter (fun a => q a && p a) l := by
  induction l with
  | nil => rfl
  | cons a l ih => cases hq : q a <;> cases hp : p a <;> simp [hq, hp, ih]

theorem filter_idem (l : List α) : filter p (filter p l) = filter p l := by
  simp only [filter_filter, Bool.and_self]

theorem filter_comm (l : List α) : filter p (filter q l) = filter q (filter p l) := by
  simp only [filter_filter, Bool.and_comm]

theorem length_filter_le (p : α → Bool) (l : List α) : length (filter p l) ≤ length l := by
  induction l with
  | nil => exact Nat.le_refl 0
  | cons a l ih =>
    cases h : p a with
    | true =>
      rw [filter_cons_of_pos h]
      exact Nat.succ_le_succ ih
    | false =>
      rw [filter_cons_of_neg h]
      exact Nat.le_step ih

theorem filter_eq_self : filter p l = l ↔ ∀ a, a ∈ l → p a = true := by
  constructor
  · intro h a ha
    rw [← h, mem_filter] at ha
    exact ha.right
  · intro h
    induction l with
    | nil => rfl
    | cons b l ih =>
      obtain ⟨hb, hl⟩ := forall_mem_cons.mp h
      rw [filter_cons_of_pos hb, ih hl]

theorem filter_eq_nil_iff : filter p l = [] ↔ ∀ a, a ∈ l → p a = false := by
  rw [eq_nil_iff_forall_not_mem]
  constructor
  · intro h a ha
    apply Bool.eq_false_of_not_eq_true
    intro hp
    exact h a (mem_filter.mpr ⟨ha, hp⟩)
  · intro h a hm
    obtain ⟨ha, hp⟩ := mem_filter.mp hm
    rw [h a ha] at hp
    contradiction

theorem filter_map (f : β → α) (l : List β) : filter p (map f l) = map f (filter (p ∘ f) l) := by
  induction l with
  | nil => rfl
  | cons b l ih => cases h : p (f b) <;> simp [h, ih]

theorem length_filter_add_length_filter_not (p : α → Bool) (l : List α) :
    length (filter p l) + length (filter (fun a => !p a) l) = length l := by
  induction l with
  | nil => rfl
  | cons a l ih =>
    cases h : p a with
    | true =>
      simp only [filter_cons, h, Bool.cond_true, Bool.not_true, Bool.cond_false, length_cons, ← ih, Nat.add_right_comm]
    | false =>
      simp only [filter_cons, h, Bool.cond_true, Bool.not_false, Bool.cond_false, length_cons, ← ih, Nat.add_assoc]

theorem filter_reverse (l : List α) : filter p (reverse l) = reverse (filter p l) := by
  induction l with
  | nil => rfl
  | cons a l ih => cases h : p a <;> simp [h, ih]

/-! ## All, any -/

@[simp] theorem all_nil : all [] p = true := rfl
@[simp] theorem all_cons : all (a :: l) p = (p a && all l p) := rfl
@[simp] theorem any_nil : any [] p = false := rfl
@[simp] theorem any_cons : any (a :: l) p = (p a || any l p) := rfl

theorem all_eq_true : all l p = true ↔ ∀ a, a ∈ l → p a = true := by
  induction l with
  | nil => simp
  | cons b l ih => rw [all_cons, Bool.and_eq_true, ih, forall_mem_cons]

theorem any_eq_true : any l p = true ↔ ∃ a, a ∈ l ∧ p a = true := by
  induction l with
  | nil => simp
  | cons b l ih => rw [any_cons, Bool.or_eq_true, ih, exists_mem_cons]

theorem all_append (l m : List α) : all (l ++ m) p = (all l p && all m p) := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [cons_append, all_cons, ih, all_cons, Bool.and_assoc]

theorem any_append (l m : List α) : any (l ++ m) p = (any l p || any m p) := by
  induction l with
  | nil => rfl
  | cons a l ih => simp only [cons_append, any_cons, ih, Bool.or_assoc]

theorem not_all_eq_any_not (l : List α) : (!all l p) = any l fun a => !p a := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [all_cons, Bool.not_and, ih, any_cons]

theorem any_reverse (l : List α) : any (reverse l) p = any l p := by
  induction l with
  | nil => rfl
  | cons a l ih => rw [reverse_cons, any_append, ih, Bool.or_comm]; simp

theorem all_filter (l : List α) : all (filter p l) p = true := by
  rw [all_eq_true]
  intro a h
  exact (mem_filter.mp h).right

end List
