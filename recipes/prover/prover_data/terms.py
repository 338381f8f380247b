"""Terms of Lean as trees: what they are made of, how they are written, how Lean's own text of them is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

# Binding strength and side ("l", "r", "n": none) of the operators that are read and written.
OPERATORS: dict[str, tuple[int, str]] = {
    "↔": (20, "n"),
    "→": (25, "r"),
    "∨": (30, "r"),
    "||": (30, "l"),
    "∧": (35, "r"),
    "&&": (35, "l"),
    "×": (35, "r"),
    "=": (50, "n"),
    "≠": (50, "n"),
    "<": (50, "n"),
    "≤": (50, "n"),
    ">": (50, "n"),
    "≥": (50, "n"),
    "∈": (50, "n"),
    "∉": (50, "n"),
    "∣": (50, "n"),
    "==": (50, "n"),
    "!=": (50, "n"),
    "+": (65, "l"),
    "-": (65, "l"),
    "++": (65, "l"),
    "::": (67, "r"),
    "*": (70, "l"),
    "/": (70, "l"),
    "%": (70, "l"),
    "^": (75, "r"),
    "∘": (90, "r"),
}
PREFIXES = {"¬": 40, "!": 40}
BINDERS = ("∀", "∃", "fun")
APPLICATION = 1024
LOGIC = frozenset({"↔", "→", "∨", "∧", "¬", "∀", "∃", "True", "False"})


@dataclass(frozen=True)
class Term:
    """`op` applied to `args`: an operator, a binder (variable, type, body), a list "[]", a pair "()", "app" (function,
    arguments), or a name or numeral without arguments."""

    op: str
    args: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return write(self, 0)

    @cached_property
    def names(self) -> frozenset[str]:
        """Of all atoms in it, bound ones too."""
        return frozenset({self.op}) if not self.args else frozenset().union(*(a.names for a in self.args))

    @cached_property
    def size(self) -> int:
        return 1 + sum(a.size for a in self.args)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.op, self.args))


def atom(name: str) -> Term:
    return Term(name)


def call(function: str, *args: Term) -> Term:
    return Term("app", (Term(function), *args)) if args else Term(function)


def implies(premises: list[Term], conclusion: Term) -> Term:
    for premise in reversed(premises):
        conclusion = Term("→", (premise, conclusion))
    return conclusion


def negation(of: Term) -> Term:
    return Term("¬", (of,))


# --- writing ---


def _binder(term: Term, strength: int) -> str:
    variable, kind, body = term.args
    arrow = " =>" if term.op == "fun" else ","
    typed = variable.op if kind.op == "_" else f"{variable.op} : {kind}"
    text = f"{term.op} {typed}{arrow} {write(body, 0)}"
    return f"({text})" if strength > 0 else text


def write(term: Term, strength: int) -> str:
    """As Lean reads it, in parentheses where it binds less than `strength`."""
    op, args = term.op, term.args
    if not args:
        return op
    if op in BINDERS:
        return _binder(term, strength)
    if op == "[]":
        return f"[{', '.join(map(str, args))}]"
    if op == "()":
        return f"({', '.join(map(str, args))})"
    if op == "app":
        text, own = " ".join(write(a, APPLICATION + (i > 0)) for i, a in enumerate(args)), APPLICATION
    elif op in PREFIXES:
        own = PREFIXES[op]
        text = op + write(args[0], own)
    else:
        own, side = OPERATORS[op]
        text = f"{write(args[0], own + (side != 'l'))} {op} {write(args[1], own + (side != 'r'))}"
    return f"({text})" if own < strength else text


# --- reading ---

_TOKEN = re.compile(r"\s*(\|\||&&|::|\+\+|==|!=|=>|[()\[\]{},:]|[^\s()\[\]{},:!¬]+|[!¬])")


class Unreadable(ValueError):
    """A text with notation that is not known here."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens, at = [], 0
        while at < len(text.rstrip()):
            if not (found := _TOKEN.match(text, at)):
                raise Unreadable(text)
            self.tokens.append(found.group(1))
            at = found.end()
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or expected and token != expected:
            raise Unreadable(f"{expected!r} expected at {token!r}")
        self.at += 1
        return token

    def term(self, strength: int = 0) -> Term:
        left = self.prefix()
        while (op := self.peek()) in OPERATORS and OPERATORS[op][0] >= strength:
            own, side = OPERATORS[self.take()]
            left = Term(op, (left, self.term(own + (side != "r"))))
        return left

    def prefix(self) -> Term:
        token = self.peek()
        if token in PREFIXES:
            return Term(self.take(), (self.term(PREFIXES[token]),))
        if token in BINDERS:
            return self.binder()
        parts = [self.simple()]
        while self._begins_simple():
            parts.append(self.simple())
        return Term("app", tuple(parts)) if len(parts) > 1 else parts[0]

    def _begins_simple(self) -> bool:
        token = self.peek()
        return bool(token) and (
            token in "(["
            or token[0] not in "){}],:="
            and token not in OPERATORS
            and token not in ("=>", "¬", "!", *BINDERS)
        )

    def simple(self) -> Term:
        token = self.take()
        if token == "(":
            inner = [self.term()]
            if self.peek() == ":":  # a binder of a dependent function type, or an ascription
                raise Unreadable("ascription")
            while self.peek() == ",":
                self.take()
                inner.append(self.term())
            self.take(")")
            return inner[0] if len(inner) == 1 else Term("()", tuple(inner))
        if token == "[":
            items: list[Term] = []
            while self.peek() != "]":
                items.append(self.term())
                if self.peek() == ",":
                    self.take()
            self.take("]")
            return Term("[]", tuple(items)) if items else Term("[]")
        if token in OPERATORS or token in ")]},:=>" or not re.match(r"[\w@✝'.]", token):
            raise Unreadable(token)
        return Term(token)

    def binder(self) -> Term:
        op = self.take()
        variables: list[tuple[str, Term]] = []
        while self.peek() not in (",", "=>"):
            variables += self.group()
        self.take()
        body = self.term()
        for name, kind in reversed(variables):
            body = Term(op, (Term(name), kind, body))
        return body

    def group(self) -> list[tuple[str, Term]]:
        """One or several variables with their type: `(n m : Nat)`, `x`, `x : Nat`."""
        closing = {"(": ")", "{": "}", "[": "]"}.get(self.peek())
        if closing:
            self.take()
        names = []
        while self.peek() not in (":", ",", "=>", closing):
            if not re.match(r"\w", name := self.take()):
                raise Unreadable(f"{name} among bound variables")
            names.append(name)
        kind = Term("_")
        if self.peek() == ":":
            self.take()
            kind = self.term()
        if closing:
            self.take(closing)
        return [(name, kind) for name in names]


def read(text: str) -> Term:
    """Throws Unreadable."""
    reader = _Reader(text)
    term = reader.term()
    if reader.peek():
        raise Unreadable(f"{text}: {reader.peek()!r} is left over")
    return term


# --- looking and changing ---


def subterms(term: Term) -> Iterator[Term]:
    """All of them that stand under no binder."""
    yield term
    if term.op not in BINDERS:
        for arg in term.args:
            yield from subterms(arg)


def replaced(term: Term, old: Term, new: Term) -> Term:
    """Every occurrence of `old` that stands under no binder becomes `new`; what `rw` does."""
    if term == old:
        return new
    if not term.args or term.op in BINDERS:
        return term
    return Term(term.op, tuple(replaced(a, old, new) for a in term.args))


def substituted(term: Term, by: Mapping[str, Term]) -> Term:
    if not term.args:
        return by.get(term.op, term)
    if term.op in BINDERS:
        variable, kind, body = term.args
        inner = {name: t for name, t in by.items() if name != variable.op}
        return Term(term.op, (variable, substituted(kind, by), substituted(body, inner)))
    args = tuple(substituted(a, by) for a in term.args)
    if term.op == "app" and args[0].op == "app":
        args = args[0].args + args[1:]
    return Term(term.op, args)


def matched(pattern: Term, term: Term, variables: frozenset[str], by: dict[str, Term]) -> bool:
    """Whether `term` is an instance of `pattern`; `by` learns which."""
    if not pattern.args and pattern.op in variables:
        return by.setdefault(pattern.op, term) == term
    if pattern.op != term.op or len(pattern.args) != len(term.args):
        return False
    return all(matched(p, t, variables, by) for p, t in zip(pattern.args, term.args))
