prelude
import Rmt.Finite

/-!
What `ac_rfl` proves its answers with: an expression in one associative operation is the list of its variables, and the
list may be sorted where the operation commutes.

Lean also knows of neutral elements and of idempotent operations. The classes are here since the tactic looks for them;
they have no instances, so that only order and brackets are rearranged.
-/

universe u

namespace Std

variable {α : Sort u}

class Associative (op : α → α → α) : Prop where
  assoc : (a b c : α) → op (op a b) c = op a (op b c)
class Commutative (op : α → α → α) : Prop where
  comm : (a b : α) → op a b = op b a
class IdempotentOp (op : α → α → α) : Prop where
  idempotent : (x : α) → op x x = x
class LawfulIdentity (op : α → α → α) (o : outParam α) : Prop where
  left_id : (a : α) → op o a = a
  right_id : (a : α) → op a o = a

end Std

open Std

namespace Lean.Data.AC

inductive Expr where
  | var (x : Nat)
  | op (lhs rhs : Expr)

structure Variable {α : Sort u} (op : α → α → α) : Type u where
  value : α
  neutral : Option (PLift (LawfulIdentity op value))

structure Context (α : Sort u) where
  op : α → α → α
  assoc : Associative op
  comm : Option (PLift (Commutative op))
  idem : Option (PLift (IdempotentOp op))
  vars : List (Variable op)
  arbitrary : α

variable {α : Sort u}

def lookup {op : α → α → α} : List (Variable op) → Nat → α → α
  | [], _, d => d
  | v :: _, .zero, _ => v.value
  | _ :: l, .succ n, d => lookup l n d

def Context.var (ctx : Context α) (x : Nat) : α := lookup ctx.vars x ctx.arbitrary

def eval (α : Sort u) (ctx : Context α) : Expr → α
  | .var x => ctx.var x
  | .op l r => ctx.op (eval α ctx l) (eval α ctx r)

/-- `x` and then the rest, from the left. -/
def evalList (ctx : Context α) (x : Nat) : List Nat → α
  | [] => ctx.var x
  | y :: l => ctx.op (ctx.var x) (evalList ctx y l)

/-- The variables of an expression in order: the first one, and the others in front of `l`. -/
def Expr.toList : Expr → List Nat → List Nat
  | .var x, l => x :: l
  | .op a b, l => toList a (toList b l)

def insert (x : Nat) : List Nat → List Nat
  | [] => [x]
  | y :: l => cond (Nat.ble x y) (x :: y :: l) (y :: insert x l)

def sort : List Nat → List Nat
  | [] => []
  | x :: l => insert x (sort l)

def norm (ctx : Context α) (e : Expr) : List Nat :=
  match ctx.comm with
  | some _ => sort (e.toList [])
  | none => e.toList []

/-- What a list stands for; the empty one for nothing in particular. -/
def value (ctx : Context α) : List Nat → α
  | [] => ctx.arbitrary
  | x :: l => evalList ctx x l

theorem value_cons (ctx : Context α) (x : Nat) {l : List Nat} (h : l ≠ []) :
    value ctx (x :: l) = ctx.op (ctx.var x) (value ctx l) := by
  cases l with
  | nil => contradiction
  | cons y l => rfl

theorem toList_ne_nil (e : Expr) (l : List Nat) : e.toList l ≠ [] := by
  induction e generalizing l with
  | var x => exact List.cons_ne_nil x l
  | op a b iha _ => exact iha _

theorem value_toList_of_ne_nil (ctx : Context α) (e : Expr) {l : List Nat} (h : l ≠ []) :
    value ctx (e.toList l) = ctx.op (eval α ctx e) (value ctx l) := by
  induction e generalizing l with
  | var x => exact value_cons ctx x h
  | op a b iha ihb =>
    rw [Expr.toList, iha (toList_ne_nil b l), ihb h, eval]
    exact (ctx.assoc.assoc _ _ _).symm

theorem value_toList (ctx : Context α) (e : Expr) : value ctx (e.toList []) = eval α ctx e := by
  induction e with
  | var x => rfl
  | op a b _ ihb => rw [Expr.toList, value_toList_of_ne_nil ctx a (toList_ne_nil b []), ihb, eval]

theorem insert_ne_nil (x : Nat) (l : List Nat) : insert x l ≠ [] := by
  cases l with
  | nil => exact List.cons_ne_nil x []
  | cons y l => cases h : Nat.ble x y <;> simp [insert, h]

theorem value_insert (ctx : Context α) (comm : Commutative ctx.op) (x : Nat) (l : List Nat) :
    value ctx (insert x l) = value ctx (x :: l) := by
  induction l with
  | nil => rfl
  | cons y l ih =>
    cases h : Nat.ble x y with
    | true => simp [insert, h]
    | false =>
      have e : insert x (y :: l) = y :: insert x l := by simp [insert, h]
      rw [e, value_cons ctx y (insert_ne_nil x l), ih, value_cons ctx x (List.cons_ne_nil y l)]
      cases l with
      | nil => exact comm.comm _ _
      | cons z l =>
        rw [value_cons ctx x (List.cons_ne_nil z l), value_cons ctx y (List.cons_ne_nil z l), ← ctx.assoc.assoc,
          ← ctx.assoc.assoc, comm.comm (ctx.var x)]

theorem value_sort (ctx : Context α) (comm : Commutative ctx.op) (l : List Nat) :
    value ctx (sort l) = value ctx l := by
  induction l with
  | nil => rfl
  | cons x l ih =>
    rw [sort, value_insert ctx comm]
    cases l with
    | nil => rfl
    | cons y l =>
      rw [value_cons ctx x (List.cons_ne_nil y l), ← ih, value_cons]
      exact insert_ne_nil y (sort l)

theorem value_norm (ctx : Context α) (e : Expr) : value ctx (norm ctx e) = eval α ctx e := by
  rw [← value_toList]
  unfold norm
  split
  · next c _ => exact value_sort ctx c.down _
  · rfl

theorem Context.eq_of_norm (ctx : Context α) (a b : Expr) (h : (norm ctx a == norm ctx b) = true) :
    eval α ctx a = eval α ctx b := by
  rw [← value_norm, ← value_norm, eq_of_beq h]

end Lean.Data.AC

/-! ## Operations that associate and commute -/

instance : Associative (α := Nat) (· + ·) := ⟨Nat.add_assoc⟩
instance : Commutative (α := Nat) (· + ·) := ⟨Nat.add_comm⟩
instance : Associative (α := Nat) (· * ·) := ⟨Nat.mul_assoc⟩
instance : Commutative (α := Nat) (· * ·) := ⟨Nat.mul_comm⟩
instance : Associative (α := Nat) max := ⟨Nat.max_assoc⟩
instance : Commutative (α := Nat) max := ⟨Nat.max_comm⟩
instance : Associative (α := Nat) min := ⟨Nat.min_assoc⟩
instance : Commutative (α := Nat) min := ⟨Nat.min_comm⟩
instance : Associative Nat.gcd := ⟨Nat.gcd_assoc⟩
instance : Commutative Nat.gcd := ⟨Nat.gcd_comm⟩
instance : Associative (α := Int) (· + ·) := ⟨Int.add_assoc⟩
instance : Commutative (α := Int) (· + ·) := ⟨Int.add_comm⟩
instance : Associative (α := Int) (· * ·) := ⟨Int.mul_assoc⟩
instance : Commutative (α := Int) (· * ·) := ⟨Int.mul_comm⟩
instance : Associative Bool.and := ⟨Bool.and_assoc⟩
instance : Commutative Bool.and := ⟨Bool.and_comm⟩
instance : Associative Bool.or := ⟨Bool.or_assoc⟩
instance : Commutative Bool.or := ⟨Bool.or_comm⟩
instance : Associative And := ⟨fun _ _ _ => propext and_assoc⟩
instance : Commutative And := ⟨fun _ _ => propext and_comm⟩
instance : Associative Or := ⟨fun _ _ _ => propext or_assoc⟩
instance : Commutative Or := ⟨fun _ _ => propext or_comm⟩
instance {α : Type u} : Associative (α := List α) (· ++ ·) := ⟨List.append_assoc⟩
