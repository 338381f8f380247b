"""Training data for a model that proves: statements, scripts that Lean accepted, and the goals before every step."""
