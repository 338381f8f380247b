prelude
import Rmt.Finite

/-! A core library for Lean: logic, functions, numbers, booleans, optional values, pairs, lists. See README.md. -/
