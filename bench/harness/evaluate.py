"""`rmt-lm eval --json`, run and read."""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .measure import Finished, run_pinned
from .setting import Setting


@dataclass(frozen=True)
class Evaluation:
    total: dict
    documents: list[dict]
    segments: list[dict]
    done: Finished


def command(s: Setting, texts: Sequence[Path], model: Path, *options: object) -> list[str]:
    return [str(part) for part in (s.program("rmt-lm"), "eval", *texts, "--model", model, "--json", *options)]


def read(done: Finished) -> Evaluation:
    lines: dict[str, list[dict]] = {}
    for line in map(json.loads, done.output.splitlines()):
        lines.setdefault(line["type"], []).append(line)
    return Evaluation(lines["total"][0], lines.get("document", []), lines.get("segment", []), done)


def evaluate(s: Setting, texts: Sequence[Path], model: Path, *options: object) -> Evaluation:
    return read(run_pinned(command(s, texts, model, *options), s.pinned))
