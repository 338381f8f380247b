"""Many scripts in one file for Lean, and what it says of each: whether it proves, and the goals before every tactic."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

HEARTBEATS = 4000  # of Lean, in thousands; what the search gives a candidate is of this size
INDENT = "  "


@dataclass(frozen=True)
class Attempt:
    """A declaration up to `:= by`, with tactics of one line each."""

    head: str
    tactics: tuple[str, ...]

    def lines(self, traced: bool) -> list[str]:
        """Of the declaration, with the goals told before every tactic where it is traced."""
        written = f"{self.head} := by".splitlines()
        for tactic in self.tactics:
            written += [f"{INDENT}trace_state"] * traced + [INDENT + tactic]
        return written


@dataclass(frozen=True)
class Group:
    """Attempts that have the same text before them; their names are different. An error in that text is everyone's."""

    before: str
    attempts: tuple[Attempt, ...]


@dataclass
class Outcome:
    proved: bool = False
    states: list[str] = field(default_factory=list)  # before each tactic that Lean got to, as a search shows them
    error: str = ""


class LeanFailed(RuntimeError):
    """Lean ended in a way that says nothing about the scripts."""


@dataclass
class Block:
    """Lines of a file, up to `last`, that belong to these outcomes."""

    last: int
    outcomes: list[Outcome]


class Lean:
    """A `lean` program; every call starts a process."""

    def __init__(self, program: Path, imports: Sequence[str] = (), timeout_s: float = 300) -> None:
        self.program, self.timeout_s = program, timeout_s
        self.preamble = "".join(f"import {module}\n" for module in imports)

    def messages(self, text: str) -> list[dict]:
        """All that Lean says of a file, in the file's order."""
        environment = {k: v for k, v in os.environ.items() if k not in ("LEAN_SYSROOT", "LEAN_PATH")}
        command: list[str | Path] = [
            self.program,
            "--json",
            "--stdin",
            "-j1",
            "-DmaxErrors=0",
            "-Dlinter.unusedVariables=false",
            f"-DmaxHeartbeats={HEARTBEATS}",
        ]
        done = subprocess.run(
            command,
            input=self.preamble + text,
            capture_output=True,
            text=True,
            env=environment,
            timeout=self.timeout_s,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise LeanFailed(f"{self.program} ended with status {done.returncode}: {done.stderr[-500:]}")
        skipped = self.preamble.count("\n")
        found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        for message in found:
            message["line"] = message["pos"]["line"] - skipped
        return sorted(found, key=lambda m: (m["line"], m["pos"]["column"]))

    def note(self, lines: list[str], blocks: Sequence[Block]) -> None:
        """Runs the file, and notes what Lean says of each block at its outcomes."""
        at = 0
        for message in self.messages("\n".join(lines) + "\n"):
            while message["line"] > blocks[at].last:
                at += 1
            for outcome in blocks[at].outcomes:
                _note(outcome, message)

    def check(self, groups: Sequence[Group], traced: bool) -> list[list[Outcome]]:
        """An outcome for each attempt of each group, all in one file. With `traced`, the states before the tactics are
        told too. A file that Lean dies of is checked again in halves, until the culprit stands alone."""
        try:
            return self._check_file(groups, traced)
        except (LeanFailed, subprocess.TimeoutExpired) as failure:
            if len(groups) == 1:
                return [[Outcome(error=str(failure)) for _ in groups[0].attempts]]
            half = len(groups) // 2
            return self.check(groups[:half], traced) + self.check(groups[half:], traced)

    def check_each(self, attempts: Sequence[Attempt], traced: bool) -> list[Outcome]:
        """The same for attempts over the library alone."""
        return [outcome for (outcome,) in self.check([Group("", (attempt,)) for attempt in attempts], traced)]

    def _check_file(self, groups: Sequence[Group], traced: bool) -> list[list[Outcome]]:
        lines: list[str] = []
        blocks: list[Block] = []
        outcomes = [[Outcome(proved=True) for _ in group.attempts] for group in groups]
        for number, (group, of_group) in enumerate(zip(groups, outcomes, strict=True)):
            lines += [f"namespace N{number}", *group.before.splitlines()]
            blocks.append(Block(len(lines), of_group))
            for attempt, outcome in zip(group.attempts, of_group, strict=True):
                lines += attempt.lines(traced)
                blocks.append(Block(len(lines), [outcome]))
            lines.append(f"end N{number}")
            blocks.append(Block(len(lines), of_group))
        self.note(lines, blocks)
        return [
            [judged(*pair, traced) for pair in zip(g.attempts, o, strict=True)]
            for g, o in zip(groups, outcomes, strict=True)
        ]


def judged(attempt: Attempt, outcome: Outcome, traced: bool) -> Outcome:
    if traced and outcome.proved and len(outcome.states) != len(attempt.tactics):
        return Outcome(error="a tactic is never reached")
    return outcome


def _note(outcome: Outcome, message: dict) -> None:
    if message["kind"] == "trace":
        outcome.states.append(message["data"])
    elif message["severity"] == "error" or "declaration uses `sorry`" in message["data"]:
        if outcome.proved:
            outcome.error = message["data"]
        outcome.proved = False


def modules(library: Path) -> list[str]:
    """Of a folder of oleans, what a file has to import to see all of them."""
    found = [path.relative_to(library).with_suffix("") for path in sorted(library.rglob("*.olean"))]
    return [".".join(path.parts) for path in found if path.parts[0] == "Rmt"]
