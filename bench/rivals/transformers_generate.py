"""Transformers, SDPA attention and its own cache: the time of tokens generated one after the other, greedily."""
from __future__ import annotations

import argparse

import torch
from transformers import AutoModelForCausalLM

from worker import take_turns

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
parser.add_argument("--dtype", default="float32")
parser.add_argument("--tokens", type=int, default=64)
parser.add_argument("--streams", type=int, default=1)
parser.add_argument("--warmup", type=int, default=1)
args = parser.parse_args()
model = AutoModelForCausalLM.from_pretrained(args.model, dtype=getattr(torch, args.dtype),
                                             attn_implementation="sdpa").eval()
prompt = torch.full((args.streams, 1), 1)


@torch.inference_mode()
def turn() -> dict:
    model.generate(prompt, attention_mask=torch.ones_like(prompt), min_new_tokens=args.tokens,
                   max_new_tokens=args.tokens, do_sample=False, pad_token_id=0)
    return {"tokens": args.tokens * args.streams}


take_turns({"ready": "transformers", "dtype": args.dtype, "threads": torch.get_num_threads()}, turn, args.warmup)
