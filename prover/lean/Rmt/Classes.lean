prelude
import Rmt.Prelude

/-!
The classes behind operators, and the instances that the notation of numbers, lists and propositions stands for.
-/

universe u v w u₁ u₂ u₃

class HAdd (α : Type u) (β : Type v) (γ : outParam (Type w)) where hAdd : α → β → γ
class HSub (α : Type u) (β : Type v) (γ : outParam (Type w)) where hSub : α → β → γ
class HMul (α : Type u) (β : Type v) (γ : outParam (Type w)) where hMul : α → β → γ
class HDiv (α : Type u) (β : Type v) (γ : outParam (Type w)) where hDiv : α → β → γ
class HMod (α : Type u) (β : Type v) (γ : outParam (Type w)) where hMod : α → β → γ
class HPow (α : Type u) (β : Type v) (γ : outParam (Type w)) where hPow : α → β → γ
class HAppend (α : Type u) (β : Type v) (γ : outParam (Type w)) where hAppend : α → β → γ
class HAnd (α : Type u) (β : Type v) (γ : outParam (Type w)) where hAnd : α → β → γ
class HOr (α : Type u) (β : Type v) (γ : outParam (Type w)) where hOr : α → β → γ
class HXor (α : Type u) (β : Type v) (γ : outParam (Type w)) where hXor : α → β → γ
class HShiftLeft (α : Type u) (β : Type v) (γ : outParam (Type w)) where hShiftLeft : α → β → γ
class HShiftRight (α : Type u) (β : Type v) (γ : outParam (Type w)) where hShiftRight : α → β → γ

class Add (α : Type u) where add : α → α → α
class Sub (α : Type u) where sub : α → α → α
class Mul (α : Type u) where mul : α → α → α
class Neg (α : Type u) where neg : α → α
class Div (α : Type u) where div : α → α → α
class Mod (α : Type u) where mod : α → α → α
class Dvd (α : Type u) where dvd : α → α → Prop
class Pow (α : Type u) (β : Type v) where pow : α → β → α
class NatPow (α : Type u) where pow : α → Nat → α
class Append (α : Type u) where append : α → α → α
class AndOp (α : Type u) where and : α → α → α
class OrOp (α : Type u) where or : α → α → α
class XorOp (α : Type u) where xor : α → α → α
class ShiftLeft (α : Type u) where shiftLeft : α → α → α
class ShiftRight (α : Type u) where shiftRight : α → α → α
class Zero (α : Type u) where zero : α
class One (α : Type u) where one : α
class LE (α : Type u) where le : α → α → Prop
class LT (α : Type u) where lt : α → α → Prop
class Max (α : Type u) where max : α → α → α
class Min (α : Type u) where min : α → α → α
class BEq (α : Type u) where beq : α → α → Bool
class Membership (α : outParam (Type u)) (γ : Type v) where mem : γ → α → Prop
class HasSubset (α : Type u) where Subset : α → α → Prop
class EmptyCollection (α : Type u) where emptyCollection : α
class Trans {α : Sort u₁} {β : Sort u₂} {γ : Sort u₃} (r : α → β → Sort u) (s : β → γ → Sort v)
    (t : outParam (α → γ → Sort w)) where
  trans : {a : α} → {b : β} → {c : γ} → r a b → s b c → t a c

export Max (max)
export Min (min)
export BEq (beq)

-- So that `n + 1` is a pattern.
attribute [match_pattern] Add.add HAdd.hAdd

@[reducible] def GE.ge {α : Type u} [LE α] (a b : α) : Prop := LE.le b a
@[reducible] def GT.gt {α : Type u} [LT α] (a b : α) : Prop := LT.lt b a

@[default_instance, reducible] instance instHAdd {α : Type u} [Add α] : HAdd α α α := ⟨fun a b => Add.add a b⟩
@[default_instance, reducible] instance instHSub {α : Type u} [Sub α] : HSub α α α := ⟨fun a b => Sub.sub a b⟩
@[default_instance, reducible] instance instHMul {α : Type u} [Mul α] : HMul α α α := ⟨fun a b => Mul.mul a b⟩
@[default_instance, reducible] instance instHDiv {α : Type u} [Div α] : HDiv α α α := ⟨fun a b => Div.div a b⟩
@[default_instance, reducible] instance instHMod {α : Type u} [Mod α] : HMod α α α := ⟨fun a b => Mod.mod a b⟩
@[default_instance, reducible] instance instHPow {α : Type u} {β : Type v} [Pow α β] : HPow α β α := ⟨fun a b => Pow.pow a b⟩
@[default_instance 10000, reducible] instance instPowNat {α : Type u} [NatPow α] : Pow α Nat := ⟨fun a n => NatPow.pow a n⟩
@[default_instance, reducible] instance instHAppendOfAppend {α : Type u} [Append α] : HAppend α α α := ⟨fun a b => Append.append a b⟩
@[reducible] instance instHAndOfAndOp {α : Type u} [AndOp α] : HAnd α α α := ⟨fun a b => AndOp.and a b⟩
@[reducible] instance instHOrOfOrOp {α : Type u} [OrOp α] : HOr α α α := ⟨fun a b => OrOp.or a b⟩
@[reducible] instance instHXorOfXorOp {α : Type u} [XorOp α] : HXor α α α := ⟨fun a b => XorOp.xor a b⟩
@[reducible] instance instHShiftLeftOfShiftLeft {α : Type u} [ShiftLeft α] : HShiftLeft α α α :=
  ⟨fun a b => ShiftLeft.shiftLeft a b⟩
@[reducible] instance instHShiftRightOfShiftRight {α : Type u} [ShiftRight α] : HShiftRight α α α :=
  ⟨fun a b => ShiftRight.shiftRight a b⟩

@[inline] def bne {α : Type u} [BEq α] (a b : α) : Bool := Bool.not (beq a b)

/-! ## Functors and monads, for `do` -/

class Functor (f : Type u → Type v) where
  map : {α β : Type u} → (α → β) → f α → f β
class Pure (f : Type u → Type v) where
  pure : {α : Type u} → α → f α
class Seq (f : Type u → Type v) where
  seq : {α β : Type u} → f (α → β) → (Unit → f α) → f β
class SeqLeft (f : Type u → Type v) where
  seqLeft : {α β : Type u} → f α → (Unit → f β) → f α
class SeqRight (f : Type u → Type v) where
  seqRight : {α β : Type u} → f α → (Unit → f β) → f β
class Bind (m : Type u → Type v) where
  bind : {α β : Type u} → m α → (α → m β) → m β

export Pure (pure)
export Bind (bind)

class Applicative (f : Type u → Type v) extends Functor f, Pure f, Seq f, SeqLeft f, SeqRight f where
  map := fun g x => Seq.seq (pure g) fun _ => x
  seqLeft := fun x y => Seq.seq (Functor.map (Function.const _) x) y
  seqRight := fun x y => Seq.seq (Functor.map (Function.const _ id) x) y

class Monad (m : Type u → Type v) extends Applicative m, Bind m where
  map := fun f x => bind x fun a => pure (f a)
  seq := fun f x => bind f fun g => Functor.map g (x Unit.unit)
  seqLeft := fun x y => bind x fun a => bind (y Unit.unit) fun _ => pure a
  seqRight := fun x y => bind x fun _ => y Unit.unit

/-- Programs without an effect. -/
abbrev Id (α : Type u) : Type u := α

instance Id.instMonad : Monad Id where
  pure := fun a => a
  bind := fun a f => f a

/-! ## Coercions, with the chains of instances that the elaborator walks -/

class Coe (α : semiOutParam (Sort u)) (β : Sort v) where coe : α → β
class CoeTC (α : Sort u) (β : Sort v) where coe : α → β
class CoeOut (α : Sort u) (β : semiOutParam (Sort v)) where coe : α → β
class CoeOTC (α : Sort u) (β : Sort v) where coe : α → β
class CoeHead (α : Sort u) (β : semiOutParam (Sort v)) where coe : α → β
class CoeHTC (α : Sort u) (β : Sort v) where coe : α → β
class CoeTail (α : semiOutParam (Sort u)) (β : Sort v) where coe : α → β
class CoeHTCT (α : Sort u) (β : Sort v) where coe : α → β
class CoeDep (α : Sort u) (_ : α) (β : Sort v) where coe : β
class CoeT (α : Sort u) (_ : α) (β : Sort v) where coe : β
class CoeFun (α : Sort u) (γ : outParam (α → Sort v)) where coe : (f : α) → γ f
class CoeSort (α : Sort u) (β : outParam (Sort v)) where coe : α → β

variable {α : Sort u₁} {β : Sort u₂} {γ : Sort u₃}

instance instCoeTCOfCoe_1 [Coe β γ] [CoeTC α β] : CoeTC α γ := ⟨fun a => Coe.coe (CoeTC.coe a : β)⟩
instance instCoeTCOfCoe [Coe α β] : CoeTC α β := ⟨fun a => Coe.coe a⟩
instance instCoeTC : CoeTC α α := ⟨fun a => a⟩
instance instCoeOTCOfCoeOut [CoeOut α β] [CoeOTC β γ] : CoeOTC α γ := ⟨fun a => CoeOTC.coe (CoeOut.coe a : β)⟩
instance instCoeOTCOfCoeTC [CoeTC α β] : CoeOTC α β := ⟨fun a => CoeTC.coe a⟩
instance instCoeHTCOfCoeHeadOfCoeOTC [CoeHead α β] [CoeOTC β γ] : CoeHTC α γ :=
  ⟨fun a => CoeOTC.coe (CoeHead.coe a : β)⟩
instance instCoeHTCOfCoeOTC [CoeOTC α β] : CoeHTC α β := ⟨fun a => CoeOTC.coe a⟩
instance instCoeHTCTOfCoeTailOfCoeHTC [CoeTail β γ] [CoeHTC α β] : CoeHTCT α γ :=
  ⟨fun a => CoeTail.coe (CoeHTC.coe a : β)⟩
instance instCoeHTCTOfCoeHTC [CoeHTC α β] : CoeHTCT α β := ⟨fun a => CoeHTC.coe a⟩
instance instCoeDep (a : α) : CoeDep α a α := ⟨a⟩
instance instCoeTOfCoeHTCT [CoeHTCT α β] (a : α) : CoeT α a β := ⟨CoeHTCT.coe a⟩
instance instCoeTOfCoeDep (a : α) [CoeDep α a β] : CoeT α a β := ⟨CoeDep.coe a⟩

attribute [coe_decl] Coe.coe CoeTC.coe CoeOut.coe CoeOTC.coe CoeHead.coe CoeHTC.coe CoeTail.coe CoeHTCT.coe CoeDep.coe
  CoeT.coe CoeFun.coe CoeSort.coe

/-- `b` in the place of a proposition is `b = true`. -/
instance boolToProp : Coe Bool Prop := ⟨fun b => Eq b true⟩
instance boolToSort : CoeSort Bool Prop := ⟨fun b => Eq b true⟩
instance optionCoe {α : Type u} : Coe α (Option α) := ⟨some⟩
instance subtypeCoe {α : Sort v} {p : α → Prop} : CoeOut (Subtype p) α := ⟨fun v => v.val⟩
