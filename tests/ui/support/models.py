"""Writes the small models that the flows are served with: models.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients"))
import small_models  # noqa: E402

STEP = b"intro h\n"  # no byte of it twice: each says which comes next


def write_step_model(folder: Path) -> Path:
    """Whatever it is asked, it answers with one tactic."""
    folder.mkdir(parents=True)
    logits = np.zeros((256, 256))  # by what is there, by what comes
    logits[:, STEP[0]] = small_models.FAVOUR
    for there, coming in zip(STEP, STEP[1:]):
        logits[there, STEP[0]] = 0
        logits[there, coming] = small_models.FAVOUR
    small_models.write_safetensors(
        folder / "model.safetensors",
        {
            "model.embed_tokens.weight": 256 * np.eye(256),
            "model.norm.weight": np.ones(256),
            "lm_head.weight": logits.T / 16,
        },
    )
    small_models.write_llama_config(folder, vocabulary=256, width=256, layers=0, heads=4, ffn=8, epsilon=1e-12)
    small_models.write_tokenizer(folder, with_eos=False)
    return folder


if __name__ == "__main__":
    to = Path(sys.argv[1])
    small_models.write_alphabet_model(to / "alphabet")
    small_models.write_drawn_model(to / "drawn")
    write_step_model(to / "step")
