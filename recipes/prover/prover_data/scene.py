"""What a statement speaks of: variables made as they are needed, and random terms of a given type over them."""

from __future__ import annotations

from random import Random

from .names import Names
from .statement import Binder
from .terms import Term, atom, call, negation

NAT, BOOL, PROP, TYPE = atom("Nat"), atom("Bool"), atom("Prop"), atom("Type")
INSTANCES = frozenset({"DecidableEq", "Decidable", "Nonempty", "Inhabited", "BEq"})


class Untypable(Exception):
    """No term of this type is made here."""


def arrow(*types: Term) -> Term:
    result = types[-1]
    for one in reversed(types[:-1]):
        result = Term("→", (one, result))
    return result


def _kind(of: Term) -> str:
    """The pool that a variable of this type has its name from."""
    if of.op in ("Prop", "Nat", "Bool", "Type"):
        return of.op
    if of.op == "→":
        result = of
        while result.op == "→":
            result = result.args[1]
        return "predicate" if result in (PROP, BOOL) else "function"
    if of.op == "app" and of.args[0].op in ("List", "Option"):
        return of.args[0].op
    return "pair" if of.op == "×" else "element"


class Scene:
    def __init__(self, random: Random) -> None:
        self.random, self.names = random, Names(random)
        self.variables: list[Binder] = []
        self.instances: list[Binder] = []
        self.hypotheses: list[Binder] = []

    def binders(self, used: frozenset[str]) -> list[Binder]:
        """Those that the statement speaks of, in an order in which each is known before it is used."""
        needed = set(used)
        for binder in [*self.hypotheses, *self.instances]:
            needed |= binder.kind.names
        for binder in reversed(self.variables):
            if binder.name in needed:
                needed |= binder.kind.names
        chosen = [b for b in self.variables if b.name in needed]
        types = [b for b in chosen if b.kind == TYPE]
        instances = [
            b
            for b in self.instances
            if b.kind.names & {t.name for t in chosen} or not b.kind.names & {v.name for v in self.variables}
        ]
        return types + [b for b in chosen if b.kind != TYPE] + instances + self.hypotheses

    def variable(self, of: Term, new: float = 0.6) -> Term:
        known = [b.name for b in self.variables if b.kind == of]
        if known and self.random.random() > new or len(known) > 3:
            return atom(self.random.choice(known))
        name = self.names.fresh(_kind(of))
        self.variables.append(Binder(name, of))
        return atom(name)

    def hypothesis(self, fact: Term) -> str:
        """Its name; the same one for the same fact."""
        for binder in self.hypotheses:
            if binder.kind == fact:
                return binder.name
        name = self.names.fresh("hypothesis")
        self.hypotheses.append(Binder(name, fact))
        return name

    def type(self) -> Term:
        roll = self.random.random()
        if roll < 0.3:
            return NAT
        if roll < 0.36:
            return BOOL
        return self.variable(TYPE, 0.25)

    def need(self, instance: Term) -> None:
        """An instance that Lean does not find by itself becomes an argument."""
        if instance.op != "app" or instance.args[0].op not in INSTANCES:
            raise Untypable(str(instance))
        of = instance.args[1]
        if any(b.name == of.op for b in self.variables):
            if all(b.kind != instance for b in self.instances):
                self.instances.append(Binder("", instance, "[]"))
        elif of not in (NAT, BOOL):
            raise Untypable(str(instance))

    def term(self, of: Term, depth: int = 1) -> Term:
        """Throws Untypable."""
        if of.op in ("Type", "Sort") or of.op == "app" and of.args[0].op in ("Type", "Sort"):
            return self.type()
        if of.op == "→" or depth == 0 or self.random.random() < 0.55:
            return self._leaf(of)
        return self._compound(of, depth - 1)

    def _leaf(self, of: Term) -> Term:
        roll = self.random.random()
        if of == NAT and roll < 0.12:
            return atom(str(self.random.choice([0, 1, 1, 2, 2, 3, 4, 5])))
        if of.op == "app" and of.args[0].op == "List" and roll < 0.06:
            return atom("[]")
        if of.op == "∀" or of.op in ("_",):
            raise Untypable(str(of))
        return self.variable(of)

    def _compound(self, of: Term, depth: int) -> Term:
        random, part = self.random, lambda kind: self.term(kind, depth)
        if of == NAT:
            op = random.choice(["+", "+", "+", "*", "*", "+1", "-", "max", "min"])
            if op == "+1":
                return Term("+", (part(NAT), atom("1")))
            return call(op, part(NAT), part(NAT)) if op in ("max", "min") else Term(op, (part(NAT), part(NAT)))
        if of == BOOL:
            op = random.choice(["&&", "||", "!"])
            return Term("!", (part(BOOL),)) if op == "!" else Term(op, (part(BOOL), part(BOOL)))
        if of == PROP:
            op = random.choice(["∧", "∨", "→", "¬"])
            return negation(part(PROP)) if op == "¬" else Term(op, (part(PROP), part(PROP)))
        if of.op == "app" and of.args[0].op == "List":
            element = of.args[1]
            match random.choice(["::", "++", "::", "++", "map", "reverse"]):
                case "::":
                    return Term("::", (self.term(element, 0), part(of)))
                case "++":
                    return Term("++", (part(of), part(of)))
                case "map":
                    return call("List.map", self.variable(arrow(element, element)), part(of))
                case _:
                    return call("List.reverse", part(of))
        if of.op == "app" and of.args[0].op == "Option":
            return call("some", part(of.args[1]))
        if of.op == "×":
            return Term("()", (part(of.args[0]), part(of.args[1])))
        if not of.args and random.random() < 0.5:
            return Term("app", (self.variable(arrow(of, of)), self.term(of, 0)))
        return self._leaf(of)
