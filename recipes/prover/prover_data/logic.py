"""Statements of logic: propositional ones with two to five atoms, and small ones with quantifiers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from .names import Names
from .sequent import FALSE, TRUE, Prover, Script, Sequent
from .statement import Binder, Statement
from .terms import Term, atom, call, implies, negation

PROP, TYPE = atom("Prop"), atom("Type")
_CONNECTIVES = ("→", "∧", "∨", "→", "∧", "∨", "↔", "¬", "¬")


def formula(random: Random, atoms: list[Term], depth: int) -> Term:
    if depth == 0 or random.random() < 0.2:
        return random.choice(atoms) if random.random() < 0.97 else random.choice([TRUE, FALSE])
    op = random.choice(_CONNECTIVES)
    if op == "¬":
        return negation(formula(random, atoms, depth - 1))
    return Term(op, (formula(random, atoms, depth - 1), formula(random, atoms, depth - 1)))


# --- propositional ---


def _table(term: Term, columns: dict[Term, int], full: int) -> int:
    """The truth table as bits, one for each assignment."""
    if term in columns:
        return columns[term]
    if term == TRUE:
        return full
    if term == FALSE:
        return 0
    a, *b = (_table(t, columns, full) for t in term.args)
    match term.op:
        case "¬":
            return full & ~a
        case "→":
            return full & ~a | b[0]
        case "∧":
            return a & b[0]
        case "∨":
            return a | b[0]
        case _:
            return full & ~(a ^ b[0])


def _columns(atoms: list[Term]) -> tuple[dict[Term, int], int]:
    rows = 1 << len(atoms)
    return {a: sum(1 << row for row in range(rows) if row >> i & 1) for i, a in enumerate(atoms)}, (1 << rows) - 1


def tautology(random: Random, atoms: list[Term]) -> tuple[list[Term], Term]:
    """Hypotheses and a conclusion that classically follows from them, and from no part of them that was easy to see."""
    columns, full = _columns(atoms)
    while True:
        facts = [
            formula(random, atoms, random.choice([1, 1, 2, 2, 3])) for _ in range(random.choice([0, 0, 1, 1, 2, 2, 3]))
        ]
        goal = formula(random, atoms, random.choice([0, 1, 2] if facts else [2, 3, 3]))
        given = full
        for fact in facts:
            given &= _table(fact, columns, full)
        concluded = _table(goal, columns, full)
        trivial = concluded == full if facts else goal == TRUE
        if given and not given & ~concluded and not trivial and goal not in facts and len(set(facts)) == len(facts):
            return facts, goal


def _stated(
    random: Random,
    names: Names,
    template: str,
    variables: list[Binder],
    facts: list[Term],
    goal: Term,
    scope: tuple[str, ...] = (),
) -> tuple[Statement, Sequent]:
    """Some of the facts as hypotheses with names, the others as premises of the goal."""
    named = random.choice([0, len(facts), len(facts)])
    hypotheses = [(names.fresh("hypothesis"), fact) for fact in facts[:named]]
    goal = implies(facts[named:], goal)
    binders = variables + [Binder(name, fact) for name, fact in hypotheses]
    return Statement(template, binders, goal), Sequent(tuple(hypotheses), goal, scope)


def _scripts(random: Random, names: Names, sequent: Sequent, count: int) -> list[Script]:
    found: list[Script] = []
    for _ in range(count):
        own = Names(random)
        own.taken = set(names.taken)
        script = Prover(random, own).prove(sequent)
        if script is None:
            break
        if script not in found:
            found.append(script)
    return found


def _classical(random: Random, names: Names, sequent: Sequent, atoms: list[Term]) -> list[Script]:
    """By cases on as few atoms as are enough."""
    for count in (1, 2):
        for chosen in [[a] for a in atoms] if count == 1 else [[a, b] for a in atoms for b in atoms if a != b]:
            own = Names(random)
            own.taken = set(names.taken)
            if (script := _by_cases(random, own, sequent, chosen)) is not None:
                return [script]
    return []


def _by_cases(random: Random, names: Names, sequent: Sequent, on: list[Term]) -> Script | None:
    if not on:
        return Prover(random, names, 150).prove(sequent)
    yes, no = names.fresh("hypothesis"), names.fresh("hypothesis")
    script = [
        f"rcases Classical.em {on[0]} with {yes} | {no}"
        if not on[0].args
        else f"rcases Classical.em ({on[0]}) with {yes} | {no}"
    ]
    for fact in ((yes, on[0]), (no, negation(on[0]))):
        if (rest := _by_cases(random, names, sequent.having(fact), on[1:])) is None:
            return None
        script += rest
    return script


def propositional(random: Random) -> Iterator[Statement]:
    while True:
        names = Names(random)
        count = random.choice([2, 2, 3, 3, 3, 4, 4, 5])
        atoms = [atom(names.fresh("Prop")) for _ in range(count)]
        facts, goal = tautology(random, atoms)
        used = [a for a in atoms if any(a.op in t.names for t in [*facts, goal])]
        if len(used) < 2:
            continue
        variables = [Binder(a.op, PROP) for a in used]
        statement, sequent = _stated(random, names, "propositional", variables, facts, goal)
        statement.scripts = _scripts(random, names, sequent, 2)
        if not statement.scripts:
            statement.template = "classical"
            statement.scripts = _classical(random, names, sequent, used)
        if statement.scripts:
            yield statement


# --- with quantifiers ---


class _Signature:
    """Predicates, relations, propositions and a constant over one type."""

    def __init__(self, random: Random, names: Names) -> None:
        self.random, self.names = random, names
        self.type = atom(names.fresh("Type"))
        self.predicates = [names.fresh("predicate") for _ in range(random.choice([1, 2, 2, 3]))]
        self.relation = names.fresh("predicate") if random.random() < 0.25 else ""
        self.propositions = [atom(names.fresh("Prop")) for _ in range(random.choice([0, 0, 1]))]
        self.constant = names.fresh("element") if random.random() < 0.3 else ""

    def binders(self) -> list[Binder]:
        one = Term("→", (self.type, PROP))
        found = [Binder(self.type.op, TYPE), *(Binder(p, one) for p in self.predicates)]
        if self.relation:
            found.append(Binder(self.relation, Term("→", (self.type, one))))
        found += [Binder(p.op, PROP) for p in self.propositions]
        return found + [Binder(self.constant, self.type)] * bool(self.constant)

    def atoms(self, scope: list[str]) -> list[Term]:
        found = [call(p, atom(v)) for p in self.predicates for v in scope] + self.propositions
        if self.relation:
            found += [call(self.relation, atom(v), atom(w)) for v in scope for w in scope]
        return found

    def closed(self, depth: int, scope: list[str]) -> Term:
        random = self.random
        roll = random.random()
        if depth > 0 and roll < 0.65 or not self.atoms(scope):
            own = Names(random)
            own.taken = self.names.taken | set(scope)
            variable = own.fresh("element")
            inner = self.closed(depth - 1, scope + [variable])
            return Term(random.choice("∀∃"), (atom(variable), self.type, inner))
        if depth > 0 and roll < 0.85:
            op = random.choice(["→", "∧", "∨", "¬"])
            parts = tuple(self.closed(depth - 1, scope) for _ in range(1 if op == "¬" else 2))
            return Term(op, parts)
        return formula(random, self.atoms(scope), random.choice([0, 0, 1, 1, 2]))


def _holds(term: Term, world: dict[tuple, bool], values: dict[str, int], size: int) -> bool:
    args = term.args
    match term.op:
        case "True":
            return True
        case "False":
            return False
        case "¬":
            return not _holds(args[0], world, values, size)
        case "→":
            return not _holds(args[0], world, values, size) or _holds(args[1], world, values, size)
        case "∧":
            return _holds(args[0], world, values, size) and _holds(args[1], world, values, size)
        case "∨":
            return _holds(args[0], world, values, size) or _holds(args[1], world, values, size)
        case "↔":
            return _holds(args[0], world, values, size) == _holds(args[1], world, values, size)
        case "∀" | "∃":
            some = (_holds(args[2], world, {**values, args[0].op: i}, size) for i in range(size))
            return all(some) if term.op == "∀" else any(some)
        case "app":
            return world[(args[0].op, *(values[a.op] for a in args[1:]))]
        case _:
            return world[(term.op,)]


def _worlds(random: Random, signature: _Signature, count: int) -> Iterator[tuple[dict[tuple, bool], int]]:
    for size in (1, 2, 3):
        facts: list[tuple] = [(p, i) for p in signature.predicates for i in range(size)]
        facts += [(p.op,) for p in signature.propositions]
        if signature.relation:
            facts += [(signature.relation, i, j) for i, j in product(range(size), repeat=2)]
        for _ in range(count):
            yield {fact: random.random() < 0.5 for fact in facts}, size


def _follows(random: Random, signature: _Signature, facts: list[Term], goal: Term) -> bool:
    values = {signature.constant: 0} if signature.constant else {}
    met = False
    for world, size in _worlds(random, signature, 25):
        if all(_holds(fact, world, values, size) for fact in facts):
            met = True
            if not _holds(goal, world, values, size):
                return False
    return met


def quantified(random: Random) -> Iterator[Statement]:
    while True:
        names = Names(random)
        signature = _Signature(random, names)
        scope = [signature.constant] if signature.constant else []
        facts = [signature.closed(random.choice([1, 2]), scope) for _ in range(random.choice([0, 1, 1, 2, 2]))]
        goal = signature.closed(random.choice([1, 2] if facts else [2, 3]), scope)
        if (
            goal in facts
            or not ({"∀", "∃"} & _operators([*facts, goal]))
            or not _follows(random, signature, facts, goal)
        ):
            continue
        used = frozenset().union(*(t.names for t in [*facts, goal]))
        variables = [b for b in signature.binders() if b.kind == TYPE or b.name in used]
        for term in [*facts, goal]:
            names.taken |= term.names
        statement, sequent = _stated(
            random, names, "quantified", variables, facts, goal, tuple(v for v in scope if v in used)
        )
        statement.scripts = _scripts(random, names, sequent, 2)
        if statement.scripts:
            yield statement


def _operators(terms: list[Term]) -> set[str]:
    found = {t.op for t in terms}
    for t in terms:
        found |= _operators(list(t.args))
    return found
