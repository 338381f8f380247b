#!/usr/bin/env python3
"""Writes the files the C++ readers of weight formats are tested against.

    python tests/reference/weights.py

Needs numpy, torch, transformers, safetensors, gguf: each format is written by its own reference
implementation, and the decoded values are gguf-py's. Output, in tests/fixtures/model/weights/:

  dtypes.safetensors             every dtype, odd sizes, metadata
  types.gguf, types.safetensors  every tensor type that is decoded, and what gguf-py makes of it
  <model>/, <model>.gguf         tiny models as transformers saves them (llama in shards), and the same
                                 tensors as llama.cpp's converter names and lays them out
"""
import pathlib
import re
import shutil

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import save_file
from transformers import (BertConfig, BertModel, GPT2Config, GPT2LMHeadModel, LlamaConfig,
                          LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM)

OUT = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "model" / "weights"
RNG = np.random.default_rng(20260101)

# Where the fp16 scales of a block are.
SCALES_AT = {
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0],
    Type.Q2_K: [80, 82], Type.Q3_K: [108], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
}
# Tensors of a 16-bit type hold every kind of number: signed zeros, subnormals, extremes, infinities.
HALVES = np.array([0x0000, 0x8000, 0x0001, 0x8001, 0x03ff, 0x0400, 0x7bff, 0xfbff, 0x7c00, 0xfc00,
                   0x3c00, 0x3555, 0xb555, 0x0200, 0x5640, 0x1234], dtype=np.uint16)

TINY = {
    "llama": lambda: LlamaForCausalLM(LlamaConfig(
        vocab_size=11, hidden_size=16, intermediate_size=12, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=32, rms_norm_eps=1e-5, tie_word_embeddings=False)),
    "qwen2": lambda: Qwen2ForCausalLM(Qwen2Config(
        vocab_size=11, hidden_size=16, intermediate_size=12, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=32, rms_norm_eps=1e-6, tie_word_embeddings=True)),
    "gpt2": lambda: GPT2LMHeadModel(GPT2Config(
        vocab_size=11, n_positions=16, n_embd=8, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0)),
    "bert": lambda: BertModel(BertConfig(
        vocab_size=11, hidden_size=8, intermediate_size=12, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=16), add_pooling_layer=False),
}

LLAMA_NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
GPT2_NAMES = {
    "transformer.wte": "token_embd", "transformer.wpe": "position_embd", "transformer.ln_f": "output_norm",
    "ln_1": "attn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "ln_2": "ffn_norm",
    "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down",
}


def random_blocks(kind, rows, blocks):
    """Random bytes with finite scales, some of them subnormal: [rows, blocks * bytes of a block]."""
    _, size = gguf.GGML_QUANT_SIZES[kind]
    data = RNG.integers(0, 256, (rows * blocks, size), dtype=np.uint8)
    for at in SCALES_AT[kind]:
        scales = RNG.normal(0, 0.05, rows * blocks).astype(np.float16)
        scales[::5] = np.float16(3e-6)
        data[:, at:at + 2] = scales.view(np.uint8).reshape(-1, 2)
    return data.reshape(rows, blocks * size)


def write_types():
    writer = gguf.GGUFWriter(OUT / "types.gguf", "none")
    expected = {}
    for kind in SCALES_AT:
        values, _ = gguf.GGML_QUANT_SIZES[kind]
        raw = random_blocks(kind, 2, 256 // values)
        writer.add_tensor(kind.name, raw, raw_dtype=kind)
        expected[kind.name] = gguf.quants.dequantize(raw, kind)
    single = RNG.normal(0, 1, (2, 8)).astype(np.float32)
    halves = HALVES.reshape(2, 8)
    writer.add_tensor("F32", single)
    writer.add_tensor("F16", halves.view(np.float16))
    writer.add_tensor("BF16", halves.view(np.uint8).reshape(2, 16), raw_dtype=Type.BF16)
    writer.add_tensor("F64", RNG.normal(0, 1, (2, 8)))
    writer.add_tensor("IQ4_NL", RNG.integers(0, 256, (2, 18), dtype=np.uint8), raw_dtype=Type.IQ4_NL)
    expected["F32"] = single
    expected["F16"] = gguf.quants.dequantize(halves.view(np.float16), Type.F16)
    expected["BF16"] = gguf.quants.dequantize(halves.view(np.uint8), Type.BF16)
    expected["F64"] = writer.tensors[0]["F64"].tensor.astype(np.float32)
    write(writer)
    save_file(expected, OUT / "types.safetensors")


def write(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_dtypes():
    count = np.arange(6).reshape(2, 3)
    bfloats = torch.arange(6, dtype=torch.bfloat16).reshape(2, 3) - 2.5
    tensors = {
        "f64": count / 3, "f32": (count / 3).astype(np.float32), "f16": (count / 3).astype(np.float16),
        "i64": count - 2**40, "i32": (count - 2**20).astype(np.int32), "i16": (count - 300).astype(np.int16),
        "i8": (count - 3).astype(np.int8), "u8": (count + 250).astype(np.uint8), "bool": count % 2 == 0,
        "scalar": np.float32(0.5).reshape(()), "empty": np.zeros((0, 3), np.float32), "ünïcode \"\\\n": np.ones(1, np.int8),
    }
    from safetensors.torch import save_file as save_torch
    as_torch = {name: torch.from_numpy(np.array(values)) for name, values in tensors.items()}
    save_torch(as_torch | {"bf16": bfloats}, OUT / "dtypes.safetensors", metadata={"format": "pt"})


def converter_permutation(weights, heads):
    """What llama.cpp's converter does to q and k: halves of a head become neighbours."""
    split = weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
    return np.ascontiguousarray(split.swapaxes(1, 2).reshape(weights.shape))


def to_gguf(model, name, values):
    stem, kind = name.rsplit(".", 1)
    block = re.match(r"(?:model\.layers|transformer\.h)\.(\d+)\.(.*)", stem)
    names = GPT2_NAMES if model.config.model_type == "gpt2" else LLAMA_NAMES
    if model.config.model_type == "llama" and "q_proj" in stem:
        values = converter_permutation(values, model.config.num_attention_heads)
    if model.config.model_type == "llama" and "k_proj" in stem:
        values = converter_permutation(values, model.config.num_key_value_heads)
    if model.config.model_type == "gpt2" and values.ndim == 2 and ".c_" in stem:
        values = np.ascontiguousarray(values.T)
    new = f"blk.{block[1]}.{names[block[2]]}" if block else names[stem]
    return f"{new}.{kind}", values


def write_gguf_model(name, model):
    config = model.config
    writer = gguf.GGUFWriter(OUT / f"{name}.gguf", config.model_type)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    if name == "gpt2":
        writer.add_feed_forward_length(4 * config.hidden_size)
        writer.add_layer_norm_eps(config.layer_norm_epsilon)
    else:
        writer.add_feed_forward_length(config.intermediate_size)
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
        writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
        writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    for tensor, values in model.state_dict().items():
        if tensor == "lm_head.weight" and config.tie_word_embeddings:
            continue
        writer.add_tensor(*to_gguf(model, tensor, values.numpy()))
    write(writer)


def write_models():
    for name, make in TINY.items():
        torch.manual_seed(len(name))
        model = make().eval()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(torch.randn_like(parameter))
        folder = OUT / name
        shutil.rmtree(folder, ignore_errors=True)
        model.save_pretrained(folder, max_shard_size="5KB" if name == "llama" else "1GB")
        (folder / "generation_config.json").unlink(missing_ok=True)
        if name != "bert":
            write_gguf_model(name, model)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    write_types()
    write_dtypes()
    write_models()
