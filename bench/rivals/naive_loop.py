"""A recurrent memory transformer the plain way, in PyTorch: every segment's logits and hidden states
are kept, joined at the end, and the loss is taken over the joined logits. This is what the published
wrapper does; written here from its description. Prints the resident memory at its end."""
from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForCausalLM

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
parser.add_argument("--ids", required=True)
parser.add_argument("--segments", type=int, required=True)
parser.add_argument("--segment-length", type=int, default=512)
parser.add_argument("--memory-tokens", type=int, default=10)
args = parser.parse_args()


def resident_kb(field: str) -> int:
    return int(re.search(rf"^{field}:\s*(\d+)", Path("/proc/self/status").read_text(), re.M).group(1))


model = AutoModelForCausalLM.from_pretrained(args.model, attn_implementation="sdpa").eval()
words = model.get_input_embeddings()
memory = torch.randn(1, args.memory_tokens, words.embedding_dim) * words.weight.std()
stored = torch.from_numpy(np.fromfile(args.ids, np.int32).astype(np.int64))
ids = stored.repeat(-(-args.segments * args.segment_length // len(stored)))[:args.segments * args.segment_length][None]
before = resident_kb("VmRSS")

with torch.no_grad():
    m, outputs = args.memory_tokens, []
    for segment in ids.split(args.segment_length, dim=1):
        out = model(inputs_embeds=torch.cat([memory, words(segment), memory], 1), output_hidden_states=True)
        memory = out.hidden_states[-1][:, -m:]
        outputs.append((out.logits[:, m:-m], [h[:, m:-m] for h in out.hidden_states]))
    logits = torch.cat([logits for logits, _ in outputs], 1)
    hidden = [torch.cat(layer, 1) for layer in zip(*[states for _, states in outputs])]
    shifted = logits[:, :-1].contiguous()
    loss = torch.nn.functional.cross_entropy(shifted.view(-1, shifted.shape[-1]), ids[0, 1:])

print(json.dumps({"segments": args.segments, "tokens": ids.shape[1], "loss": loss.item(), "before_kb": before,
                  "rss_kb": resident_kb("VmRSS"), "peak_kb": resident_kb("VmHWM")}))
