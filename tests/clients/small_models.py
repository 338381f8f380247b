"""Models whose answers are known beforehand, as folders in the layout of Hugging Face.

Byte-level tokenizers without merges: a token is a byte, so bits per byte are bits per token.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np

EOS = "<|endoftext|>"  # of the drawn model, id 256

# The alphabet model: the byte that follows is this much likelier, in logits, than each of the other 255.
FAVOUR = 10.0
LIKELY = FAVOUR - math.log(math.exp(FAVOUR) + 255)
UNLIKELY = -math.log(math.exp(FAVOUR) + 255)


def byte_spellings() -> list[str]:
    """How GPT-2's tokenizer spells every byte: printable ones as themselves, the others from U+0100 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = iter(range(0x100, 0x200))
    return [chr(byte if byte in plain else next(others)) for byte in range(256)]


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def write_tokenizer(folder: Path, with_eos: bool) -> None:
    vocabulary = {spelling: byte for byte, spelling in enumerate(byte_spellings())}
    added = []
    if with_eos:
        vocabulary[EOS] = 256
        flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
        added.append({"id": 256, "content": EOS, "special": True, **flags})
        names = {"bos_token": EOS, "eos_token": EOS, "tokenizer_class": "GPT2Tokenizer"}
        write_json(folder / "tokenizer_config.json", names)
    by_bytes = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    merging = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": "",
        "end_of_word_suffix": "",
        "fuse_unk": False,
        "vocab": vocabulary,
        "merges": [],
    }
    write_json(
        folder / "tokenizer.json",
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": added,
            "normalizer": None,
            "pre_tokenizer": by_bytes,
            "post_processor": by_bytes,
            "decoder": by_bytes,
            "model": merging,
        },
    )


def write_safetensors(path: Path, tensors: dict[str, np.ndarray]) -> None:
    header, data = {}, b""
    for name, tensor in tensors.items():
        content = np.ascontiguousarray(tensor, dtype="<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def write_uniform_model(folder: Path) -> Path:
    """GPT-2 with nothing but zeros: every one of 256 bytes is equally likely, always; 8 bits per byte."""
    folder.mkdir(parents=True)
    width, positions = 64, 1024
    shapes = {
        "wte.weight": (256, width),
        "wpe.weight": (positions, width),
        "ln_f.weight": (width,),
        "ln_f.bias": (width,),
    }
    for part, shape in {
        "ln_1": (width,),
        "attn.c_attn": (width, 3 * width),
        "attn.c_proj": (width, width),
        "ln_2": (width,),
        "mlp.c_fc": (width, 4 * width),
        "mlp.c_proj": (4 * width, width),
    }.items():
        shapes[f"h.0.{part}.weight"] = shape
        shapes[f"h.0.{part}.bias"] = shape[-1:]
    write_safetensors(folder / "model.safetensors", {name: np.zeros(shape) for name, shape in shapes.items()})
    write_json(
        folder / "config.json",
        {
            "model_type": "gpt2",
            "architectures": ["GPT2LMHeadModel"],
            "vocab_size": 256,
            "n_embd": width,
            "n_layer": 1,
            "n_head": 2,
            "n_positions": positions,
            "n_ctx": positions,
            "layer_norm_epsilon": 1e-5,
            "activation_function": "gelu_new",
        },
    )
    write_tokenizer(folder, with_eos=False)
    return folder


def write_llama_config(
    folder: Path, vocabulary: int, width: int, layers: int, heads: int, ffn: int, epsilon: float
) -> None:
    write_json(
        folder / "config.json",
        {
            "model_type": "llama",
            "architectures": ["LlamaForCausalLM"],
            "vocab_size": vocabulary,
            "hidden_size": width,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": heads,
            "head_dim": width // heads,
            "intermediate_size": ffn,
            "max_position_embeddings": 4096,
            "rms_norm_eps": epsilon,
            "rope_theta": 10000.0,
            "hidden_act": "silu",
            "tie_word_embeddings": False,
        },
    )


def write_alphabet_model(folder: Path) -> Path:
    """After a letter comes the next one, after z a space, after anything else a: with probability exp(LIKELY)."""
    folder.mkdir(parents=True)
    logits = np.zeros((256, 256))  # by what is there, by what comes
    for byte in range(256):
        following = byte + 1 if ord("a") <= byte < ord("z") else ord(" ") if byte == ord("z") else ord("a")
        logits[byte, following] = FAVOUR
    # The norm makes 16 of the one entry of a row, whatever it was.
    write_safetensors(
        folder / "model.safetensors",
        {
            "model.embed_tokens.weight": 256 * np.eye(256),
            "model.norm.weight": np.ones(256),
            "lm_head.weight": logits.T / 16,
        },
    )
    write_llama_config(folder, vocabulary=256, width=256, layers=0, heads=4, ffn=8, epsilon=1e-12)
    write_tokenizer(folder, with_eos=False)
    return folder


def write_drawn_model(folder: Path, seed: int = 1) -> Path:
    """Two layers of weights drawn at random: every token depends on all that was read."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(seed)
    width, ffn, vocabulary = 64, 96, 257
    shapes = {"model.embed_tokens.weight": (vocabulary, width), "lm_head.weight": (vocabulary, width)}
    norms = ["model.norm.weight"]
    for layer in range(2):
        base = f"model.layers.{layer}."
        for name in "qkvo":
            shapes[f"{base}self_attn.{name}_proj.weight"] = (width, width)
        shapes |= {
            f"{base}mlp.gate_proj.weight": (ffn, width),
            f"{base}mlp.up_proj.weight": (ffn, width),
            f"{base}mlp.down_proj.weight": (width, ffn),
        }
        norms += [f"{base}input_layernorm.weight", f"{base}post_attention_layernorm.weight"]
    tensors = {name: random.normal(0, 0.25, shape) for name, shape in shapes.items()}
    write_safetensors(folder / "model.safetensors", tensors | {name: np.ones(width) for name in norms})
    write_llama_config(folder, vocabulary, width, layers=2, heads=4, ffn=ffn, epsilon=1e-5)
    write_tokenizer(folder, with_eos=True)
    return folder
