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
    done: Finished


def command(s: Setting, texts: Sequence[Path], model: Path, *options: object) -> list[str]:
    return [str(part) for part in (s.program("rmt-lm"), "eval", *texts, "--model", model, "--json", *options)]


def read(done: Finished) -> Evaluation:
    lines = [json.loads(line) for line in done.output.splitlines()]
    return Evaluation(next(line for line in lines if line["type"] == "total"),
                      [line for line in lines if line["type"] == "document"], done)


def evaluate(s: Setting, texts: Sequence[Path], model: Path, *options: object) -> Evaluation:
    return read(run_pinned(command(s, texts, model, *options), s.pinned))
