prelude

/-!
The constants that Lean's elaborator, kernel and tactics take for granted, under the names they ask for. Nothing is
imported, so there is no notation yet: `Eq a b` for `a = b`, `And p q` for `p ∧ q`.
-/

universe u v w

/-! ## What compiled code leaves behind for proofs and types -/

unsafe axiom lcErased : Type
unsafe axiom lcAny : Type
unsafe axiom lcVoid : Type
unsafe axiom lcProof {p : Prop} : p
unsafe axiom lcUnreachable {α : Sort u} : α

/-! ## Functions -/

@[inline] def id {α : Sort u} (a : α) : α := a

@[inline] def Function.comp {α : Sort u} {β : Sort v} {γ : Sort w} (f : β → γ) (g : α → β) : α → γ :=
  fun x => f (g x)

@[inline] def Function.const {α : Sort u} (β : Sort v) (a : α) : β → α := fun _ => a

set_option checkBinderAnnotations false in
/-- The instance that the context determines. -/
abbrev inferInstance {α : Sort u} [i : α] : α := i

/-- The value of a parameter that may be left out. -/
@[reducible] def optParam (α : Sort u) (_ : α) : Sort u := α
/-- A class parameter that the search for an instance determines. -/
@[reducible] def outParam (α : Sort u) : Sort u := α
@[reducible] def semiOutParam (α : Sort u) : Sort u := α
/-- Marks `(e : α)` where the type has to be kept. -/
abbrev typedExpr (α : Sort u) (a : α) : α := a

/-! ## Truth, falsehood, units -/

set_option bootstrap.inductiveCheckResultingUniverse false in
inductive PUnit : Sort u where
  | unit : PUnit

abbrev Unit : Type := PUnit
@[match_pattern] abbrev Unit.unit : Unit := PUnit.unit

inductive Empty : Type
set_option bootstrap.inductiveCheckResultingUniverse false in
inductive PEmpty : Sort u

inductive True : Prop where
  | intro : True

inductive False : Prop

def Not (p : Prop) : Prop := p → False

@[macro_inline] def False.elim {α : Sort u} (h : False) : α := h.rec
@[macro_inline] def absurd {p : Prop} {α : Sort v} (hp : p) (hn : Not p) : α := (hn hp).rec
@[macro_inline] def Empty.elim {α : Sort u} (e : Empty) : α := e.rec
theorem trivial : True := True.intro

/-! ## Equality -/

inductive Eq {α : Sort u} : α → α → Prop where
  | refl (a : α) : Eq a a

@[simp] abbrev Eq.ndrec {α : Sort v} {a : α} {motive : α → Sort u} (m : motive a) {b : α} (h : Eq a b) : motive b :=
  h.rec m

set_option linter.defProp false in
@[match_pattern] def rfl {α : Sort u} {a : α} : Eq a a := Eq.refl a

theorem id_eq {α : Sort u} (a : α) : Eq (id a) a := rfl

theorem Eq.subst {α : Sort u} {motive : α → Prop} {a b : α} (h : Eq a b) (m : motive a) : motive b :=
  Eq.ndrec m h
theorem Eq.symm {α : Sort u} {a b : α} (h : Eq a b) : Eq b a := h.rec (Eq.refl a)
theorem Eq.trans {α : Sort u} {a b c : α} (h : Eq a b) (k : Eq b c) : Eq a c := k.rec h

@[macro_inline] def cast {α β : Sort u} (h : Eq α β) (a : α) : β := h.rec a

theorem congrArg {α : Sort u} {β : Sort v} {a b : α} (f : α → β) (h : Eq a b) : Eq (f a) (f b) :=
  h.rec (Eq.refl (f a))
theorem congrFun {α : Sort u} {β : α → Sort v} {f g : (x : α) → β x} (h : Eq f g) (a : α) : Eq (f a) (g a) :=
  h.rec (Eq.refl (f a))
theorem congrFun' {α : Sort u} {β : Sort v} {f g : α → β} (h : Eq f g) (a : α) : Eq (f a) (g a) :=
  congrFun h a
theorem congr {α : Sort u} {β : Sort v} {f g : α → β} {a b : α} (h : Eq f g) (k : Eq a b) : Eq (f a) (g b) :=
  h.rec (congrArg f k)

init_quot

inductive HEq : {α : Sort u} → α → {β : Sort u} → β → Prop where
  | refl {α : Sort u} (a : α) : HEq a a

set_option linter.defProp false in
@[match_pattern] protected def HEq.rfl {α : Sort u} {a : α} : HEq a a := HEq.refl a

theorem eq_of_heq {α : Sort u} {a b : α} (h : HEq a b) : Eq a b :=
  have aux : (α β : Sort u) → (a : α) → (b : β) → HEq a b → (k : Eq α β) → Eq (cast k a) b :=
    fun _ _ _ _ h => h.rec (fun _ => rfl)
  aux α α a b h rfl

theorem heq_of_eq {α : Sort u} {a b : α} (h : Eq a b) : HEq a b := h.rec (HEq.refl a)

/-! ## Connectives -/

structure And (a b : Prop) : Prop where
  intro ::
  left : a
  right : b

inductive Or (a b : Prop) : Prop where
  | inl (h : a) : Or a b
  | inr (h : b) : Or a b

theorem Or.intro_left {a : Prop} (b : Prop) (h : a) : Or a b := Or.inl h
theorem Or.intro_right (a : Prop) {b : Prop} (h : b) : Or a b := Or.inr h
theorem Or.elim {a b c : Prop} (h : Or a b) (l : a → c) (r : b → c) : c := h.rec l r

structure Iff (a b : Prop) : Prop where
  intro ::
  mp : a → b
  mpr : b → a

inductive Exists {α : Sort u} (p : α → Prop) : Prop where
  | intro (w : α) (h : p w) : Exists p

@[reducible] def Ne {α : Sort u} (a b : α) : Prop := Not (Eq a b)

/-! ## The three axioms; nothing else is assumed anywhere in this library (`Classical.choice` follows `Nonempty`) -/

axiom propext {a b : Prop} : Iff a b → Eq a b
axiom Quot.sound {α : Sort u} {r : α → α → Prop} {a b : α} : r a b → Eq (Quot.mk r a) (Quot.mk r b)

/-! ## Pairs and subtypes -/

structure Prod (α : Type u) (β : Type v) where
  mk ::
  fst : α
  snd : β

structure PProd (α : Sort u) (β : Sort v) where
  mk ::
  fst : α
  snd : β

structure MProd (α β : Type u) where
  mk ::
  fst : α
  snd : β

structure Subtype {α : Sort u} (p : α → Prop) where
  mk ::
  val : α
  property : p val

structure Sigma {α : Type u} (β : α → Type v) where
  mk ::
  fst : α
  snd : β fst

structure PSigma {α : Sort u} (β : α → Sort v) where
  mk ::
  fst : α
  snd : β fst

set_option bootstrap.inductiveCheckResultingUniverse false in
structure PULift (α : Sort v) : Sort (max v 1 u) where
  up ::
  down : α

structure ULift (α : Type v) : Type (max v u) where
  up ::
  down : α

structure PLift (α : Sort u) : Type u where
  up ::
  down : α

/-! ## Booleans, natural numbers, decidable propositions -/

set_option genCtorIdx false in
inductive Bool : Type where
  | false : Bool
  | true : Bool

export Bool (false true)

@[macro_inline] def cond {α : Sort u} (c : Bool) (x y : α) : α := c.casesOn y x

set_option genCtorIdx false in
inductive Nat where
  | zero : Nat
  | succ (n : Nat) : Nat

/-- `n = m`, computed. The kernel computes it, like `Nat.ble`, on literals with big numbers of its own. -/
@[extern "lean_nat_dec_eq"] def Nat.beq : Nat → Nat → Bool :=
  Nat.rec (fun m => m.rec true (fun _ _ => false)) (fun _ ih m => m.rec false (fun m _ => ih m))

@[extern "lean_nat_dec_le"] def Nat.ble : Nat → Nat → Bool :=
  Nat.rec (fun _ => true) (fun _ ih m => m.rec false (fun m _ => ih m))

/-- How `cases`, `injection` and `nomatch` tell the constructors of an enumeration apart. -/
theorem noConfusion_of_Nat {α : Sort u} (f : α → Nat) {a b : α} (h : Eq a b) : cond (Nat.beq (f a) (f b)) True False :=
  have refl (n : Nat) : cond (Nat.beq n n) True False := n.rec trivial (fun _ ih => ih)
  h.rec (refl (f a))

protected noncomputable def Bool.ctorIdx (b : Bool) : Nat := b.rec Nat.zero (Nat.succ Nat.zero)
protected noncomputable def Nat.ctorIdx (n : Nat) : Nat := n.rec Nat.zero (fun _ _ => Nat.succ Nat.zero)

class Inhabited (α : Sort u) where
  mk ::
  default : α

export Inhabited (default)

class inductive Nonempty (α : Sort u) : Prop where
  | intro (a : α) : Nonempty α

axiom Classical.choice {α : Sort u} : Nonempty α → α

theorem Nonempty.elim {α : Sort u} {p : Prop} (h : Nonempty α) (k : α → p) : p := h.rec k

class inductive Decidable (p : Prop) : Type where
  | isFalse (h : Not p) : Decidable p
  | isTrue (h : p) : Decidable p

def Decidable.decide (p : Prop) [h : Decidable p] : Bool := h.casesOn (fun _ => false) (fun _ => true)

export Decidable (isTrue isFalse decide)

abbrev DecidablePred {α : Sort u} (r : α → Prop) := (a : α) → Decidable (r a)
abbrev DecidableRel {α : Sort u} {β : Sort v} (r : α → β → Prop) := (a : α) → (b : β) → Decidable (r a b)
abbrev DecidableEq (α : Sort u) := (a b : α) → Decidable (Eq a b)
def decEq {α : Sort u} [inst : DecidableEq α] (a b : α) : Decidable (Eq a b) := inst a b

@[macro_inline] def ite {α : Sort u} (c : Prop) [h : Decidable c] (t e : α) : α :=
  match h with
  | isTrue _ => t
  | isFalse _ => e

@[macro_inline] def dite {α : Sort u} (c : Prop) [h : Decidable c] (t : c → α) (e : Not c → α) : α :=
  match h with
  | isTrue h => t h
  | isFalse h => e h

@[macro_inline] def Bool.or (x y : Bool) : Bool :=
  match x with
  | true => true
  | false => y

@[macro_inline] def Bool.and (x y : Bool) : Bool :=
  match x with
  | false => false
  | true => y

@[inline] def Bool.not (x : Bool) : Bool :=
  match x with
  | true => false
  | false => true

/-! ## Numbers, optional values, sums, lists -/

theorem Nat.eq_of_beq_eq_true (n : Nat) : (m : Nat) → Eq (beq n m) true → Eq n m :=
  n.rec
    (fun m => m.casesOn (fun _ => rfl) (fun _ h => nomatch h))
    (fun _ ih m => m.casesOn (fun h => nomatch h) (fun m h => congrArg succ (ih m h)))

theorem Nat.beq_refl (n : Nat) : Eq (beq n n) true := n.rec rfl (fun _ ih => ih)

theorem Nat.ne_of_beq_eq_false {n m : Nat} (h : Eq (beq n m) false) : Not (Eq n m) :=
  fun e => e.rec (motive := fun m _ => Eq (beq n m) false → False) (fun h => nomatch ((beq_refl n).symm.trans h)) h

@[extern "lean_nat_dec_eq"] def Nat.decEq (n m : Nat) : Decidable (Eq n m) :=
  match h : beq n m with
  | true => isTrue (eq_of_beq_eq_true n m h)
  | false => isFalse (ne_of_beq_eq_false h)

class OfNat (α : Type u) (_ : Nat) where
  ofNat : α

@[default_instance 100] instance instOfNatNat (n : Nat) : OfNat Nat n := ⟨n⟩

inductive Option (α : Type u) where
  | none : Option α
  | some (val : α) : Option α

export Option (none some)

inductive Sum (α : Type u) (β : Type v) where
  | inl (a : α) : Sum α β
  | inr (b : β) : Sum α β

inductive PSum (α : Sort u) (β : Sort v) where
  | inl (a : α) : PSum α β
  | inr (b : β) : PSum α β

inductive List (α : Type u) where
  | nil : List α
  | cons (head : α) (tail : List α) : List α

/-! ## Literals -/

/-- Unicode scalar values: below 0xD800, or above 0xDFFF and below 0x110000. -/
def Nat.isValidChar (n : Nat) : Bool := Bool.or (ble n 55295) (Bool.and (ble 57344 n) (ble n 1114111))

structure Char where
  val : Nat
  valid : Eq (Nat.isValidChar val) true

/-- What the kernel takes a character of a string literal for. -/
def Char.ofNat (n : Nat) : Char :=
  match h : Nat.isValidChar n with
  | true => ⟨n, h⟩
  | false => ⟨0, rfl⟩

/-- The kernel takes a string literal for `String.ofList` of its characters. -/
structure String where
  ofList ::
  toList : List Char

/-! ## Marks that the elaborator leaves in terms -/

/-- `x@h:p` in a pattern. -/
@[reducible] def namedPattern {α : Sort u} (x a : α) (_ : Eq x a) : α := a

/-- What `sorry` stands for. No other axiom of this library is unsound, and every theorem here is checked not to use it. -/
axiom sorryAx (α : Sort u) (synthetic : Bool) : α

/-- Marks what a definition by well-founded recursion calls itself with. -/
@[simp] def wfParam {α : Sort u} (a : α) : α := a

abbrev letFun {α : Sort u} {β : α → Sort v} (v : α) (f : (x : α) → β x) : β v := f v
