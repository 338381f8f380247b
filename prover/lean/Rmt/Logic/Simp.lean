prelude
import Rmt.Logic.Decidable

/-! The propositional part of what `simp` knows. Each is an equivalence or equation that makes its left side simpler. -/

universe u v

variable {p q r : Prop}

/-! ## Truth values -/

@[simp] theorem and_self (p : Prop) : (p ∧ p) = p := propext ⟨And.left, fun h => ⟨h, h⟩⟩
@[simp] theorem and_true (p : Prop) : (p ∧ True) = p := propext ⟨And.left, fun h => ⟨h, trivial⟩⟩
@[simp] theorem true_and (p : Prop) : (True ∧ p) = p := propext ⟨And.right, fun h => ⟨trivial, h⟩⟩
@[simp] theorem and_false (p : Prop) : (p ∧ False) = False := eq_false And.right
@[simp] theorem false_and (p : Prop) : (False ∧ p) = False := eq_false And.left
@[simp] theorem or_self (p : Prop) : (p ∨ p) = p := propext ⟨fun h => h.elim id id, Or.inl⟩
@[simp] theorem or_true (p : Prop) : (p ∨ True) = True := eq_true (Or.inr trivial)
@[simp] theorem true_or (p : Prop) : (True ∨ p) = True := eq_true (Or.inl trivial)
@[simp] theorem or_false (p : Prop) : (p ∨ False) = p := propext ⟨fun h => h.elim id False.elim, Or.inl⟩
@[simp] theorem false_or (p : Prop) : (False ∨ p) = p := propext ⟨fun h => h.elim False.elim id, Or.inr⟩
@[simp] theorem iff_self (p : Prop) : (p ↔ p) = True := eq_true Iff.rfl
@[simp] theorem iff_true (p : Prop) : (p ↔ True) = p := propext ⟨fun h => h.mpr trivial, fun h => ⟨fun _ => trivial, fun _ => h⟩⟩
@[simp] theorem true_iff (p : Prop) : (True ↔ p) = p := propext ⟨fun h => h.mp trivial, fun h => ⟨fun _ => h, fun _ => trivial⟩⟩
@[simp] theorem iff_false (p : Prop) : (p ↔ False) = ¬p := propext ⟨Iff.mp, fun h => ⟨h, False.elim⟩⟩
@[simp] theorem false_iff (p : Prop) : (False ↔ p) = ¬p := propext ⟨Iff.mpr, fun h => ⟨False.elim, h⟩⟩
@[simp] theorem false_implies (p : Prop) : (False → p) = True := eq_true False.elim
@[simp] theorem forall_false (p : False → Prop) : (∀ h : False, p h) = True := eq_true (fun h => h.elim)
@[simp] theorem implies_true (α : Sort u) : (α → True) = True := eq_true (fun _ => trivial)
@[simp] theorem true_implies (p : Prop) : (True → p) = p := propext ⟨fun f => f trivial, fun h _ => h⟩
@[simp] theorem implies_false (p : Prop) : (p → False) = ¬p := rfl
@[simp] theorem imp_self {a : Prop} : (a → a) ↔ True := ⟨fun _ => trivial, fun _ => id⟩
@[simp] theorem not_true_eq_false : (¬True) = False := eq_false (fun h => h trivial)
@[simp] theorem not_false_eq_true : (¬False) = True := eq_true id
theorem not_false : ¬False := id
theorem not_not_intro {p : Prop} (h : p) : ¬¬p := fun hn => hn h
@[simp] theorem not_iff_self : ¬(¬p ↔ p) := fun h => have hn : ¬p := fun hp => h.mpr hp hp; hn (h.mp hn)
@[simp] theorem and_not_self : ¬(p ∧ ¬p) := fun h => h.right h.left
@[simp] theorem not_and_self : ¬(¬p ∧ p) := fun h => h.left h.right
@[simp] theorem ne_eq {α : Sort u} (a b : α) : (a ≠ b) = ¬(a = b) := rfl
@[simp] theorem not_not {p : Prop} [Decidable p] : ¬¬p ↔ p := Decidable.not_not

/-! ## Connectives together -/

theorem Or.resolve_left (h : p ∨ q) (hn : ¬p) : q := h.elim (fun hp => absurd hp hn) id
theorem Or.resolve_right (h : p ∨ q) (hn : ¬q) : p := h.elim id (fun hq => absurd hq hn)

@[simp] theorem and_self_left : p ∧ p ∧ q ↔ p ∧ q := ⟨And.right, fun h => ⟨h.left, h⟩⟩
@[simp] theorem and_self_right : (p ∧ q) ∧ q ↔ p ∧ q := ⟨And.left, fun h => ⟨h, h.right⟩⟩
@[simp] theorem or_self_left : p ∨ p ∨ q ↔ p ∨ q := ⟨fun h => h.elim Or.inl id, Or.inr⟩
@[simp] theorem or_self_right : (p ∨ q) ∨ q ↔ p ∨ q := ⟨fun h => h.elim id Or.inr, Or.inl⟩
@[simp] theorem not_or : ¬(p ∨ q) ↔ ¬p ∧ ¬q :=
  ⟨fun h => ⟨fun hp => h (Or.inl hp), fun hq => h (Or.inr hq)⟩, fun h k => k.elim h.left h.right⟩
@[simp] theorem and_imp : (p ∧ q → r) ↔ (p → q → r) := ⟨fun f a b => f ⟨a, b⟩, fun f h => f h.left h.right⟩
@[simp] theorem not_and : ¬(p ∧ q) ↔ (p → ¬q) := and_imp

theorem and_congr {a b c d : Prop} (h : a ↔ c) (k : b ↔ d) : a ∧ b ↔ c ∧ d :=
  ⟨fun x => ⟨h.mp x.left, k.mp x.right⟩, fun x => ⟨h.mpr x.left, k.mpr x.right⟩⟩
theorem or_congr {a b c d : Prop} (h : a ↔ c) (k : b ↔ d) : a ∨ b ↔ c ∨ d :=
  ⟨fun x => x.elim (fun y => Or.inl (h.mp y)) (fun y => Or.inr (k.mp y)),
   fun x => x.elim (fun y => Or.inl (h.mpr y)) (fun y => Or.inr (k.mpr y))⟩
theorem imp_congr {a b c d : Prop} (h : a ↔ c) (k : b ↔ d) : (a → b) ↔ (c → d) :=
  ⟨fun f x => k.mp (f (h.mpr x)), fun f x => k.mpr (f (h.mp x))⟩
theorem iff_congr {a b c d : Prop} (h : a ↔ c) (k : b ↔ d) : (a ↔ b) ↔ (c ↔ d) :=
  ⟨fun x => h.symm.trans (x.trans k), fun x => h.trans (x.trans k.symm)⟩
theorem not_congr {a b : Prop} (h : a ↔ b) : ¬a ↔ ¬b := imp_congr h Iff.rfl
theorem and_congr_right_eq {a b c : Prop} (h : a → b = c) : (a ∧ b) = (a ∧ c) :=
  propext ⟨fun x => ⟨x.left, h x.left ▸ x.right⟩, fun x => ⟨x.left, h x.left ▸ x.right⟩⟩
theorem and_congr_left_eq {a b c : Prop} (h : c → a = b) : (a ∧ c) = (b ∧ c) :=
  propext ⟨fun x => ⟨h x.right ▸ x.left, x.right⟩, fun x => ⟨h x.right ▸ x.left, x.right⟩⟩
theorem exists_congr {α : Sort u} {p q : α → Prop} (h : ∀ a, p a ↔ q a) : (∃ a, p a) ↔ ∃ a, q a :=
  ⟨fun ⟨a, x⟩ => ⟨a, (h a).mp x⟩, fun ⟨a, x⟩ => ⟨a, (h a).mpr x⟩⟩
theorem exists_prop_congr {p p' : Prop} {q q' : p → Prop} (h : ∀ x, q x ↔ q' x) (k : p ↔ p') :
    (∃ x, q x) ↔ ∃ x : p', q' (k.mpr x) :=
  ⟨fun ⟨x, y⟩ => ⟨k.mp x, (h x).mp y⟩, fun ⟨x, y⟩ => ⟨k.mpr x, (h _).mpr y⟩⟩

/-! ## Quantifiers -/

theorem Exists.elim {α : Sort u} {p : α → Prop} {b : Prop} (h : ∃ x, p x) (f : ∀ x, p x → b) : b :=
  let ⟨x, hx⟩ := h; f x hx

@[simp] theorem exists_prop {a b : Prop} : (∃ _ : a, b) ↔ a ∧ b := ⟨fun ⟨x, y⟩ => ⟨x, y⟩, fun ⟨x, y⟩ => ⟨x, y⟩⟩
@[simp] theorem exists_eq {α : Sort u} {a : α} : ∃ x, x = a := ⟨a, rfl⟩
@[simp] theorem exists_eq' {α : Sort u} {a : α} : ∃ x, a = x := ⟨a, rfl⟩
@[simp] theorem exists_eq_left {α : Sort u} {p : α → Prop} {a : α} : (∃ x, x = a ∧ p x) ↔ p a :=
  ⟨fun ⟨_, h, k⟩ => h ▸ k, fun h => ⟨a, rfl, h⟩⟩
@[simp] theorem exists_eq_right {α : Sort u} {p : α → Prop} {a : α} : (∃ x, p x ∧ x = a) ↔ p a :=
  ⟨fun ⟨_, k, h⟩ => h ▸ k, fun h => ⟨a, h, rfl⟩⟩
@[simp] theorem exists_eq_left' {α : Sort u} {p : α → Prop} {a : α} : (∃ x, a = x ∧ p x) ↔ p a :=
  ⟨fun ⟨_, h, k⟩ => h ▸ k, fun h => ⟨a, rfl, h⟩⟩
@[simp] theorem forall_eq {α : Sort u} {p : α → Prop} {a : α} : (∀ x, x = a → p x) ↔ p a :=
  ⟨fun f => f a rfl, fun h _ e => e ▸ h⟩
@[simp] theorem forall_eq' {α : Sort u} {p : α → Prop} {a : α} : (∀ x, a = x → p x) ↔ p a :=
  ⟨fun f => f a rfl, fun h _ e => e ▸ h⟩
@[simp] theorem not_exists {α : Sort u} {p : α → Prop} : (¬∃ x, p x) ↔ ∀ x, ¬p x :=
  ⟨fun h x hx => h ⟨x, hx⟩, fun h ⟨x, hx⟩ => h x hx⟩
@[simp] theorem exists_false {α : Sort u} : ¬∃ _ : α, False := fun ⟨_, h⟩ => h
@[simp] theorem exists_imp {α : Sort u} {p : α → Prop} {b : Prop} : ((∃ x, p x) → b) ↔ ∀ x, p x → b :=
  ⟨fun f x hx => f ⟨x, hx⟩, fun f ⟨x, hx⟩ => f x hx⟩
@[simp] theorem exists_or {α : Sort u} {p q : α → Prop} : (∃ x, p x ∨ q x) ↔ (∃ x, p x) ∨ ∃ x, q x :=
  ⟨fun ⟨x, h⟩ => h.elim (fun h => Or.inl ⟨x, h⟩) (fun h => Or.inr ⟨x, h⟩),
   fun h => h.elim (fun ⟨x, h⟩ => ⟨x, Or.inl h⟩) (fun ⟨x, h⟩ => ⟨x, Or.inr h⟩)⟩
@[simp] theorem exists_and_left {α : Sort u} {p : α → Prop} {b : Prop} : (∃ x, b ∧ p x) ↔ b ∧ ∃ x, p x :=
  ⟨fun ⟨x, hb, hx⟩ => ⟨hb, x, hx⟩, fun ⟨hb, x, hx⟩ => ⟨x, hb, hx⟩⟩
@[simp] theorem exists_and_right {α : Sort u} {p : α → Prop} {b : Prop} : (∃ x, p x ∧ b) ↔ (∃ x, p x) ∧ b :=
  ⟨fun ⟨x, hx, hb⟩ => ⟨⟨x, hx⟩, hb⟩, fun ⟨⟨x, hx⟩, hb⟩ => ⟨x, hx, hb⟩⟩
theorem forall_and {α : Sort u} {p q : α → Prop} : (∀ x, p x ∧ q x) ↔ (∀ x, p x) ∧ ∀ x, q x :=
  ⟨fun f => ⟨fun x => (f x).left, fun x => (f x).right⟩, fun f x => ⟨f.left x, f.right x⟩⟩
@[simp] theorem forall_const (α : Sort u) {b : Prop} [i : Nonempty α] : (α → b) ↔ b :=
  ⟨fun f => i.elim f, fun h _ => h⟩
instance instNonemptyOfInhabited {α : Sort u} [Inhabited α] : Nonempty α := ⟨default⟩
