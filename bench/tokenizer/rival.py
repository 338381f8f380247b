"""tiktoken, Hugging Face's tokenizers or sentencepiece as one that takes turns, from Python as they are used."""
from __future__ import annotations

import argparse
import array
import json
from pathlib import Path

from rivals.worker import take_turns

# GPT-2's expression as tiktoken writes it.
GPT2 = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""


def byte_of_character() -> dict[str, int]:
    """GPT-2's byte alphabet."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(rest)}


def tiktoken_encode(folder: Path):
    import tiktoken

    content = json.loads((folder / "tokenizer.json").read_text())
    special = {token["id"] for token in content["added_tokens"]}
    table = byte_of_character()
    ranks = {bytes(table[c] for c in piece): i for piece, i in content["model"]["vocab"].items() if i not in special}
    return tiktoken.Encoding("rival", pat_str=GPT2, mergeable_ranks=ranks, special_tokens={}).encode_ordinary


def tokenizers_encode(folder: Path):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def sentencepiece_encode(model: Path):
    import sentencepiece

    return sentencepiece.SentencePieceProcessor(model_file=str(model)).encode


def main() -> None:
    kinds = {"tiktoken": tiktoken_encode, "tokenizers": tokenizers_encode, "sentencepiece": sentencepiece_encode}
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--text", type=Path, required=True)
    parser.add_argument("--ids", type=Path, required=True, help="where to write the ids, raw int32")
    parser.add_argument("--warmup", type=int, default=1)
    options = parser.parse_args()
    encode = kinds[options.kind](options.tokenizer)
    data = options.text.read_bytes()
    text = data.decode()
    ids = encode(text)
    options.ids.write_bytes(array.array("i", ids).tobytes())
    result = {"tokens": len(ids), "bytes": len(data)}

    def turn() -> dict:
        encode(text)
        return result

    take_turns(result, turn, options.warmup)


main()
