"""Tokenizers on one thread: ours beside tiktoken, Hugging Face's tokenizers and sentencepiece, the same
vocabulary and the same text, every id compared before a figure is printed."""
from __future__ import annotations

import json
from pathlib import Path

from harness.machine import BUILD, Pinned
from harness.measure import Sample, Spread, Worker, alternate, run_pinned
from harness.report import Report
from harness.setting import Setting

FOLDER = BUILD / "tokenizer"
BPE_PIECES = 24000


def byte_bpe(s: Setting) -> Path:
    """SmolLM2's vocabulary as a tokenizer.json, cut into words as by GPT-2: what tiktoken can do, too."""
    import gguf

    folder = FOLDER / "smollm2-gpt2"
    if (folder / "tokenizer.json").exists():
        return folder
    fields = gguf.GGUFReader(s.smollm2()).fields
    pieces, types = (fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "token_type"))
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    added = [{"id": i, "content": piece, **flags} for i, (piece, kind) in enumerate(zip(pieces, types)) if kind == 3]
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
             "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
             "vocab": {piece: i for i, piece in enumerate(pieces)}, "merges": fields["tokenizer.ggml.merges"].contents()}
    cut = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    content = {"version": "1.0", "added_tokens": added, "normalizer": None, "pre_tokenizer": cut,
               "post_processor": None, "decoder": cut, "model": model}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(content))
    return folder


def sentencepiece_model(s: Setting, text: Path) -> Path:
    """BPE, trained on the text by rmt-lm."""
    model = FOLDER / f"{text.stem}-{BPE_PIECES}.model"
    if not model.exists():
        run_pinned([s.program("rmt-lm"), "tokenizer", "train", text, "-o", model, "--vocab-size", BPE_PIECES], s.pinned)
    return model


def contenders(s: Setting, text: Path, one: Pinned) -> list[list[Worker]]:
    """Groups with the same ids, ours first."""
    def ours(name: str, tokenizer: Path) -> Worker:
        return Worker(name, [s.program("bench_tokenizer"), "--driven", "--tokenizer", tokenizer, "--text", text,
                             "--ids", FOLDER / f"{name}.ids"], one)

    def rival(kind: str, tokenizer: Path) -> Worker:
        name = f"{kind}, from Python"
        python = BUILD / "venv" / "bin" / "python"
        return Worker(name, [python, "-m", "tokenizer.rival", kind, "--tokenizer", tokenizer, "--text", text,
                             "--ids", FOLDER / f"{name}.ids"], one)

    folder, model = byte_bpe(s), sentencepiece_model(s, text)
    return [[ours("rmt-lm, byte-level BPE", folder), rival("tiktoken", folder), rival("tokenizers", folder)],
            [ours("rmt-lm, sentencepiece BPE", model), rival("sentencepiece", model)]]


def check_same_ids(group: list[Worker]) -> None:
    ids = [(FOLDER / f"{worker.name}.ids").read_bytes() for worker in group]
    for worker, theirs in zip(group[1:], ids[1:]):
        if theirs != ids[0]:
            raise RuntimeError(f"{group[0].name} and {worker.name} do not give the same ids")


def run(s: Setting) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = s.passage(2 << 20 if s.quick else 8 << 20)
    one = Pinned(s.pinned.cpus[:1])
    report = Report("tokenizer", f"Tokenizers, {text.stat().st_size / 1e6:.1f} MB of text, one thread", one)
    groups = contenders(s, text, one)
    samples: dict[str, list[Sample]] = alternate([worker for group in groups for worker in group], s.repeats)
    rows = []
    for group in groups:
        check_same_ids(group)
        for worker in group:
            theirs, ours = samples[worker.name], samples[group[0].name]
            speed = Spread.of([x.more["bytes"] / x.wall_s / 1e6 for x in theirs])
            ratio = Spread.of([b.wall_s / a.wall_s for a, b in zip(ours, theirs, strict=True)])
            first = f"{worker.ready['bytes'] / worker.ready['first_s'] / 1e6:,.1f}" if "first_s" in worker.ready else ""
            rows.append([worker.name, speed.text(1), first, ratio.text(2), f"{theirs[0].tokens:,}"])
            report.record(contender=worker.name, mb_per_s=vars(speed), ours_over_it=vars(ratio), tokens=theirs[0].tokens,
                          samples=[vars(x) for x in theirs])
    report.table(["", "MB/s (min–max)", "first time", "rmt-lm is ×", "tokens"], rows)
    report.say("Within a table's half all ids are equal. \"First time\" is the first text a tokenizer ever met; "
               f"tokenizers of Hugging Face and ours remember words. {s.repeats} turns each.")
    report.publish(s.results)
