"""What a search for proofs spends its time on, with the model that ships: expansions a second, candidates checked, and the
shares of Lean and the model."""
from __future__ import annotations

import json
from dataclasses import dataclass

from harness.machine import BUILD
from harness.measure import Spread, run_pinned
from harness.report import Report
from harness.setting import Setting

SECONDS = 10
# Few of these fall to a single tactic: a search has something to do.
STATEMENTS = (
    "(p q r : Prop) (h : p ∧ (q ∨ r)) : (p ∧ q) ∨ (p ∧ r)",
    "(p q r : Prop) (h : (p ∨ q) → r) : (p → r) ∧ (q → r)",
    "(p q r s : Prop) (f : p → q) (g : r → s) (h : p ∨ r) : s ∨ q",
    "(p q : Prop) (h : ¬(p ∨ q)) : ¬q ∧ ¬p",
    "(p q r : Prop) (h : p → q → r) (k : p ∧ q) : r ∧ p",
    "(α : Type) (P Q : α → Prop) (h : ∀ x, P x → Q x) (k : ∃ x, P x) : ∃ x, Q x",
    "(α : Type) (P : α → Prop) (h : ¬∃ x, P x) (a : α) : ¬P a",
    "(α : Type) (R : α → α → Prop) (s : ∀ x y, R x y → R y x) (t : ∀ x y z, R x y → R y z → R x z) "
    "(a b c : α) (h : R a b) (k : R c b) : R a c",
    "(a b c : Nat) (h : a = b) (k : b = c) : c + a = a + c",
    "(a b : Nat) (h : a + 0 = b) : b * 1 = a",
    "(f : Nat → Nat) (h : ∀ n, f (n + 1) = f n) : f 3 = f 0",
    "(n : Nat) : 0 + n = n + 0",
    "(a b c : Nat) : a + b + c = c + b + a",
    "(b : Bool) : (b && true) = (true && b)",
    "(a b : Bool) (h : (a && b) = true) : b = true",
    "(α : Type) (xs ys : List α) : (xs ++ ys).length = ys.length + xs.length",
    "(α : Type) (x : α) (xs : List α) : (xs ++ [x]).length = xs.length + 1",
    "(α β : Type) (f : α → β) (xs : List α) : (xs.map f).length = xs.length",
    "(α β : Type) (f : α → β) (o : Option α) (h : o.map f = none) : o = none",
    "(α β γ : Type) (f : α → β) (g : β → γ) (h : ∀ x y, g (f x) = g (f y) → x = y) (x y : α) (k : f x = f y) : x = y",
)


@dataclass(frozen=True)
class Searched:
    """The sums over a suite."""

    expansions: int
    checks: int
    seconds: float
    lean_s: float
    model_s: float
    proved: int


def suite() -> str:
    return "".join(
        json.dumps({"name": f"t{i}", "before": "", "head": f"theorem t{i} {statement} := by\n  ", "tail": "\n", "indent": 2},
                   ensure_ascii=False) + "\n" for i, statement in enumerate(STATEMENTS))


def read(output: str) -> Searched:
    theorems = [json.loads(line) for line in output.splitlines()]
    total = {key: sum(one["totals"][key] for one in theorems)
             for key in ("expansions", "checks", "seconds", "lean_s", "model_s")}
    return Searched(**total, proved=sum(one["outcome"] == "proved" for one in theorems))


def run(s: Setting) -> None:
    report = Report("prove", "A search for proofs", s.pinned)
    path = BUILD / "text" / "statements.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(suite())
    rows = []
    for name, options in (("model alone", ["--no-automation"]), ("with automation", [])):
        turns = [read(run_pinned([str(s.program("rmt-lm")), "prove", "--suite", str(path), "--json", "--dtype", "bf16",
                                  "--budget", "100x32", "--seconds", str(SECONDS), *options], s.pinned).output)
                 for _ in range(2 if s.quick else 5)]
        report.record(part=name, turns=[vars(turn) for turn in turns])
        rows.append([name] + [Spread.of([of(turn) for turn in turns]).text(digits) for digits, of in (
            (1, lambda t: t.expansions / t.seconds), (0, lambda t: t.checks / t.seconds),
            (0, lambda t: 100 * t.lean_s / t.seconds), (0, lambda t: 100 * t.model_s / t.seconds),
            (0, lambda t: 100 * (1 - (t.lean_s + t.model_s) / t.seconds)), (0, lambda t: t.proved))])
    report.table(["", "expansions/s", "candidates checked/s", "in Lean, %", "in the model, %", "the rest, %",
                  f"proved of {len(STATEMENTS)}"], rows)
    report.say(f"prover-7m in bf16, at most 100 expansions of 32 tactics and {SECONDS} s a theorem, all theorems of one run "
               "together; medians of runs (min–max). Lean opening a theorem is counted as Lean.")
    report.publish(s.results)
