prelude
import Rmt.Function

/-! Pairs and sums of types. -/

universe u v w x

namespace Prod

variable {α : Type u} {β : Type v} {γ : Type w} {δ : Type x}

def swap (p : α × β) : β × α := (p.2, p.1)
def map (f : α → γ) (g : β → δ) (p : α × β) : γ × δ := (f p.1, g p.2)
def curry {ε : Type x} (f : α × β → ε) (a : α) (b : β) : ε := f (a, b)
def uncurry {ε : Type x} (f : α → β → ε) (p : α × β) : ε := f p.1 p.2

instance [Inhabited α] [Inhabited β] : Inhabited (α × β) := ⟨(default, default)⟩

@[simp] theorem mk_eta (p : α × β) : (p.1, p.2) = p := rfl
@[simp] theorem mk_inj {a a' : α} {b b' : β} : (a, b) = (a', b') ↔ a = a' ∧ b = b' := by
  constructor
  · intro h
    injection h with h k
    exact ⟨h, k⟩
  · rintro ⟨rfl, rfl⟩
    rfl

@[ext] theorem ext {p q : α × β} (fst : p.1 = q.1) (snd : p.2 = q.2) : p = q := by
  rcases p with ⟨a, b⟩
  rcases q with ⟨a', b'⟩
  exact mk_inj.mpr ⟨fst, snd⟩

instance instDecidableEq [DecidableEq α] [DecidableEq β] : DecidableEq (α × β) :=
  fun (a, b) (a', b') => decidable_of_iff (a = a' ∧ b = b') mk_inj.symm

theorem «exists» {p : α × β → Prop} : (∃ x, p x) ↔ ∃ a b, p (a, b) := by
  constructor
  · rintro ⟨⟨a, b⟩, h⟩
    exact ⟨a, b, h⟩
  · rintro ⟨a, b, h⟩
    exact ⟨(a, b), h⟩

theorem «forall» {p : α × β → Prop} : (∀ x, p x) ↔ ∀ a b, p (a, b) := ⟨fun f a b => f (a, b), fun f ⟨a, b⟩ => f a b⟩

/-! ## Swap, map, curry -/

@[simp] theorem swap_mk (a : α) (b : β) : swap (a, b) = (b, a) := rfl
@[simp] theorem swap_swap (p : α × β) : swap (swap p) = p := rfl
theorem swap_involutive : Function.Involutive (swap : α × α → α × α) := swap_swap
theorem swap_injective : Function.Injective (swap : α × β → β × α) := by
  intro p q h
  rw [← swap_swap p, h, swap_swap]

@[simp] theorem map_mk (f : α → γ) (g : β → δ) (a : α) (b : β) : map f g (a, b) = (f a, g b) := rfl
@[simp] theorem map_id : map (id : α → α) (id : β → β) = id := rfl
theorem map_comp {α' : Type u} {β' : Type v} (f : α → γ) (g : β → δ) (f' : α' → α) (g' : β' → β) :
    map f g ∘ map f' g' = map (f ∘ f') (g ∘ g') := rfl
theorem swap_map (f : α → γ) (g : β → δ) (p : α × β) : swap (map f g p) = map g f (swap p) := rfl

theorem map_injective {f : α → γ} {g : β → δ} (hf : Function.Injective f) (hg : Function.Injective g) :
    Function.Injective (map f g) := by
  rintro ⟨a, b⟩ ⟨a', b'⟩ h
  simp only [map_mk, mk_inj] at h
  obtain ⟨h₁, h₂⟩ := h
  rw [hf h₁, hg h₂]

theorem map_surjective {f : α → γ} {g : β → δ} (hf : Function.Surjective f) (hg : Function.Surjective g) :
    Function.Surjective (map f g) := by
  intro ⟨c, d⟩
  obtain ⟨a, rfl⟩ := hf c
  obtain ⟨b, rfl⟩ := hg d
  exact ⟨(a, b), rfl⟩

@[simp] theorem curry_uncurry {ε : Type x} (f : α → β → ε) : curry (uncurry f) = f := rfl
@[simp] theorem uncurry_curry {ε : Type x} (f : α × β → ε) : uncurry (curry f) = f := rfl

theorem curry_bijective {ε : Type x} : Function.Bijective (curry : (α × β → ε) → α → β → ε) :=
  Function.bijective_iff_has_inverse.mpr ⟨uncurry, uncurry_curry, curry_uncurry⟩

theorem fst_surjective [i : Nonempty β] : Function.Surjective (fst : α × β → α) := by
  intro a
  obtain ⟨b⟩ := i
  exact ⟨(a, b), rfl⟩

theorem eq_iff_fst_eq_snd_eq {p q : α × β} : p = q ↔ p.1 = q.1 ∧ p.2 = q.2 := by
  constructor
  · rintro rfl
    exact ⟨rfl, rfl⟩
  · intro ⟨h, k⟩
    exact ext h k

end Prod

namespace Sum

variable {α : Type u} {β : Type v} {γ : Type w} {δ : Type x}

protected def elim {γ : Sort w} (f : α → γ) (g : β → γ) : α ⊕ β → γ
  | inl a => f a
  | inr b => g b

def swap : α ⊕ β → β ⊕ α
  | inl a => inr a
  | inr b => inl b

theorem inl_injective : Function.Injective (inl : α → α ⊕ β) := by
  intro a b h
  injection h

theorem inr_injective : Function.Injective (inr : β → α ⊕ β) := by
  intro a b h
  injection h

@[simp] theorem inl_ne_inr (a : α) (b : β) : (inl a : α ⊕ β) ≠ inr b := fun h => nomatch h

@[simp] theorem swap_swap (s : α ⊕ β) : swap (swap s) = s := by cases s <;> rfl
theorem comp_elim {γ δ : Type x} (h : γ → δ) (f : α → γ) (g : β → γ) :
    h ∘ Sum.elim f g = Sum.elim (h ∘ f) (h ∘ g) := by
  funext s
  cases s with
  | inl a => rfl
  | inr b => rfl

theorem elim_inl_inr : Sum.elim inl inr = (id : α ⊕ β → α ⊕ β) := by
  funext s
  cases s <;> rfl

theorem eq_inl_or_eq_inr (s : α ⊕ β) : (∃ a, s = inl a) ∨ ∃ b, s = inr b := by
  rcases s with a | b
  · exact Or.inl ⟨a, rfl⟩
  · exact Or.inr ⟨b, rfl⟩

theorem «forall» {p : α ⊕ β → Prop} : (∀ s, p s) ↔ (∀ a, p (inl a)) ∧ ∀ b, p (inr b) := by
  constructor
  · intro h
    exact ⟨fun a => h (inl a), fun b => h (inr b)⟩
  · rintro ⟨ha, hb⟩ (a | b)
    · exact ha a
    · exact hb b

end Sum

namespace Subtype

variable {α : Sort u} {p : α → Prop}

@[ext] protected theorem ext {a b : {x // p x}} (h : a.val = b.val) : a = b := by
  cases a
  cases b
  cases h
  rfl

theorem val_injective : Function.Injective (val : {x // p x} → α) := fun _ _ h => Subtype.ext h

theorem exists_iff {q : α → Prop} : (∃ a : {x // p x}, q a.val) ↔ ∃ x, p x ∧ q x := by
  constructor
  · rintro ⟨⟨x, hp⟩, hq⟩
    exact ⟨x, hp, hq⟩
  · rintro ⟨x, hp, hq⟩
    exact ⟨⟨x, hp⟩, hq⟩

end Subtype
