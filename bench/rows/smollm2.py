"""A real model on a real document: SmolLM2-135M, llama-perplexity against rmt-lm on its own protocol.

Both programs are timed from start to end, loading included, on the same file of weights, the same text,
512-token windows of which the second half is scored, and the same BOS policy."""
from __future__ import annotations

import itertools
from pathlib import Path

from harness.evaluate import command, read
from harness.measure import (Command, Finished, Sample, alternate, cpu_speed, number_after, ratios, run_pinned,
                             speeds)
from harness.report import Report
from harness.setting import BUILD, SEGMENT, Setting

TYPES = ("F32", "F16", "BF16", "Q8_0", "Q4_1")
BATCHES = (512, 2048)  # one window at a time, or four
AGREE = 5e-5           # relative difference of equal perplexities


def converted(s: Setting, kind: str) -> Path:
    """The model's weights, which are Q4_1, stored as another type."""
    original = s.smollm2()
    if kind in original.name:
        return original
    path = BUILD / f"smollm2-{kind}.gguf"
    if not path.exists():
        run_pinned([s.llama("llama-quantize"), "--allow-requantize", original, path, kind], s.pinned)
    return path


def llama(s: Setting, text: Path, kind: str, batch: int, *options: str) -> Command:
    def sample(done: Finished) -> Sample:
        output = done.output + done.log
        windows = int(number_after(r"perplexity over (\d+) chunks", output))
        return Sample(windows * SEGMENT, done.wall_s, done.cpu_s,
                      {"ppl": number_after(r"Final estimate: PPL = ([\d.]+)", output), "windows": windows})
    return Command(" ".join([f"llama-perplexity {kind}, batch {batch}", *options]),
                   [s.llama("llama-perplexity"), "-m", converted(s, kind), "-f", text, "-c", SEGMENT, "-b", batch,
                    "-ub", SEGMENT, "-t", s.pinned.threads, "--no-warmup", *options], s.pinned, sample)


def ours(s: Setting, text: Path, kind: str, *options: str) -> Command:
    def sample(done: Finished) -> Sample:
        evaluation = read(done)
        windows = sum(document["rows"] for document in evaluation.documents)
        return Sample(windows * SEGMENT, done.wall_s, done.cpu_s, {"ppl": evaluation.total["ppl"], "windows": windows,
                                                                  "dtype": evaluation.total["dtype"]})
    name = " ".join(["rmt-lm eval,", kind, *options])
    return Command(name, command(s, [text], converted(s, kind), "--protocol", "llamacpp", "--window", SEGMENT, *options),
                   s.pinned, sample)


def best_rival(s: Setting, text: Path, report: Report) -> tuple[str, int]:
    """llama-perplexity's type of weights and batch that are fastest on this machine."""
    speed: dict[tuple[str, int], float] = {}
    rows = []
    for kind, batch in itertools.product(TYPES, BATCHES):
        candidate = llama(s, text, kind, batch)
        try:
            samples = alternate([candidate], repeats=1, warmup=0)[candidate.name]
        except RuntimeError as error:  # some builds of it crash with some types on some CPUs
            rows.append([f"{kind}, batch {batch}", str(error).splitlines()[0].rpartition("ended ")[2], ""])
            continue
        speed[kind, batch] = speeds(samples).median
        rows.append([f"{kind}, batch {batch}", speeds(samples).text(), f"{samples[0].more['ppl']:.4f}"])
    report.table(["llama-perplexity, short text", "tokens/s (min–max)", "perplexity"], rows)
    return max(speed, key=speed.get)


def run(s: Setting) -> None:
    report = Report("smollm2", "SmolLM2-135M on a real document, CPU: perplexity by llama.cpp's protocol", s.pinned)
    text = s.passage(10_000 if s.quick else 30_000, skip=20_000_000)
    kind, batch = best_rival(s, s.passage(4_000 if s.quick else 10_000, skip=20_000_000), report)
    exact = llama(s, text, "F32", batch, "-fa", "off", "-ctk", "f32", "-ctv", "f32")
    mine, mine_exact, fast = ours(s, text, "Q4_1"), ours(s, text, "F32"), ours(s, text, "Q4_1", "--fast")
    rivals = [llama(s, text, *choice) for choice in dict.fromkeys([("F32", batch), (kind, batch)])]
    contenders = [mine, mine_exact, fast, *rivals, exact]
    samples = alternate(contenders, 2 if s.quick else 3)

    rows = []
    for c in contenders:
        speed, cpu = speeds(samples[c.name]), cpu_speed(samples[c.name])
        ratio, found = ratios(samples[mine.name], samples[c.name]), samples[c.name][0].more
        rows.append([c.name, speed.text(), f"{cpu:,.0f}", f"{found['ppl']:.4f}", ratio.text(2)])
        report.record(contender=c.name, **found, tokens_per_s=vars(speed), tokens_per_cpu_s=cpu, ours_over_it=vars(ratio),
                      samples=[vars(x) for x in samples[c.name]])
    report.table(["whole program, loading included", "tokens/s (min–max)", "tokens/CPU-s", "perplexity",
                  "rmt-lm, Q4_1 file, is ×"], rows)
    report.say(comparison(samples[mine_exact.name][0].more, samples[exact.name][0].more)
               + f" Fastest of llama-perplexity here: {kind}, batch {batch}.")
    report.publish(s.results)


def comparison(mine: dict, theirs: dict) -> str:
    """Whether both scored the same windows alike: their attention is exact only without its f16 cache."""
    if mine["windows"] != theirs["windows"]:
        return f"**Different windows: {mine['windows']} and {theirs['windows']}.**"
    apart = mine["ppl"] / theirs["ppl"] - 1
    verdict = "equal" if abs(apart) < AGREE else "**not equal**"
    return (f"{mine['windows']} windows of {SEGMENT} tokens. On the F32 file, and llama.cpp without its 16-bit cache, the "
            f"perplexities are {verdict}: {mine['ppl']:.4f} and {theirs['ppl']:.4f}, {apart:+.1e} apart.")
