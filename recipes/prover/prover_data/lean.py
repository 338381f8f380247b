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
    """A declaration up to `:= by`, with tactics of one line each, and what has to stand before it."""

    head: str
    tactics: tuple[str, ...]
    before: str = ""


@dataclass
class Outcome:
    proved: bool = False
    states: list[str] = field(default_factory=list)  # before each tactic that Lean got to, as a search shows them
    error: str = ""


class LeanFailed(RuntimeError):
    """Lean ended in a way that says nothing about the scripts."""


@dataclass
class _Block:
    """Where an attempt stands in the file."""

    first: int
    last: int


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

    def check(self, attempts: Sequence[Attempt], traced: bool, before: str = "") -> list[Outcome]:
        """One outcome for each. With `traced`, the states before the tactics are told too. `before` begins the file,
        for all of them: an error in it is everyone's. A file that Lean dies of is checked again in halves, until the
        culprit stands alone."""
        try:
            return self._check_file(attempts, traced, before)
        except (LeanFailed, subprocess.TimeoutExpired) as failure:
            if len(attempts) == 1:
                return [Outcome(error=str(failure))]
            half = len(attempts) // 2
            return self.check(attempts[:half], traced, before) + self.check(attempts[half:], traced, before)

    def _check_file(self, attempts: Sequence[Attempt], traced: bool, before: str) -> list[Outcome]:
        lines = before.splitlines()
        blocks = []
        for number, attempt in enumerate(attempts):
            first = len(lines) + 1
            lines += [f"namespace N{number}", *attempt.before.splitlines(), *f"{attempt.head} := by".splitlines()]
            for tactic in attempt.tactics:
                lines += [f"{INDENT}trace_state"] * traced + [INDENT + tactic]
            lines.append(f"end N{number}")
            blocks.append(_Block(first, len(lines)))
        outcomes = [Outcome(proved=True) for _ in attempts]
        messages = self.messages("\n".join(lines) + "\n")
        at = 0
        for message in messages:
            if message["line"] < blocks[0].first:
                for outcome in outcomes:
                    _note(outcome, message)
                continue
            while message["line"] > blocks[at].last:
                at += 1
            _note(outcomes[at], message)
        for attempt, outcome in zip(attempts, outcomes):
            if traced and outcome.proved and len(outcome.states) != len(attempt.tactics):
                outcome.proved, outcome.error = False, "a tactic is never reached"
        return outcomes


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
