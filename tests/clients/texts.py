"""Texts of any length, always the same: sentences put together from a few words, some of them not ASCII."""

from __future__ import annotations

import random

WHO = ("the miller", "a grey heron", "Ånna", "the clock on the tower", "nobody", "the captain’s dog", "old Benoît")
DID = ("counted", "carried", "forgot", "painted", "weighed", "found again", "sang to")
WHAT = (
    "seven stones",
    "the ferry",
    "a letter without a name",
    "the naïve map",
    "two lamps",
    "the river ☂",
    "its own echo",
)
WHEN = ("at noon", "before the rain", "in the third winter", "while it snowed", "twice", "the day after")


def story(size: int, seed: int = 1) -> str:
    """About `size` characters; never fewer."""
    draw = random.Random(seed)
    sentences, length = [], 0
    while length < size:
        parts = [draw.choice(words) for words in (WHO, DID, WHAT, WHEN)]
        sentence = " ".join(parts) + ("." if draw.random() < 0.8 else ";")
        sentences.append(sentence[0].upper() + sentence[1:])
        length += len(sentence) + 1
    return " ".join(sentences)
