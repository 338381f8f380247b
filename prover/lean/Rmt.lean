prelude
import Rmt.Logic.Simp
