"""A Python rival as one that takes turns: measures once for every line on standard input.
The other side is bench/harness/measure.py."""
from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable


def options(type_option: str, default: str) -> argparse.Namespace:
    """What every segment rival is given; `type_option` names its arithmetic."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--ids", required=True, help="token ids, raw int32; read round and round")
    parser.add_argument(type_option, default=default)
    parser.add_argument("--segments", type=int, default=2, help="in one measurement")
    parser.add_argument("--segment-length", type=int, default=512)
    parser.add_argument("--warmup", type=int, default=1)
    return parser.parse_args()


def take_turns(ready: dict, turn: Callable[[], dict], warmup: int) -> None:
    for _ in range(warmup):
        turn()
    print(json.dumps(ready), flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        result = turn()
        print(json.dumps({**result, "wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}),
              flush=True)
