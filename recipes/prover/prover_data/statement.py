"""A theorem to be proved, with scripts that may prove it; and what makes two of them the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .terms import Term


@dataclass(frozen=True)
class Binder:
    name: str
    kind: Term
    brackets: str = "()"

    def __str__(self) -> str:
        return f"{self.brackets[0]}{self.name} : {self.kind}{self.brackets[1]}" if self.name else f"[{self.kind}]"


@dataclass
class Statement:
    """`theorem (binders) : goal`, with candidates for proofs in the order of preference."""

    template: str
    binders: list[Binder]
    goal: Term
    scripts: list[list[str]] = field(default_factory=list)
    before: str = ""  # what it is stated over: definitions and lemmas of its own
    keep: int = 2  # of the scripts that prove it

    def head(self, name: str) -> str:
        return f"theorem {name}{self.signature()}"

    def signature(self) -> str:
        parts: list[str] = []
        binders = list(self.binders)
        while binders:  # neighbours of one type share their brackets
            first = binders[0]
            same = [first]
            while (
                first.name
                and len(same) < len(binders)
                and binders[len(same)].kind == first.kind
                and binders[len(same)].brackets == first.brackets
            ):
                same.append(binders[len(same)])
            names = " ".join(b.name for b in same)
            parts.append(
                str(first) if len(same) == 1 else f"{first.brackets[0]}{names} : {first.kind}{first.brackets[1]}"
            )
            binders = binders[len(same) :]
        return "".join(f" {part}" for part in parts) + f" : {self.goal}"


# --- the same up to renaming ---

_BOUND = re.compile(r"(?:∃|∀|fun|λ)\s+([^,⇒]*?)(?:,|=>)")
_WORD = re.compile(r"[A-Za-zα-ωΑ-Ωℕ_][\w.'✝₀-₉?!]*|\d+|\S")


def _peeled(target: str) -> tuple[list[str], str]:
    """`∀ (x : T), A → B` as the hypotheses `x : T` and `A`, and `B`."""
    found: list[str] = []
    while True:
        target = target.strip()
        if target.startswith("∀ "):
            end = _top_level(target, ",")
            for group in re.findall(
                r"[({\[][^(){}\[\]]*(?:\([^()]*\)[^(){}\[\]]*)*[)}\]]|[^\s(){}\[\]]+", target[2:end]
            ):
                names, _, kind = group.strip("(){}[]").partition(":")
                found += [f"{name} : {kind.strip()}" for name in (names.split() if kind else [group])]
            target = target[end + 1 :]
        elif (arrow := _top_level(target, "→")) > 0 and _top_level(target, "↔") < 0:  # which binds less
            found.append(": " + _bare(target[:arrow].strip()))
            target = target[arrow + 1 :]
        else:
            return found, target


def _bare(text: str) -> str:
    """Without the brackets around all of it."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text[1:-1] if text.startswith("(") and at == len(text) - 1 else text
    return text


def _bound(text: str) -> set[str]:
    """Names that quantifiers and functions in it bind: `∃ x y, …`, `∀ (x : T), …`, `fun x => …`."""
    found: set[str] = set()
    for binders in _BOUND.findall(text):
        groups = re.findall(r"[({\[]([^:]*?) :", binders) or [binders.partition(" : ")[0].partition(" ∈ ")[0]]
        found |= {name for group in groups for name in group.split()}
    return found


def _top_level(text: str, mark: str) -> int:
    """Where `mark` first stands outside brackets and outside what a quantifier binds; -1 if nowhere."""
    depth = 0
    for at, letter in enumerate(text):
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif depth == 0 and text.startswith(mark, at):
            return at
        elif depth == 0 and at > 0 and letter in "∃∀" or depth == 0 and text.startswith("fun ", at):
            return -1
    return -1


def canonical(state: str) -> str:
    """A goal as Lean prints it, up to names, the order of hypotheses and of the sides of an equation or equivalence:
    equal texts are the same statement. Hypotheses that only differ in names are put in one order of several, so a
    rare pair of equal statements may still differ."""
    lines: list[str] = []
    for line in state.splitlines():
        if lines and line.startswith(" "):
            lines[-1] += " " + line.strip()
        elif not line.startswith("case "):
            lines.append(line)
    hypotheses: list[str] = []
    target = ""
    for line in lines:
        if line.startswith("⊢"):
            target = line[1:]
        else:
            names, _, kind = line.partition(" : ")
            hypotheses += [f"{name} : {kind}" for name in names.split()]
    more, target = _peeled(target)
    variables = {h.partition(" : ")[0] for h in hypotheses + more if " : " in h}
    for text in [target, *hypotheses, *more]:
        variables |= _bound(text)
    facts = [h.partition(": ")[2] for h in hypotheses + more]
    used = [f for f in facts if f]

    def blurred(text: str) -> str:
        return " ".join("_" if word in variables else word for word in _WORD.findall(text))

    def numbered(target: str) -> str:
        numbers: dict[str, str] = {}

        def renamed(text: str) -> str:
            return " ".join(
                numbers.setdefault(w, f"v{len(numbers)}") if w in variables else w for w in _WORD.findall(text)
            )

        first = renamed(target)
        rest = sorted(used, key=lambda text: (blurred(text), [numbers.get(w, "~") for w in _WORD.findall(text)]))
        return "; ".join([first, *map(renamed, rest)])

    return min(map(numbered, _orientations(target.strip())))


def _orientations(target: str) -> list[str]:
    """An equation or equivalence, and the same with its sides changed over."""
    for mark in (" ↔ ", " = "):
        if not target.startswith(("∃", "¬")) and (at := _top_level(target, mark)) > 0:
            left, right = target[:at], target[at + len(mark) :]
            return [f"{left} = {right}", f"{right} = {left}"]
    return [target]


def shape(key: str) -> str:
    """What is left of a canonical statement when its numerals are forgotten: the unit in which training and test are
    kept apart."""
    return re.sub(r"\b\d+\b", "#", key)
