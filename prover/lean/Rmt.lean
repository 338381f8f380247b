prelude
import Rmt.List.Perm

/-! A core library for Lean: logic, functions, numbers, integers, booleans, optional values, pairs, lists. See README.md. -/
