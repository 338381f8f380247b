"""Statements about functions: injective and surjective ones, one after the other, and inverses."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from .names import Names
from .scene import arrow
from .statement import Binder, Statement
from .terms import Term, atom, call

TYPE = atom("Type")


class _Chain:
    """f₁ : A₀ → A₁, f₂ : A₁ → A₂, …, and their composition, last one outermost."""

    def __init__(self, random: Random, length: int) -> None:
        self.random, self.names = random, Names(random)
        self.types = [atom(self.names.fresh("Type")) for _ in range(length + 1)]
        self.functions = [atom(self.names.fresh("function")) for _ in range(length)]
        self.dotted = random.random() < 0.4

    def binders(self) -> list[Binder]:
        return [Binder(t.op, TYPE) for t in self.types] + [
            Binder(f.op, arrow(self.types[i], self.types[i + 1])) for i, f in enumerate(self.functions)
        ]

    def applied(self, to: Term) -> Term:
        for f in self.functions:
            to = Term("app", (f, to))
        return to

    def composition(self) -> Term:
        if not self.dotted:
            variable = atom("x")
            return Term("fun", (variable, atom("_"), self.applied(variable)))
        result = self.functions[-1]
        for f in reversed(self.functions[:-1]):
            result = Term("∘", (result, f))
        return result

    def spoken(self, property_: str, function: Term, source: Term, target: Term, unfolded: bool) -> Term:
        """By its name, or as what it says."""
        if not unfolded:
            return call(f"Function.{property_}", function)
        a, b = (atom(self.names.fresh("element")) for _ in range(2))
        self.names.taken -= {a.op, b.op}
        if property_ == "Injective":
            fact = Term("→", (Term("=", (Term("app", (function, a)), Term("app", (function, b)))), Term("=", (a, b))))
            return Term("∀", (a, source, Term("∀", (b, source, fact))))
        return Term("∀", (b, target, Term("∃", (a, source, Term("=", (Term("app", (function, a)), b))))))


def _composed(random: Random) -> Statement:
    chain = _Chain(random, random.choice([1, 2, 2, 3, 3, 4]))
    property_ = random.choice(["Injective", "Surjective"])
    unfolded = [random.random() < 0.4 for _ in chain.functions]
    facts = [
        Binder(
            chain.names.fresh("hypothesis"), chain.spoken(property_, f, chain.types[i], chain.types[i + 1], unfolded[i])
        )
        for i, f in enumerate(chain.functions)
    ]
    shown = list(facts)
    random.shuffle(shown)
    goal = call(f"Function.{property_}", chain.composition())
    script = (_injective if property_ == "Injective" else _surjective)(random, chain, facts, unfolded)
    return Statement("functions composed", chain.binders() + shown, goal, [script], keep=1)


def _injective(random: Random, chain: _Chain, facts: list[Binder], unfolded: list[bool]) -> list[str]:
    x, y, h = chain.names.fresh("element"), chain.names.fresh("element"), chain.names.fresh("hypothesis")
    steps = [f"apply {fact.name}" for fact in facts]
    if random.random() < 0.5:
        return [f"intro {x} {y} {h}", *steps, f"exact {h}"]
    term = h
    for fact, open_ in zip(reversed(facts), reversed(unfolded)):
        term = f"{fact.name}{' _ _' * open_} {term}" if term == h else f"{fact.name}{' _ _' * open_} ({term})"
    return [f"intro {x} {y} {h}", f"exact {term}"]


def _surjective(random: Random, chain: _Chain, facts: list[Binder], unfolded: list[bool]) -> list[str]:
    point = chain.names.fresh("element")
    script, equations = [f"intro {point}"], []
    for fact in reversed(facts):
        before, equation = chain.names.fresh("element"), chain.names.fresh("hypothesis")
        script.append(f"obtain ⟨{before}, {equation}⟩ := {fact.name} {point}")
        equations.append(equation)
        point = before
    equations.reverse()
    return [
        *script,
        f"refine ⟨{point}, ?_⟩",
        f"simp only [{', '.join(['Function.comp_apply'] * chain.dotted + equations)}]",
    ]


def _inverse(random: Random) -> Statement:
    """A function with a left inverse is injective, one with a right inverse surjective, whatever else is around it."""
    chain = _Chain(random, 2)
    there, back = chain.functions
    source, middle = chain.types[:2]
    x = atom(chain.names.fresh("element"))
    binders = [
        Binder(source.op, TYPE),
        Binder(middle.op, TYPE),
        Binder(there.op, arrow(source, middle)),
        Binder(back.op, arrow(middle, source)),
    ]
    name = chain.names.fresh("hypothesis")
    fact = Term("∀", (x, source, Term("=", (chain.applied(x), x))))
    if random.random() < 0.5:
        return _cancelled(random, chain, binders, Binder(name, fact), source)
    y, point = chain.names.fresh("element"), chain.names.fresh("element")
    if random.random() < 0.5:
        e = chain.names.fresh("hypothesis")
        script = [f"intro {y} {point} {e}", f"rw [← {name} {y}, {e}, {name} {point}]"]
        return Statement(
            "functions inverse", [*binders, Binder(name, fact)], call("Function.Injective", there), [script], keep=1
        )
    script = [f"intro {y}", f"exact ⟨{there} {y}, {name} {y}⟩"]
    return Statement(
        "functions inverse", [*binders, Binder(name, fact)], call("Function.Surjective", back), [script], keep=1
    )


def _cancelled(random: Random, chain: _Chain, binders: list[Binder], fact: Binder, source: Term) -> Statement:
    """There and back, several times, on one or two elements."""
    element = atom(chain.names.fresh("element"))
    times = random.choice([1, 2, 2, 3])
    term = element
    for _ in range(times):
        term = chain.applied(term)
    goal = Term("=", (term, element))
    scripts = [[f"rw [{', '.join([fact.name] * times)}]"], [f"simp only [{fact.name}]"]]
    if random.random() < 0.5:
        other, equal = atom(chain.names.fresh("element")), chain.names.fresh("hypothesis")
        known = Term("=", (Term("app", (chain.functions[0], element)), Term("app", (chain.functions[0], other))))
        goal = Term("=", (element, other))
        mapped = chain.names.fresh("hypothesis")
        scripts = [
            [f"rw [← {fact.name} {element}, {equal}, {fact.name}]"],
            [
                f"have {mapped} := congrArg {chain.functions[1]} {equal}",
                f"rw [{fact.name}, {fact.name}] at {mapped}",
                f"exact {mapped}",
            ],
        ]
        binders = [*binders, Binder(element.op, source), Binder(other.op, source), fact, Binder(equal, known)]
        return Statement("functions inverse", binders, goal, scripts, keep=1)
    return Statement("functions inverse", [*binders, Binder(element.op, source), fact], goal, scripts, keep=2)


def functions(random: Random) -> Iterator[Statement]:
    while True:
        yield _composed(random) if random.random() < 0.7 else _inverse(random)
