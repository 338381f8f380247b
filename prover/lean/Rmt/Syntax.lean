prelude
import Rmt.Classes

/-!
The types that the native grammar is written in. Their values live in Lean's shared library (`Rmt.Grammar` binds them
by name); what is here has to have the shape that the compiler expects of them, and no more. `ParserDescr` alone lists
its constructors in the native order, since the parser reads them.
-/

universe u v

instance instInhabitedSort : Inhabited (Sort u) := ⟨PUnit⟩
instance instInhabitedForall {α : Sort u} {β : α → Sort v} [(a : α) → Inhabited (β a)] : Inhabited ((a : α) → β a) :=
  ⟨fun _ => default⟩
instance instInhabitedNat : Inhabited Nat := ⟨Nat.zero⟩

namespace Lean

inductive Name where
  | anonymous : Name
  | str (pre : Name) (str : String) : Name
  | num (pre : Name) (i : Nat) : Name

instance : Inhabited Name := ⟨Name.anonymous⟩

@[extern "native"] opaque Name.mkStr1 : String → Name
@[extern "native"] opaque Name.mkStr2 : String → String → Name
@[extern "native"] opaque Name.mkStr3 : String → String → String → Name
@[extern "native"] opaque Name.mkStr4 : String → String → String → String → Name

abbrev SyntaxNodeKind := Name

inductive ParserDescr where
  | const (name : Name)
  | unary (name : Name) (p : ParserDescr)
  | binary (name : Name) (p₁ p₂ : ParserDescr)
  | node (kind : SyntaxNodeKind) (prec : Nat) (p : ParserDescr)
  | trailingNode (kind : SyntaxNodeKind) (prec lhsPrec : Nat) (p : ParserDescr)
  | symbol (val : String)
  | nonReservedSymbol (val : String) (includeIdent : Bool)
  | cat (catName : Name) (rbp : Nat)
  | parser (declName : Name)
  | nodeWithAntiquot (name : String) (kind : SyntaxNodeKind) (p : ParserDescr)
  | sepBy (p : ParserDescr) (sep : String) (psep : ParserDescr) (allowTrailingSep : Bool)
  | sepBy1 (p : ParserDescr) (sep : String) (psep : ParserDescr) (allowTrailingSep : Bool)
  | unicodeSymbol (val asciiVal : String) (preserveForPP : Bool)

instance : Inhabited ParserDescr := ⟨ParserDescr.const Name.anonymous⟩

abbrev TrailingParserDescr := ParserDescr

/-- What `declare_syntax_cat` defines. -/
structure Parser.Category where

/-- Its values come from the native parser; `missing` is the only one to be named here. -/
inductive Syntax where
  | missing : Syntax
  | native (kind : Name) : Syntax

instance : Inhabited Syntax := ⟨Syntax.missing⟩

inductive Macro.Context where
  | native (name : Name) : Context
inductive Macro.State where
  | native (name : Name) : State
inductive Macro.Result (α : Type) where
  | ok (a : α) (s : State) : Result α
  | error (name : Name) (s : State) : Result α

instance {α : Type} [Inhabited α] : Inhabited (Macro.Result α) :=
  ⟨Macro.Result.ok default (Macro.State.native Name.anonymous)⟩

abbrev MacroM (α : Type) := Macro.Context → Macro.State → Macro.Result α
abbrev Macro := Syntax → MacroM Syntax

abbrev PrettyPrinter.UnexpandM (α : Type) := Syntax → Unit → Macro.Result α
abbrev PrettyPrinter.Unexpander := Syntax → PrettyPrinter.UnexpandM Syntax

end Lean
