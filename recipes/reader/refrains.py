#!/usr/bin/env python3
"""Real text with refrains, as a first exercise for a memory: between the lines of a document a few others of its lines
come back, each once in about a segment, behind a mark.

    zstd -dcq documents.jsonl.zst | python3 recipes/reader/refrains.py > refrains.jsonl

    … a morphism of schemes is flat if          natural text, going on
    [b] the fibre over a closed point           a refrain: the words behind [b] were those a segment ago, too
    and only if all of its stalks are …

What stands behind a mark was last said a segment ago, so nothing but a memory of that segment makes it easy to foretell;
now and then another takes its place. Few and short refrains are easy to keep, many and long ones hard.
"""

import argparse
import json
import random
import sys

ROUND = 400  # characters in which every refrain is said once: a segment of 128 tokens
ROUNDS = 60  # of a made document at most
WORDS = (1, 2, 3, 4, 6, 8, 12)
REFRAINS = (1, 1, 2, 3, 4)
GIVES_WAY = 0.15


def phrase(lines, words, rng):
    """That many words of a line, or all that it has."""
    said = rng.choice(lines).split()
    start = rng.randrange(max(1, len(said) - words + 1))
    return " ".join(said[start : start + words])


def with_refrains(lines, rng):
    """The lines in their order, with refrains among them."""
    words = rng.choice(WORDS)
    refrains = [phrase(lines, words, rng) for _ in range(rng.choice(REFRAINS))]
    natural = iter(lines[rng.randrange(max(1, len(lines) - ROUNDS * 4)) :])
    text = ""
    for _ in range(ROUNDS):
        order = rng.sample(range(len(refrains)), len(refrains))
        said = 0
        for place in order:
            if rng.random() < GIVES_WAY:
                refrains[place] = phrase(lines, words, rng)
            refrain = f"[{'abcd'[place]}] {refrains[place]}\n"
            text += refrain
            said += len(refrain)
            share = (ROUND - said) / len(order)
            while share > 0:
                line = next(natural, None)
                if line is None:
                    return text
                text += line + "\n"
                said += len(line) + 1
                share -= len(line) + 1
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=2, help="texts made of each document of 20,000 characters [2]")
    parser.add_argument("--seed", type=int, default=1)
    settings = parser.parse_args()
    rng = random.Random(settings.seed)
    made = 0
    for number, record in enumerate(sys.stdin, 1):
        try:
            text = json.loads(record)["text"]
            lines = [line for line in text.splitlines() if line.strip()]
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            sys.exit(f'refrains: line {number} of the input is no document (a JSON object with "text"): {problem}')
        if len(lines) < 50:
            continue
        for _ in range(max(1, settings.times * len(text) // 20_000)):
            print(json.dumps({"text": with_refrains(lines, rng)}, ensure_ascii=False))
            made += 1
    if not made:
        sys.exit("refrains: no document has 50 lines")


if __name__ == "__main__":
    main()
