"""The core library's own theorems: their names from its sources, their statements as Lean prints them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .lean import Lean
from .statement import Binder, _top_level, canonical
from .terms import Term, Unreadable, read

_DECLARATION = re.compile(
    r"^(?:@\[[^\]]*\]\s*)?(?:(protected|private)\s+)?theorem\s+(\S+)|^namespace\s+(\S+)|^end\s+(\S+)\s*$|^section|^end\s*$"
)
_OPTIONS = (
    "set_option format.width 100000\nset_option pp.fieldNotation false\nset_option pp.funBinderTypes true\n"
    "set_option pp.piBinderTypes true\n"
)


@dataclass(frozen=True)
class Lemma:
    """`name (variables) : premises → conclusion`; `order` lists both as they are written, a premise by its number."""

    name: str
    variables: tuple[Binder, ...]
    premises: tuple[Term, ...]
    conclusion: Term
    order: tuple[str | int, ...]

    def kinds(self) -> dict[str, Term]:
        return {b.name: b.kind for b in self.variables}

    def arguments(self, by: dict[str, str], premises: list[str]) -> list[str]:
        """What is written behind the name: the explicit variables and the premises, in order."""
        brackets = {b.name: b.brackets for b in self.variables}
        return [
            premises[one] if isinstance(one, int) else by[one]
            for one in self.order
            if isinstance(one, int) or brackets[one] == "()"
        ]


def theorem_names(sources: Path) -> list[str]:
    """Of all theorems in the .lean files of a folder, with their namespaces."""
    found = []
    for path in sorted(sources.rglob("*.lean")):
        spaces: list[str] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if not (match := _DECLARATION.match(line)):
                continue
            how, theorem, opened, closed = match.groups()
            if opened:
                spaces.append(opened)
            elif closed and spaces and spaces[-1] == closed:
                spaces.pop()
            elif theorem and how != "private":
                found.append(".".join([*spaces, theorem]))
    return list(dict.fromkeys(found))


def printed(lean: Lean, names: Iterable[str]) -> dict[str, str]:
    """The type of each, as Lean prints it; a name that Lean does not know is left out."""
    names = list(names)
    text = _OPTIONS + "".join(f"#check @{name}\n" for name in names)
    first = _OPTIONS.count("\n") + 1
    return {
        names[m["line"] - first]: m["data"].partition(" : ")[2]
        for m in lean.messages(text)
        if m["severity"] == "information"
    }


def _groups(text: str) -> list[Binder]:
    """`(n m : Nat) {p : Prop} [i : Nonempty α]`"""
    found: list[Binder] = []
    depth, start = 0, 0
    for at, letter in enumerate(text):
        if letter in "({[":
            start = at if depth == 0 else start
            depth += 1
        elif letter in ")}]":
            depth -= 1
            if depth == 0:
                inner, brackets = text[start + 1 : at], text[start] + letter
                names, colon, kind = inner.partition(" : ")
                if not colon:
                    names, kind = "", inner
                found += [Binder(name, read(kind), brackets) for name in names.split() or [f"inst{len(found)}"]]
    return found


def parsed(name: str, kind: str) -> Lemma:
    """Throws Unreadable."""
    variables: list[Binder] = []
    premises: list[Term] = []
    order: list[str | int] = []
    while True:
        kind = kind.strip()
        if kind.startswith("∀ "):
            end = _top_level(kind, ",")
            for binder in _groups(kind[2:end]):
                variables.append(binder)
                order.append(binder.name)
            kind = kind[end + 1 :]
            continue
        arrow = _top_level(kind, "→")
        if arrow < 0 or _top_level(kind, "↔") > 0:  # which binds less
            return Lemma(name, tuple(variables), tuple(premises), read(kind), tuple(order))
        order.append(len(premises))
        premises.append(read(kind[:arrow]))
        kind = kind[arrow + 1 :]


def lemmas(types: dict[str, str]) -> list[Lemma]:
    """Those whose statements can be read."""
    found = []
    for name, kind in types.items():
        try:
            lemma = parsed(name, kind)
        except Unreadable:
            continue
        if lemma.conclusion.op not in ("_",) and len({b.name for b in lemma.variables}) == len(lemma.variables):
            found.append(lemma)
    return found


def exam(lean: Lean, names: Iterable[str]) -> dict[str, str]:
    """The canonical statement of every theorem, from the goal that Lean shows at its beginning: what no training
    statement may be."""
    names = list(names)
    types = printed(lean, names)
    text = "".join(f"example : type_of% @{name} := by\n  intros\n  trace_state\n  sorry\n" for name in types)
    states = {(m["line"] - 3) // 4: m["data"] for m in lean.messages(text) if m["kind"] == "trace"}
    return {name: canonical(states[i]) for i, name in enumerate(types) if i in states}
