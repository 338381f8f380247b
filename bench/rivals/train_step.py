"""The same training step in PyTorch: transformers' GPT-2 with SDPA attention in the plain recurrent loop, its graphs all
kept or, with --checkpointed, each segment's rebuilt by torch.utils.checkpoint; AdamW fused."""
from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
import torch
from torch.utils.checkpoint import checkpoint
from transformers import AutoModelForCausalLM

from worker import take_turns

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
parser.add_argument("--ids", required=True)
parser.add_argument("--segments", type=int, default=4)
parser.add_argument("--segment-length", type=int, default=512)
parser.add_argument("--memory-tokens", type=int, default=10)
parser.add_argument("--batch", type=int, default=1)
parser.add_argument("--bf16", action="store_true", help="autocast")
parser.add_argument("--checkpointed", action="store_true")
parser.add_argument("--warmup", type=int, default=1)
args = parser.parse_args()

model = AutoModelForCausalLM.from_pretrained(args.model, attn_implementation="sdpa").train()
for module in model.modules():  # no dropout, as in rmt-lm
    if isinstance(module, torch.nn.Dropout):
        module.p = 0.0
model.config.attn_pdrop = 0.0
for block in model.transformer.h:
    block.attn.attn_dropout.p = 0.0
words = model.get_input_embeddings()
torch.manual_seed(1)
initial = torch.nn.Parameter(torch.randn(args.memory_tokens, words.embedding_dim) * words.weight.std().item())
optimizer = torch.optim.AdamW([initial, *model.parameters()], lr=1e-5, fused=True)
length = args.segments * args.segment_length
stored = torch.from_numpy(np.fromfile(args.ids, np.int32, args.batch * (length + 1)).astype(np.int64))
rows = stored.view(args.batch, length + 1)
Path("/proc/self/clear_refs").write_text("5")


def segment_loss(memory: torch.Tensor, ids: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    m = args.memory_tokens
    hidden = model.transformer(inputs_embeds=torch.cat([memory, words(ids), memory], 1), use_cache=False)[0]
    logits = model.lm_head(hidden[:, m:-m])
    loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), reduction="sum")
    return hidden[:, -m:], loss


def turn() -> dict:
    optimizer.zero_grad(set_to_none=True)
    memory, total = initial.expand(args.batch, -1, -1), 0.0
    with torch.autocast("cpu", torch.bfloat16, enabled=args.bf16):
        for at in range(0, length, args.segment_length):
            inputs = memory, rows[:, at:at + args.segment_length], rows[:, at + 1:at + 1 + args.segment_length]
            if args.checkpointed:
                memory, loss = checkpoint(segment_loss, *inputs, use_reentrant=False)
            else:
                memory, loss = segment_loss(*inputs)
            total = total + loss
    mean = total / (args.batch * length)
    mean.backward()
    torch.nn.utils.clip_grad_norm_([initial, *model.parameters()], 1.0)
    optimizer.step()
    peak = int(re.search(r"^VmHWM:\s*(\d+)", Path("/proc/self/status").read_text(), re.M).group(1))
    return {"tokens": args.batch * length, "loss": mean.item(), "peak_kb": peak}


take_turns({"ready": "train_step"}, turn, args.warmup)
