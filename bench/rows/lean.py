"""Tactics checked by Lean, a second of CPU time: workers that fork for every batch beside a `lean` started on a file of
candidates, in batches of 1, 8 and 32."""
from __future__ import annotations

from dataclasses import asdict

from harness.measure import Sample, Spread, Worker, alternate
from harness.report import Report
from harness.setting import Setting

BATCHES = (1, 8, 32)


def contender(s: Setting, batch: int, *how: object) -> Worker:
    name = f"{'files' if how else 'workers'}, {batch}"
    return Worker(name, [s.program("bench_lean"), "--driven", "--batch", batch, *how], s.pinned)


def per_cpu_second(samples: list[Sample]) -> Spread:
    """All processes count, those that have ended included."""
    return Spread.of([sample.tokens / sample.more["tree_cpu_s"] for sample in samples])


def run(s: Setting) -> None:
    report = Report("lean", "Tactics checked by Lean", s.pinned)
    lean = s.programs / "lean" / "bin" / "lean"
    rows = []
    for batch in BATCHES:
        ours, rival = contender(s, batch), contender(s, batch, "--files", lean)
        samples = alternate([ours, rival], s.repeats)
        us, them = samples[ours.name], samples[rival.name]
        if any(a.more["proved"] != b.more["proved"] or a.more["progress"] != b.more["progress"]
               for a, b in zip(us, them, strict=True)):
            raise RuntimeError(f"in batches of {batch} the verdicts differ")
        fast, slow = per_cpu_second(us), per_cpu_second(them)
        rows.append([str(batch), fast.text(), slow.text(), f"{fast.median / slow.median:.2f}"])
        for name, taken in ((ours.name, us), (rival.name, them)):
            report.record(part="batches", contender=name, batch=batch, samples=[asdict(x) for x in taken])
    report.table(["candidates a batch", "workers, checks per CPU-second (min–max)", "lean on files", "workers are ×"], rows)
    one = us[0]
    report.say(f"{one.tokens} candidates over 8 statements of logic and equations, as a model writes them: "
               f"{one.more['proved']} prove, {one.more['progress']} leave goals, the others fail; the verdicts are equal. CPU time "
               "is that of all processes, the one that asks included. A worker runs each batch in a jailed process of its "
               "own; each turn opens every theorem anew. Files are run by the same lean, with the same limits, and "
               "-DmaxErrors=0, without which it stops after 100 errors.")
    report.publish(s.results)
