"""The `llm` command, told of the server by its own file of further models."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import server
from small_models import write_alphabet_model


class Llm(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))

    def run_llm(self, *arguments: str) -> subprocess.CompletedProcess:
        settings = self.folder / "llm"
        settings.mkdir(exist_ok=True)
        (settings / "extra-openai-models.yaml").write_text(
            f"- model_id: ours\n  model_name: small\n  api_base: {self.server.url}/v1\n  completion: true\n"
        )
        command = [Path(sys.executable).with_name("llm"), *arguments]
        environment = os.environ | {"LLM_USER_PATH": str(settings), "OPENAI_API_KEY": "none"}
        return subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=2 * server.PATIENCE,
        )

    def test_prompts(self):
        options = ("-m", "ours", "-o", "temperature", "0", "-o", "max_tokens", "6")
        for streaming in ((), ("--no-stream",)):
            done = self.run_llm(*options, *streaming, "abc")
            self.assertEqual((done.returncode, done.stdout), (0, "defghi\n"), done.stderr)
        self.assertGreaterEqual(self.server.answered("/v1/completions", 200), 2)

    def test_a_refusal_is_shown(self):
        done = self.run_llm(
            "-m",
            "ours",
            "--no-stream",
            "-o",
            "max_tokens",
            "0",
            "-o",
            "temperature",
            "0",
            "-o",
            "logit_bias",
            '{"999": 1}',
            "abc",
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("logit_bias", done.stderr)


if __name__ == "__main__":
    server.main()
