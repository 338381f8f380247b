prelude
import Rmt.Omega.Facts

/-!
Recursion on what becomes smaller: accessible elements, well-founded relations, and the sizes by which Lean shows that a
recursive function ends.
-/

universe u v

/-- So that the hypothesis of an `if` is at hand where recursion has to be shown to end. -/
@[wf_preprocess] theorem ite_eq_dite {α : Sort u} (c : Prop) [Decidable c] (a b : α) :
    (if c then a else b) = dite c (fun _ => a) (fun _ => b) := (dif_eq_if c a b).symm

/-- `a` is accessible when everything below it is. -/
inductive Acc {α : Sort u} (r : α → α → Prop) : α → Prop where
  | intro (x : α) (h : ∀ y, r y x → Acc r y) : Acc r x

theorem Acc.inv {α : Sort u} {r : α → α → Prop} {x y : α} (h : Acc r x) (lt : r y x) : Acc r y := by
  cases h with
  | intro _ h => exact h y lt

inductive WellFounded {α : Sort u} (r : α → α → Prop) : Prop where
  | intro (h : ∀ a, Acc r a) : WellFounded r

class WellFoundedRelation (α : Sort u) where
  rel : α → α → Prop
  wf : WellFounded rel

namespace WellFounded

variable {α : Sort u} {r : α → α → Prop}

theorem apply (h : WellFounded r) (a : α) : Acc r a := by
  cases h with
  | intro h => exact h a

theorem induction {motive : α → Prop} (h : WellFounded r) (a : α)
    (ind : ∀ x, (∀ y, r y x → motive y) → motive x) : motive a := by
  induction h.apply a with
  | intro x _ ih => exact ind x ih

noncomputable def fixF {motive : α → Sort v} (F : (x : α) → ((y : α) → r y x → motive y) → motive x) (x : α)
    (a : Acc r x) : motive x :=
  Acc.rec (fun x _ ih => F x ih) a

theorem fixF_eq {motive : α → Sort v} (F : (x : α) → ((y : α) → r y x → motive y) → motive x) (x : α) (a : Acc r x) :
    fixF F x a = F x fun y h => fixF F y (a.inv h) := by
  cases a
  rfl

theorem irrefl (h : WellFounded r) (a : α) : ¬r a a := by
  induction h.apply a with
  | intro x _ ih =>
    intro hx
    exact ih x hx hx

theorem not_of_rev (h : WellFounded r) {a b : α} (lt : r a b) : ¬r b a := by
  intro gt
  induction h.apply a generalizing b with
  | intro x _ ih => exact ih b gt gt lt

/-- A set with members has one that nothing in the set is below. -/
theorem exists_minimal (h : WellFounded r) {p : α → Prop} (some : ∃ a, p a) : ∃ a, p a ∧ ∀ b, r b a → ¬p b := by
  obtain ⟨a, ha⟩ := some
  induction h.apply a with
  | intro x _ ih =>
    by_cases below : ∃ b, r b x ∧ p b
    · obtain ⟨b, lt, hb⟩ := below
      exact ih b lt hb
    · exact ⟨x, ha, fun b lt hb => below ⟨b, lt, hb⟩⟩

end WellFounded

noncomputable def WellFounded.fix {α : Sort u} {motive : α → Sort v} {r : α → α → Prop} (h : WellFounded r)
    (F : (x : α) → ((y : α) → r y x → motive y) → motive x) (x : α) : motive x := fixF F x (h.apply x)

theorem WellFounded.fix_eq {α : Sort u} {motive : α → Sort v} {r : α → α → Prop} (h : WellFounded r)
    (F : (x : α) → ((y : α) → r y x → motive y) → motive x) (x : α) : fix h F x = F x fun y _ => fix h F y :=
  fixF_eq F x (h.apply x)

/-! ## New well-founded relations from old ones -/

@[reducible] def InvImage {α : Sort u} {β : Sort v} (r : β → β → Prop) (f : α → β) : α → α → Prop :=
  fun a b => r (f a) (f b)

theorem InvImage.accessible {α : Sort u} {β : Sort v} {r : β → β → Prop} (f : α → β) {a : α} (h : Acc r (f a)) :
    Acc (InvImage r f) a := by
  have key : ∀ b, Acc r b → ∀ a, f a = b → Acc (InvImage r f) a := by
    intro b hb
    induction hb with
    | intro x _ ih =>
      rintro a rfl
      exact Acc.intro a fun y lt => ih (f y) lt y rfl
  exact key (f a) h a rfl

theorem InvImage.wf {α : Sort u} {β : Sort v} {r : β → β → Prop} (f : α → β) (h : WellFounded r) :
    WellFounded (InvImage r f) := WellFounded.intro fun a => InvImage.accessible f (h.apply (f a))

@[reducible] def invImage {α : Sort u} {β : Sort v} (f : α → β) (h : WellFoundedRelation β) : WellFoundedRelation α where
  rel := InvImage h.rel f
  wf := InvImage.wf f h.wf

theorem Nat.lt_wf : WellFounded (· < · : Nat → Nat → Prop) := by
  refine WellFounded.intro fun n => ?_
  induction n using Nat.strongRecOn with
  | ind n ih => exact Acc.intro n ih

@[reducible] def Nat.lt_wfRel : WellFoundedRelation Nat := ⟨(· < ·), Nat.lt_wf⟩

@[reducible] def measure {α : Sort u} (f : α → Nat) : WellFoundedRelation α := invImage f Nat.lt_wfRel

/-- Pairs, the first component before the second. -/
inductive Prod.Lex {α : Type u} {β : Type v} (r : α → α → Prop) (s : β → β → Prop) : α × β → α × β → Prop where
  | left {a₁ : α} (b₁ : β) {a₂ : α} (b₂ : β) (h : r a₁ a₂) : Prod.Lex r s (a₁, b₁) (a₂, b₂)
  | right (a : α) {b₁ b₂ : β} (h : s b₁ b₂) : Prod.Lex r s (a, b₁) (a, b₂)

namespace Prod

variable {α : Type u} {β : Type v} {r : α → α → Prop} {s : β → β → Prop}

theorem lex_def {p q : α × β} : Prod.Lex r s p q ↔ r p.1 q.1 ∨ p.1 = q.1 ∧ s p.2 q.2 := by
  constructor
  · rintro (⟨_, _, h⟩ | ⟨_, h⟩)
    · exact Or.inl h
    · exact Or.inr ⟨rfl, h⟩
  · obtain ⟨a, b⟩ := p
    obtain ⟨a', b'⟩ := q
    rintro (h | ⟨e, h⟩)
    · exact Lex.left b b' h
    · cases e
      exact Lex.right a h

theorem lexAccessible {a : α} (ha : Acc r a) (hs : ∀ b, Acc s b) (b : β) : Acc (Prod.Lex r s) (a, b) := by
  induction ha generalizing b with
  | intro x _ iha =>
    induction hs b with
    | intro y _ ihb =>
      refine Acc.intro _ ?_
      rintro ⟨x', y'⟩ h
      rcases lex_def.mp h with h | ⟨e, h⟩
      · exact iha x' h y'
      · have e : x' = x := e
        subst e
        exact ihb y' h

@[reducible] def lex (ha : WellFoundedRelation α) (hb : WellFoundedRelation β) : WellFoundedRelation (α × β) where
  rel := Prod.Lex ha.rel hb.rel
  wf := WellFounded.intro fun p => lexAccessible (ha.wf.apply p.1) hb.wf.apply p.2

instance instWellFoundedRelation [ha : WellFoundedRelation α] [hb : WellFoundedRelation β] :
    WellFoundedRelation (α × β) := lex ha hb

end Prod

namespace Lean.Omega.Prod

theorem of_lex {α : Type u} {β : Type v} {r : α → α → Prop} {s : β → β → Prop} {p q : α × β} (h : Prod.Lex r s p q) :
    r p.1 q.1 ∨ p.1 = q.1 ∧ s p.2 q.2 := Prod.lex_def.mp h

theorem of_not_lex {α : Type u} {β : Type v} {r : α → α → Prop} [DecidableEq α] {s : β → β → Prop} {p q : α × β}
    (h : ¬Prod.Lex r s p q) : ¬r p.1 q.1 ∧ (p.1 ≠ q.1 ∨ ¬s p.2 q.2) := by
  rw [Prod.lex_def, not_or, Decidable.not_and_iff_or_not] at h
  exact h

end Lean.Omega.Prod

/-! ## Recursion by a measure, with as many steps as it says -/

/-- Keeps what is inside from being unfolded; Lean puts it around functions defined by recursion on a measure. -/
opaque Lean.opaqueId {α : Sort u} (a : α) : α := a

namespace WellFounded.Nat

variable {α : Sort u} {motive : α → Sort v}

noncomputable def fixSteps (h : α → Nat)
    (F : (x : α) → ((y : α) → InvImage (· < ·) h y x → motive y) → motive x) :
    (steps : Nat) → (x : α) → h x < steps → motive x
  | .zero, _, lt => absurd lt (Nat.not_lt_zero _)
  | .succ steps, x, lt =>
    F x fun y below => fixSteps h F steps y (Nat.lt_of_lt_of_le below (Nat.le_of_lt_succ lt))

theorem fixSteps_eq (h : α → Nat) (F : (x : α) → ((y : α) → InvImage (· < ·) h y x → motive y) → motive x)
    {m n : Nat} : (x : α) → (hm : h x < m) → (hn : h x < n) → fixSteps h F m x hm = fixSteps h F n x hn := by
  induction m generalizing n with
  | zero => intro x hm; exact absurd hm (Nat.not_lt_zero _)
  | succ m ih =>
    intro x hm hn
    cases n with
    | zero => exact absurd hn (Nat.not_lt_zero _)
    | succ n =>
      show F x _ = F x _
      congr
      funext y below
      exact ih y _ _

protected noncomputable def fix (h : α → Nat)
    (F : (x : α) → ((y : α) → InvImage (· < ·) h y x → motive y) → motive x) (x : α) : motive x :=
  fixSteps h F (h x + 1) x (Nat.lt_add_one _)

protected theorem fix_eq (h : α → Nat)
    (F : (x : α) → ((y : α) → InvImage (· < ·) h y x → motive y) → motive x) (x : α) :
    WellFounded.Nat.fix h F x = F x fun y _ => WellFounded.Nat.fix h F y := by
  show F x _ = F x _
  congr
  funext y _
  exact fixSteps_eq h F y _ _

end WellFounded.Nat

/-! ## Sizes -/

class SizeOf (α : Sort u) where
  sizeOf : α → Nat

export SizeOf (sizeOf)

instance (priority := 100) instSizeOfDefault (α : Sort u) : SizeOf α := ⟨fun _ => 0⟩
instance instSizeOfNat : SizeOf Nat := ⟨id⟩

instance instSizeOfForall {α : Sort u} (β : α → Sort v) : SizeOf ((a : α) → β a) := ⟨fun _ => 0⟩

@[simp] theorem sizeOf_nat (n : Nat) : sizeOf n = n := rfl
@[simp] theorem sizeOf_default {α : Sort u} (a : α) : @sizeOf α (instSizeOfDefault α) a = 0 := rfl

def List.sizeOfList {α : Type u} [SizeOf α] : List α → Nat
  | [] => 1
  | a :: l => 1 + sizeOf a + sizeOfList l

instance instSizeOfList {α : Type u} [SizeOf α] : SizeOf (List α) := ⟨List.sizeOfList⟩
@[simp] theorem List.nil.sizeOf_spec {α : Type u} [SizeOf α] : sizeOf ([] : List α) = 1 := rfl
@[simp] theorem List.cons.sizeOf_spec {α : Type u} [SizeOf α] (a : α) (l : List α) :
    sizeOf (a :: l) = 1 + sizeOf a + sizeOf l := rfl

instance instSizeOfProd {α : Type u} {β : Type v} [SizeOf α] [SizeOf β] : SizeOf (α × β) :=
  ⟨fun p => 1 + sizeOf p.1 + sizeOf p.2⟩
@[simp] theorem Prod.mk.sizeOf_spec {α : Type u} {β : Type v} [SizeOf α] [SizeOf β] (a : α) (b : β) :
    sizeOf (a, b) = 1 + sizeOf a + sizeOf b := rfl

instance instWellFoundedRelationNat : WellFoundedRelation Nat := Nat.lt_wfRel

@[reducible] def sizeOfWFRel {α : Sort u} [SizeOf α] : WellFoundedRelation α := invImage sizeOf Nat.lt_wfRel
instance (priority := 100) instWellFoundedRelationOfSizeOf {α : Sort u} [SizeOf α] : WellFoundedRelation α :=
  sizeOfWFRel
