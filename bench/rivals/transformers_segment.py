"""Transformers, SDPA attention: the loss of 512 tokens, as `model(ids, labels=ids)` gives it."""
from __future__ import annotations

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from worker import options, take_turns

args = options("--dtype", default="float32")
model = AutoModelForCausalLM.from_pretrained(args.model, dtype=getattr(torch, args.dtype),
                                             attn_implementation="sdpa").eval()
segments = torch.from_numpy(np.fromfile(args.ids, np.int32).astype(np.int64)).split(args.segment_length)
done = 0


@torch.inference_mode()
def turn() -> dict:
    global done
    losses = []
    for _ in range(args.segments):
        ids = segments[done % len(segments)].unsqueeze(0)
        losses.append(model(ids, labels=ids, use_cache=False).loss.item())
        done += 1
    return {"tokens": args.segments * args.segment_length, "nll_per_token": sum(losses) / len(losses)}


take_turns({"ready": "transformers", "dtype": args.dtype, "threads": torch.get_num_threads()}, turn, args.warmup)
