prelude
import Rmt.Logic.Connectives

/-! Functions: composition, one-to-one and onto, inverses, fixed points. -/

universe u v w x

namespace Function

variable {α : Sort u} {β : Sort v} {γ : Sort w} {δ : Sort x}

/-! ## Composition -/

@[simp] theorem comp_apply {f : β → γ} {g : α → β} {a : α} : (f ∘ g) a = f (g a) := rfl
@[simp] theorem const_apply {b : β} {a : α} : const α b a = b := rfl
@[simp] theorem id_comp (f : α → β) : id ∘ f = f := rfl
@[simp] theorem comp_id (f : α → β) : f ∘ id = f := rfl
theorem comp_assoc (f : γ → δ) (g : β → γ) (h : α → β) : (f ∘ g) ∘ h = f ∘ (g ∘ h) := rfl
@[simp] theorem const_comp (f : α → β) (c : γ) : const β c ∘ f = const α c := rfl
@[simp] theorem comp_const (f : β → γ) (b : β) : f ∘ const α b = const α (f b) := rfl

theorem comp_eq_iff {f : β → γ} {g : α → β} {h : α → γ} : f ∘ g = h ↔ ∀ a, f (g a) = h a := by
  constructor
  · intro e a
    rw [← e, comp_apply]
  · intro e
    funext a
    exact e a

/-! ## One-to-one, onto -/

def Injective (f : α → β) : Prop := ∀ ⦃a b⦄, f a = f b → a = b
def Surjective (f : α → β) : Prop := ∀ b, ∃ a, f a = b
def Bijective (f : α → β) : Prop := Injective f ∧ Surjective f
def LeftInverse (g : β → α) (f : α → β) : Prop := ∀ a, g (f a) = a
def RightInverse (g : β → α) (f : α → β) : Prop := LeftInverse f g
def Involutive (f : α → α) : Prop := ∀ a, f (f a) = a
def IsFixedPt (f : α → α) (a : α) : Prop := f a = a

variable {f : β → γ} {g : α → β}

theorem injective_id : Injective (id : α → α) := fun _ _ h => h
theorem surjective_id : Surjective (id : α → α) := fun a => ⟨a, rfl⟩
theorem bijective_id : Bijective (id : α → α) := ⟨injective_id, surjective_id⟩

theorem Injective.comp (hf : Injective f) (hg : Injective g) : Injective (f ∘ g) := by
  intro a b h
  apply hg
  apply hf
  exact h

theorem Surjective.comp (hf : Surjective f) (hg : Surjective g) : Surjective (f ∘ g) := by
  intro c
  obtain ⟨b, rfl⟩ := hf c
  obtain ⟨a, rfl⟩ := hg b
  exact ⟨a, rfl⟩

theorem Bijective.comp (hf : Bijective f) (hg : Bijective g) : Bijective (f ∘ g) :=
  ⟨hf.left.comp hg.left, hf.right.comp hg.right⟩

theorem Injective.of_comp (h : Injective (f ∘ g)) : Injective g := by
  intro a b e
  apply h
  show f (g a) = f (g b)
  rw [e]

theorem Surjective.of_comp (h : Surjective (f ∘ g)) : Surjective f := by
  intro c
  obtain ⟨a, ha⟩ := h c
  exact ⟨g a, ha⟩

theorem Injective.eq_iff (h : Injective g) {a b : α} : g a = g b ↔ a = b :=
  ⟨fun e => h e, fun e => by rw [e]⟩

theorem Injective.ne (h : Injective g) {a b : α} (ne : a ≠ b) : g a ≠ g b := fun e => ne (h e)

theorem Injective.comp_left_cancel (h : Injective f) {g₁ g₂ : α → β} (e : f ∘ g₁ = f ∘ g₂) : g₁ = g₂ := by
  funext a
  exact h (congrFun e a)

theorem Surjective.comp_right_cancel (h : Surjective g) {f₁ f₂ : β → γ} (e : f₁ ∘ g = f₂ ∘ g) : f₁ = f₂ := by
  funext b
  obtain ⟨a, rfl⟩ := h b
  exact congrFun e a

theorem Surjective.forall (h : Surjective g) {p : β → Prop} : (∀ b, p b) ↔ ∀ a, p (g a) := by
  constructor
  · intro all a
    exact all (g a)
  · intro all b
    obtain ⟨a, rfl⟩ := h b
    exact all a

theorem Surjective.exists (h : Surjective g) {p : β → Prop} : (∃ b, p b) ↔ ∃ a, p (g a) := by
  constructor
  · rintro ⟨b, hb⟩
    obtain ⟨a, rfl⟩ := h b
    exact ⟨a, hb⟩
  · rintro ⟨a, ha⟩
    exact ⟨g a, ha⟩

/-! ## Inverses -/

theorem LeftInverse.injective {h : β → α} (l : LeftInverse h g) : Injective g := by
  intro a b e
  calc a = h (g a) := (l a).symm
    _ = h (g b) := by rw [e]
    _ = b := l b

theorem RightInverse.surjective {h : β → α} (r : RightInverse h g) : Surjective g := fun b => ⟨h b, r b⟩

theorem LeftInverse.comp_eq_id {h : β → α} (l : LeftInverse h g) : h ∘ g = id := funext l

theorem eq_of_left_right_inverse {h k : β → α} (l : LeftInverse h g) (r : RightInverse k g) : h = k := by
  funext b
  calc h b = h (g (k b)) := by rw [r b]
    _ = k b := l (k b)

theorem LeftInverse.comp {h : β → α} {k : γ → β} (l : LeftInverse h g) (m : LeftInverse k f) :
    LeftInverse (h ∘ k) (f ∘ g) := by
  intro a
  show h (k (f (g a))) = a
  rw [m, l]

theorem Injective.hasLeftInverse [i : Nonempty α] (h : Injective g) : ∃ k, LeftInverse k g := by
  have pick : ∀ b, ∃ a, ∀ a', g a' = b → a' = a := by
    intro b
    by_cases hb : ∃ a, g a = b
    · obtain ⟨a, rfl⟩ := hb
      exact ⟨a, fun a' e => h e⟩
    · obtain ⟨a⟩ := i
      exact ⟨a, fun a' e => absurd ⟨a', e⟩ hb⟩
  obtain ⟨k, hk⟩ := Classical.axiomOfChoice pick
  exact ⟨k, fun a => (hk (g a) a rfl).symm⟩

theorem Surjective.hasRightInverse (h : Surjective g) : ∃ k, RightInverse k g :=
  ⟨fun b => Classical.choose (h b), fun b => Classical.choose_spec (h b)⟩

theorem bijective_iff_has_inverse : Bijective g ↔ ∃ k, LeftInverse k g ∧ RightInverse k g := by
  constructor
  · rintro ⟨inj, sur⟩
    obtain ⟨k, hk⟩ := sur.hasRightInverse
    refine ⟨k, ?_, hk⟩
    intro a
    apply inj
    exact hk (g a)
  · rintro ⟨k, l, r⟩
    exact ⟨l.injective, r.surjective⟩

/-! ## Functions into themselves -/

theorem Involutive.bijective {f : α → α} (h : Involutive f) : Bijective f :=
  bijective_iff_has_inverse.mpr ⟨f, h, h⟩

theorem Involutive.eq_iff {f : α → α} (h : Involutive f) {a b : α} : f a = b ↔ a = f b := by
  constructor
  · rintro rfl
    exact (h a).symm
  · rintro rfl
    exact h b

theorem IsFixedPt.comp {f g : α → α} {a : α} (hf : IsFixedPt f a) (hg : IsFixedPt g a) : IsFixedPt (f ∘ g) a := by
  show f (g a) = a
  rw [show g a = a from hg]
  exact hf

/-- No set is as large as the set of its subsets. -/
theorem cantor_surjective (f : α → α → Prop) : ¬Surjective f := by
  intro h
  obtain ⟨d, hd⟩ := h fun a => ¬f a a
  have e : f d d = ¬f d d := congrFun hd d
  have hn : ¬f d d := fun x => (e.mp x) x
  exact hn (e.mpr hn)

theorem cantor_injective (f : (α → Prop) → α) : ¬Injective f := by
  intro h
  obtain ⟨k, hk⟩ := h.hasLeftInverse
  exact cantor_surjective k (RightInverse.surjective (g := k) hk)

/-- A map that takes every function on its points as a value has fixed points for every function. -/
theorem lawvere {β : Sort v} {e : α → α → β} (h : Surjective e) (f : β → β) : ∃ b, f b = b := by
  obtain ⟨a, ha⟩ := h fun x => f (e x x)
  exact ⟨e a a, (congrFun ha a).symm⟩

end Function
