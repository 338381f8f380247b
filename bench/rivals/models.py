"""Models in the formats of every program, from the same weights.

    models.py gpt2-124m DIR      hf/ (transformers, rmt-lm), ct2/ (CTranslate2), f32.gguf (llama.cpp), ids.bin
    models.py gpt2-21m DIR       hf/ and ids.bin: 8 layers of width 384, 16,000 tokens
    models.py tiny DIR TEXT      hf/ with a byte-level BPE trained on TEXT, ids.bin
    models.py smollm2 DIR GGUF   hf/ and ct2/ with the file's weights expanded to fp32

All but the last have random weights, because only speed is asked of them; that all programs do the same
work with them is checked by their losses (bench/rows/fp32.py).
"""
from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel, LlamaForCausalLM,
                          PreTrainedTokenizerFast)

SEED = 20240229


def save_hf(config: GPT2Config, tokenizer: Tokenizer, folder: Path) -> GPT2LMHeadModel:
    torch.manual_seed(SEED)
    model = GPT2LMHeadModel(config).eval()
    model.save_pretrained(folder)
    end = tokenizer.id_to_token(config.eos_token_id)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=end, eos_token=end,
                            unk_token=end).save_pretrained(folder)
    return model


def save_ids(vocabulary: int, path: Path, count: int = 64 * 512) -> None:
    np.random.default_rng(SEED).integers(0, vocabulary, count, dtype=np.int32).tofile(path)


def save_gguf(model: GPT2LMHeadModel, path: Path) -> None:
    import gguf
    config, weights = model.config, model.transformer.state_dict()
    writer = gguf.GGUFWriter(path, "gpt2")
    writer.add_context_length(config.n_positions)
    writer.add_embedding_length(config.n_embd)
    writer.add_block_count(config.n_layer)
    writer.add_feed_forward_length(4 * config.n_embd)
    writer.add_head_count(config.n_head)
    writer.add_layer_norm_eps(config.layer_norm_epsilon)
    writer.add_vocab_size(config.vocab_size)
    writer.add_tokenizer_model("no_vocab")
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GPT2, config.n_layer)
    for name, tensor in weights.items():
        transposed = name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight"))
        array = np.ascontiguousarray(tensor.T if transposed else tensor, dtype=np.float32)
        writer.add_tensor(names.get_name("transformer." + name, (".weight", ".bias")), array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def save_ct2(folder: Path) -> None:
    import ctranslate2
    ctranslate2.converters.TransformersConverter(str(folder / "hf")).convert(str(folder / "ct2"), force=True)


def gpt2_21m(folder: Path) -> None:
    config = GPT2Config(vocab_size=16000, n_layer=8, n_embd=384, n_head=6, bos_token_id=0, eos_token_id=0)
    words = Tokenizer(models.WordLevel({f"t{i}": i for i in range(config.vocab_size)}, unk_token="t0"))
    save_hf(config, words, folder / "hf")
    save_ids(config.vocab_size, folder / "ids.bin")


def gpt2_124m(folder: Path) -> None:
    config = GPT2Config()
    words = Tokenizer(models.WordLevel({f"t{i}": i for i in range(config.vocab_size)}, unk_token="t0"))
    model = save_hf(config, words, folder / "hf")
    save_ct2(folder)
    save_gguf(model, folder / "f32.gguf")
    save_ids(config.vocab_size, folder / "ids.bin")


def tiny(folder: Path, text: Path) -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    with text.open(errors="replace") as lines:
        sample = [next(lines, "") for _ in range(20000)]
    tokenizer.train_from_iterator(sample, trainers.BpeTrainer(
        vocab_size=4096, special_tokens=["<|endoftext|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    config = GPT2Config(vocab_size=tokenizer.get_vocab_size(), n_embd=64, n_layer=2, n_head=2,
                        bos_token_id=0, eos_token_id=0)
    save_hf(config, tokenizer, folder / "hf")
    save_ids(config.vocab_size, folder / "ids.bin")


def smollm2(folder: Path, file: Path) -> None:
    stored = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32)
    del stored.config.quantization_config
    model = LlamaForCausalLM(stored.config)
    model.load_state_dict(stored.state_dict())
    model.save_pretrained(folder / "hf")
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([  # transformers leaves the digits out
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.save_pretrained(folder / "hf")
    save_ct2(folder)


parser = argparse.ArgumentParser()
parser.add_argument("model", choices=["gpt2-124m", "gpt2-21m", "tiny", "smollm2"])
parser.add_argument("folder", type=Path)
parser.add_argument("source", type=Path, nargs="?")
args = parser.parse_args()
if args.model == "gpt2-124m":
    gpt2_124m(args.folder)
elif args.model == "gpt2-21m":
    gpt2_21m(args.folder)
elif args.model == "tiny":
    tiny(args.folder, args.source)
else:
    smollm2(args.folder, args.source)
(args.folder / "complete").touch()
