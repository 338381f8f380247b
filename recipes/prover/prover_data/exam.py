"""The in-order exam: every theorem of the library asked where it stands, with only what stands before it in sight.

prelude / import Rmt.Logic.Simp / … ─ theorem Nat.add_comm (n m : Nat) : n + m = m + n := by
└ before: the file so far              └ head, up to the proof"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

from .lean import INDENT

# With its comment, and the lines that open a section for it alone.
THEOREM = re.compile(
    r"^(?:/--(?:[^-]|-(?!/))*-/\n)?(?:\S[^\n]* in\n)*(?:@\[[^\]]*\]\s*)?(?:protected\s+)?theorem\s+(\S+)", re.MULTILINE
)
_WITHOUT_SIMP = {
    f"Rmt/{name}"
    for name in ("Prelude", "Syntax", "Classes", "Logic/Equality", "Logic/Axioms", "Logic/Decidable", "Logic/Simp")
}
PROOF = f" := by\n{INDENT}"
_OPENING, _CLOSING = "([{⟨", ")]}⟩"


def top_level(text: str, begin: int = 0) -> Iterator[int]:
    """The places from `begin` on that stand in no brackets opened there."""
    depth = 0
    for at in range(begin, len(text)):
        depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
        if depth == 0:
            yield at


def proof_at(text: str, begin: int) -> int | None:
    """Where the proof of the declaration at `begin` starts: its `:=`, or its first case; None where there is none."""
    end = text.find("\n\n", begin)
    declared = text if end < 0 else text[:end]
    return next((at for at in top_level(declared, begin) if declared.startswith((":=", "\n  | "), at)), None)


def questions(sources: Path) -> Iterator[dict]:
    """A theorem a record, as `rmt-lm prove --suite` reads them; `shape` is the file it stands in."""
    for path in sorted(sources.rglob("*.lean")):
        text = path.read_text(encoding="utf-8")
        for match in THEOREM.finditer(text):
            if (proof := proof_at(text, match.end())) is not None:
                yield {
                    "name": match[1],
                    "before": text[: match.start()],
                    "head": text[match.start() : proof].rstrip() + PROOF,
                    "tail": "\n",
                    "indent": len(INDENT),
                    "shape": path.relative_to(sources).with_suffix("").as_posix(),
                }


def drawn(sources: Path, count: int, seed: int) -> list[dict]:
    """So many of them at random, in the library's order, from the files in which `simp` has its lemmas."""
    able = [one for one in questions(sources) if one["shape"] not in _WITHOUT_SIMP]
    chosen = sorted(Random(f"{seed} exam").sample(range(len(able)), min(count, len(able))))
    return [able[i] for i in chosen]
