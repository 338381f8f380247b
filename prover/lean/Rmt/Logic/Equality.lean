prelude
import Rmt.Grammar

/-! Equality, and equality between types that are equal: what `rw`, `subst` and `simp` build their proofs from. -/

universe u v w

@[macro_inline] def Eq.mp {α β : Sort u} (h : α = β) (a : α) : β := h.rec a
@[macro_inline] def Eq.mpr {α β : Sort u} (h : α = β) (b : β) : α := h.symm.rec b

instance instTransEq {α : Sort u} {β : Sort v} {r : α → β → Sort w} : Trans Eq r r := ⟨fun h k => h.symm.rec k⟩
instance instTransEq_1 {α : Sort u} {β : Sort v} {r : α → β → Sort w} : Trans r Eq r := ⟨fun h k => k.rec h⟩

theorem Ne.intro {α : Sort u} {a b : α} (h : a = b → False) : a ≠ b := h
theorem Ne.elim {α : Sort u} {a b : α} (h : a ≠ b) (k : a = b) : False := h k
theorem Ne.irrefl {α : Sort u} {a : α} (h : a ≠ a) : False := h rfl
theorem Ne.symm {α : Sort u} {a b : α} (h : a ≠ b) : b ≠ a := fun k => h k.symm
theorem ne_of_eq_of_ne {α : Sort u} {a b c : α} (h : a = b) (k : b ≠ c) : a ≠ c := h.symm ▸ k
theorem ne_of_ne_of_eq {α : Sort u} {a b c : α} (h : a ≠ b) (k : b = c) : a ≠ c := k ▸ h
theorem ne_comm {α : Sort u} {a b : α} : a ≠ b ↔ b ≠ a := ⟨Ne.symm, Ne.symm⟩
theorem eq_comm {α : Sort u} {a b : α} : a = b ↔ b = a := ⟨Eq.symm, Eq.symm⟩

theorem congrArg₂ {α : Sort u} {β : Sort v} {γ : Sort w} (f : α → β → γ) {a a' : α} {b b' : β} (h : a = a')
    (k : b = b') : f a b = f a' b' := congr (congrArg f h) k

theorem HEq.subst {α β : Sort u} {p : (α : Sort u) → α → Prop} {a : α} {b : β} (h : a ≍ b) : p α a → p β b :=
  h.rec id
theorem HEq.symm {α β : Sort u} {a : α} {b : β} (h : a ≍ b) : b ≍ a := h.rec HEq.rfl
theorem HEq.trans {α β γ : Sort u} {a : α} {b : β} {c : γ} (h : a ≍ b) (k : b ≍ c) : a ≍ c :=
  HEq.subst (p := fun _ x => a ≍ x) k h
theorem heq_of_eq_of_heq {α β : Sort u} {a b : α} {c : β} (h : a = b) (k : b ≍ c) : a ≍ c := h.symm.rec k
theorem heq_of_heq_of_eq {α β : Sort u} {a : α} {b c : β} (h : a ≍ b) (k : b = c) : a ≍ c := k.rec h
theorem type_eq_of_heq {α β : Sort u} {a : α} {b : β} (h : a ≍ b) : α = β := h.rec (Eq.refl α)
theorem heq_of_eqRec_eq {α β : Sort u} {a : α} {b : β} (h : α = β) (k : h.rec (motive := fun β _ => β) a = b) : a ≍ b := by
  cases h; cases k; exact HEq.rfl
theorem eqRec_heq {α : Sort u} {φ : α → Sort v} {a b : α} (h : a = b) (p : φ a) :
    (Eq.recOn (motive := fun x _ => φ x) h p) ≍ p := h.rec HEq.rfl
theorem cast_heq {α β : Sort u} (h : α = β) (a : α) : cast h a ≍ a := h.rec HEq.rfl
@[simp] theorem cast_eq {α : Sort u} (h : α = α) (a : α) : cast h a = a := rfl

protected theorem Iff.refl (p : Prop) : p ↔ p := ⟨id, id⟩
protected theorem Iff.rfl {p : Prop} : p ↔ p := Iff.refl p
theorem Iff.of_eq {p q : Prop} (h : p = q) : p ↔ q := h ▸ Iff.rfl
theorem Iff.symm {p q : Prop} (h : p ↔ q) : q ↔ p := ⟨h.mpr, h.mp⟩
theorem Iff.trans {p q r : Prop} (h : p ↔ q) (k : q ↔ r) : p ↔ r := ⟨fun a => k.mp (h.mp a), fun c => h.mpr (k.mpr c)⟩
theorem Iff.comm {p q : Prop} : (p ↔ q) ↔ (q ↔ p) := ⟨Iff.symm, Iff.symm⟩
theorem iff_comm {p q : Prop} : (p ↔ q) ↔ (q ↔ p) := Iff.comm
instance : Trans Iff Iff Iff := ⟨Iff.trans⟩
theorem Eq.mp_prop {p q : Prop} (h : p = q) (hp : p) : q := h ▸ hp
theorem Eq.mpr_prop {p q : Prop} (h : p = q) (hq : q) : p := h ▸ hq
theorem Eq.mpr_not {p q : Prop} (h : p = q) (hq : ¬q) : ¬p := h ▸ hq
theorem mt {p q : Prop} (h : p → q) (hq : ¬q) : ¬p := fun hp => hq (h hp)

attribute [refl] Iff.refl
attribute [symm] Eq.symm Iff.symm Ne.symm
