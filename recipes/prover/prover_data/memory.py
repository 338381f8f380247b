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
LAWS = 1  # in a test
CHECKED = 100  # of the files to train on, of each kind
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
    distance: int  # bytes between the last law's end and the file's, in a test
    text: str = ""  # to train on: the file, with the questions and their answers where they were put


class Words:
    """Each is drawn once."""

    def __init__(self, random: Random) -> None:
        self.random, self.taken = random, set[str]()

    def fresh(self, syllables: int = 0) -> str:
        while (word := invented(self.random, syllables)) in self.taken:
            pass
        self.taken.add(word)
        return word


def law(words: Words) -> tuple[Law, str]:
    made = Law(words.fresh(2), words.fresh(2), words.fresh(2))
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
        """What else stands in a file: a definition, or a theorem with its proof."""
        random = self.random
        if random.random() < 0.1 or not self.proved:
            return f"def {words.fresh()} (n : Nat) : Nat := n {random.choice('+*')} {random.randrange(1, 50)}\n\n"
        problem = random.choice(self.proved)
        tactics = "".join(f"{INDENT}{tactic}\n" for _, tactic in min(problem.scripts, key=len))
        return f"theorem {words.fresh()}{problem.statement} := by\n{tactics}\n"

    def filled(self, words: Words, length: int) -> str:
        text = ""
        while len(text.encode()) < length:
            text += self.filler(words)
        return text

    def asked(self, segments: int, laws: int) -> Sample:
        """A file of that many laws one after the other, then nothing but filler; the last law ends about `segments`
        segments before the file does, and a part of one. The question is about one of them."""
        random, words = self.random, Words(self.random)
        front = "".join(self.filler(words) for _ in range(random.choice([0, 0, 1, 2])))
        made = [law(words) for _ in range(laws)]
        wanted = segments * self.segment_bytes + random.randrange(self.segment_bytes)
        behind = self.filled(words, wanted)
        before = PREAMBLE + front + "".join(text for _, text in made) + behind
        return Sample(before, (question(random, random.choice(made)[0]),), len(behind.encode()))

    def drill(self, length: int) -> dict:
        """Nothing but laws and questions about the last one or two, of about that many bytes."""
        random, words = self.random, Words(self.random)
        in_use, coming = random.choice([1, 1, 1, 2]), random.uniform(0.05, 0.3)
        laws: list[Law] = []
        text = ""
        while len(text.encode()) < length:
            if not laws or random.random() < coming:
                made, more = law(words)
                laws = [*laws, made][-in_use:]
            else:
                about = random.choice(laws)
                more = prompt(f"n : Nat\nh : {about.source} n\n⊢ {about.target} n", f"exact {about.lemma} h")
            text += more
        return {"text": text}

    def read(self, length: int, coming: float, asking: float) -> Sample:
        """A file to train on, of about that many bytes: a law gives way to the next, and what stands between them is
        filler and questions about the last. `coming` and `asking` are the shares of laws and of questions."""
        random, words = self.random, Words(self.random)
        file, text = PREAMBLE, PREAMBLE
        about: Law | None = None
        questions: list[Question] = []
        while len(text.encode()) < length:
            drawn = random.random()
            if about is None or drawn < coming:
                about, more = law(words)
            elif drawn < coming + asking:
                questions.append(question(random, about))
                text += prompt(questions[-1].goal, questions[-1].tactic)
                continue
            else:
                more = self.filler(words)
            file += more
            text += more
        return Sample(file, tuple(questions), 0, text)


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
        yield {"text": one.text}


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


def near(make: Maker) -> Sample:
    random = make.random
    return make.read(random.randrange(3_000, 9_000), random.uniform(0.04, 0.2), random.uniform(0.3, 0.7))


def far(make: Maker) -> Sample:
    random = make.random
    return make.read(random.randrange(3_000, 12_000), 0.2 * 0.1 ** random.random(), random.uniform(0.2, 0.7))


def write(lean: Lean, make: Maker, folder: Path, files: int, tests: int) -> dict:
    """Texts to train on in three steps, of which Lean reads a part; and tests with one question at each distance, all
    verified."""
    drills = [make.drill(make.random.randrange(2_000, 8_000)) for _ in range(files)]
    written = {"drill.jsonl.gz": write_lines(folder / "drill.jsonl.gz", drills)}
    for name, draw in (("near", near), ("far", far)):
        train = [draw(make) for _ in range(files)]
        if verified(lean, train[:CHECKED]) != train[:CHECKED]:
            raise RuntimeError("A file to train on asks what Lean does not prove as it says.")
        written[f"{name}.jsonl.gz"] = write_lines(folder / f"{name}.jsonl.gz", documents(train))
    for segments in DISTANCES:
        asked = verified(lean, [make.asked(segments, LAWS) for _ in range(tests)])
        name = f"test-{segments}.jsonl"
        written[name] = write_lines(folder / name, theorems(asked, segments))
    return {"segment_bytes": make.segment_bytes, "files": written}
