#!/usr/bin/env python3
"""Writes the vocabularies and the ids that the tokenizers are tested against.

    tests/reference/tokenizer_fixtures.py

Needs tokenizers and sentencepiece. Trains small vocabularies on sample.tex and sample.lean (our own
writing) and encodes them and texts that tokenizers trip over. Output, all in tests/fixtures/tokenizers:
  byte_bpe.json      a tokenizer.json of byte-level BPE, cut as by GPT-2
  wordpiece.json     a tokenizer.json of BERT
  variants.json      name -> {"base": file, "patch": JSON merge patch that makes another tokenizer of it}
  *.model            sentencepiece: bpe and unigram as our trainer makes them, llama2 and mapped as others do
  texts.json         name -> text
  expected.json      tokenizer -> name of a text -> ids
"""

import collections
import io
import json
import os
import pathlib
import random
import tempfile

import sentencepiece
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "tokenizers"

NASTY = {
    "empty": "",
    "space": " ",
    "spaces": "a  b   c    d     \n      e",
    "space runs at the ends": "   lead and trail   ",
    "newlines": "one\ntwo\n\nthree\r\nfour\r\n\r\nfive\n \n  six \n",
    "tabs": "\tone\t\ttwo \t three\t\n\tfour",
    "other spaces": "no\u00a0break\u2003em\u3000ideographic\u2028line\u0085next\x0bvertical\x0cform",
    "contractions": "I'm, you're, it's; they'd've 'll 'LL He'S \u2019s don't 'sun' o'clock ''s '\u017f",
    "numbers": "0 12 345 6789 12345 1,234.5 x2y \u0663\u0664\u0665 \u2167 \u00bd 3\u00b2 a1b22 3  4",
    "punctuation": "(a)[b]{c} ... --- \\begin{x}\n$$ ?! \u00a1\u00bf \u00ab\u00bb \u201cq\u201d.\n\n;",
    "combining": "e\u0301 \u00e9 a\u0323\u0302 \u1ead o\u0302\u0323 \u212b \u00c5 n\u0303o \u0301alone x\u0338 =\u0338",
    "case": "\u0130stanbul \u00dfTRASSE \u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 \ufb01ne \u01c5 \U00010400 \u1fef",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f44d\U0001f3fd \U0001f1eb\U0001f1f7 \u2764\ufe0f 1\ufe0f\u20e3 \U0001f3f4\U000e0067\U000e007f",
    "cjk": "\u4e2d\u6587\u6587\u672c\uff0c\u6ca1\u6709\u7a7a\u683c\u3002\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8 \ud55c\uad6d\uc5b4 \u1112\u1161\u11ab \U00020000\u9fff",
    "arabic": "\u0627\u0644\u0646\u064e\u0651\u0635\u0651 \u0627\u0644\u0639\u0631\u0628\u064a\u060c \u0664\u0662 \u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd \u0928\u092e\u0938\u094d\u0924\u0947 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "control": "a\x00b\x01c\x04 \x1c\x1d\x7f\u200b\u200e\ufeffz \ufffd \u00ad \u2060",
    "specials as text": "<|endoftext|> <s></s> [CLS] [SEP] ##ing <unk> <0x0A> \u2581 \u2581\u2581x <tool>",
    "private and far": "\uf8ff \U0010fffd \U000f0000 \u0378 \U0001f9ff",
    "long word": "supercalifragilisticexpialidocious" * 4 + "=" * 70 + "0123456789" * 5,
}


def sample_texts():
    texts = {name: (FOLDER / name).read_text(encoding="utf-8") for name in ("sample.tex", "sample.lean")}
    texts.update(NASTY)
    chance = random.Random(7)
    units = [unit for text in NASTY.values() for unit in text.split(" ")[:6]] + [" ", "  ", "\n", "\t", "'", "."]
    for i in range(10):
        texts[f"random {i}"] = "".join(chance.choice(units)[:12] for _ in range(24))
    return texts


def write(name, value):
    """A line a member."""
    compact = {"ensure_ascii": True, "separators": (",", ":")}
    members = (json.dumps(key, **compact) + ":" + json.dumps(member, **compact) for key, member in value.items())
    (FOLDER / name).write_text("{\n" + ",\n".join(members) + "\n}\n", encoding="ascii")


def lines_for_training():
    return [line for name in ("sample.tex", "sample.lean") for line in (FOLDER / name).read_text("utf-8").split("\n")]


def byte_bpe():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=257 + 220, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
                                  special_tokens=["<|endoftext|>"], show_progress=False)
    tokenizer.train_from_iterator(lines_for_training(), trainer)
    return json.loads(tokenizer.to_str())


def wordpiece():
    # Chosen by counting: the package's own trainer breaks ties differently each time.
    normalizer, pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    counts = collections.Counter()
    for line in lines_for_training():
        for word, _ in pre_tokenizer.pre_tokenize_str(normalizer.normalize_str(line)):
            for size in range(1, len(word) + 1):
                counts[word[:size]] += 1
                if size < len(word):
                    counts["##" + word[-size:]] += 1
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *("##" + c for c in letters), "\u4e2d", "\u1112"]
    for piece, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if piece not in pieces and len(pieces) < 360:
            pieces.append(piece)
    tokenizer = Tokenizer(models.WordPiece(vocab={piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = normalizer, pre_tokenizer, decoders.WordPiece()
    tokenizer.add_special_tokens(pieces[:5])
    return json.loads(tokenizer.to_str())


def split(regex):
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    pattern = {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False}
    return {"type": "Sequence", "pretokenizers": [pattern, byte_level], "add_prefix_space": None, "trim_offsets": None,
            "use_regex": None}


def variants(size):
    newer = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}

    def added(i, content, special, normalized):
        return {"id": i, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": normalized, "special": special}

    end = added(0, "<|endoftext|>", True, False)
    spaces = [added(size + i, " " * (24 - i), False, True) for i in range(23)]
    bos = {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}
    template = {"type": "TemplateProcessing", "single": [bos, {"Sequence": {"id": "A", "type_id": 0}}], "pair": [],
                "special_tokens": {"<|endoftext|>": {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}}}
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None}
    return {
        "gpt2": {"base": "byte_bpe.json", "patch": {}},
        "smollm": {"base": "byte_bpe.json", "patch": {"pre_tokenizer": {
            "type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, byte_level],
            "add_prefix_space": None, "trim_offsets": None, "use_regex": None}}},
        "llama3": {"base": "byte_bpe.json", "patch": {
            "pre_tokenizer": split(newer.replace("DIGITS", "{1,3}")), "post_processor": template,
            "model": {"ignore_merges": True}}},
        "qwen2": {"base": "byte_bpe.json", "patch": {
            "pre_tokenizer": split(newer.replace("DIGITS", "")), "normalizer": {"type": "NFC"},
            "added_tokens": [end, added(size, "<tool>", False, False)]}},
        "neox": {"base": "byte_bpe.json", "patch": {"normalizer": {"type": "NFC"}, "added_tokens": [end] + spaces}},
        "bert": {"base": "wordpiece.json", "patch": {}},
        "bert-cased": {"base": "wordpiece.json", "patch": {"normalizer": {**bert, "lowercase": False}}},
        "bert-accents": {"base": "wordpiece.json", "patch": {"normalizer": {**bert, "strip_accents": False, "lowercase": True}}},
    }


def merge_patch(target, patch):
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def train_sentencepiece(name, **options):
    model = io.BytesIO()
    settings = dict(byte_fallback=True, num_threads=4, minloglevel=2, hard_vocab_limit=False)
    settings.update(options)
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(lines_for_training()), model_writer=model, **settings)
    (FOLDER / f"{name}.model").write_bytes(model.getvalue())


def sentencepieces():
    plain = dict(normalization_rule_name="identity", add_dummy_prefix=False, remove_extra_whitespaces=False,
                 allow_whitespace_only_pieces=True, split_digits=True)
    train_sentencepiece("bpe", model_type="bpe", vocab_size=480, **plain)
    train_sentencepiece("unigram", model_type="unigram", vocab_size=480, **plain)
    train_sentencepiece("llama2", model_type="bpe", vocab_size=480, normalization_rule_name="identity",
                        remove_extra_whitespaces=False, user_defined_symbols=["\\begin", "<tool>"])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # the model keeps the name of the file with its rules
        pathlib.Path("rules.tsv").write_text("2264\t3C 3D\n1D4AB\t50\n212B\tC5\n65 301\tE9\nA0\t20\n9\t20\nA\t20\n")
        train_sentencepiece("mapped", model_type="unigram", vocab_size=220, byte_fallback=False,
                            normalization_rule_tsv="rules.tsv")


def main():
    texts = sample_texts()
    write("texts.json", texts)
    base = {"byte_bpe.json": byte_bpe(), "wordpiece.json": wordpiece()}
    for name, value in base.items():
        write(name, value)
    table = variants(len(base["byte_bpe.json"]["model"]["vocab"]))
    write("variants.json", table)
    sentencepieces()

    expected = {}
    for name, variant in table.items():
        tokenizer = Tokenizer.from_str(json.dumps(merge_patch(base[variant["base"]], variant["patch"])))
        tokenizer.encode_special_tokens = True
        expected[name] = {text: tokenizer.encode(texts[text], add_special_tokens=False).ids for text in texts}
    for name in ("bpe", "unigram", "llama2", "mapped"):
        processor = sentencepiece.SentencePieceProcessor(model_file=str(FOLDER / f"{name}.model"))
        expected[name] = {text: processor.encode(texts[text]) for text in texts}
    write("expected.json", expected)


if __name__ == "__main__":
    main()
