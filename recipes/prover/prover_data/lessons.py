"""The library's own proofs as steps to learn from, but for those of the exam: each is written out as tactics of one
line, and Lean, which runs them where the theorem stands, tells the goals before every one.

  cases n with                              cases n with | zero => ?_ | succ n => ?_
  | zero => rfl                    ─▶       rfl
  | succ n => exact f n                     exact f n"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .assemble import prompt
from .exam import THEOREM, proof_at, top_level
from .lean import Attempt, Block, Lean, Outcome, judged
from .statement import canonical

_CASE = re.compile(r"^\|\s*(.+?)\s*=>\s*(.*)$")


class Unwritable(ValueError):
    """The proof does not fit into lines that stand for themselves."""


@dataclass
class _Line:
    """A line and those that stand further right below it."""

    text: str
    below: list[_Line] = field(default_factory=list)


def _nested(lines: list[str]) -> list[_Line]:
    top: list[_Line] = []
    open_at: list[tuple[int, list[_Line]]] = [(-1, top)]
    for line in lines:
        text = line.strip()
        depth = len(line) - len(line.lstrip())
        if text.startswith("|"):
            depth += 1  # a case belongs to the line above that begins in its column
        while depth <= open_at[-1][0]:
            open_at.pop()
        made = _Line(text)
        open_at[-1][1].append(made)
        open_at.append((depth, made.below))
    return top


def _steps_of(line: _Line) -> Iterator[str]:
    text, below = line.text, line.below
    if text.startswith("·"):
        yield from flattened([_Line(text[1:].strip()), *below])
    elif text.endswith(" with") and below:
        cases = [_CASE.match(one.text) for one in below]
        if not all(cases):
            raise Unwritable(text)
        yield text + "".join(f" | {case[1]} => ?_" for case in cases if case)
        for case, one in zip(cases, below, strict=True):
            if case:
                yield from flattened([_Line(case[2]), *one.below] if case[2] else one.below)
    elif below:
        raise Unwritable(text)
    else:
        yield from split(text)


def split(text: str) -> Iterator[str]:
    """`rw [h]; rfl` is two steps, unless something binds them together."""
    bound = any(word in text for word in ("<;>", "=>", " by "))
    at = -1 if bound else next((at for at in top_level(text) if text.startswith("; ", at)), -1)
    if at < 0:
        yield text
    else:
        yield text[:at]
        yield from split(text[at + 2 :])


def flattened(lines: list[_Line]) -> Iterator[str]:
    for line in lines:
        yield from _steps_of(line)


def script(proof: str) -> list[str]:
    """The proof of a declaration, from its `:=` on, as tactics of one line each. Throws Unwritable."""
    if not proof.startswith(":="):
        raise Unwritable("cases")
    body = proof[2:].strip()
    if body != "by" and not body.startswith(("by ", "by\n")):
        if "\n" in body:
            raise Unwritable("a term of several lines")
        return ["rfl" if body == "rfl" else f"exact {body}"]
    inner = body[2:]
    lines = [line for line in inner.split("\n") if line.strip()]
    return list(flattened(_nested(lines)))


@dataclass
class Lesson:
    asked: str  # its declaration up to the proof, as exam.questions has it
    attempt: Attempt  # the same under another name, without its comment and attributes


def _proof_text(text: str, begin: int) -> str:
    """Up to the next line that begins at the margin."""
    match = re.compile(r"\n(?=\S)|\n\s*\n").search(text, begin)
    return text[begin : match.start() if match else len(text)]


def _lessons(text: str) -> Iterator[tuple[int, Lesson]]:
    """Each with the place that it goes to."""
    for number, match in enumerate(THEOREM.finditer(text)):
        proof = proof_at(text, match.end())
        if proof is None:
            continue
        try:
            tactics = script(_proof_text(text, proof))
        except Unwritable:
            continue
        opened = "".join(line + "\n" for line in match[0].split("\n")[:-1] if line.endswith(" in"))
        statement = text[match.end(1) : proof].rstrip()
        asked = text[match.start() : proof].rstrip()
        yield match.start(), Lesson(asked, Attempt(f"{opened}theorem lesson_{number}{statement}", tuple(tactics)))


def learnt(lean: Lean, path: Path) -> Iterator[tuple[Lesson, Outcome]]:
    """The lessons of one file of the library, each run right before its theorem."""
    text = path.read_text(encoding="utf-8")
    lines: list[str] = []
    blocks: list[Block] = []
    found: list[tuple[Lesson, Outcome]] = []
    at = 0
    for place, lesson in _lessons(text):
        lines += text[at:place].split("\n")[:-1]
        blocks.append(Block(len(lines), []))
        lines += lesson.attempt.lines(traced=True)
        found.append((lesson, Outcome(proved=True)))
        blocks.append(Block(len(lines), [found[-1][1]]))
        at = place
    lines += text[at:].split("\n")
    blocks.append(Block(len(lines), []))
    lean.note(lines, blocks)
    for lesson, outcome in found:
        yield lesson, judged(lesson.attempt, outcome, traced=True)


def documents(lean: Lean, sources: Path, exam: set[str]) -> Iterator[dict]:
    """A step a record. Left out is what the exam asks, `exam` being its declarations up to their proofs, and what is
    the same up to names."""
    found = [
        (lesson, outcome)
        for path in sorted(sources.rglob("*.lean"))
        for lesson, outcome in learnt(lean, path)
        if outcome.proved
    ]
    secret = {canonical(outcome.states[0]) for lesson, outcome in found if lesson.asked in exam}
    for lesson, outcome in found:
        if lesson.asked not in exam and canonical(outcome.states[0]) not in secret:
            yield from (
                {"text": prompt(state, tactic)}
                for state, tactic in zip(outcome.states, lesson.attempt.tactics, strict=True)
            )
