"""The server: a thousand WebSocket streams, completions streamed to many HTTP clients at once beside transformers with
as large a batch, and a short completion beside a long document that is being uploaded."""
from __future__ import annotations

import json
import statistics
from dataclasses import asdict

from harness.measure import Contender, Sample, Spread, Worker, alternate, ratios, run_pinned, speeds
from harness.report import Report
from harness.server import Server, Upload
from harness.setting import Setting

CLIENTS = (1, 4, 16)
PROMPT = 100           # tokens of every client
SHORT = 100            # tokens of the completion beside an upload
TEXT_BYTES = 32 << 20  # of the upload, more than is read meanwhile
APART = 400_000        # bytes between the passages the prompts are cut from
ALONE, BESIDE = "alone", "beside an upload"


def websockets(s: Setting, report: Report) -> None:
    runs = [json.loads(run_pinned([s.program("bench_websockets"), "--seconds", 2 if s.quick else 10], s.pinned).output)
            for _ in range(1 if s.quick else 3)]
    worst = max(runs, key=lambda run: run["gap_p99_ms"])
    expected = worst["streams"] * worst["frames_per_s"] * worst["seconds"]

    def spread(name: str, digits: int = 0) -> str:
        return Spread.of([run[name] for run in runs]).text(digits)

    grown = Spread.of([(run["resident_peak_kb"] - run["resident_before_kb"]) / 1024 for run in runs])
    cores = Spread.of([run["cpu_s"] / run["seconds"] for run in runs])
    report.table([f"{worst['streams']:,} WebSocket streams, {worst['frames_per_s']:g} frames/s each", "median (range)"], [
        ["frames arrived, of those due", Spread.of([run["frames"] / expected * 100 for run in runs]).text(1) + " %"],
        ["streams with an error", spread("errors")],
        ["gap between frames, median, ms", spread("gap_p50_ms", 1)],
        ["gap, 99 %, ms", spread("gap_p99_ms", 1)],
        ["longest gap, ms", spread("gap_max_ms", 1)],
        ["cores of the server", cores.text(2)],
        ["memory over the start, MiB", grown.text(1)],
    ])
    report.say(f"The server's own transport and a handler that sends a frame of JSON every {1000 / worst['frames_per_s']:g} ms; "
               f"the clients are one other process on the same cores. Runs of {worst['seconds']:g} s: {len(runs)}.")
    for run in runs:
        report.record(part="websockets", **run)


def tokens_of(s: Setting) -> int:
    """Drawn for every client."""
    return 16 if s.quick else 64


def prompts_of(s: Setting, count: int) -> list[list[int]]:
    """Different passages of the text, exactly as many tokens of each."""
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(str(s.smollm2_for_rivals() / "hf" / "tokenizer.json"))
    texts = (s.passage(4096, APART * (k + 1)).read_text(errors="replace") for k in range(count))
    return [tokenizer.encode(text, add_special_tokens=False).ids[:PROMPT] for text in texts]


class Clients(Contender):
    """So many of them at once, at a server that runs already."""

    def __init__(self, server: Server, prompts: list[list[int]], tokens: int) -> None:
        super().__init__(f"rmt-lm serve, {len(prompts)}")
        self.server, self.prompts, self.tokens = server, prompts, tokens

    def measure(self) -> Sample:
        done, wall = self.server.stream_all(self.prompts, self.tokens)
        return Sample(sum(one.tokens for one in done), wall, None, {"first_s": [one.first_s for one in done]})


def transformers(s: Setting, prompts: list[list[int]]) -> Worker:
    file = s.results.parent / "text" / f"prompts-{len(prompts)}.json"
    file.write_text(json.dumps(prompts))
    return Worker(f"transformers, {len(prompts)}",
                  [*s.rival("transformers_generate.py"), "--model", s.smollm2_for_rivals() / "hf", "--dtype", "bfloat16",
                   "--tokens", str(tokens_of(s)), "--prompts", file], s.pinned)


def first_ms(samples: list[Sample], pick) -> Spread:
    return Spread.of([pick(sample.more["first_s"]) * 1000 for sample in samples])


def streaming(s: Setting, report: Report, server: Server) -> None:
    prompts = prompts_of(s, max(CLIENTS))
    ours = {n: Clients(server, prompts[:n], tokens_of(s)) for n in CLIENTS}
    rivals = {n: transformers(s, prompts[:n]) for n in CLIENTS}
    samples = alternate([*ours.values(), *rivals.values()], s.repeats)
    rows = []
    for n in CLIENTS:
        us, them = samples[ours[n].name], samples[rivals[n].name]
        rows.append([str(n), speeds(us).text(), speeds(them).text(), ratios(us, them).text(2),
                     first_ms(us, statistics.median).text(), first_ms(us, max).text(), first_ms(them, max).text()])
        for name, taken in ((ours[n].name, us), (rivals[n].name, them)):
            report.record(part="streaming", contender=name, clients=n, samples=[asdict(x) for x in taken])
    report.table(["clients", "rmt-lm serve, tokens/s (min–max)", "transformers, a batch as large", "rmt-lm is ×",
                  "first token, median client, ms", "last client's", "transformers'"], rows)
    report.say(f"SmolLM2-135M, bf16. Every client has a prompt of its own of {PROMPT} tokens, and {tokens_of(s)} tokens are drawn greedily; tokens/s "
               "counts those, from the request to the last client's last, prompts read included. The clients speak HTTP "
               "and get server-sent events; they are one Python process on the same cores. rmt-lm reads its memory rows "
               "before every prompt and has its cache of prompts off. transformers runs in its own process, without a "
               "server, and knows all prompts beforehand: its first tokens come all at once. llama.cpp's server is not "
               "among what `rivals/setup.sh` builds; `generate` has the speed of its loop.")


class Completion(Contender):
    """A short one, while nothing else is asked of the server or while it reads a document."""

    def __init__(self, server: Server, prompt: list[int], text: bytes | None) -> None:
        super().__init__(BESIDE if text else ALONE)
        self.server, self.prompt, self.text = server, prompt, text

    def measure(self) -> Sample:
        if self.text is None:
            return self._ask()
        with Upload(self.server, self.text) as upload:
            before = upload.read_tokens()
            sample = self._ask()
            sample.more["read"] = upload.read_tokens() - before - PROMPT
        return sample

    def _ask(self) -> Sample:
        one = self.server.stream(self.prompt, SHORT, count_ticks=True)
        return Sample(one.tokens, one.wall_s, None, {"first_s": one.first_s, "first_ticks": one.first_ticks})


def fairness(s: Setting, report: Report, server: Server) -> None:
    prompt = prompts_of(s, 1)[0]
    contenders = [Completion(server, prompt, None), Completion(server, prompt, s.passage(TEXT_BYTES).read_bytes())]
    samples = alternate(contenders, s.repeats)
    rows = []
    for c in contenders:
        taken = samples[c.name]
        ticks = Spread.of([x.more["first_ticks"] for x in taken])
        reading = [x.more["read"] / x.wall_s for x in taken if "read" in x.more]
        rows.append([c.name, Spread.of([x.wall_s for x in taken]).text(2), ratios(samples[ALONE], taken).text(2),
                     Spread.of([x.more["first_s"] * 1000 for x in taken]).text(), ticks.text(),
                     Spread.of(reading).text() if reading else ""])
        report.record(part="fairness", contender=c.name, samples=[asdict(x) for x in taken])
    report.table([f"a completion of {SHORT} tokens", "s (min–max)", "× alone", "first token, ms", "after steps of the model",
                  "tokens/s read of the upload meanwhile"], rows)
    later = statistics.median(x.more["first_ticks"] for x in samples[BESIDE]) - statistics.median(
        x.more["first_ticks"] for x in samples[ALONE])
    report.say(f"The upload is set.mm, sent to /v1/evals as fast as it is taken; the prompt has {PROMPT} tokens. While a text "
               "is being generated, reading may take as much time as generating. Beside the upload the first token comes "
               f"{later:g} steps later (median); steps are those of /metrics, asked for before the request and after the "
               "first token.")


def run(s: Setting) -> None:
    report = Report("serve", "The server", s.pinned)
    websockets(s, report)
    with Server(s, s.smollm2(), "--dtype", "bf16") as server:
        streaming(s, report, server)
        fairness(s, report, server)
    report.publish(s.results)
