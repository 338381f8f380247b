#!/usr/bin/env python3
"""Compares `rmt-lm tokenizer encode` with the Python packages, id by id, on whole corpora.

    tests/reference/tokenizer_corpora.py --program build/rmt-lm --tokenizer T [--random N] CORPUS...

T is a .gguf with byte-level BPE (against `tokenizers`, built from the same pieces and merges), a folder
with tokenizer.json (`tokenizers`) or a .model (`sentencepiece`). Corpora are .jsonl or .jsonl.zst with
"text"; --random adds N texts of characters that tokenizers trip over. Needs tokenizers, sentencepiece,
gguf, and the command zstd. Exit status 1 when an id differs.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile


def byte_level_from_gguf(path):
    import gguf
    from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

    reader = gguf.GGUFReader(path)

    def field(name):
        return reader.fields["tokenizer.ggml." + name].contents()

    pieces, merges = field("tokens"), [tuple(merge.split(" ")) for merge in field("merges")]
    tokenizer = Tokenizer(models.BPE(vocab={piece: i for i, piece in enumerate(pieces)}, merges=merges))
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    digits = pre_tokenizers.Digits(individual_digits=True)
    known = {"gpt-2": byte_level, "smollm": pre_tokenizers.Sequence([digits, byte_level])}
    tokenizer.pre_tokenizer = known[field("pre")]
    special = [AddedToken(p, special=True, normalized=False) for p, t in zip(pieces, field("token_type")) if t == 3]
    tokenizer.add_special_tokens(special)
    return tokenizer


def reference(path):
    """A function from a text to its ids, and one that counts what a looser reading of it would differ in."""
    if path.endswith(".model"):
        import sentencepiece

        processor = sentencepiece.SentencePieceProcessor(model_file=path)
        # Scores of a unigram model are summed in single precision, so what is encoded at once matters:
        # line by line is what the program does, and the whole text is what is counted beside it.
        return lambda text: [i for line in text.split("\n") for i in processor.encode(line + "\n")][:-1], processor.encode
    from tokenizers import Tokenizer

    if path.endswith(".gguf"):
        tokenizer = byte_level_from_gguf(path)
    else:
        tokenizer = Tokenizer.from_file(str(pathlib.Path(path) / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids, None


# What random texts are made of: each unit has tripped some tokenizer.
UNITS = (
    ["a", "B", "word", "Test", "the", " the", "ing", "0", "7", "42", "2024", "12345", "\u0663\u0664", "\u2167", "\u00bd"]
    + [" ", "  ", "   ", "\t", "\t\t", "\n", "\n\n", "\r\n", "\r", " \n", "\n ", "\u00a0", "\u2003", "\u2028", "\u3000"]
    + ["\x0b", "\x0c", "\x85", "\x00", "\x04", "\x1c", "\x1f", "\x7f", "\ufeff", "\u200b", "\u200d", "\u2060", "\ufffd"]
    + ["'s", "'S", "'ll", "'LL", "'re", "'ve", "'m", "'d", "'t", "'\u017f", "'x", "''", "\u2019s", "`", '"']
    + [".", ",", "!", "?", "...", "--", "\u2014", "(", "))", "{\\", "\\begin", "$x_1$", "^{2}", "&", "%", "##", "_", "\u2581"]
    + ["\u00e9", "e\u0301", "\u1ec7", "e\u0323\u0302", "o\u0302\u0323", "\u0301", "\u00c5", "\u212b", "\u0130", "\u00df", "\ufb01", "\u03a3", "\u1fef"]
    + ["\u4e2d", "\u6587\u5b57", "\u3002", "\uff0c", "\u3053\u3093", "\ud55c\uad6d", "\u1112\u1161\u11ab", "\u0e2a\u0e27\u0e31", "\u0928\u092e\u0938\u094d"]
    + ["\u0627\u0644\u0644\u0647", "\u0645\u064e\u0631", "\u05e9\u05b8", "\u2200", "\u2115", "\u03bb", "\u2081", "\U0001d538", "\u27e8", "\u21a6"]
    + ["\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f44d\U0001f3fd", "\U0001f1eb\U0001f1f7", "\u2764\ufe0f", "\U000e0041", "\uf8ff", "\U0010fffd"]
    + ["<|endoftext|>", "<|im_start|>", "[CLS]", "[MASK]", "<s>", "</s>", "<unk>", "<0x0A>", "antidisestablishmentarianism" * 5]
)


def random_texts(count):
    chance = random.Random(20240607)
    return ["".join(chance.choice(UNITS) for _ in range(chance.randint(1, 60))) for _ in range(count)]


def texts_of(path):
    content = subprocess.run(["zstd", "-dcf", path], check=True, capture_output=True).stdout
    return [json.loads(line)["text"] for line in content.splitlines() if line.strip()]


def compare(program, tokenizer, name, path, encode, whole):
    run = subprocess.run([program, "tokenizer", "encode", "--json", "--tokenizer", tokenizer, path],
                         check=True, capture_output=True)
    ours = [json.loads(line) for line in run.stdout.splitlines()]
    texts = texts_of(path)
    assert len(ours) == len(texts), f"{path}: {len(texts)} texts, {len(ours)} encodings"
    tokens = different = uncovered = looser = 0
    for text, mine in zip(texts, ours):
        theirs = encode(text)
        tokens += len(theirs)
        if len(theirs) > 0 and sum(mine["bytes"]) != len(text.encode()):
            uncovered += 1
        if mine["ids"] != theirs:
            different += 1
            at = next((i for i, (a, b) in enumerate(zip(mine["ids"], theirs)) if a != b), min(len(mine["ids"]), len(theirs)))
            print(f"  {mine['document']}: token {at}: {mine['ids'][at:at + 5]}, not {theirs[at:at + 5]}: "
                  f"{text[:80]!r}", file=sys.stderr)
        if whole and mine["ids"] != whole(text):
            looser += 1
    note = f", {looser} differ from the text encoded at once" if whole else ""
    print(f"{name}: {len(texts)} texts, {tokens} tokens, {different} texts differ, {uncovered} not covered{note}")
    return different == 0 and uncovered == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("corpora", nargs="*")
    options = parser.parse_args()
    encode, whole = reference(options.tokenizer)
    equal = True
    for path in options.corpora:
        equal &= compare(options.program, options.tokenizer, path, path, encode, whole)
    if options.random:
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            for text in random_texts(options.random):
                file.write(json.dumps({"text": text}) + "\n")
            file.flush()
            equal &= compare(options.program, options.tokenizer, "random", file.name, encode, whole)
    sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()
