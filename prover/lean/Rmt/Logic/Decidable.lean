prelude
import Rmt.Logic.Axioms

/-! Propositions that a computation settles: what `decide` evaluates and `if` branches on. -/

universe u v w

theorem decide_eq_true {p : Prop} : [Decidable p] → p → decide p = true
  | isTrue _, _ => rfl
  | isFalse hn, h => absurd h hn
theorem decide_eq_false {p : Prop} : [Decidable p] → ¬p → decide p = false
  | isTrue h, hn => absurd h hn
  | isFalse _, _ => rfl
theorem of_decide_eq_true {p : Prop} [d : Decidable p] (h : decide p = true) : p :=
  match d with
  | isTrue hp => hp
  | isFalse _ => nomatch (show false = true from h)
theorem of_decide_eq_false {p : Prop} [d : Decidable p] (h : decide p = false) : ¬p :=
  match d with
  | isTrue _ => nomatch (show true = false from h)
  | isFalse hn => hn
theorem of_decide_eq_self_eq_true {α : Sort u} [inst : DecidableEq α] (a : α) : decide (a = a) = true :=
  decide_eq_true rfl
theorem decide_eq_true_eq {p : Prop} [Decidable p] : (decide p = true) = p :=
  propext ⟨of_decide_eq_true, decide_eq_true⟩
theorem decide_eq_true_iff {p : Prop} [Decidable p] : decide p = true ↔ p := ⟨of_decide_eq_true, decide_eq_true⟩
theorem decide_eq_false_iff_not {p : Prop} [Decidable p] : decide p = false ↔ ¬p :=
  ⟨of_decide_eq_false, decide_eq_false⟩
attribute [simp] decide_eq_true_eq decide_eq_false_iff_not
theorem eq_true_of_decide {p : Prop} [Decidable p] (h : decide p = true) : p = True := eq_true (of_decide_eq_true h)
theorem eq_false_of_decide {p : Prop} [Decidable p] (h : decide p = false) : p = False :=
  eq_false (of_decide_eq_false h)

/-! ## Instances -/

instance instDecidableTrue : Decidable True := isTrue trivial
instance instDecidableFalse : Decidable False := isFalse id

instance instDecidableAnd {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (p ∧ q) :=
  match dp with
  | isFalse hn => isFalse (fun h => hn h.left)
  | isTrue hp => match dq with
    | isFalse hn => isFalse (fun h => hn h.right)
    | isTrue hq => isTrue ⟨hp, hq⟩

instance instDecidableOr {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (p ∨ q) :=
  match dp with
  | isTrue hp => isTrue (Or.inl hp)
  | isFalse hn => match dq with
    | isTrue hq => isTrue (Or.inr hq)
    | isFalse hm => isFalse (fun h => h.elim hn hm)

instance instDecidableNot {p : Prop} [dp : Decidable p] : Decidable (¬p) :=
  match dp with
  | isTrue hp => isFalse (fun h => h hp)
  | isFalse hn => isTrue hn

instance instDecidableForall {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (p → q) :=
  match dp with
  | isFalse hn => isTrue (fun hp => absurd hp hn)
  | isTrue hp => match dq with
    | isTrue hq => isTrue (fun _ => hq)
    | isFalse hm => isFalse (fun f => hm (f hp))

instance instDecidableIff {p q : Prop} [dp : Decidable p] [dq : Decidable q] : Decidable (p ↔ q) :=
  match dp, dq with
  | isTrue hp, isTrue hq => isTrue ⟨fun _ => hq, fun _ => hp⟩
  | isFalse hn, isFalse hm => isTrue ⟨fun h => absurd h hn, fun h => absurd h hm⟩
  | isTrue hp, isFalse hm => isFalse (fun h => hm (h.mp hp))
  | isFalse hn, isTrue hq => isFalse (fun h => hn (h.mpr hq))

@[instance_reducible] def decidable_of_iff {q : Prop} (p : Prop) (h : p ↔ q) [d : Decidable p] : Decidable q :=
  match d with
  | isTrue hp => isTrue (h.mp hp)
  | isFalse hn => isFalse (fun hq => hn (h.mpr hq))
@[instance_reducible] def decidable_of_decidable_of_iff {p q : Prop} [d : Decidable p] (h : p ↔ q) : Decidable q :=
  decidable_of_iff p h
@[instance_reducible] def decidable_of_decidable_of_eq {p q : Prop} [d : Decidable p] (h : p = q) : Decidable q :=
  decidable_of_iff p (Iff.of_eq h)

instance instDecidableEqBool : DecidableEq Bool
  | true, true => isTrue rfl
  | false, false => isTrue rfl
  | true, false => isFalse (fun h => nomatch h)
  | false, true => isFalse (fun h => nomatch h)

instance instDecidableEqNat : DecidableEq Nat := Nat.decEq

instance instDecidableEqProp {p q : Prop} [d : Decidable (p ↔ q)] : Decidable (p = q) :=
  decidable_of_iff (p ↔ q) iff_iff_eq

instance instDecidableNe {α : Sort u} [DecidableEq α] (a b : α) : Decidable (a ≠ b) :=
  match decEq a b with
  | isTrue h => isFalse (fun k => absurd h k)
  | isFalse h => isTrue h

instance instDecidableIteProp {c t e : Prop} [dc : Decidable c] [dt : Decidable t] [de : Decidable e] :
    Decidable (if c then t else e) :=
  match dc with
  | isTrue _ => dt
  | isFalse _ => de

instance instBEqOfDecidableEq {α : Type u} [DecidableEq α] : BEq α := ⟨fun a b => decide (a = b)⟩

class ReflBEq (α : Type u) [BEq α] : Prop where
  rfl {a : α} : (a == a) = true
class LawfulBEq (α : Type u) [BEq α] : Prop extends ReflBEq α where
  eq_of_beq {a b : α} : (a == b) = true → a = b
export LawfulBEq (eq_of_beq)

instance instLawfulBEqOfDecidableEq {α : Type u} [DecidableEq α] : LawfulBEq α where
  rfl := decide_eq_true rfl
  eq_of_beq h := of_decide_eq_true h

@[simp] theorem beq_self_eq_true {α : Type u} [BEq α] [ReflBEq α] (a : α) : (a == a) = true := ReflBEq.rfl
@[simp] theorem beq_iff_eq {α : Type u} [BEq α] [LawfulBEq α] {a b : α} : (a == b) = true ↔ a = b :=
  ⟨eq_of_beq, fun h => by cases h; exact ReflBEq.rfl⟩

theorem decide_true (h : Decidable True) : @decide True h = true := decide_eq_true trivial
theorem decide_false (h : Decidable False) : @decide False h = false := decide_eq_false id
attribute [simp] decide_true decide_false

namespace Decidable

theorem em (p : Prop) [d : Decidable p] : p ∨ ¬p :=
  match d with
  | isTrue h => Or.inl h
  | isFalse h => Or.inr h
@[macro_inline] def byCases {p : Prop} {q : Sort u} [d : Decidable p] (h : p → q) (k : ¬p → q) : q :=
  match d with
  | isTrue hp => h hp
  | isFalse hn => k hn
theorem byContradiction {p : Prop} [Decidable p] (h : ¬p → False) : p := (em p).elim id (fun hn => (h hn).elim)
theorem of_not_not {p : Prop} [Decidable p] (h : ¬¬p) : p := byContradiction h
theorem not_not {p : Prop} [Decidable p] : ¬¬p ↔ p := ⟨of_not_not, fun h k => k h⟩
theorem not_and_iff_or_not {p q : Prop} [Decidable p] : ¬(p ∧ q) ↔ ¬p ∨ ¬q := by
  constructor
  · intro h
    rcases em p with hp | hn
    · exact Or.inr fun hq => h ⟨hp, hq⟩
    · exact Or.inl hn
  · rintro (hn | hm) ⟨hp, hq⟩
    · exact hn hp
    · exact hm hq

end Decidable

/-! ## `if` -/

theorem ite_eq_left {c : Prop} [d : Decidable c] (h : c) {α : Sort u} {t e : α} : (if c then t else e) = t :=
  match d with
  | isTrue _ => rfl
  | isFalse hn => absurd h hn
theorem ite_eq_right {c : Prop} [d : Decidable c] (h : ¬c) {α : Sort u} {t e : α} : (if c then t else e) = e :=
  match d with
  | isTrue hc => absurd hc h
  | isFalse _ => rfl
theorem dite_eq_left {c : Prop} [d : Decidable c] (h : c) {α : Sort u} {t : c → α} {e : ¬c → α} : dite c t e = t h :=
  match d with
  | isTrue _ => rfl
  | isFalse hn => absurd h hn
theorem dite_eq_right {c : Prop} [d : Decidable c] (h : ¬c) {α : Sort u} {t : c → α} {e : ¬c → α} :
    dite c t e = e h :=
  match d with
  | isTrue hc => absurd hc h
  | isFalse _ => rfl
theorem if_pos {c : Prop} [d : Decidable c] (h : c) {α : Sort u} {t e : α} : (if c then t else e) = t :=
  ite_eq_left h
theorem if_neg {c : Prop} [d : Decidable c] (h : ¬c) {α : Sort u} {t e : α} : (if c then t else e) = e :=
  ite_eq_right h
theorem dif_pos {c : Prop} [d : Decidable c] (h : c) {α : Sort u} {t : c → α} {e : ¬c → α} : dite c t e = t h :=
  dite_eq_left h
theorem dif_neg {c : Prop} [d : Decidable c] (h : ¬c) {α : Sort u} {t : c → α} {e : ¬c → α} : dite c t e = e h :=
  dite_eq_right h
theorem dif_eq_if (c : Prop) [d : Decidable c] {α : Sort u} (t e : α) :
    dite c (fun _ => t) (fun _ => e) = ite c t e :=
  match d with
  | isTrue _ => rfl
  | isFalse _ => rfl

@[simp] theorem ite_true {α : Sort u} (a b : α) : (if True then a else b) = a := rfl
@[simp] theorem ite_false {α : Sort u} (a b : α) : (if False then a else b) = b := rfl
@[simp] theorem dite_true {α : Sort u} {t : True → α} {e : ¬True → α} : dite True t e = t trivial := rfl
@[simp] theorem dite_false {α : Sort u} {t : False → α} {e : ¬False → α} : dite False t e = e id := rfl
@[simp] theorem ite_self {α : Sort u} {c : Prop} [d : Decidable c] (a : α) : (if c then a else a) = a :=
  match d with
  | isTrue _ => rfl
  | isFalse _ => rfl
theorem ite_eq_left_of_eq_true {α : Sort u} {c : Prop} [Decidable c] (a b : α) (h : c = True) : (if c then a else b) = a :=
  if_pos (of_eq_true h)
theorem ite_eq_right_of_eq_false {α : Sort u} {c : Prop} [Decidable c] (a b : α) (h : c = False) : (if c then a else b) = b :=
  if_neg (of_eq_false h)
theorem dite_eq_left_of_eq_true {α : Sort u} {c : Prop} [Decidable c] {t : c → α} {e : ¬c → α} (h : c = True) :
    dite c t e = t (of_eq_true h) := dif_pos (of_eq_true h)
theorem dite_eq_right_of_eq_false {α : Sort u} {c : Prop} [Decidable c] {t : c → α} {e : ¬c → α} (h : c = False) :
    dite c t e = e (of_eq_false h) := dif_neg (of_eq_false h)
theorem ite_cond_congr {α : Sort u} {c c' : Prop} {s : Decidable c} [Decidable c'] {a b : α} (h : c = c') :
    ite c a b = ite c' a b := by
  cases h
  cases Decidable.em c with
  | inl h => exact (if_pos (d := s) h).trans (if_pos h).symm
  | inr h => exact (if_neg (d := s) h).trans (if_neg h).symm
theorem dite_cond_congr {α : Sort u} {c c' : Prop} {s : Decidable c} [Decidable c'] {a : c → α} {b : ¬c → α}
    (h : c = c') : dite c a b = dite c' (fun k => a (h.mpr_prop k)) (fun k => b (h.mpr_not k)) := by
  cases h
  cases Decidable.em c with
  | inl h => exact (dif_pos (d := s) h).trans (dif_pos h).symm
  | inr h => exact (dif_neg (d := s) h).trans (dif_neg h).symm
theorem ite_congr {α : Sort u} {b c : Prop} {x y u v : α} {s : Decidable b} [Decidable c] (h₁ : b = c)
    (h₂ : c → x = u) (h₃ : ¬c → y = v) : ite b x y = ite c u v := by
  cases h₁
  cases Decidable.em b with
  | inl h => exact (if_pos (d := s) h).trans ((h₂ h).trans (if_pos h).symm)
  | inr h => exact (if_neg (d := s) h).trans ((h₃ h).trans (if_neg h).symm)
theorem dite_congr {α : Sort u} {b c : Prop} {s : Decidable b} [Decidable c] {x : b → α} {u : c → α} {y : ¬b → α}
    {v : ¬c → α} (h₁ : b = c) (h₂ : (h : c) → x (h₁.mpr_prop h) = u h)
    (h₃ : (h : ¬c) → y (h₁.mpr_not h) = v h) : dite b x y = dite c u v := by
  cases h₁
  cases Decidable.em b with
  | inl h => exact (dif_pos (d := s) h).trans ((h₂ h).trans (dif_pos h).symm)
  | inr h => exact (dif_neg (d := s) h).trans ((h₃ h).trans (dif_neg h).symm)
