"""Resident memory against the length of the document: rmt-lm's from 8 to 4096 segments, and that of a
loop in PyTorch which keeps every segment's outputs, as far as memory goes."""
from __future__ import annotations

import json
from dataclasses import dataclass

from harness.measure import run_pinned
from harness.report import Report
from harness.setting import BUILD, MEMORY, SEGMENT, Setting

LENGTHS = (8, 64, 512, 4096)
LARGE_LENGTHS = (8, 32, 128)  # GPT-2 124M; with --slow the four above
NAIVE_LENGTHS = (8, 32)
BYTES_PER_TOKEN = 8  # more than any text here has, so that a passage is long enough


@dataclass(frozen=True)
class Point:
    segments: int
    peak_kb: int

    @property
    def tokens(self) -> int:
        return self.segments * SEGMENT


def reader(s: Setting, model: str, lengths: tuple[int, ...]) -> list[Point]:
    """bench_segment: one process, its peak since loading at each length."""
    folder = s.tiny() if model == "tiny" else s.gpt2()
    done = run_pinned([s.program("bench_segment"), "--model", folder / "hf", "--ids", folder / "ids.bin",
                       "--sample-at", ",".join(map(str, lengths))], s.pinned)
    return [Point(at["segments"], at["peak_kb"]) for at in map(json.loads, done.output.splitlines())]


def program(s: Setting, lengths: tuple[int, ...]) -> list[Point]:
    """`rmt-lm eval` with its trace in SQLite: one process for each length, its peak."""
    points = []
    for segments in lengths:
        database = BUILD / "memory.db"
        for file in BUILD.glob("memory.db*"):
            file.unlink()
        done = run_pinned([s.program("rmt-lm"), "eval", s.passage(segments * SEGMENT * BYTES_PER_TOKEN), "--model",
                           s.tiny() / "hf", "--segment-length", SEGMENT, "--memory-tokens", MEMORY, "--memory", "carry",
                           "--max-tokens", segments * SEGMENT, "--db", database, "--json"], s.pinned)
        points.append(Point(segments, done.peak_kb))
    return points


def naive(s: Setting, lengths: tuple[int, ...]) -> list[Point]:
    folder, points = s.gpt2(), []
    for segments in lengths:
        done = run_pinned([*s.rival("naive_loop.py"), "--model", folder / "hf", "--ids", folder / "ids.bin",
                           "--segments", segments], s.pinned)
        line = next(line for line in done.output.splitlines() if line.startswith("{"))
        points.append(Point(segments, json.loads(line)["peak_kb"]))
    return points


def run(s: Setting) -> None:
    report = Report("memory", "Peak resident memory by length of the document", s.pinned)
    lengths = LENGTHS[:3] if s.quick else LENGTHS
    large = LENGTHS if s.slow else LARGE_LENGTHS[:2] if s.quick else LARGE_LENGTHS
    series = {"rmt-lm's reader, 2 layers of width 64": reader(s, "tiny", lengths),
              "rmt-lm eval, the same model, trace in SQLite": program(s, lengths),
              "rmt-lm's reader, GPT-2 124M": reader(s, "gpt2-124m", large),
              "PyTorch, all outputs kept, GPT-2 124M": naive(s, NAIVE_LENGTHS)}
    rows = []
    for name, points in series.items():
        first, last = points[0], points[-1]
        growth = last.peak_kb / first.peak_kb - 1
        per_token = (last.peak_kb - first.peak_kb) * 1024 / (last.tokens - first.tokens)
        rows.append([name, ", ".join(f"{p.segments}: {p.peak_kb / 1024:,.1f}" for p in points), f"{growth:+.2%}",
                     f"{per_token:,.0f}"])
        report.record(series=name, growth=growth, bytes_per_token=per_token, points=[vars(p) for p in points])
    report.table(["", "segments: peak MiB", "growth, first to last", "bytes per further token"], rows)
    report.publish(s.results)
