"""Files in which a goal needs a lemma by a name that stands far before it. Every name is drawn afresh, so that nothing
but the file tells which lemma it is; the predicates are sealed, so that nothing but the lemma proves it.

  file: structure Law … ─ law, law, definition, theorem, law, … ─ theorem t (n : Nat) (h : zorp n) : vane n
                           └ zorp n → vane n, by the name kuba                          └ exact kuba h"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .assemble import Problem, prompt, write_lines
from .lean import INDENT, Attempt, Group, Lean
from .names import Names, invented

DISTANCES = (1, 2, 4, 8, 16, 32, 64)  # in segments
PREAMBLE = """structure Law where
  left : Nat → Prop
  right : Nat → Prop
  holds : ∀ n, left n → right n
instance : Inhabited Law := ⟨⟨fun _ => True, fun _ => True, fun _ h => h⟩⟩

"""


@dataclass(frozen=True)
class Law:
    """`lemma : source n → target n`, for numbers and predicates that nobody can look into."""

    source: str
    target: str
    lemma: str

    def text(self, secret: str) -> str:
        return (
            f"opaque {secret} : Law\n"
            f"@[irreducible] def {self.source} : Nat → Prop := {secret}.left\n"
            f"@[irreducible] def {self.target} : Nat → Prop := {secret}.right\n"
            f"unseal {self.source} {self.target} in\n"
            f"theorem {self.lemma} {{n : Nat}} (h : {self.source} n) : {self.target} n := {secret}.holds n h\n\n"
        )


@dataclass(frozen=True)
class Question:
    """A theorem about one law of the file, with its proof."""

    statement: str
    goal: str
    tactic: str


@dataclass(frozen=True)
class Sample:
    before: str
    questions: tuple[Question, ...]
    distance: int  # bytes between the lemma's end and the file's, of the first question


class Words:
    """Each is drawn once."""

    def __init__(self, random: Random) -> None:
        self.random, self.taken = random, set[str]()

    def fresh(self) -> str:
        while (word := invented(self.random, self.random.randint(2, 3))) in self.taken:
            pass
        self.taken.add(word)
        return word


def law(words: Words) -> tuple[Law, str]:
    made = Law(words.fresh(), words.fresh(), words.fresh())
    return made, made.text(words.fresh())


def question(random: Random, about: Law) -> Question:
    names = Names(random)
    names.taken |= {"n"}
    variable = random.choice([names.fresh("Nat"), "n"])
    fact = names.fresh("hypothesis")
    statement = f" ({variable} : Nat) ({fact} : {about.source} {variable}) : {about.target} {variable}"
    goal = f"{variable} : Nat\n{fact} : {about.source} {variable}\n⊢ {about.target} {variable}"
    return Question(statement, goal, f"exact {about.lemma} {fact}")


class Maker:
    """Makes files; `proved` are theorems to fill them with."""

    def __init__(self, random: Random, proved: list[Problem], segment_bytes: int) -> None:
        self.random, self.proved, self.segment_bytes = random, proved, segment_bytes

    def filler(self, words: Words) -> str:
        """What else stands in a file: another law, a definition, a theorem with its proof."""
        random, roll = self.random, self.random.random()
        if roll < 0.3 or not self.proved:
            return law(words)[1]
        if roll < 0.4:
            return f"def {words.fresh()} (n : Nat) : Nat := n {random.choice('+*')} {random.randrange(1, 50)}\n\n"
        problem = random.choice(self.proved)
        tactics = "".join(f"{INDENT}{tactic}\n" for _, tactic in min(problem.scripts, key=len))
        return f"theorem {words.fresh()}{problem.statement} := by\n{tactics}\n"

    def sample(self, segments: int, questions: int) -> Sample:
        """The first question's lemma ends about `segments` segments before the file does; the others are about laws on
        the way."""
        random, words = self.random, Words(self.random)
        front = "".join(self.filler(words) for _ in range(random.choice([0, 0, 1, 2])))
        asked, text = law(words)
        laws, behind, length = [asked], [], 0
        wanted = (segments - 1) * self.segment_bytes + random.randrange(self.segment_bytes)
        while length < wanted:
            if len(laws) < questions and random.random() < 0.25:
                other, more = law(words)
                laws.append(other)
            else:
                more = self.filler(words)
            behind.append(more)
            length += len(more.encode())
        return Sample(PREAMBLE + front + text + "".join(behind), tuple(question(random, one) for one in laws), length)


def verified(lean: Lean, samples: list[Sample]) -> list[Sample]:
    """Those whose questions Lean proves that way, and shows as they are put."""
    good = []
    for chosen in _batches(samples):
        groups = [
            Group(
                s.before, tuple(Attempt(f"theorem t{i}{q.statement}", (q.tactic,)) for i, q in enumerate(s.questions))
            )
            for s in chosen
        ]
        for one, outcomes in zip(chosen, lean.check(groups, traced=True), strict=True):
            if all(o.proved and o.states == [q.goal] for o, q in zip(outcomes, one.questions, strict=True)):
                good.append(one)
    return good


def _batches(samples: list[Sample], most: int = 200_000) -> Iterator[list[Sample]]:
    """Of about so many bytes."""
    batch: list[Sample] = []
    for one in samples:
        batch.append(one)
        if sum(len(s.before) for s in batch) > most:
            yield batch
            batch = []
    if batch:
        yield batch


def short(problem: Problem) -> bool:
    """Fit to be filler: stated over the core alone, and proved in a few lines."""
    return not problem.before and min(map(len, problem.scripts)) <= 3 and len(problem.statement) < 160


def documents(samples: list[Sample]) -> Iterator[dict]:
    for one in samples:
        yield {"text": one.before + "".join(prompt(q.goal, q.tactic) for q in one.questions)}


def theorems(samples: list[Sample], segments: int) -> Iterator[dict]:
    for i, one in enumerate(samples):
        asked = one.questions[0]
        yield {
            "name": f"far_{segments}_{i}",
            "before": one.before,
            "head": f"theorem far_{segments}_{i}{asked.statement} := by\n{INDENT}",
            "tail": "\n",
            "indent": len(INDENT),
            "segments": segments,
            "distance": one.distance,
            "proof": asked.tactic,
        }


def write(lean: Lean, make: Maker, folder: Path, files: int, tests: int) -> dict:
    """Files of a few segments with several questions to train on, and tests with one question at each distance."""
    lengths = (1, 1, 2, 2, 3, 4, 6, 8)
    train = verified(lean, [make.sample(make.random.choice(lengths), 6) for _ in range(files)])
    written = {"train.jsonl.gz": write_lines(folder / "train.jsonl.gz", documents(train))}
    for segments in DISTANCES:
        far = verified(lean, [make.sample(segments, 1) for _ in range(tests)])
        name = f"test-{segments}.jsonl"
        written[name] = write_lines(folder / name, theorems(far, segments))
    return {"segment_bytes": make.segment_bytes, "files": written}
