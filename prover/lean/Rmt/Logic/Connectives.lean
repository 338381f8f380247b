prelude
import Rmt.Logic.Simp

/-! Propositional and predicate logic: how the connectives combine, and what holds only with excluded middle. -/

universe u v

variable {a b c d : Prop} {p q r : Prop}

/-! ## And -/

theorem And.symm (h : a ∧ b) : b ∧ a := ⟨h.right, h.left⟩
theorem And.imp (f : a → c) (g : b → d) (h : a ∧ b) : c ∧ d := ⟨f h.left, g h.right⟩
theorem And.imp_left (f : a → b) (h : a ∧ c) : b ∧ c := h.imp f id
theorem And.imp_right (f : a → b) (h : c ∧ a) : c ∧ b := h.imp id f

theorem and_comm : a ∧ b ↔ b ∧ a := by
  constructor <;> exact And.symm

theorem and_assoc : (a ∧ b) ∧ c ↔ a ∧ (b ∧ c) := by
  constructor
  · rintro ⟨⟨ha, hb⟩, hc⟩
    exact ⟨ha, hb, hc⟩
  · rintro ⟨ha, hb, hc⟩
    exact ⟨⟨ha, hb⟩, hc⟩

theorem and_left_comm : a ∧ (b ∧ c) ↔ b ∧ (a ∧ c) := by
  rw [← and_assoc, ← and_assoc, @and_comm a b]

theorem and_right_comm : (a ∧ b) ∧ c ↔ (a ∧ c) ∧ b := by
  rw [and_assoc, and_assoc, @and_comm b c]

theorem and_congr_right (h : a → (b ↔ c)) : a ∧ b ↔ a ∧ c := by
  constructor
  · intro ⟨ha, hb⟩
    exact ⟨ha, (h ha).mp hb⟩
  · intro ⟨ha, hc⟩
    exact ⟨ha, (h ha).mpr hc⟩

theorem and_iff_left (h : b) : a ∧ b ↔ a := ⟨And.left, fun ha => ⟨ha, h⟩⟩
theorem and_iff_right (h : a) : a ∧ b ↔ b := ⟨And.right, fun hb => ⟨h, hb⟩⟩

/-! ## Or -/

theorem Or.symm (h : a ∨ b) : b ∨ a := h.elim Or.inr Or.inl
theorem Or.imp (f : a → c) (g : b → d) (h : a ∨ b) : c ∨ d := h.elim (fun x => Or.inl (f x)) (fun x => Or.inr (g x))
theorem Or.imp_left (f : a → b) (h : a ∨ c) : b ∨ c := h.imp f id
theorem Or.imp_right (f : a → b) (h : c ∨ a) : c ∨ b := h.imp id f

theorem or_comm : a ∨ b ↔ b ∨ a := ⟨Or.symm, Or.symm⟩

theorem or_assoc : (a ∨ b) ∨ c ↔ a ∨ (b ∨ c) := by
  constructor
  · rintro ((ha | hb) | hc)
    · left; exact ha
    · right; left; exact hb
    · right; right; exact hc
  · rintro (ha | hb | hc)
    · left; left; exact ha
    · left; right; exact hb
    · right; exact hc

theorem or_left_comm : a ∨ (b ∨ c) ↔ b ∨ (a ∨ c) := by
  rw [← or_assoc, ← or_assoc, @or_comm a b]

theorem or_imp : (a ∨ b → c) ↔ (a → c) ∧ (b → c) := by
  constructor
  · intro f
    exact ⟨fun ha => f (Or.inl ha), fun hb => f (Or.inr hb)⟩
  · intro ⟨f, g⟩ h
    cases h with
    | inl ha => exact f ha
    | inr hb => exact g hb

theorem or_iff_left_of_imp (h : b → a) : a ∨ b ↔ a := ⟨fun x => x.elim id h, Or.inl⟩
theorem or_iff_right_of_imp (h : a → b) : a ∨ b ↔ b := ⟨fun x => x.elim h id, Or.inr⟩

/-! ## Distribution -/

theorem and_or_left : a ∧ (b ∨ c) ↔ (a ∧ b) ∨ (a ∧ c) := by
  constructor
  · rintro ⟨ha, hb | hc⟩
    · exact Or.inl ⟨ha, hb⟩
    · exact Or.inr ⟨ha, hc⟩
  · rintro (⟨ha, hb⟩ | ⟨ha, hc⟩)
    · exact ⟨ha, Or.inl hb⟩
    · exact ⟨ha, Or.inr hc⟩

theorem or_and_right : (a ∨ b) ∧ c ↔ (a ∧ c) ∨ (b ∧ c) := by
  rw [and_comm, and_or_left, @and_comm c a, @and_comm c b]

theorem or_and_left : a ∨ (b ∧ c) ↔ (a ∨ b) ∧ (a ∨ c) := by
  constructor
  · intro h
    cases h with
    | inl ha => exact ⟨Or.inl ha, Or.inl ha⟩
    | inr hbc => exact ⟨Or.inr hbc.left, Or.inr hbc.right⟩
  · intro ⟨hab, hac⟩
    cases hab with
    | inl ha => exact Or.inl ha
    | inr hb =>
      cases hac with
      | inl ha => exact Or.inl ha
      | inr hc => exact Or.inr ⟨hb, hc⟩

theorem and_or_right : (a ∧ b) ∨ c ↔ (a ∨ c) ∧ (b ∨ c) := by
  rw [or_comm, or_and_left, @or_comm c a, @or_comm c b]

theorem and_or_absorb : a ∧ (a ∨ b) ↔ a := ⟨And.left, fun h => ⟨h, Or.inl h⟩⟩
theorem or_and_absorb : a ∨ (a ∧ b) ↔ a := ⟨fun h => h.elim id And.left, Or.inl⟩

/-! ## Implication and negation -/

theorem imp_and : (a → b ∧ c) ↔ (a → b) ∧ (a → c) := by
  constructor
  · intro f
    exact ⟨fun x => (f x).left, fun x => (f x).right⟩
  · intro ⟨f, g⟩ x
    exact ⟨f x, g x⟩

theorem imp_swap : (a → b → c) ↔ (b → a → c) := ⟨fun f y x => f x y, fun f x y => f y x⟩
theorem imp_trans (f : a → b) (g : b → c) : a → c := fun x => g (f x)
theorem imp_not_comm : (a → ¬b) ↔ (b → ¬a) := imp_swap
theorem not_imp_of_and_not (h : a ∧ ¬b) : ¬(a → b) := fun f => h.right (f h.left)
theorem not_not_of_not_imp (h : ¬(a → b)) : ¬¬a := fun hn => h fun ha => absurd ha hn
theorem not_of_not_imp (h : ¬(a → b)) : ¬b := fun hb => h fun _ => hb

theorem not_not_not : ¬¬¬a ↔ ¬a := by
  constructor
  · intro h ha
    apply h
    intro hn
    exact hn ha
  · intro hn h
    exact h hn

theorem not_not_em : ¬¬(a ∨ ¬a) := by
  intro h
  apply h
  right
  intro ha
  apply h
  left
  exact ha

theorem not_and_of_not_left (b : Prop) (h : ¬a) : ¬(a ∧ b) := fun x => h x.left
theorem not_and_of_not_right (a : Prop) (h : ¬b) : ¬(a ∧ b) := fun x => h x.right
theorem not_and_of_not_or_not (h : ¬a ∨ ¬b) : ¬(a ∧ b) := by
  rintro ⟨ha, hb⟩
  cases h <;> contradiction

theorem not_iff_of_not (ha : ¬a) (hb : b) : ¬(a ↔ b) := fun h => ha (h.mpr hb)

theorem peirce_of_em (h : a ∨ ¬a) : ((a → b) → a) → a := by
  intro f
  rcases h with ha | hn
  · exact ha
  · exact f fun ha => absurd ha hn

/-! ## Equivalence -/

theorem iff_of_true (ha : a) (hb : b) : a ↔ b := ⟨fun _ => hb, fun _ => ha⟩
theorem iff_of_false (ha : ¬a) (hb : ¬b) : a ↔ b := ⟨fun x => absurd x ha, fun x => absurd x hb⟩
theorem iff_def : (a ↔ b) ↔ (a → b) ∧ (b → a) := ⟨fun h => ⟨h.mp, h.mpr⟩, fun h => ⟨h.left, h.right⟩⟩

theorem not_iff_not_of_iff (h : a ↔ b) : ¬a ↔ ¬b := by rw [h]

theorem iff_of_imp_cycle (f : a → b) (g : b → c) (h : c → a) : (a ↔ b) ∧ (b ↔ c) := by
  refine ⟨⟨f, ?_⟩, ⟨g, ?_⟩⟩
  · intro hb
    exact h (g hb)
  · intro hc
    exact f (h hc)

/-! ## Quantifiers -/

theorem Exists.imp {α : Sort u} {p q : α → Prop} (h : ∀ x, p x → q x) : (∃ x, p x) → ∃ x, q x :=
  fun ⟨x, hx⟩ => ⟨x, h x hx⟩

theorem exists_comm {α : Sort u} {β : Sort v} {p : α → β → Prop} : (∃ x y, p x y) ↔ ∃ y x, p x y := by
  constructor
  · rintro ⟨x, y, h⟩
    exact ⟨y, x, h⟩
  · rintro ⟨y, x, h⟩
    exact ⟨x, y, h⟩

theorem forall_comm {α : Sort u} {β : Sort v} {p : α → β → Prop} : (∀ x y, p x y) ↔ ∀ y x, p x y :=
  ⟨fun f y x => f x y, fun f x y => f y x⟩

theorem forall_of_exists_forall {α : Sort u} {β : Sort v} {p : α → β → Prop} :
    (∃ x, ∀ y, p x y) → ∀ y, ∃ x, p x y := by
  intro ⟨x, h⟩ y
  exact ⟨x, h y⟩

theorem not_exists_not_of_forall {α : Sort u} {p : α → Prop} (h : ∀ x, p x) : ¬∃ x, ¬p x :=
  fun ⟨x, hn⟩ => hn (h x)

theorem not_forall_of_exists_not {α : Sort u} {p : α → Prop} (h : ∃ x, ¬p x) : ¬∀ x, p x :=
  fun f => h.elim fun x hn => hn (f x)

theorem exists_unique_of_subsingleton {α : Sort u} {p : α → Prop} (h : ∃ x, p x)
    (unique : ∀ x y, p x → p y → x = y) : ∃ x, p x ∧ ∀ y, p y → y = x := by
  obtain ⟨x, hx⟩ := h
  refine ⟨x, hx, ?_⟩
  intro y hy
  exact unique y x hy hx

theorem no_barber {α : Sort u} (shaves : α → α → Prop) : ¬∃ b, ∀ x, shaves b x ↔ ¬shaves x x := by
  rintro ⟨b, h⟩
  have hb := h b
  have hn : ¬shaves b b := fun s => hb.mp s s
  exact hn (hb.mpr hn)

/-! ## With excluded middle -/

namespace Classical

theorem not_and : ¬(a ∧ b) ↔ ¬a ∨ ¬b := by
  constructor
  · intro h
    by_cases ha : a
    · right
      intro hb
      exact h ⟨ha, hb⟩
    · left
      exact ha
  · exact not_and_of_not_or_not

theorem not_imp : ¬(a → b) ↔ a ∧ ¬b := by
  constructor
  · intro h
    exact ⟨byContradiction (not_not_of_not_imp h), not_of_not_imp h⟩
  · exact not_imp_of_and_not

theorem imp_iff_not_or : (a → b) ↔ ¬a ∨ b := by
  constructor
  · intro f
    rcases em a with ha | hn
    · right; exact f ha
    · left; exact hn
  · intro h ha
    exact h.resolve_left fun hn => hn ha

theorem not_imp_not : (¬a → ¬b) ↔ (b → a) :=
  ⟨fun f hb => byContradiction fun hn => f hn hb, fun f => mt f⟩

theorem not_forall {α : Sort u} {p : α → Prop} : (¬∀ x, p x) ↔ ∃ x, ¬p x := by
  constructor
  · intro h
    apply byContradiction
    intro none
    apply h
    intro x
    apply byContradiction
    intro hn
    exact none ⟨x, hn⟩
  · exact not_forall_of_exists_not

theorem not_exists_not {α : Sort u} {p : α → Prop} : (¬∃ x, ¬p x) ↔ ∀ x, p x := by
  rw [← not_forall, Classical.not_not]

theorem peirce : ((a → b) → a) → a := peirce_of_em (em a)

theorem or_iff_not_imp_left : a ∨ b ↔ (¬a → b) := by
  constructor
  · intro h hn
    exact h.resolve_left hn
  · intro f
    by_cases ha : a
    · exact Or.inl ha
    · exact Or.inr (f ha)

/-- In every inhabited bar there is somebody such that, if he drinks, everybody does. -/
theorem drinker {α : Sort u} [i : Nonempty α] (p : α → Prop) : ∃ x, p x → ∀ y, p y := by
  by_cases h : ∀ y, p y
  · obtain ⟨x⟩ := i
    exact ⟨x, fun _ => h⟩
  · obtain ⟨x, hx⟩ := not_forall.mp h
    exact ⟨x, fun hp => absurd hp hx⟩

/-- The axiom of choice, as it is usually stated. -/
theorem axiomOfChoice {α : Sort u} {β : α → Sort v} {r : (x : α) → β x → Prop} (h : ∀ x, ∃ y, r x y) :
    ∃ f : (x : α) → β x, ∀ x, r x (f x) :=
  ⟨fun x => choose (h x), fun x => choose_spec (h x)⟩

end Classical
