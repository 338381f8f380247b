prelude
import Rmt.AC

/-! A core library for Lean: logic, functions, numbers, booleans, optional values, pairs, lists. See README.md. -/
