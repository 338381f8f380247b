"""A training step through N segments: speed at N = 4 beside PyTorch's, and memory by N."""
from __future__ import annotations

from harness.measure import Worker, alternate, cpu_speed, ratios, speeds
from harness.report import Report
from harness.setting import Setting

LENGTHS = (1, 2, 4, 8, 16)
OURS, RIVAL = "rmt-lm", "PyTorch"


def ours(s: Setting, name: str, *options: str, segments: int = 4) -> Worker:
    folder = s.gpt2_21m()
    return Worker(name, [s.program("bench_train"), "--model", folder / "hf", "--ids", folder / "ids.bin", "--driven",
                         "--segments", str(segments), *options], s.pinned)


def rival(s: Setting, name: str, *options: str, segments: int = 4) -> Worker:
    folder = s.gpt2_21m()
    return Worker(name, [*s.rival("train_step.py"), "--model", folder / "hf", "--ids", folder / "ids.bin",
                         "--segments", str(segments), *options], s.pinned)


def speed(s: Setting, report: Report) -> None:
    contenders = [ours(s, f"{OURS} fp32"), ours(s, f"{OURS} fp32, all graphs kept", "--all-graphs"),
                  ours(s, f"{OURS} bf16", "--precision", "bf16"), rival(s, f"{RIVAL} fp32"),
                  rival(s, f"{RIVAL} fp32, checkpointed", "--checkpointed"), rival(s, f"{RIVAL} bf16", "--bf16"),
                  rival(s, f"{RIVAL} bf16, checkpointed", "--bf16", "--checkpointed")]
    samples = alternate(contenders, s.repeats)
    # The first step after the warm-up starts from the same weights up to one step: losses must agree.
    losses = {c.name: samples[c.name][0].more["loss"] for c in contenders}
    if abs(losses[f"{OURS} fp32"] - losses[f"{RIVAL} fp32"]) > 0.02:
        raise RuntimeError(f"the programs do not do the same work: losses {losses}")
    rows = []
    for c in contenders:
        of_fp32, of_bf16 = (ratios(samples[f"{OURS} {t}"], samples[c.name]).text(2) for t in ("fp32", "bf16"))
        rows.append([c.name, speeds(samples[c.name]).text(), f"{cpu_speed(samples[c.name]):,.0f}", of_fp32, of_bf16])
        report.record(contender=c.name, tokens_per_s=vars(speeds(samples[c.name])), loss=losses[c.name],
                      samples=[vars(x) for x in samples[c.name]])
    report.table(["4 segments of 512, batch 1", "tokens/s (min–max)", "tokens/CPU-s", "rmt-lm fp32 is ×",
                  "rmt-lm bf16 is ×"], rows)


def peak_mib(worker: Worker) -> float:
    worker.start()
    peak = worker.measure().more["peak_kb"]
    worker.stop()
    return peak / 1024


def memory(s: Setting, report: Report) -> None:
    lengths = LENGTHS[:3] if s.quick else LENGTHS
    series = {OURS: lambda n: ours(s, OURS, segments=n),
              f"{OURS}, all graphs kept": lambda n: ours(s, OURS, "--all-graphs", segments=n),
              RIVAL: lambda n: rival(s, RIVAL, segments=n),
              f"{RIVAL}, checkpointed": lambda n: rival(s, RIVAL, "--checkpointed", segments=n)}
    rows = []
    for name, make in series.items():
        peaks = [peak_mib(make(n)) for n in lengths]
        rows.append([name, *(f"{peak:,.0f}" for peak in peaks)])
        report.record(series=name, peaks_mib=dict(zip(map(str, lengths), peaks)))
    report.table(["fp32, peak MiB by segments", *map(str, lengths)], rows)


def run(s: Setting) -> None:
    report = Report("train", "A training step, every weight of a GPT-2 of 21 M trained", s.pinned)
    speed(s, report)
    memory(s, report)
    report.publish(s.results)
