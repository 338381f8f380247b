"""Statements are drawn, Lean checks their scripts, and what it accepts is put down with the goals before every step."""

from __future__ import annotations

import json
import resource
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from random import Random

from .lean import Attempt, Lean, Outcome
from .statement import Statement, canonical

AUTOMATION = ("simp_all", "simp", "omega", "decide", "rfl", "exact?")
AUTOMATION_SHARE = 0.12  # of the statements are tried with one of them, too
LONGEST = 12  # tactics of a proof that is kept


@dataclass
class Tally:
    """What became of the statements of one template."""

    drawn: int = 0
    seen: int = 0
    proved: int = 0
    scripts: int = 0
    accepted: int = 0
    pairs: int = 0


def stated(statement: Statement) -> str:
    """The statement's canonical text before Lean has printed it."""
    return canonical("\n".join([*(f"{b.name or 'inst'} : {b.kind}" for b in statement.binders), f"⊢ {statement.goal}"]))


class Collector:
    """Appends to one file of proofs; statements that are in it already are passed over."""

    def __init__(self, lean: Lean, path: Path, random: Random) -> None:
        self.lean, self.path, self.random = lean, path, random
        self.about: dict = {}  # goes into the report
        self.tallies: dict[str, Tally] = {}
        self.known: set[str] = set()
        self.failures: Counter[str] = Counter()

    def run(self, statements: Iterator[Statement], proofs: int, seconds: float, batch: int = 150) -> int:
        """Until there are so many proofs or the time is over; how many there are."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept, start = 0, time.monotonic()
        with self.path.open("a", encoding="utf-8") as file:
            while kept < proofs and time.monotonic() - start < seconds:
                chosen = list(islice(self._new(statements), batch))
                if not chosen:
                    break
                for record in self._prove(chosen):
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
                    kept += 1
                file.flush()
                self._report(kept, time.monotonic() - start)
        return kept

    def _new(self, statements: Iterator[Statement]) -> Iterator[Statement]:
        for statement in statements:
            tally = self.tallies.setdefault(statement.template, Tally())
            tally.drawn += 1
            key = statement.before + stated(statement)
            if key in self.known:
                tally.seen += 1
                continue
            self.known.add(key)
            yield statement

    def _prove(self, statements: list[Statement]) -> Iterator[dict]:
        attempts, owners = [], []
        for statement in statements:
            scripts = [s for s in statement.scripts if len(s) <= LONGEST]
            if self.random.random() < AUTOMATION_SHARE:
                scripts.append([self.random.choice(AUTOMATION)])
            for script in scripts:
                attempts.append(Attempt(statement.head("t"), tuple(script), statement.before))
                owners.append(statement)
        kept: Counter[int] = Counter()
        for attempt, owner, outcome in zip(attempts, owners, self.lean.check(attempts, traced=True)):
            if (record := self._judged(attempt, owner, outcome, kept)) is not None:
                yield record

    def _judged(self, attempt: Attempt, owner: Statement, outcome: Outcome, kept: Counter[int]) -> dict | None:
        tally = self.tallies[owner.template]
        tally.scripts += 1
        if not outcome.proved:
            self.failures[f"{owner.template}: {outcome.error.splitlines()[0][:90] if outcome.error else ''}"] += 1
            return None
        tally.accepted += 1
        if kept[id(owner)] >= owner.keep:
            return None
        kept[id(owner)] += 1
        tally.proved += kept[id(owner)] == 1
        tally.pairs += len(attempt.tactics)
        return {
            "template": owner.template,
            "before": owner.before,
            "statement": owner.signature(),
            "key": canonical(outcome.states[0]),
            "steps": [[state, tactic] for state, tactic in zip(outcome.states, attempt.tactics)],
        }

    def _report(self, kept: int, seconds: float) -> None:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime
        tallies = "  ".join(f"{name} {t.proved}/{t.drawn - t.seen}" for name, t in sorted(self.tallies.items()))
        print(f"{kept} proofs, {seconds:.0f} s, Lean {cpu:.0f} CPU s, proved/new: {tallies}", flush=True)
        report = {
            **self.about,
            "proofs": kept,
            "seconds": round(seconds),
            "lean_cpu_seconds": round(cpu),
            "templates": {name: asdict(tally) for name, tally in sorted(self.tallies.items())},
            "failures": self.failures.most_common(40),
        }
        self.path.with_suffix(".report.json").write_text(
            json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
