"""python3 -m prover_data collect | assemble: see recipes/prover/README.md."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from . import exam, exploration, functions, lessons, library, logic, memory, mixtures, synthesis
from .assemble import assemble, part, problems, read_lines, write_lines
from .collect import Collector, found_by_search
from .lean import Lean, modules
from .statement import Statement

FAMILIES = ("propositional", "quantified", "rewriting", "chaining", "explored", "functions", "mixtures")


def family(name: str, random: Random, lemmas: list[library.Lemma]) -> Iterator[Statement]:
    match name:
        case "propositional":
            return logic.propositional(random)
        case "quantified":
            return logic.quantified(random)
        case "rewriting":
            return synthesis.Rewriting(lemmas)(random)
        case "explored":
            return exploration.explored(random)
        case "functions":
            return functions.functions(random)
        case "mixtures":
            return mixtures.mixtures(random, [synthesis.Chaining(lemmas)(random), synthesis.Rewriting(lemmas)(random)])
        case _:
            return synthesis.Chaining(lemmas)(random)


def mixed(random: Random, families: list[Iterator[Statement]]) -> Iterator[Statement]:
    while families:
        family = random.choice(families)
        if (statement := next(family, None)) is None:
            families.remove(family)
        else:
            yield statement


def collect(args: argparse.Namespace) -> None:
    random = Random(args.seed)
    lean = Lean(args.lean / "bin" / "lean", modules(args.lean / "lib" / "lean"))
    lemmas = synthesis.useful(library.lemmas(library.printed(lean, library.theorem_names(args.library))))
    families = [family(name, Random(f"{args.seed} {i} {name}"), lemmas) for i, name in enumerate(args.families)]
    path = args.out / "raw" / f"{args.seed}.jsonl"
    collector = Collector(lean, path, random)
    collector.about = {"seed": args.seed, "families": args.families}
    collector.run(mixed(random, families), args.proofs, args.seconds)


def put_together(args: argparse.Namespace) -> None:
    lean = Lean(args.lean / "bin" / "lean", modules(args.lean / "lib" / "lean"))
    held_out = library.exam(lean, library.theorem_names(args.library))
    manifest = assemble(args.out / "raw", args.out, held_out, args.seed)
    reports = sorted((args.out / "raw").glob("*.report.json"))
    manifest["collected"] = [json.loads(path.read_text(encoding="utf-8")) for path in reports]
    (args.out / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: manifest[name] for name in ("dropped", "parts")}, ensure_ascii=False, indent=1))


def learn(args: argparse.Namespace) -> None:
    """Proofs that `rmt-lm prove --suite SUITE --json` found, checked once more, become raw material."""
    lean = Lean(args.lean / "bin" / "lean", modules(args.lean / "lib" / "lean"))
    collector = Collector(lean, args.out / "raw" / f"found-{args.seed}.jsonl", Random(args.seed), automation=0)
    collector.about = {"seed": args.seed, "results": str(args.results)}
    with args.suite.open(encoding="utf-8") as suite, args.results.open(encoding="utf-8") as results:
        collector.run(found_by_search(map(json.loads, suite), map(json.loads, results)), 1 << 40, float("inf"))


def remember(args: argparse.Namespace) -> None:
    lean = Lean(args.lean / "bin" / "lean", modules(args.lean / "lib" / "lean"))
    held_out = library.exam(lean, library.theorem_names(args.library))
    found, _ = problems(read_lines(args.out / "raw"), set(held_out.values()))
    proved = [p for p in found.values() if memory.short(p) and part(p.shape, args.seed) == "train"]
    make = memory.Maker(Random(f"{args.seed} memory"), proved, args.segment_bytes)
    manifest = memory.write(lean, make, args.out / "memory", args.files, args.tests)
    manifest["seed"] = args.seed
    (args.out / "memory" / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(manifest, indent=1))


def examine(args: argparse.Namespace) -> None:
    asked = exam.drawn(args.library, args.theorems, args.seed)
    heads = {one["head"].removesuffix(exam.PROOF) for one in asked}
    taught = lessons.documents(Lean(args.lean / "bin" / "lean"), args.library, heads)
    written = {
        "exam.jsonl": write_lines(args.out / "exam.jsonl", asked),
        "train/lessons.jsonl.gz": write_lines(args.out / "train" / "lessons.jsonl.gz", taught),
    }
    print(json.dumps(written, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(prog="prover_data", description="Training data for a model that proves.")
    parser.add_argument(
        "--lean", type=Path, default=Path("build/release/lean"), help="folder with bin/lean and lib/lean"
    )
    parser.add_argument("--library", type=Path, default=Path("prover/lean"), help="its sources")
    parser.add_argument("--out", type=Path, default=Path("build/prover-data"))
    actions = parser.add_subparsers(required=True)
    one = actions.add_parser("collect", help="draw statements, let Lean check their proofs")
    one.add_argument("families", nargs="+", choices=FAMILIES)
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--proofs", type=int, default=1 << 40, help="stop after so many")
    one.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    one.set_defaults(run=collect)
    two = actions.add_parser("assemble", help="share the proofs out over train, valid and test")
    two.add_argument("--seed", type=int, default=1)
    two.set_defaults(run=put_together)
    found = actions.add_parser("found", help="take over proofs that a search found")
    found.add_argument("suite", type=Path, help="what was searched: open.jsonl")
    found.add_argument("results", type=Path, help="what rmt-lm prove --suite … --json printed")
    found.add_argument("--seed", type=int, default=1)
    found.set_defaults(run=learn)
    three = actions.add_parser("memory", help="files with a goal far behind the lemma that it needs")
    three.add_argument("--seed", type=int, default=1)
    three.add_argument("--segment-bytes", type=int, default=600, help="text of a segment, at least")
    three.add_argument("--files", type=int, default=5000, help="to train on")
    three.add_argument("--tests", type=int, default=100, help="for each distance")
    three.set_defaults(run=remember)
    four = actions.add_parser(
        "exam", help="some of the library's theorems, asked where they stand; lessons out of the others"
    )
    four.add_argument("--seed", type=int, default=1)
    four.add_argument("--theorems", type=int, default=400)
    four.set_defaults(run=examine)
    args = parser.parse_args()
    args.run(args)


main()
