prelude
import Rmt.Bool
import Rmt.Function

/-! Optional values. -/

universe u v w

namespace Option

variable {α : Type u} {β : Type v} {γ : Type w}

def map (f : α → β) : Option α → Option β
  | none => none
  | some a => some (f a)

def bind : Option α → (α → Option β) → Option β
  | none, _ => none
  | some a, f => f a

def getD : Option α → α → α
  | none, default => default
  | some a, _ => a

def isSome : Option α → Bool
  | none => false
  | some _ => true

def isNone : Option α → Bool
  | none => true
  | some _ => false

def orElse : Option α → Option α → Option α
  | none, b => b
  | some a, _ => some a

def filter (p : α → Bool) : Option α → Option α
  | none => none
  | some a => if p a = true then some a else none

def join : Option (Option α) → Option α
  | none => none
  | some a => a

instance instMonad : Monad Option where
  pure := some
  bind := bind
  map := map

instance : Inhabited (Option α) := ⟨none⟩

instance instMembership : Membership α (Option α) := ⟨fun o a => o = some a⟩

instance instDecidableEq [DecidableEq α] : DecidableEq (Option α)
  | none, none => isTrue rfl
  | none, some _ => isFalse (fun h => nomatch h)
  | some _, none => isFalse (fun h => nomatch h)
  | some a, some b =>
    match decEq a b with
    | isTrue h => isTrue (by rw [h])
    | isFalse h => isFalse (fun e => h (by injection e))

variable {o : Option α} {a b : α}

/-! ## Constructors -/

@[simp] theorem some_inj : some a = some b ↔ a = b := by
  constructor
  · intro h
    injection h
  · intro h
    rw [h]

@[simp] theorem some_ne_none (a : α) : some a ≠ none := fun h => nomatch h
theorem eq_none_or_eq_some (o : Option α) : o = none ∨ ∃ a, o = some a := by
  cases o with
  | none => exact Or.inl rfl
  | some a => exact Or.inr ⟨a, rfl⟩

theorem ne_none_iff_exists : o ≠ none ↔ ∃ a, o = some a := by
  constructor
  · intro h
    exact (eq_none_or_eq_some o).resolve_left h
  · rintro ⟨a, rfl⟩
    exact some_ne_none a

theorem eq_none_iff_forall_not_mem : o = none ↔ ∀ a, a ∉ o := by
  constructor
  · rintro rfl a h
    exact nomatch h
  · intro h
    cases o with
    | none => rfl
    | some a => exact absurd rfl (h a)

theorem mem_def : a ∈ o ↔ o = some a := Iff.rfl
theorem mem_unique (ha : a ∈ o) (hb : b ∈ o) : a = b := some_inj.mp (ha.symm.trans hb)

/-! ## Map -/

@[simp] theorem map_none (f : α → β) : map f none = none := rfl
@[simp] theorem map_some (f : α → β) (a : α) : map f (some a) = some (f a) := rfl
@[simp] theorem map_id (o : Option α) : map id o = o := by cases o <;> rfl

@[simp] theorem map_map (g : β → γ) (f : α → β) (o : Option α) : map g (map f o) = map (g ∘ f) o := by
  cases o with
  | none => rfl
  | some a => rfl

@[simp] theorem map_eq_none_iff {f : α → β} : map f o = none ↔ o = none := by
  cases o with
  | none => exact iff_of_true rfl rfl
  | some a => simp

theorem map_eq_some_iff {f : α → β} {b : β} : map f o = some b ↔ ∃ a, o = some a ∧ f a = b := by
  cases o with
  | none => simp
  | some a => simp

theorem map_congr {f g : α → β} (h : ∀ a, a ∈ o → f a = g a) : map f o = map g o := by
  cases o with
  | none => rfl
  | some a => rw [map_some, map_some, h a rfl]

theorem map_injective {f : α → β} (h : Function.Injective f) : Function.Injective (map f) := by
  intro x y e
  cases x with
  | none =>
    cases y with
    | none => rfl
    | some _ => contradiction
  | some a =>
    cases y with
    | none => contradiction
    | some b =>
      simp only [map_some, some_inj] at e
      rw [h e]

/-! ## Bind -/

@[simp] theorem bind_none (f : α → Option β) : bind none f = none := rfl
@[simp] theorem bind_some (a : α) (f : α → Option β) : bind (some a) f = f a := rfl
@[simp] theorem bind_some_right (o : Option α) : bind o some = o := by cases o <;> rfl

@[simp] theorem pure_def (a : α) : (pure a : Option α) = some a := rfl
@[simp] theorem bind_eq_bind {β : Type u} (o : Option α) (f : α → Option β) : o >>= f = bind o f := rfl
@[simp] theorem map_eq_map {β : Type u} (f : α → β) (o : Option α) : f <$> o = map f o := rfl
theorem bind_assoc (o : Option α) (f : α → Option β) (g : β → Option γ) :
    bind (bind o f) g = bind o fun a => bind (f a) g := by
  cases o with
  | none => rfl
  | some a => rfl

theorem map_eq_bind (f : α → β) (o : Option α) : map f o = bind o (some ∘ f) := by cases o <;> rfl
theorem bind_map (f : α → β) (g : β → Option γ) (o : Option α) : bind (map f o) g = bind o (g ∘ f) := by
  cases o <;> rfl
theorem map_bind (f : β → γ) (g : α → Option β) (o : Option α) : map f (bind o g) = bind o fun a => map f (g a) := by
  cases o <;> rfl

theorem bind_eq_some_iff {f : α → Option β} {b : β} : bind o f = some b ↔ ∃ a, o = some a ∧ f a = some b := by
  cases o with
  | none => simp
  | some a => simp

theorem bind_comm (o : Option α) (p : Option β) (f : α → β → Option γ) :
    (bind o fun a => bind p fun b => f a b) = bind p fun b => bind o fun a => f a b := by
  cases o <;> cases p <;> rfl

theorem join_map_join (o : Option (Option (Option α))) : join (map join o) = join (join o) := by
  rcases o with _ | _ | _ <;> rfl

theorem bind_eq_join_map (f : α → Option β) (o : Option α) : bind o f = join (map f o) := by cases o <;> rfl

/-! ## The rest -/

@[simp] theorem getD_none (d : α) : getD none d = d := rfl
@[simp] theorem getD_some (a d : α) : getD (some a) d = a := rfl
theorem getD_map (f : α → β) (o : Option α) (d : α) : getD (map f o) (f d) = f (getD o d) := by cases o <;> rfl
theorem getD_eq_of_mem {d : α} (h : a ∈ o) : getD o d = a := by
  rw [mem_def] at h
  subst h
  rfl

@[simp] theorem isSome_none : isSome (none : Option α) = false := rfl
@[simp] theorem isSome_some (a : α) : isSome (some a) = true := rfl
theorem isSome_map (f : α → β) (o : Option α) : isSome (map f o) = isSome o := by cases o <;> rfl
theorem isNone_eq_not_isSome (o : Option α) : isNone o = !isSome o := by cases o <;> rfl
theorem isSome_iff_exists : isSome o = true ↔ ∃ a, o = some a := by
  cases o with
  | none => simp
  | some a => simp

@[simp] theorem none_orElse (o : Option α) : orElse none o = o := rfl
@[simp] theorem orElse_none (o : Option α) : orElse o none = o := by cases o <;> rfl
theorem orElse_assoc (o p q : Option α) : orElse (orElse o p) q = orElse o (orElse p q) := by cases o <;> rfl
theorem map_orElse (f : α → β) (o p : Option α) : map f (orElse o p) = orElse (map f o) (map f p) := by
  cases o <;> rfl
theorem isSome_orElse (o p : Option α) : isSome (orElse o p) = (isSome o || isSome p) := by cases o <;> rfl

theorem mem_filter_iff {p : α → Bool} : a ∈ filter p o ↔ a ∈ o ∧ p a = true := by
  cases o with
  | none => simp [mem_def, filter]
  | some b =>
    rw [mem_def, mem_def, filter, some_inj]
    by_cases h : p b = true
    · rw [if_pos h, some_inj]
      constructor
      · rintro rfl
        exact ⟨rfl, h⟩
      · exact And.left
    · rw [if_neg h]
      constructor
      · intro e
        exact nomatch e
      · rintro ⟨rfl, hp⟩
        exact absurd hp h

theorem filter_filter (p q : α → Bool) (o : Option α) : filter p (filter q o) = filter (fun a => q a && p a) o := by
  cases o with
  | none => rfl
  | some a => cases hq : q a <;> cases hp : p a <;> simp [filter, hp, hq]

end Option
