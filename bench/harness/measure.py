"""Programs that take turns: A B C A B C …, so that whatever else the machine does meets all alike.

A contender gets ready once (loads, warms up) and then measures once for every line it is sent; see
bench/turns.h and bench/rivals/worker.py. Ratios are formed turn by turn and their median is taken.
"""
from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .machine import Pinned

SETTLE_S = 0.3  # OpenMP threads of the one before go on spinning for up to 0.2 s


@dataclass(frozen=True)
class Sample:
    tokens: int
    wall_s: float
    cpu_s: float | None  # None: not measured
    more: dict = field(default_factory=dict)

    @property
    def speed(self) -> float:
        """Tokens per second of wall time."""
        return self.tokens / self.wall_s


class Contender:
    """Something that can be measured again and again."""

    def __init__(self, name: str, note: str = "") -> None:
        self.name, self.note = name, note
        self.ready: dict = {}

    def start(self) -> None: ...
    def measure(self) -> Sample: raise NotImplementedError
    def stop(self) -> None: ...


class Worker(Contender):
    """A program that stays alive and measures once for every line on its standard input."""

    def __init__(self, name: str, command: Sequence[str | Path], pinned: Pinned, note: str = "") -> None:
        super().__init__(name, note)
        self.command, self.pinned = [*pinned.prefix, *map(str, command)], pinned

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=self.pinned.environment)
        self.ready = self._line()

    def measure(self) -> Sample:
        print(file=self.process.stdin, flush=True)
        line = self._line()
        return Sample(line.pop("tokens"), line.pop("wall_s"), line.pop("cpu_s"), line)

    def stop(self) -> None:
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise RuntimeError(f"{self.name} ended with status {self.process.returncode}")

    def _line(self) -> dict:
        while line := self.process.stdout.readline():
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError(f"{self.name} ended early: {' '.join(self.command)}")


@dataclass(frozen=True)
class Finished:
    output: str
    log: str  # standard error
    wall_s: float
    cpu_s: float
    peak_kb: int


def run_pinned(command: Sequence[str | Path], pinned: Pinned) -> Finished:
    """Runs a program to its end. A failure shows its output."""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen([*pinned.prefix, *map(str, command)], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=errors, env=pinned.environment)
        output = process.stdout.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        errors.seek(0)
        log = errors.read().decode(errors="replace")
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with status {process.returncode}:\n{log[-2000:]}")
    return Finished(output, log, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


class Command(Contender):
    """A program run once per measurement, from start to end; `read` makes a Sample of what it left."""

    def __init__(self, name: str, command: Sequence[str | Path], pinned: Pinned,
                 read: Callable[[Finished], Sample], note: str = "") -> None:
        super().__init__(name, note)
        self.command, self.pinned, self.read = list(map(str, command)), pinned, read

    def measure(self) -> Sample:
        return self.read(run_pinned(self.command, self.pinned))


def alternate(contenders: Sequence[Contender], repeats: int, warmup: int = 1) -> dict[str, list[Sample]]:
    """`repeats` counted rounds in which every contender has one turn."""
    for contender in contenders:
        contender.start()
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in contenders}
    for turn in range(warmup + repeats):
        for contender in contenders:
            time.sleep(SETTLE_S)
            sample = contender.measure()
            if turn >= warmup:
                samples[contender.name].append(sample)
    for contender in contenders:
        contender.stop()
    return samples


@dataclass(frozen=True)
class Spread:
    """A median with its range."""
    median: float
    low: float
    high: float

    @staticmethod
    def of(values: Sequence[float]) -> Spread:
        return Spread(statistics.median(values), min(values), max(values))

    def text(self, digits: int = 0) -> str:
        return f"{self.median:,.{digits}f} ({self.low:,.{digits}f}–{self.high:,.{digits}f})"


def cpu_speed(samples: Sequence[Sample]) -> float | None:
    """Tokens per second of CPU time, all turns together."""
    if any(s.cpu_s is None for s in samples):
        return None
    return sum(s.tokens for s in samples) / sum(s.cpu_s for s in samples)


def speeds(samples: Sequence[Sample]) -> Spread:
    return Spread.of([s.speed for s in samples])


def ratios(ours: Sequence[Sample], rival: Sequence[Sample]) -> Spread:
    """How many times the rival's speed, turn by turn."""
    return Spread.of([a.speed / b.speed for a, b in zip(ours, rival, strict=True)])


def number_after(pattern: str, text: str) -> float:
    """The number that the first group of `pattern` matches."""
    if not (found := re.search(pattern, text)):
        raise RuntimeError(f"no match for {pattern!r} in the output:\n{text[-2000:]}")
    return float(found.group(1))
