"""What bench/gpu compares with, in PyTorch on the same device: the recurrent loop as one would write it with
transformers (every segment's logits computed and its loss taken; nothing kept, or it would not come far), and full
attention over the whole text in one piece. Reads a request as JSON, answers with a line of JSON."""
from __future__ import annotations

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

SHAPES = {"gpt2-124m": dict(n_layer=12, n_embd=768, n_head=12, vocab_size=50257),
          "gpt2-tiny": dict(n_layer=2, n_embd=64, n_head=4, vocab_size=257)}


def synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def gpt2(shape: dict, positions: int):
    from transformers import GPT2Config, GPT2LMHeadModel
    return GPT2LMHeadModel(GPT2Config(**shape, n_positions=positions, attn_implementation="sdpa")).eval()


@torch.no_grad()
def loop(request: dict, device: torch.device, dtype: torch.dtype) -> int:
    """The recurrent loop over request["segments"] segments; returns the tokens read."""
    shape, t, m = SHAPES[request["shape"]], request["segment_length"], request["memory_tokens"]
    model = gpt2(shape, t + 2 * m).to(device, dtype)
    words = model.get_input_embeddings()
    ids = torch.randint(shape["vocab_size"], (request["batch"], request["segments"] * t), device=device)
    memory = (torch.randn(m, shape["n_embd"], device=device) * words.weight.std()).to(dtype)
    memory = memory.expand(request["batch"], m, -1)

    def read(segments: int) -> float:
        state, total = memory, torch.zeros((), device=device, dtype=torch.float64)
        for segment in ids[:, :segments * t].split(t, dim=1):
            out = model(inputs_embeds=torch.cat([state, words(segment), state], 1), output_hidden_states=True)
            state = out.hidden_states[-1][:, -m:]
            logits = out.logits[:, m:-m][:, :-1].float()
            total += F.cross_entropy(logits.flatten(0, 1), segment[:, 1:].flatten(), reduction="sum")
        return total.item()

    read(min(3, request["segments"]))  # a warm-up
    synchronize(device)
    start = time.perf_counter()
    read(request["segments"])
    synchronize(device)
    request["elapsed"] = time.perf_counter() - start
    return request["batch"] * request["segments"] * t


class Block(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        q, k, v = (y.unflatten(-1, (self.heads, -1)).transpose(1, 2) for y in self.qkv(self.norm1(x)).chunk(3, -1))
        x = x + self.out(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


@torch.no_grad()
def full(request: dict, device: torch.device, dtype: torch.dtype) -> int:
    """One causal attention over the whole text; the head and the loss in chunks."""
    shape, tokens = SHAPES[request["shape"]], request["tokens"]
    width = shape["n_embd"]
    words = (torch.randn(shape["vocab_size"], width, device=device) * 0.02).to(dtype)
    blocks = nn.Sequential(*(Block(width, shape["n_head"]) for _ in range(shape["n_layer"]))).to(device, dtype)
    ids = torch.randint(shape["vocab_size"], (tokens,), device=device)

    def read(count: int) -> float:
        x, total = blocks(words[ids[:count]][None])[0], 0.0
        for rows, targets in zip(x[:-1].split(4096), ids[1:count].split(4096)):
            total += F.cross_entropy((rows @ words.T).float(), targets, reduction="sum").item()
        return total

    read(min(tokens, 4096))
    synchronize(device)
    start = time.perf_counter()
    read(tokens)
    synchronize(device)
    request["elapsed"] = time.perf_counter() - start
    return tokens


def main() -> None:
    request = json.loads(sys.argv[1])
    device = torch.device(request["device"])
    dtype = {"bf16": torch.bfloat16, "fp32": torch.float32}[request["precision"]]
    try:
        tokens = {"loop": loop, "full": full}[request["what"]](request, device, dtype)
    except torch.OutOfMemoryError:
        print(json.dumps({"out_of_memory": True, "request": request}))
        return
    except ImportError as error:
        print(json.dumps({"missing": str(error), "request": request}))
        return
    peak = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else 0
    print(json.dumps({"seconds": [request.pop("elapsed")], "tokens": tokens, "peak_bytes": peak, "torch": torch.__version__,
                      "request": request}))


if __name__ == "__main__":
    main()
