prelude
import Rmt

/-! What Lean imports into every file that does not begin with `prelude`. Here it is our own library, so that ordinary
files need no import at all. -/
