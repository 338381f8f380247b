"""Generation token by token with SmolLM2-135M: against llama.cpp at the same precision of weights, transformers, and
the floor: the weights' bytes, only read."""
from __future__ import annotations

import json

from harness.measure import Command, Contender, Finished, Sample, Spread, Worker, alternate, ratios, speeds
from harness.report import Report
from harness.setting import MEMORY, Setting

from .smollm2 import converted

RIVALS = {"fp32": "F32", "bf16": "BF16", "int8": "Q8_0", "int4": "Q4_0"}
DTYPES = {"fp32": "float32", "bf16": "bfloat16"}
STREAMS = (1, 4, 16)
TOKENS = 64  # of every stream in one measurement, from an empty segment on


def ours(s: Setting, precision: str, streams: int = 1, *options: str) -> Worker:
    name = "only read" if options else f"{streams} stream" + ("s" if streams > 1 else "")
    return Worker(f"{precision}, {name}",
                  [s.program("bench_decode"), "--model", s.smollm2(), "--precision", precision, "--streams", str(streams),
                   "--memory-tokens", str(MEMORY), "--tokens", str(TOKENS), "--driven", *options], s.pinned)


def llama(s: Setting, precision: str) -> Command:
    def read(done: Finished) -> Sample:
        return Sample(TOKENS, json.loads(done.output)[0]["samples_ns"][0] / 1e9, None)
    return Command(f"{precision}, llama.cpp", [s.llama("llama-bench"), "-m", converted(s, RIVALS[precision]), "-p", 0, "-n",
                                               TOKENS, "-t", s.pinned.threads, "-r", 1, "-o", "json"], s.pinned, read)


def transformers(s: Setting, precision: str) -> Worker:
    return Worker(f"{precision}, transformers",
                  [*s.rival("transformers_generate.py"), "--model", s.smollm2_for_rivals() / "hf", "--dtype", DTYPES[precision],
                   "--tokens", str(TOKENS)], s.pinned)


def contenders_of(s: Setting, precision: str) -> list[Contender]:
    all_: list[Contender] = [ours(s, precision, streams) for streams in STREAMS]
    all_ += [ours(s, precision, 1, "--only-read"), llama(s, precision)]
    return all_ + ([transformers(s, precision)] if precision in DTYPES else [])


def run(s: Setting) -> None:
    report = Report("generate", "Generation, SmolLM2-135M, tokens one after the other", s.pinned)
    rows = []
    for precision, rival in RIVALS.items():
        contenders = contenders_of(s, precision)
        samples = alternate(contenders, s.repeats)
        of = {c.name.removeprefix(f"{precision}, "): samples[c.name] for c in contenders}

        def over(name: str) -> str:
            return ratios(of["1 stream"], of[name]).text(2) if name in of else ""

        speed: dict[str, Spread] = {name: speeds(taken) for name, taken in of.items()}
        rows.append([f"{precision} ({rival})", speed["1 stream"].text(), over("llama.cpp"), over("transformers"),
                     f"{ratios(of['1 stream'], of['only read']).median:.0%}",
                     f"{ratios(of['4 streams'], of['1 stream']).median:.1f}",
                     f"{ratios(of['16 streams'], of['1 stream']).median:.1f}"])
        for name, spread in speed.items():
            report.record(precision=precision, contender=name, tokens_per_s=vars(spread),
                          samples=[vars(x) for x in of[name]])
    report.table(["weights", "tokens/s (min–max)", "× llama.cpp", "× transformers", "of reading the weights",
                  "4 streams, ×", "16 streams, ×"], rows)
    report.say(f"{TOKENS} tokens of every stream after {MEMORY} memory rows (llama.cpp and transformers without them). The "
               "tokens are given: nothing is drawn. 'Of reading the weights' is against a program that only reads as many "
               "bytes, on the same threads.")
    report.publish(s.results)
