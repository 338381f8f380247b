"""One segment of GPT-2 124M in fp32, scored: 512 text tokens between 2 x 10 memory rows."""
from __future__ import annotations

import json

from harness.measure import Command, Contender, Finished, Sample, Worker, alternate, cpu_speed, ratios, speeds
from harness.report import Report
from harness.setting import SEGMENT, Setting, segment_flop

OURS, READ, BARE = "rmt-lm, memory carried", "rmt-lm, read only", "rmt-lm, no memory rows"
PLAIN_GEMM, PACKED_GEMM = "matrix products alone, MKL", "matrix products alone, oneDNN"


def ours(s: Setting, name: str, *options: str, segments: int | None = None) -> Worker:
    folder = s.gpt2()
    return Worker(name, [s.program("bench_segment"), "--model", folder / "hf", "--ids", folder / "ids.bin", "--driven",
                         "--segments", str(segments or s.segments), *options], s.pinned)


def transformers(s: Setting, name: str, *options: str, segments: int | None = None) -> Worker:
    folder = s.gpt2()
    return Worker(name, [*s.rival("transformers_segment.py"), "--model", folder / "hf", "--ids", folder / "ids.bin",
                         "--segments", str(segments or s.segments), *options], s.pinned, "loss of 511 tokens")


def ctranslate2(s: Setting, name: str, compute_type: str, segments: int | None = None) -> Worker:
    folder = s.gpt2()
    return Worker(name, [*s.rival("ctranslate2_segment.py"), "--model", folder / "ct2", "--ids", folder / "ids.bin",
                         "--segments", str(segments or s.segments), "--compute-type", compute_type], s.pinned,
                  "log-probabilities of 511 tokens")


def gemm(s: Setting, name: str, *options: str) -> Worker:
    return Worker(name, [s.program("bench_gemm"), "--model", s.gpt2() / "hf", "--driven",
                         "--segments", str(s.segments), *options], s.pinned, "a roof, not a reader")


def llama(s: Setting) -> Command:
    def read(done: Finished) -> Sample:
        return Sample(SEGMENT, json.loads(done.output)[0]["samples_ns"][0] / 1e9, None)
    return Command("llama.cpp F32", [s.llama("llama-bench"), "-m", s.gpt2() / "f32.gguf", "-p", SEGMENT, "-n", 0,
                                     "-t", s.pinned.threads, "-r", 1, "-o", "json"], s.pinned, read,
                   "llama-bench pp512: logits of the last token only, no loss")


def check_same_work(s: Setting) -> str:
    """Everybody's loss of the first segment, the same weights and tokens, no memory."""
    losses = {}
    for contender in (ours(s, "rmt-lm", "--memory-tokens", "0", "--warmup", "0", segments=1),
                      transformers(s, "transformers", "--warmup", "0", segments=1)):
        contender.start()
        losses[contender.name] = contender.measure().more["nll_per_token"]
        contender.stop()
    if abs(losses["rmt-lm"] - losses["transformers"]) > 1e-4:
        raise RuntimeError(f"the programs do not do the same work: losses {losses}")
    return ", ".join(f"{name} {loss:.6f}" for name, loss in losses.items())


def run(s: Setting) -> None:
    report = Report("fp32", "One segment, GPT-2 124M, fp32, 512 text tokens with the loss of each", s.pinned)
    same = check_same_work(s)
    contenders: list[Contender] = [
        ours(s, OURS), ours(s, READ, "--read-only"), ours(s, BARE, "--memory-tokens", "0"),
        transformers(s, "transformers, SDPA"), ctranslate2(s, "CTranslate2 float32", "float32"), llama(s),
        gemm(s, PLAIN_GEMM), gemm(s, PACKED_GEMM, "--packed")]
    samples = alternate(contenders, s.repeats)

    flop = {OURS: segment_flop(s.gpt2()), READ: segment_flop(s.gpt2(), read_only=True)}
    rows = []
    for c in contenders:
        speed, mine = speeds(samples[c.name]), ratios(samples[OURS], samples[c.name])
        cpu = cpu_speed(samples[c.name])
        work = flop.get(c.name) or c.ready.get("flop_per_segment")
        rate = f"{work * speed.median / SEGMENT / 1e9:,.0f}" if work else ""
        rows.append([c.name, speed.text(), f"{cpu:,.0f}" if cpu else "", rate, mine.text(2),
                     ratios(samples[READ], samples[c.name]).text(2), c.note])
        report.record(contender=c.name, note=c.note, tokens_per_s=vars(speed), tokens_per_cpu_s=cpu, flop=work,
                      ours_over_it=vars(mine), samples=[vars(x) for x in samples[c.name]])
    report.table(["", "tokens/s (min–max)", "tokens/CPU-s", "GFLOP/s", "rmt-lm is ×", "read only is ×", ""], rows)

    roof = max((PLAIN_GEMM, PACKED_GEMM), key=lambda name: speeds(samples[name]).median)
    roof_rate = next(c for c in contenders if c.name == roof).ready["flop_per_segment"] * speeds(samples[roof]).median
    share = flop[OURS] * speeds(samples[OURS]).median / roof_rate
    report.say(f"Same work: the loss of one segment without memory is {same}. A segment with memory is "
               f"{flop[OURS] / 1e9:.1f} GFLOP, {flop[READ] / 1e9:.1f} read only; rmt-lm works at {share:.0%} of the rate "
               f"of the {roof.rpartition(', ')[2]} matrix products alone. {s.segments} segments a turn, "
               f"{s.repeats} turns each.")
    report.publish(s.results)
