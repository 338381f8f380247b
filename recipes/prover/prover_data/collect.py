"""Statements are drawn, Lean checks their scripts, and what it accepts is put down with the goals before every step."""

from __future__ import annotations

import json
import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from random import Random

from .lean import Attempt, Group, Lean, Outcome
from .statement import Statement, canonical
from .terms import Term

AUTOMATION = ("simp_all", "simp", "omega", "decide", "rfl")
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
    if isinstance(statement, Written):
        return statement.text
    return canonical("\n".join([*(f"{b.name or 'inst'} : {b.kind}" for b in statement.binders), f"⊢ {statement.goal}"]))


@dataclass
class Written(Statement):
    """One whose text is known and not what it is made of."""

    text: str = ""

    def signature(self) -> str:
        return self.text


def found_by_search(suite: Iterable[dict], results: Iterable[dict]) -> Iterator[Statement]:
    """The theorems of a suite that a search proved, with its scripts; none with a tactic of several lines."""
    theorems = {one["name"]: one for one in suite}
    for result in results:
        if result.get("outcome") != "proved":
            continue
        one = theorems[result["theorem"]]
        script = result["script"].rstrip().splitlines()
        text = one["head"].removeprefix(f"theorem {one['name']}").rstrip().removesuffix(":= by").rstrip()
        if not any(line.startswith((" ", "|", "·")) for line in script):
            yield Written(f"{one['shape']}, found", [], Term("_"), [script], one["before"], text=text)


class Collector:
    """Appends to one file of proofs; statements that are in it already are passed over."""

    def __init__(self, lean: Lean, path: Path, random: Random, automation: float = AUTOMATION_SHARE) -> None:
        self.lean, self.path, self.random, self.automation = lean, path, random, automation
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
        groups = []
        for statement in statements:
            scripts = [s for s in statement.scripts if len(s) <= LONGEST]
            if self.random.random() < self.automation:
                scripts.append([self.random.choice(AUTOMATION)])
            attempts = tuple(Attempt(statement.head(f"t{i}"), tuple(script)) for i, script in enumerate(scripts))
            groups.append(Group(statement.before, attempts))
        for statement, group, outcomes in zip(statements, groups, self.lean.check(groups, traced=True), strict=True):
            yield from self._kept(statement, group, outcomes)

    def _kept(self, statement: Statement, group: Group, outcomes: list[Outcome]) -> Iterator[dict]:
        tally = self.tallies[statement.template]
        tally.scripts += len(outcomes)
        tally.accepted += sum(outcome.proved for outcome in outcomes)
        tally.proved += any(outcome.proved for outcome in outcomes)
        for outcome in outcomes:
            if not outcome.proved:
                self.failures[f"{statement.template}: {outcome.error.partition(chr(10))[0][:90]}"] += 1
        if not any(outcome.proved for outcome in outcomes):
            self._leave_open(statement, outcomes)
        proofs = [pair for pair in zip(group.attempts, outcomes, strict=True) if pair[1].proved]
        for attempt, outcome in proofs[: statement.keep]:
            tally.pairs += len(attempt.tactics)
            yield {
                "template": statement.template,
                "before": statement.before,
                "statement": statement.signature(),
                "steps": [list(step) for step in zip(outcome.states, attempt.tactics, strict=True)],
            }

    def _leave_open(self, statement: Statement, outcomes: list[Outcome]) -> None:
        """What no script proved may be true all the same: something for a model to try."""
        if (state := next((o.states[0] for o in outcomes if o.states), "")) == "":
            return
        record = {
            "template": statement.template,
            "before": statement.before,
            "statement": statement.signature(),
            "state": state,
        }
        with self.path.with_suffix(".open").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")

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
