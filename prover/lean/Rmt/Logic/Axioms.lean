prelude
import Rmt.Logic.Equality

/-! What follows from the axioms: functions that agree everywhere are equal, equivalent propositions are equal, every
proposition holds or does not. -/

noncomputable section

universe u v w

/-! ## Function extensionality, from quotients -/

private def agree {α : Sort u} {β : α → Sort v} (f g : (x : α) → β x) : Prop := ∀ x, f x = g x

private def lifted {α : Sort u} {β : α → Sort v} (f : Quot (@agree α β)) (x : α) : β x :=
  Quot.lift (fun f : (x : α) → β x => f x) (fun _ _ h => h x) f

@[ext] theorem funext {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} (h : ∀ x, f x = g x) : f = g :=
  show lifted (Quot.mk agree f) = lifted (Quot.mk agree g) from congrArg lifted (Quot.sound h)

/-! ## Propositions as truth values -/

theorem of_eq_true {p : Prop} (h : p = True) : p := h ▸ trivial
theorem of_eq_false {p : Prop} (h : p = False) : ¬p := fun hp => h ▸ hp
theorem eq_true {p : Prop} (h : p) : p = True := propext ⟨fun _ => trivial, fun _ => h⟩
theorem eq_false {p : Prop} (h : ¬p) : p = False := propext ⟨h, False.elim⟩
theorem eq_false' {p : Prop} (h : p → False) : p = False := eq_false h
theorem eq_true_intro {p : Prop} (h : p) : p = True := eq_true h
theorem eq_false_intro {p : Prop} (h : ¬p) : p = False := eq_false h
theorem iff_iff_eq {a b : Prop} : (a ↔ b) ↔ a = b := ⟨propext, Iff.of_eq⟩
theorem proof_irrel {p : Prop} (h k : p) : h = k := rfl
@[simp] theorem eq_self {α : Sort u} (a : α) : (a = a) = True := eq_true rfl
@[simp] theorem heq_eq_eq {α : Sort u} (a b : α) : (a ≍ b) = (a = b) := propext ⟨eq_of_heq, heq_of_eq⟩
@[simp] theorem eq_iff_iff {a b : Prop} : (a = b) ↔ (a ↔ b) := iff_iff_eq.symm

/-! ## Congruence -/

theorem implies_congr {p₁ p₂ : Sort u} {q₁ q₂ : Sort v} (h : p₁ = p₂) (k : q₁ = q₂) : (p₁ → q₁) = (p₂ → q₂) :=
  h ▸ k ▸ rfl
theorem implies_dep_congr_ctx {p₁ p₂ q₁ : Prop} (h : p₁ = p₂) {q₂ : p₂ → Prop} (k : ∀ x : p₂, q₁ = q₂ x) :
    (p₁ → q₁) = ((x : p₂) → q₂ x) :=
  propext ⟨fun f x => k x ▸ f (h ▸ x), fun f x => (k (h ▸ x)).symm ▸ f (h ▸ x)⟩
theorem implies_congr_ctx {p₁ p₂ q₁ q₂ : Prop} (h : p₁ = p₂) (k : p₂ → q₁ = q₂) : (p₁ → q₁) = (p₂ → q₂) :=
  implies_dep_congr_ctx h k
theorem implies_congr_left {p₁ p₂ : Sort u} {q : Sort v} (h : p₁ = p₂) : (p₁ → q) = (p₂ → q) := h ▸ rfl
theorem implies_congr_right {p : Sort u} {q₁ q₂ : Sort v} (h : q₁ = q₂) : (p → q₁) = (p → q₂) := h ▸ rfl
theorem forall_congr {α : Sort u} {p q : α → Prop} (h : ∀ a, p a = q a) : (∀ a, p a) = (∀ a, q a) :=
  (funext h : p = q) ▸ rfl
theorem pi_congr {α : Sort u} {β β' : α → Sort v} (h : ∀ a, β a = β' a) : (∀ a, β a) = ∀ a, β' a :=
  (funext h : β = β') ▸ rfl
theorem forall_prop_congr_dom {p₁ p₂ : Prop} (h : p₁ = p₂) (q : p₁ → Prop) :
    (∀ a : p₁, q a) = (∀ a : p₂, q (h.symm ▸ a)) := by cases h; rfl
theorem forall_prop_domain_congr {p₁ p₂ : Prop} {q₁ : p₁ → Prop} {q₂ : p₂ → Prop} (h : p₁ = p₂)
    (k : ∀ a : p₂, q₁ (h.symm ▸ a) = q₂ a) : (∀ a : p₁, q₁ a) = (∀ a : p₂, q₂ a) := by
  cases h; exact forall_congr k
theorem let_congr {α : Sort u} {β : Sort v} {a a' : α} {b b' : α → β} (h : a = a') (k : ∀ x, b x = b' x) :
    (let x := a; b x) = (let x := a'; b' x) := h ▸ (funext k : b = b') ▸ rfl
theorem let_val_congr {α : Sort u} {β : Sort v} {a a' : α} (b : α → β) (h : a = a') :
    (let x := a; b x) = (let x := a'; b x) := h ▸ rfl
theorem let_body_congr {α : Sort u} {β : α → Sort v} {b b' : (a : α) → β a} (a : α) (h : ∀ x, b x = b' x) :
    (let x := a; b x) = (let x := a; b' x) := (funext h : b = b') ▸ rfl

/-! ## Types with at most one element -/

class Subsingleton (α : Sort u) : Prop where
  intro ::
  allEq : (a b : α) → a = b

protected theorem Subsingleton.elim {α : Sort u} [h : Subsingleton α] (a b : α) : a = b := h.allEq a b
protected theorem Subsingleton.helim {α β : Sort u} [h : Subsingleton α] (e : α = β) (a : α) (b : β) : a ≍ b := by
  cases e
  exact heq_of_eq (Subsingleton.elim a b)

instance instSubsingleton (p : Prop) : Subsingleton p := ⟨fun _ _ => rfl⟩

instance instSubsingletonDecidable (p : Prop) : Subsingleton (Decidable p) where
  allEq
    | isTrue _, isTrue _ => rfl
    | isFalse _, isFalse _ => rfl
    | isTrue h, isFalse hn => absurd h hn
    | isFalse hn, isTrue h => absurd h hn

instance instSubsingletonPUnit : Subsingleton PUnit := ⟨fun _ _ => rfl⟩
instance instSubsingletonForall {α : Sort u} {β : α → Sort v} [∀ a, Subsingleton (β a)] :
    Subsingleton ((a : α) → β a) := ⟨fun _ _ => funext fun _ => Subsingleton.elim _ _⟩

/-! ## Choice, and the law of excluded middle -/

namespace Classical

def indefiniteDescription {α : Sort u} (p : α → Prop) (h : ∃ x, p x) : {x // p x} :=
  choice (let ⟨x, hx⟩ := h; ⟨⟨x, hx⟩⟩)

def choose {α : Sort u} {p : α → Prop} (h : ∃ x, p x) : α := (indefiniteDescription p h).val
theorem choose_spec {α : Sort u} {p : α → Prop} (h : ∃ x, p x) : p (choose h) :=
  (indefiniteDescription p h).property

/-- Diaconescu: two sets that are equal when `p` holds and that have chosen members. -/
theorem em (p : Prop) : p ∨ ¬p :=
  let U (x : Prop) : Prop := x = True ∨ p
  let V (x : Prop) : Prop := x = False ∨ p
  have hU : ∃ x, U x := ⟨True, Or.inl rfl⟩
  have hV : ∃ x, V x := ⟨False, Or.inl rfl⟩
  have apart : choose hU ≠ choose hV ∨ p :=
    match choose_spec hU, choose_spec hV with
    | Or.inr hp, _ => Or.inr hp
    | _, Or.inr hp => Or.inr hp
    | Or.inl hu, Or.inl hv => Or.inl (fun e => of_eq_true (hv.symm.trans (e.symm.trans hu)))
  match apart with
  | Or.inr hp => Or.inl hp
  | Or.inl ne => Or.inr fun hp =>
    have same : U = V := funext fun _ => propext ⟨fun _ => Or.inr hp, fun _ => Or.inr hp⟩
    have chosen : ∀ (W : Prop → Prop) (h : ∃ x, U x) (k : ∃ x, W x), U = W → choose h = choose k :=
      fun _ _ _ e => by cases e; rfl
    ne (chosen V hU hV same)

theorem exists_true_of_nonempty {α : Sort u} : Nonempty α → ∃ _ : α, True
  | ⟨a⟩ => ⟨a, trivial⟩

/-- Every proposition is decidable, by choice. In scope where `by_cases` looks, and under `open Classical`. -/
scoped instance (priority := low) propDecidable (p : Prop) : Decidable p :=
  choice (match em p with
    | Or.inl h => ⟨isTrue h⟩
    | Or.inr h => ⟨isFalse h⟩)

theorem byCases {p q : Prop} (h : p → q) (k : ¬p → q) : q := (em p).elim h k
theorem byContradiction {p : Prop} (h : ¬p → False) : p := byCases id (fun hn => (h hn).elim)
theorem not_not {p : Prop} : ¬¬p ↔ p := ⟨byContradiction, fun h k => k h⟩

end Classical

def Classical.ofNonempty {α : Sort u} [h : Nonempty α] : α := Classical.choice h
