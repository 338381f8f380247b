"""Names of variables, hypotheses and theorems, drawn at random the way people choose them."""

from __future__ import annotations

from random import Random

POOLS: dict[str, tuple[str, ...]] = {
    "Prop": ("p", "q", "r", "s", "t", "a", "b", "c", "d", "e", "A", "B", "C", "P", "Q", "R", "S", "φ", "ψ", "χ"),
    "Nat": ("n", "m", "k", "a", "b", "c", "i", "j", "x", "y", "z", "d", "u", "v", "w", "l"),
    "Bool": ("b", "c", "d", "x", "y", "z", "a", "p", "q", "u", "v"),
    "List": ("l", "xs", "ys", "zs", "l₁", "l₂", "l₃", "as", "bs", "cs", "t", "s", "r", "l'"),
    "Option": ("o", "o'", "x", "y", "m", "a?", "u", "v"),
    "Type": ("α", "β", "γ", "δ", "A", "B", "C", "X", "Y", "Z", "σ", "τ", "ι"),
    "element": ("x", "y", "z", "a", "b", "c", "u", "v", "w", "e", "d", "x₁", "x₂", "i", "j"),
    "function": ("f", "g", "h", "k", "φ", "ψ", "u", "v", "F", "G"),
    "predicate": ("P", "Q", "R", "S", "p", "q", "r", "A", "B", "C", "good", "E"),
    "pair": ("p", "q", "x", "y", "u", "v", "z", "w", "s"),
}
HYPOTHESES = (
    "h",
    "h1",
    "h2",
    "h3",
    "h'",
    "h₁",
    "h₂",
    "h₃",
    "h₄",
    "ha",
    "hb",
    "hc",
    "hx",
    "hy",
    "hp",
    "hq",
    "H",
    "H1",
    "H2",
    "hyp",
    "this",
    "e",
    "h0",
    "k",
    "hn",
    "hm",
    "h5",
    "hle",
    "heq",
    "H'",
)
# `this` has a meaning of its own; as a binder's name it would be confusing.
_HYPOTHESES = tuple(name for name in HYPOTHESES if name not in ("this", "k", "e"))
_SYLLABLES = (
    "ba",
    "co",
    "du",
    "fe",
    "gi",
    "ha",
    "jo",
    "ku",
    "la",
    "me",
    "ni",
    "po",
    "qua",
    "ri",
    "su",
    "ta",
    "ve",
    "wi",
    "xo",
    "yu",
    "zan",
    "bel",
    "cor",
    "dim",
    "fol",
    "gan",
    "hul",
    "kis",
    "lom",
    "mur",
    "nex",
    "pav",
    "rud",
    "sil",
    "tor",
    "vam",
)
RESERVED = frozenset(
    {"at", "do", "in", "if", "by", "fun", "let", "have", "show", "from", "then", "else", "meta", "with", "max", "min"}
)


class Names:
    """Fresh ones in one declaration."""

    def __init__(self, random: Random) -> None:
        self.random, self.taken = random, set[str]()

    def fresh(self, kind: str) -> str:
        pool = _HYPOTHESES if kind == "hypothesis" else POOLS[kind]
        free = [name for name in pool if name not in self.taken]
        name = self.random.choice(free) if free else self._numbered(pool[0])
        self.taken.add(name)
        return name

    def _numbered(self, stem: str) -> str:
        number = 1
        while f"{stem}{number}" in self.taken:
            number += 1
        return f"{stem}{number}"


def invented(random: Random, syllables: int = 0) -> str:
    """A word that means nothing, for definitions and lemmas of one file."""
    while (word := "".join(random.choice(_SYLLABLES) for _ in range(syllables or random.randint(2, 3)))) in RESERVED:
        pass
    return word
