"""A prover for intuitionistic logic with quantifiers over variables, which writes down what a person would type.

Backward search in the sequent calculus LJ, each rule a tactic: rules that lose nothing at once, the others one after
the other up to a depth. Complete enough for small statements, and it never says more than Lean then confirms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from .names import Names
from .terms import Term, substituted

FALSE, TRUE = Term("False"), Term("True")
Script = list[str]


@dataclass(frozen=True)
class Sequent:
    facts: tuple[tuple[str, Term], ...]
    goal: Term
    scope: tuple[str, ...] = ()  # variables that a quantifier may be instantiated with
    used: frozenset[tuple[Term, str]] = frozenset()  # which already are
    left: int = 8  # choices that may still be made

    def proposition(self, name: str) -> Term:
        return dict(self.facts)[name]

    def without(self, name: str) -> Sequent:
        return replace(self, facts=tuple(f for f in self.facts if f[0] != name))

    def having(self, *more: tuple[str, Term]) -> Sequent:
        return replace(self, facts=self.facts + more)

    @property
    def key(self) -> tuple:
        return frozenset(p for _, p in self.facts), self.goal, self.scope, self.used


class GaveUp(Exception):
    """The search took more steps than it was given."""


class Prover:
    """One search. The random source decides between ways of writing the same step."""

    def __init__(self, random: Random, names: Names, budget: int = 600) -> None:
        self.random, self.names, self.budget = random, names, budget
        self.failed: dict[tuple, int] = {}

    def prove(self, sequent: Sequent) -> Script | None:
        """Shallow proofs are looked for first."""
        try:
            for depth in (1, 2, 3, 5, 7):
                self.failed.clear()
                if (script := self._prove(replace(sequent, left=depth), ())) is not None:
                    return script
        except GaveUp:
            pass
        return None

    def _prove(self, s: Sequent, path: tuple) -> Script | None:
        self.budget -= 1
        if self.budget < 0:
            raise GaveUp
        if (closed := self._closed(s)) is not None:
            return closed
        key = s.key
        if key in path or self.failed.get(key, -1) >= s.left:
            return None
        saved = set(self.names.taken)
        for attempt in (self._right, self._left):
            if (found := attempt(s)) is not None:
                done = self._all(found[0], found[1], path + (key,))
                return self._remember(s, done, saved)
        if s.left > 0:
            for step, premises in self._choices(replace(s, left=s.left - 1)):
                if (done := self._all(step, premises, path + (key,))) is not None:
                    return done
                self.names.taken = set(saved)
        return self._remember(s, None, saved)

    def _remember(self, s: Sequent, done: Script | None, saved: set[str]) -> Script | None:
        if done is None:
            self.failed[s.key] = s.left
            self.names.taken = set(saved)
        return done

    def _all(self, step: str, premises: list[Sequent], path: tuple) -> Script | None:
        script = [step]
        for premise in premises:
            if (rest := self._prove(premise, path)) is None:
                return None
            script += rest
        return script

    def _hypothesis(self) -> str:
        return self.names.fresh("hypothesis")

    # --- steps that end a goal ---

    def _closed(self, s: Sequent) -> Script | None:
        for name, p in s.facts:
            if p == s.goal:
                return [self.random.choice([f"exact {name}"] * 3 + ["assumption"])]
        if s.goal == TRUE:
            return ["trivial"]
        propositions = {p: name for name, p in s.facts}
        for name, p in s.facts:
            if p == FALSE:
                return [self.random.choice([f"exact {name}.elim", "contradiction"])]
            if p.op == "¬" and p.args[0] in propositions:
                holds = propositions[p.args[0]]
                if s.goal == FALSE:
                    return [f"exact {name} {holds}"]
                return [
                    self.random.choice(
                        [f"exact absurd {holds} {name}", "contradiction", f"exact ({name} {holds}).elim"]
                    )
                ]
        for name, p in s.facts:
            if p.op == "→" and p.args[1] == s.goal and p.args[0] in propositions:
                return [f"exact {name} {propositions[p.args[0]]}"]
            if p.op == "∧" and s.goal in p.args:
                return [f"exact {name}.{self.random.choice([('left', 'right'), ('1', '2')])[p.args.index(s.goal)]}"]
        if s.goal.op == "∨":
            for side, part in zip(("inl", "inr"), s.goal.args):
                if part in propositions:
                    return [f"exact Or.{side} {propositions[part]}"]
        if s.goal.op == "∧" and all(a in propositions for a in s.goal.args):
            return [f"exact ⟨{', '.join(propositions[a] for a in s.goal.args)}⟩"]
        if s.goal.op == "∃":
            for variable in s.scope:
                body = substituted(s.goal.args[2], {s.goal.args[0].op: Term(variable)})
                if body in propositions:
                    return [f"exact ⟨{variable}, {propositions[body]}⟩"]
        return None

    # --- steps that lose nothing ---

    def _right(self, s: Sequent) -> tuple[str, list[Sequent]] | None:
        goal = s.goal
        if goal.op in ("→", "¬", "∀"):
            return self._intro(s)
        if goal.op == "∧":
            return (
                self.random.choice(["constructor", "constructor", "refine ⟨?_, ?_⟩", "apply And.intro"]),
                [replace(s, goal=part) for part in goal.args],
            )
        if goal.op == "↔":
            there, back = Term("→", goal.args), Term("→", goal.args[::-1])
            return self.random.choice(["constructor", "constructor", "apply Iff.intro"]), [
                replace(s, goal=there),
                replace(s, goal=back),
            ]
        return None

    def _intro(self, s: Sequent) -> tuple[str, list[Sequent]]:
        """As many as there are, most of the time; a conjunction, disjunction or witness is taken apart on the way."""
        names: list[str] = []
        while s.goal.op in ("→", "¬", "∀") and (not names or self.random.random() < 0.7):
            if s.goal.op == "∀":
                name = self.names.fresh("element")
                s = replace(
                    s, goal=substituted(s.goal.args[2], {s.goal.args[0].op: Term(name)}), scope=s.scope + (name,)
                )
            else:
                premise = s.goal.args[0]
                name = self._hypothesis()
                s = replace(s.having((name, premise)), goal=s.goal.args[1] if s.goal.op == "→" else FALSE)
            names.append(name)
        return f"intro {' '.join(names)}", [s]

    def _left(self, s: Sequent) -> tuple[str, list[Sequent]] | None:
        for name, p in s.facts:
            rest = s.without(name)
            if p.op == "∧":
                first, second = self._hypothesis(), self._hypothesis()
                step = self.random.choice(
                    [
                        f"obtain ⟨{first}, {second}⟩ := {name}",
                        f"rcases {name} with ⟨{first}, {second}⟩",
                        f"cases {name} with | intro {first} {second} => ?_",
                    ]
                )
                return step, [rest.having((first, p.args[0]), (second, p.args[1]))]
            if p.op == "↔":
                there, back = self._hypothesis(), self._hypothesis()
                return (
                    f"obtain ⟨{there}, {back}⟩ := {name}",
                    [rest.having((there, Term("→", p.args)), (back, Term("→", p.args[::-1])))],
                )
            if p.op == "∃":
                variable, fact = self.names.fresh("element"), self._hypothesis()
                body = substituted(p.args[2], {p.args[0].op: Term(variable)})
                step = self.random.choice(
                    [f"obtain ⟨{variable}, {fact}⟩ := {name}", f"rcases {name} with ⟨{variable}, {fact}⟩"]
                )
                return step, [replace(rest.having((fact, body)), scope=s.scope + (variable,))]
        for name, p in s.facts:
            if (
                p.op == "→"
                and (holds := next((n for n, q in s.facts if q == p.args[0]), ""))
                and p.args[1] not in {q for _, q in s.facts}
            ):
                fact = self._hypothesis()
                return f"have {fact} := {name} {holds}", [s.without(name).having((fact, p.args[1]))]
        for name, p in s.facts:
            if p.op == "∨":
                return self._split(s, name, p)
        return None

    def _split(self, s: Sequent, name: str, p: Term) -> tuple[str, list[Sequent]]:
        left, right = self._hypothesis(), self._hypothesis()
        step = self.random.choice(
            [
                f"rcases {name} with {left} | {right}",
                f"rcases {name} with {left} | {right}",
                f"cases {name} with | inl {left} => ?_ | inr {right} => ?_",
            ]
        )
        rest = s.without(name)
        return step, [rest.having((left, p.args[0])), rest.having((right, p.args[1]))]

    # --- choices ---

    def _choices(self, s: Sequent) -> list[tuple[str, list[Sequent]]]:
        goal, found = s.goal, []
        if goal.op == "∨":
            words = self.random.choice([("left", "right"), ("left", "right"), ("apply Or.inl", "apply Or.inr")])
            found += [(word, [replace(s, goal=part)]) for word, part in zip(words, goal.args)]
        if goal.op == "∃":
            for variable in s.scope:
                body = substituted(goal.args[2], {goal.args[0].op: Term(variable)})
                found.append((f"refine ⟨{variable}, ?_⟩", [replace(s, goal=body)]))
        for name, p in s.facts:
            found += self._uses(s, name, p)
        return found

    def _uses(self, s: Sequent, name: str, p: Term) -> list[tuple[str, list[Sequent]]]:
        if p.op == "¬":
            if s.goal == FALSE:
                return [(self.random.choice([f"apply {name}", f"refine {name} ?_"]), [replace(s, goal=p.args[0])])]
            return [(f"refine absurd ?_ {name}", [replace(s, goal=p.args[0])])]
        if p.op == "→":
            premises, conclusion = [p.args[0]], p.args[1]
            while conclusion != s.goal and conclusion.op == "→":
                premises.append(conclusion.args[0])
                conclusion = conclusion.args[1]
            if conclusion == s.goal:
                return [(f"apply {name}", [replace(s, goal=premise) for premise in premises])]
            if conclusion == FALSE or conclusion.op == "¬":
                return []
            fact = self._hypothesis()
            main = s.without(name).having((fact, p.args[1]))
            return [(f"have {fact} : {p.args[1]} := {name} ?_", [main, replace(s, goal=p.args[0])])]
        if p.op == "∀":
            found = []
            for variable in s.scope:
                if (p, variable) not in s.used:
                    fact = self._hypothesis()
                    body = substituted(p.args[2], {p.args[0].op: Term(variable)})
                    found.append(
                        (
                            f"have {fact} := {name} {variable}",
                            [replace(s.having((fact, body)), used=s.used | {(p, variable)})],
                        )
                    )
            return found
        return []
