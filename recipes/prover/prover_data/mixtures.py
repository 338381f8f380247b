"""Statements about numbers, lists and the like, with logic around them: premises to be introduced, hypotheses to be
taken apart, several things to be proved at once, a witness to be given."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from .scene import NAT
from .statement import Binder, Statement
from .terms import Term, atom, implies, replaced, subterms

_LOOKS_LIKE_PROP = frozenset({"=", "≠", "<", "≤", ">", "≥", "∈", "∉", "∧", "∨", "¬", "↔", "∃", "∣"})


def _hypotheses(statement: Statement) -> list[Binder]:
    return [b for b in statement.binders if b.brackets == "()" and b.kind.op in _LOOKS_LIKE_PROP]


def _fresh(statement: Statement) -> str:
    taken = {b.name for b in statement.binders}
    return next(name for name in ("h", "H", "hyp", "h₀", "h9", "h8", "h7") if name not in taken)


def _introduced(random: Random, statement: Statement) -> Statement | None:
    """The last hypotheses, and perhaps all of them, become premises."""
    facts = _hypotheses(statement)
    if not facts or statement.binders[-len(facts) :] != facts:
        return None
    moved = facts[-random.randint(1, len(facts)) :]
    kept = statement.binders[: -len(moved)]
    goal = implies([b.kind for b in moved], statement.goal)
    step = f"intro {' '.join(b.name for b in moved)}"
    return Statement(f"{statement.template}, introduced", kept, goal, [[step, *s] for s in statement.scripts])


def _together(random: Random, statement: Statement) -> Statement | None:
    """Two hypotheses become one."""
    facts = _hypotheses(statement)
    if len(facts) < 2 or statement.binders[-len(facts) :] != facts:
        return None
    first, second = facts[-2:]
    name = _fresh(statement)
    binders = [*statement.binders[:-2], Binder(name, Term("∧", (first.kind, second.kind)))]
    how = random.choice(
        [f"obtain ⟨{first.name}, {second.name}⟩ := {name}", f"rcases {name} with ⟨{first.name}, {second.name}⟩"]
    )
    return Statement(f"{statement.template}, together", binders, statement.goal, [[how, *s] for s in statement.scripts])


def _either(random: Random, statement: Statement) -> Statement | None:
    """More is promised than is needed: one side of a disjunction, to be chosen."""
    facts = _hypotheses(statement)
    if not facts:
        return None
    other = Term("<", (atom("0"), atom("0"))) if random.random() < 0.1 else random.choice(facts).kind
    if other.op == "∨":
        return None
    side = random.choice(["left", "right"])
    goal = Term("∨", (statement.goal, other) if side == "left" else (other, statement.goal))
    return Statement(f"{statement.template}, either", statement.binders, goal, [[side, *s] for s in statement.scripts])


def _witness(random: Random, statement: Statement) -> Statement | None:
    """A number in the goal is only said to exist."""
    numbers = [t for t in set(subterms(statement.goal)) if t.args and t.op in ("+", "*") and t.size <= 7]
    numbers += [
        atom(b.name) for b in statement.binders if b.kind == NAT and atom(b.name) in set(subterms(statement.goal))
    ]
    if not numbers:
        return None
    chosen = random.choice(sorted(numbers, key=str))
    taken = {b.name for b in statement.binders}
    variable = next(name for name in ("k", "x", "y", "z", "w", "m₀") if name not in taken)
    body = replaced(statement.goal, chosen, atom(variable))
    if variable not in body.names:
        return None
    goal = Term("∃", (atom(variable), NAT, body))
    return Statement(
        f"{statement.template}, witness",
        statement.binders,
        goal,
        [[f"refine ⟨{chosen}, ?_⟩", *s] for s in statement.scripts],
    )


def mixtures(random: Random, sources: list[Iterator[Statement]]) -> Iterator[Statement]:
    while True:
        statement = next(random.choice(sources))
        statement.scripts = statement.scripts[:2]
        statement.template = statement.template.split()[0]
        changed = random.choice([_introduced, _introduced, _together, _together, _either, _witness])(random, statement)
        if changed is not None:
            yield changed
