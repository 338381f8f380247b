"""bench/run's Python half: runs the rows asked for and writes their reports."""
from __future__ import annotations

import argparse
from pathlib import Path

from harness.machine import ROOT, pin
from harness.setting import Setting
from tokenizer import row as tokenizer

from . import fast, fp32, generate, lean, memory, prove, serve, smollm2, train

ROWS = {"fp32": fp32.run, "fast": fast.run, "memory": memory.run, "smollm2": smollm2.run, "generate": generate.run,
        "serve": serve.run, "lean": lean.run, "prove": prove.run, "train": train.run, "tokenizer": tokenizer.run}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/run", description="Measures rmt-lm beside its rivals.")
    parser.add_argument("rows", nargs="+", choices=[*ROWS, "all"])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter measurements")
    parser.add_argument("--slow", action="store_true", help="memory: GPT-2 124M over 4096 segments too, an hour or so")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--programs", type=Path, default=ROOT / "build" / "release", help="a build of rmt-lm to measure")
    args = parser.parse_args()
    setting = Setting(pin(args.threads), args.quick, args.slow, args.programs)
    for name in ROWS if "all" in args.rows else dict.fromkeys(args.rows):
        ROWS[name](setting)


main()
