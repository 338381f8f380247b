"""From the proofs that Lean accepted to files: what was found twice is dropped, what the exam asks is held out, shapes
are shared out over training, validation and test."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from .lean import INDENT
from .statement import canonical, shape

GOAL, STEP = "[GOAL]", "[PROOFSTEP]"  # prover/candidates/tactic_prompt.h
SCRIPTS = 3  # of a statement that are kept
VALID, TEST = 0.01, 0.06  # shares of the shapes
_DEFINED = re.compile(r"^(?:def|theorem|opaque)\s+(\S+)", re.M)


@dataclass
class Problem:
    """A statement with the scripts that prove it, each a list of (goals, tactic)."""

    template: str
    before: str
    statement: str
    shape: str
    scripts: list[list[tuple[str, str]]] = field(default_factory=list)


def key_of(before: str, state: str) -> str:
    """The canonical statement, with the names that `before` gives numbered."""
    key = canonical(state)
    for number, name in enumerate(_DEFINED.findall(before)):
        word = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w])")
        before, key = word.sub(f"D{number}", before), word.sub(f"D{number}", key)
    return f"{before.strip()} ⊢ {key}" if before else key


def problems(records: Iterable[dict], held_out: set[str]) -> tuple[dict[str, Problem], Counter[str]]:
    """By canonical statement; and how many proofs were dropped, by reason."""
    found: dict[str, Problem] = {}
    dropped: Counter[str] = Counter()
    for record in records:
        steps = [(state, tactic) for state, tactic in record["steps"]]
        key = key_of(record["before"], steps[0][0])
        if any(tactic.startswith("exact?") for _, tactic in steps):
            dropped["a search is no step"] += 1
            continue
        if key in held_out:
            dropped["a theorem of the library"] += 1
            continue
        problem = found.setdefault(key, Problem(record["template"], record["before"], record["statement"], shape(key)))
        tactics = [tactic for _, tactic in steps]
        if any([t for _, t in script] == tactics for script in problem.scripts):
            dropped["the same script again"] += 1
        elif len(problem.scripts) >= SCRIPTS:
            dropped["scripts enough"] += 1
        elif problem.scripts and problem.statement != record["statement"]:
            dropped["the same statement in other names"] += 1
        else:
            problem.scripts.append(steps)
    return found, dropped


def part(name: str, seed: int, valid: float = VALID, test: float = TEST) -> str:
    """Where a shape belongs: decided by the shape alone, so that data made later is shared out alike."""
    digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    return "test" if place < test else "valid" if place < test + valid else "train"


def prompt(state: str, tactic: str) -> str:
    return f"{GOAL}{state}{STEP}{tactic}\n"


def theorem(name: str, problem: Problem) -> dict:
    """A prover::Theorem (prover/theorem.h), as `rmt-lm prove --suite` reads it: a row of its table is a template."""
    return {
        "name": name,
        "before": problem.before,
        "head": f"theorem {name}{problem.statement} := by\n{INDENT}",
        "tail": "\n",
        "indent": len(INDENT),
        "shape": problem.template,
        "statement_shape": problem.shape,
        "steps": min(map(len, problem.scripts), default=0),
    }


def unproved(records: Iterable[dict], proved: dict[str, Problem], held_out: set[str], seed: int) -> Iterator[Problem]:
    """Statements that are fit for training and have no proof yet, each once."""
    seen: set[str] = set()
    for record in records:
        key = key_of(record["before"], record["state"])
        if key not in seen and key not in proved and key not in held_out and part(shape(key), seed) == "train":
            seen.add(key)
            yield Problem(record["template"], record["before"], record["statement"], shape(key))


def proof_documents(chosen: list[Problem]) -> Iterator[dict]:
    for problem in chosen:
        for script in problem.scripts:
            yield {"text": problem.before + "".join(prompt(state, tactic) for state, tactic in script)}


def step_documents(chosen: list[Problem], random: Random) -> Iterator[dict]:
    """Each step alone, as a search asks for it; one that several scripts share is there once."""
    texts = list(
        dict.fromkeys(
            problem.before + prompt(state, tactic)
            for problem in chosen
            for script in problem.scripts
            for state, tactic in script
        )
    )
    random.shuffle(texts)
    for text in texts:
        yield {"text": text}


def write_lines(path: Path, records: Iterable[dict]) -> dict:
    """JSON lines, gzipped where the name says so; the same records give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count, text = 0, io.StringIO()
    for record in records:
        text.write(json.dumps(record, ensure_ascii=False) + "\n")
        count += 1
    content = text.getvalue().encode()
    stored = gzip.compress(content, 6, mtime=0) if path.suffix == ".gz" else content
    path.write_bytes(stored)
    return {"records": count, "bytes": len(content), "sha256": hashlib.sha256(stored).hexdigest()}


def read_lines(folder: Path, suffix: str = ".jsonl") -> Iterator[dict]:
    for path in sorted(folder.glob(f"*{suffix}")):
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n"):  # the last one may still be being written
                    yield json.loads(line)


def assemble(
    raw: Path, out: Path, held_out: dict[str, str], seed: int, valid: float = VALID, test: float = TEST
) -> dict:
    """Writes train/, valid/, test.jsonl and open.jsonl, and tells what they hold."""
    found, dropped = problems(read_lines(raw), set(held_out.values()))
    parts: dict[str, list[Problem]] = defaultdict(list)
    shapes: dict[str, set[str]] = defaultdict(set)
    for problem in found.values():
        where = part(problem.shape, seed, valid, test)
        if where == "test" and problem.shape in shapes[where]:
            dropped["a second test of one shape"] += 1
            continue
        parts[where].append(problem)
        shapes[where].add(problem.shape)
    for chosen in parts.values():
        Random(seed).shuffle(chosen)
    files = {
        "train/proofs.jsonl.gz": proof_documents(parts["train"]),
        "train/steps.jsonl.gz": step_documents(parts["train"], Random(seed)),
        "valid/proofs.jsonl.gz": proof_documents(parts["valid"]),
        "valid/steps.jsonl.gz": step_documents(parts["valid"], Random(seed)),
        "test.jsonl": (theorem(f"test_{i}", problem) for i, problem in enumerate(parts["test"])),
        "open.jsonl": (
            theorem(f"open_{i}", problem)
            for i, problem in enumerate(unproved(read_lines(raw, ".open"), found, set(held_out.values()), seed))
        ),
    }
    written = {name: write_lines(out / name, records) for name, records in files.items()}
    return {
        "seed": seed,
        "held_out_library_theorems": len(held_out),
        "dropped": dict(dropped),
        "files": written,
        "parts": {name: _counts(chosen, shapes[name]) for name, chosen in sorted(parts.items())},
    }


def _counts(chosen: list[Problem], shapes: set[str]) -> dict:
    scripts = [script for problem in chosen for script in problem.scripts]
    return {
        "statements": len(chosen),
        "shapes": len(shapes),
        "proofs": len(scripts),
        "pairs": sum(map(len, scripts)),
        "templates": dict(sorted(Counter(problem.template for problem in chosen).items())),
        "steps_of_a_proof": dict(sorted(Counter(map(len, scripts)).items())),
    }
