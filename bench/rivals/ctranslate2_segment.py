"""CTranslate2: the log-probabilities of 512 tokens, by Generator.score_batch."""
from __future__ import annotations

import json
import os
from pathlib import Path

import ctranslate2
import numpy as np

from worker import options, take_turns

args = options("--compute-type", default="float32")
threads = int(os.environ["OMP_NUM_THREADS"])
generator = ctranslate2.Generator(args.model, device="cpu", inter_threads=1, intra_threads=threads,
                                  compute_type=args.compute_type)
vocabulary = json.loads(Path(args.model, "vocabulary.json").read_text())
words = [vocabulary[i] for i in np.fromfile(args.ids, np.int32)]
segments = [words[i:i + args.segment_length] for i in range(0, len(words), args.segment_length)]
done = 0


def turn() -> dict:
    global done
    losses = []
    for _ in range(args.segments):
        scored = generator.score_batch([segments[done % len(segments)]])[0].log_probs
        losses.append(-sum(scored) / len(scored))
        done += 1
    return {"tokens": args.segments * args.segment_length, "nll_per_token": sum(losses) / len(losses)}


take_turns({"ready": "ctranslate2", "compute_type": generator.compute_type, "threads": threads}, turn, args.warmup)
