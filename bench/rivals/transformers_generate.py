"""Transformers, SDPA attention and its own cache: the time of tokens generated one after the other, greedily."""
from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM
from transformers.generation.streamers import BaseStreamer

from worker import take_turns

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
parser.add_argument("--dtype", default="float32")
parser.add_argument("--tokens", type=int, default=64)
parser.add_argument("--streams", type=int, default=1)
parser.add_argument("--prompts", type=Path, help="JSON: a list of equally long lists of ids, in place of --streams")
parser.add_argument("--warmup", type=int, default=1)
args = parser.parse_args()
model = AutoModelForCausalLM.from_pretrained(args.model, dtype=getattr(torch, args.dtype),
                                             attn_implementation="sdpa").eval()
prompt = torch.tensor(json.loads(args.prompts.read_text())) if args.prompts else torch.full((args.streams, 1), 1)


class FirstToken(BaseStreamer):
    """When the prompt's next tokens came: what is put first is the prompt itself."""

    def __init__(self) -> None:
        self.begun, self.puts, self.first_s = time.perf_counter(), 0, 0.0

    def put(self, _: torch.Tensor) -> None:
        self.puts += 1
        if self.puts == 2:
            self.first_s = time.perf_counter() - self.begun

    def end(self) -> None: ...


@torch.inference_mode()
def turn() -> dict:
    first = FirstToken()
    model.generate(prompt, attention_mask=torch.ones_like(prompt), min_new_tokens=args.tokens,
                   max_new_tokens=args.tokens, do_sample=False, pad_token_id=0, streamer=first)
    return {"tokens": args.tokens * len(prompt), "first_s": [first.first_s]}


take_turns({"ready": "transformers", "dtype": args.dtype, "threads": torch.get_num_threads()}, turn, args.warmup)
