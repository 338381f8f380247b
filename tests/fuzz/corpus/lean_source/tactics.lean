intro h
rcases h with ⟨a, b⟩ | c
· exact f "a \" b" 'c' r#"d"# `e «f g»
/- a /- b -/ -/ first | rfl | (simp <;> omega) -- end
if h : p then exact h else
  calc a = b := by simp
    _ = c := fun x => x.1.2
