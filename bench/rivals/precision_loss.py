"""What a rival's narrower arithmetic costs: the NLL of each text under its fp32 and under the other
type, its first 512 tokens as one window. One line of JSON a text."""
from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path

import ctranslate2
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

parser = argparse.ArgumentParser()
parser.add_argument("--model", type=Path, required=True, help="folder with hf/ and ct2/")
parser.add_argument("--rival", choices=["transformers", "ctranslate2"], required=True)
parser.add_argument("--type", required=True, help="a torch dtype or a CTranslate2 compute type")
parser.add_argument("--window", type=int, default=512)
parser.add_argument("texts", nargs="+", type=Path)
args = parser.parse_args()


def transformers(dtype: str) -> Callable[[list[int]], float]:
    model = AutoModelForCausalLM.from_pretrained(args.model / "hf", dtype=getattr(torch, dtype)).eval()

    def nll(ids: list[int]) -> float:
        batch = torch.tensor([ids])
        return model(batch, labels=batch, use_cache=False).loss.item() * (len(ids) - 1)
    return nll


def ct2(compute_type: str) -> Callable[[list[int]], float]:
    generator = ctranslate2.Generator(str(args.model / "ct2"), compute_type=compute_type, inter_threads=1,
                                      intra_threads=int(os.environ["OMP_NUM_THREADS"]))
    words = json.loads((args.model / "ct2" / "vocabulary.json").read_text())
    return lambda ids: -sum(generator.score_batch([[words[i] for i in ids]])[0].log_probs)


tokenizer = AutoTokenizer.from_pretrained(args.model / "hf")
make = transformers if args.rival == "transformers" else ct2
with torch.inference_mode():
    full, narrow = make("float32"), make(args.type)
    for text in args.texts:
        ids = tokenizer(text.read_text()).input_ids[:args.window]
        print(json.dumps({"scored": len(ids) - 1, "nll_fp32": full(ids), "nll": narrow(ids)}))
