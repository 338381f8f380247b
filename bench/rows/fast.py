"""The narrower precisions: their speed on GPT-2 124M, what each costs in perplexity on a real model and
a real text, the same for the rivals' narrower types, and which one --fast takes on this machine."""
from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.evaluate import evaluate
from harness.measure import Worker, alternate, ratios, run_pinned, speeds
from harness.report import Report
from harness.setting import BUILD, SEGMENT, Setting

from .fp32 import ctranslate2, gemm, ours, transformers

PRECISIONS = ("fp32", "bf16", "int8x2", "int8")
BOUND = 0.003  # what --fast may lose of perplexity


@dataclass(frozen=True)
class Scored:
    """One text's negative log-likelihood in fp32 and in the narrower type, the same tokens."""
    tokens: int
    nll_fp32: float
    nll: float


@dataclass(frozen=True)
class Loss:
    """Of perplexity, as a fraction, with a 95 % interval by resampling texts."""
    value: float
    low: float
    high: float

    @staticmethod
    def of(texts: Sequence[Scored], draws: int = 2000) -> Loss:
        def loss(sample: Sequence[Scored]) -> float:
            return math.exp(sum(t.nll - t.nll_fp32 for t in sample) / sum(t.tokens for t in sample)) - 1
        generator = random.Random(1)
        drawn = sorted(loss(generator.choices(texts, k=len(texts))) for _ in range(draws))
        return Loss(loss(texts), drawn[int(0.025 * draws)], drawn[int(0.975 * draws)])

    def text(self) -> str:
        return f"{self.value:+.3%} ({self.low:+.3%} … {self.high:+.3%})"


def texts_of(s: Setting) -> list[Path]:
    """Passages from all over the text, a segment each: segments that are far apart tell more."""
    count = 32 if s.quick else 96
    step = s.text.stat().st_size // count
    return [s.passage(8 * SEGMENT, skip=i * step) for i in range(count)]


def our_losses(s: Setting, texts: list[Path]) -> dict[str, Loss]:
    nll = {}
    for precision in PRECISIONS:
        documents = evaluate(s, texts, s.smollm2(), "--memory-tokens", 0, "--segment-length", SEGMENT, "--max-tokens",
                             SEGMENT, "--dtype", precision).documents
        nll[precision] = [(d["scored_tokens"], d["nll"]) for d in sorted(documents, key=lambda d: d["document"])]
    return {precision: Loss.of([Scored(n, full, narrow) for (n, full), (_, narrow) in zip(nll["fp32"], nll[precision])])
            for precision in PRECISIONS}


def rival_loss(s: Setting, texts: list[Path], rival: str, kind: str) -> Loss:
    done = run_pinned([*s.rival("precision_loss.py"), "--model", s.smollm2_for_rivals(), "--rival", rival,
                       "--type", kind, *texts], s.pinned)
    lines = [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]
    return Loss.of([Scored(line["scored"], line["nll_fp32"], line["nll"]) for line in lines])


def narrow_types(s: Setting) -> list[str]:
    """CTranslate2's 8- and 16-bit types that this CPU has."""
    done = run_pinned([*s.rival("supported_types.py")], s.pinned)
    return [kind for kind in json.loads(done.output) if kind in ("int8", "bfloat16", "int8_bfloat16")]


def chosen(s: Setting, text: Path) -> str:
    """What `rmt-lm eval --fast` takes here, in its own words."""
    cache = BUILD / "cache"
    for file in cache.rglob("*.json"):
        file.unlink()
    evaluation = evaluate(s, [text], s.smollm2(), "--fast", "--memory-tokens", 0, "--max-tokens", 8 * SEGMENT)
    trials = re.findall(r"(\w+: [\d.]+ tokens/s, perplexity [^\n]+)", evaluation.done.log)
    return f"`rmt-lm eval --fast` takes {evaluation.total['dtype']}; it measured {'; '.join(trials)}."


def run(s: Setting) -> None:
    report = Report("fast", "Narrower arithmetic: speed on GPT-2 124M, loss on SmolLM2-135M", s.pinned)
    texts = texts_of(s)
    losses = {f"rmt-lm {precision}": loss for precision, loss in our_losses(s, texts).items()}
    contenders: list[Worker] = [ours(s, f"rmt-lm {p}", "--precision", p) for p in PRECISIONS]
    for dtype in ("float32", "bfloat16"):
        contenders.append(transformers(s, f"transformers {dtype}", "--dtype", dtype))
    contenders.append(ctranslate2(s, "CTranslate2 float32", "float32"))
    for kind in narrow_types(s):
        contenders.append(ctranslate2(s, f"CTranslate2 {kind}", kind))
        losses[f"CTranslate2 {kind}"] = rival_loss(s, texts, "ctranslate2", kind)
    losses["transformers bfloat16"] = rival_loss(s, texts, "transformers", "bfloat16")
    for arithmetic in ("bf16", "int8"):
        contenders.append(gemm(s, f"matrix products alone, {arithmetic}", "--arithmetic", arithmetic))
    samples = alternate(contenders, s.repeats)

    rows = []
    for c in contenders:
        speed, over = speeds(samples[c.name]), ratios(samples[c.name], samples["transformers float32"])
        over_ct2 = ratios(samples[c.name], samples["CTranslate2 int8"]) if "CTranslate2 int8" in samples else None
        loss = losses.get(c.name)
        rows.append([c.name, speed.text(), over.text(2), over_ct2.text(2) if over_ct2 else "", loss.text() if loss else ""])
        report.record(contender=c.name, tokens_per_s=vars(speed), over_transformers_fp32=vars(over),
                      loss=vars(loss) if loss else None, samples=[vars(x) for x in samples[c.name]])
    report.table(["", "tokens/s (min–max)", "× transformers fp32", "× CTranslate2 int8", "perplexity against fp32 (95 %)"],
                 rows)
    within = [p for p in PRECISIONS if losses[f"rmt-lm {p}"].value <= BOUND]
    best = max(within, key=lambda p: speeds(samples[f"rmt-lm {p}"]).median)
    report.say(f"Loss: {len(texts)} passages of {s.text.name}, 512 tokens each, every program against its own fp32. Fastest "
               f"of ours within {BOUND:.1%}: {best}. {chosen(s, s.passage(40_000, skip=20_000_000))}")
    report.publish(s.results)
