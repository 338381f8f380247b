"""Statements found by computing: terms that agree on many values make an equation, which is then to be proved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .names import Names
from .scene import arrow
from .statement import Binder, Statement
from .terms import Term, atom, call
from .vocabulary import (
    ARITHMETIC,
    ELEMENT,
    LIST,
    NUMBER,
    NUMERIC_LISTS,
    OPTION,
    TRUTH,
    TRUTHS,
    Function,
    lists,
    of_lists,
    of_numbers,
    options,
)

POINTS = 24  # values that a term is computed for
TERMS = 320  # drawn in a world
STATEMENTS = 10  # taken from a world, at most
LARGEST = 19  # nodes of both sides together
Values = tuple


@dataclass
class Variable:
    name: str
    kind: str
    values: Values


@dataclass
class Made:
    """A term with its values and what it was made with."""

    term: Term
    values: Values
    functions: frozenset[int]


class World:
    """A few variables and functions, and the terms over them."""

    def __init__(self, random: Random) -> None:
        self.random, self.names = random, Names(random)
        self.subject = random.choice(
            [
                "numbers",
                "numbers",
                "truths",
                "options",
                "lists",
                "lists",
                "lists",
                "own numbers",
                "own numbers",
                "own lists",
                "own lists",
            ]
        )
        self.numeric = self.subject in ("numbers", "own numbers") or random.random() < 0.4
        self.element = "Nat" if self.numeric else self.names.fresh("Type")
        self.function, self.predicate = self.names.fresh("function"), self.names.fresh("predicate")
        self.variables = [self._variable(kind) for kind in self._kinds()]
        self.functions = self._functions()

    def _kinds(self) -> list[str]:
        match self.subject:
            case "numbers":
                return [NUMBER] * self.random.choice([2, 3, 3])
            case "own numbers":
                return [NUMBER] * 2
            case "truths":
                return [TRUTH] * self.random.choice([2, 3, 3])
            case "options":
                return [OPTION] * self.random.choice([1, 2, 2]) + [ELEMENT] * self.random.choice([0, 1, 1])
            case _:
                return (
                    [LIST] * self.random.choice([1, 2, 2, 3])
                    + [NUMBER] * self.random.choice([0, 1])
                    + [ELEMENT] * self.random.choice([0, 1])
                )

    def _variable(self, kind: str) -> Variable:
        pool = {NUMBER: "Nat", TRUTH: "Bool", ELEMENT: "element", LIST: "List", OPTION: "Option"}[kind]
        return Variable(self.names.fresh(pool), kind, tuple(self._value(kind) for _ in range(POINTS)))

    def _value(self, kind: str):
        if kind == LIST:
            return tuple(self.random.randrange(4) for _ in range(self.random.choice([0, 1, 2, 3, 4, 7])))
        if kind == OPTION:
            return None if self.random.random() < 0.35 else self.random.randrange(5)
        return self.random.random() < 0.5 if kind == TRUTH else self.random.randrange(5)

    def _functions(self) -> list[Function]:
        random = self.random
        if self.subject == "numbers":
            return list(ARITHMETIC)
        if self.subject == "own numbers":
            return [of_numbers(random), *random.sample(ARITHMETIC, 2), ARITHMETIC[0]]
        if self.subject == "truths":
            return list(TRUTHS)
        salt, chosen_values = random.randrange(1 << 16), set(random.sample(range(4), 2))
        make = options if self.subject == "options" else lists
        some = make(
            self.function, self.predicate, lambda x: (x * 7 + salt) % 11, lambda x: x in chosen_values or x % 5 == 4
        )
        if self.subject == "options":
            return random.sample(some, random.choice([3, 4, 5]))
        if self.numeric:
            some += NUMERIC_LISTS
        chosen = random.sample(some, random.choice([3, 4, 5])) + [some[0]]
        if self.subject == "own lists":
            chosen = [of_lists(random, self.element, self.numeric), *chosen[:3], some[0]]
        return list({id(f): f for f in [*chosen, ARITHMETIC[0]]}.values())

    def term(self, kind: str, depth: int) -> Made | None:
        leaves = [v for v in self.variables if v.kind == kind or self.numeric and {v.kind, kind} == {NUMBER, ELEMENT}]
        makers = [(i, f) for i, f in enumerate(self.functions) if f.result == kind]
        if leaves and (depth == 0 or not makers or self.random.random() < 0.25):
            one = self.random.choice(leaves)
            return Made(atom(one.name), one.values, frozenset())
        if depth == 0 or not makers:
            return self._constant(kind)
        index, function = self.random.choice(makers)
        parts = [self.term(kind, depth - 1) for kind in function.arguments]
        if any(p is None for p in parts):
            return None
        made = [p for p in parts if p is not None]
        if len(made) == 2 and made[0].term == made[1].term and self.random.random() < 0.8:
            return None  # n - n, b && b and the like say little
        values = tuple(function.compute(*point) for point in zip(*(p.values for p in made)))
        return Made(
            function.write(*(p.term for p in made)), values, frozenset({index}).union(*(p.functions for p in made))
        )

    def _constant(self, kind: str) -> Made | None:
        if kind == NUMBER:
            number = self.random.choice([0, 0, 1, 1, 2, 3])
            return Made(atom(str(number)), (number,) * POINTS, frozenset())
        empty = {LIST: ("[]", ()), OPTION: ("none", None), TRUTH: ("true", True)}.get(kind)
        return Made(atom(empty[0]), (empty[1],) * POINTS, frozenset()) if empty else None

    def binders(self, used: frozenset[str]) -> list[Binder]:
        element = atom(self.element)
        kinds = {
            NUMBER: atom("Nat"),
            TRUTH: atom("Bool"),
            ELEMENT: element,
            LIST: call("List", element),
            OPTION: call("Option", element),
        }
        types = [Binder(self.element, atom("Type"))] if not self.numeric else []
        found = [Binder(v.name, kinds[v.kind]) for v in self.variables if v.name in used]
        if self.function in used:
            found.insert(0, Binder(self.function, arrow(element, element)))
        if self.predicate in used:
            found.insert(0, Binder(self.predicate, arrow(element, atom("Bool"))))
        return types * any(element.op in b.kind.names for b in found) + found


def _dull(left: Term, right: Term) -> bool:
    """Follows from a smaller equation by putting both sides in the same place."""
    if left.op != right.op or len(left.args) != len(right.args) or not left.args:
        return False
    return sum(a != b for a, b in zip(left.args, right.args)) <= 1


def conjectures(world: World) -> Iterator[tuple[Term, frozenset[int]]]:
    """Equations, and inequalities of numbers, that hold wherever they were computed; small ones first."""
    random = world.random
    kinds = {f.result for f in world.functions} - {ELEMENT}
    found: list[tuple[int, Term, frozenset[int]]] = []
    for kind in kinds:
        alike: dict[Values, dict[Term, Made]] = defaultdict(dict)
        for _ in range(TERMS):
            if (made := world.term(kind, random.choice([1, 2, 2, 3]))) is not None and made.term.size < LARGEST:
                alike[made.values][made.term] = made
        for same in alike.values():
            chosen = sorted(same.values(), key=lambda m: m.term.size)[:6]
            for at, a in enumerate(chosen):
                for b in chosen[at + 1 :]:
                    if (
                        a.term.size + b.term.size <= LARGEST
                        and a.term.names & b.term.names
                        and not _dull(a.term, b.term)
                    ):
                        sides = (b.term, a.term) if random.random() < 0.75 else (a.term, b.term)
                        found.append((a.term.size + b.term.size, Term("=", sides), a.functions | b.functions))
        if kind == NUMBER:
            found += _inequalities(random, [next(iter(same.values())) for same in alike.values()])
    random.shuffle(found)
    found.sort(key=lambda one: one[0] + random.random() * 24)
    for _, term, functions in found[:STATEMENTS]:
        yield term, functions


def _inequalities(random: Random, made: list[Made]) -> Iterator[tuple[int, Term, frozenset[int]]]:
    for _ in range(60):
        if len(made) < 2:
            return
        a, b = random.sample(made, 2)
        op = "<" if all(x < y for x, y in zip(a.values, b.values)) else "≤"
        if (
            all(x <= y for x, y in zip(a.values, b.values))
            and a.term.args
            and a.term.size + b.term.size <= LARGEST - 2
            and (a.term.names & b.term.names)
        ):
            yield a.term.size + b.term.size + 3, Term(op, (a.term, b.term)), a.functions | b.functions


def _scripts(world: World, goal: Term, functions: frozenset[int]) -> list[list[str]]:
    random = world.random
    equations = list(dict.fromkeys(e for i in sorted(functions) for e in world.functions[i].equations))
    own = [f.equations[0] for i, f in enumerate(world.functions) if i in functions and f.definition]
    used = [v for v in world.variables if v.name in goal.names]
    if world.subject == "truths":
        split = " <;> ".join(f"cases {v.name}" for v in used)
        return [[f"{split} <;> {random.choice(['rfl', 'simp', 'decide'])}"]]
    if world.subject == "options":
        return _of_options(random, used)
    simp = [f"simp [{', '.join(own)}]" if own else "simp"]
    if NUMBER in (v.kind for v in used) and not own:
        simp.append("omega")
    if equations:
        simp.append(f"simp [{', '.join(equations)}]")
    scripts: list[list[str]] = []
    for variable in used:
        if variable.kind in (LIST, NUMBER):
            scripts += _inductions(random, world, variable, equations, own)
    if goal.op in ("≤", "<"):
        scripts += [
            [f"exact {text}"]
            for text in (
                "Nat.le_add_right _ _",
                "Nat.le_add_left _ _",
                "Nat.le_max_left _ _",
                "Nat.min_le_left _ _",
                "Nat.sub_le _ _",
                "Nat.lt_add_one _",
            )
        ]
    random.shuffle(scripts)
    scripts, short = scripts[:5], [[text] for text in simp]
    return short + scripts if random.random() < 0.4 else scripts + short


def _of_options(random: Random, used: list[Variable]) -> list[list[str]]:
    split = [v.name for v in used if v.kind == OPTION]
    all_at_once = " <;> ".join(f"cases {name}" for name in split)
    slowly = []
    for name in split[:1]:
        slowly = [random.choice([f"cases {name} with | none => ?_ | some a => ?_", f"rcases {name} with _ | a"])]
    return (
        [[f"{all_at_once} <;> {closing}"] for closing in ("rfl", "simp") if split]
        + [["simp"]]
        + [[*slowly, first, second] for first, second in (("rfl", "rfl"), ("rfl", "simp"), ("simp", "simp")) if slowly]
    )


def _inductions(
    random: Random, world: World, variable: Variable, equations: list[str], own: list[str]
) -> list[list[str]]:
    hypothesis = world.names.fresh("hypothesis") if random.random() < 0.3 else "ih"
    if variable.kind == LIST:
        head = Names(random)
        head.taken = set(world.names.taken)
        cons = f"cons {head.fresh('element')} {variable.name} {hypothesis}"
        step = f"induction {variable.name} with | nil => ?_ | {cons} => ?_"
    else:
        step = f"induction {variable.name} with | zero => ?_ | succ {variable.name} {hypothesis} => ?_"
    unfold = ", ".join([*own, hypothesis])
    everything = ", ".join([*equations, hypothesis])
    first = random.choice(["rfl", "simp"]) if not own else random.choice(["rfl", f"simp [{', '.join(own)}]"])
    done = f"simp [{', '.join(own)}]" if own else "simp"
    pairs = [
        (first, f"simp only [{everything}]"),
        (done, f"simp [{unfold}]"),
        (f"simp [{', '.join(equations) or hypothesis}]", f"simp [{everything}]"),
        (first, f"simp_all [{', '.join(own)}]" if own else "simp_all"),
    ]
    # In one line now and then, since a search may then get there in one step.
    at_once = random.random() < 0.35
    found = [
        [step.replace("=> ?_", f"=> {zero}", 1).replace("=> ?_", f"=> {more}", 1)] if at_once else [step, zero, more]
        for zero, more in random.sample(pairs, 3)
    ]
    unfolding = [e for e in equations if not e.startswith("Nat.")]
    if unfolding and random.random() < 0.6:
        found.insert(0, [step, first, f"simp only [{', '.join(unfolding)}]", "omega"])
    return found


def explored(random: Random) -> Iterator[Statement]:
    while True:
        world = World(random)
        definitions = {i: f.definition for i, f in enumerate(world.functions) if f.definition}
        for goal, functions in conjectures(world):
            before = "\n".join(text for i, text in definitions.items() if i in functions)
            if definitions and not before and random.random() < 0.8 or not world.binders(goal.names):
                continue
            yield Statement(
                f"explored {world.subject}",
                world.binders(goal.names),
                goal,
                _scripts(world, goal, functions),
                before + "\n" if before else "",
                keep=2,
            )
