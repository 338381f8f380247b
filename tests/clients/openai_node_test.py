"""openai-node, as its users call it."""

from __future__ import annotations

import os
import shutil
import subprocess
import unittest
from pathlib import Path

import server
from small_models import LIKELY, write_alphabet_model

HERE = Path(__file__).resolve().parent
MODULES = os.environ.get("NODE_MODULES", "")


@unittest.skipUnless(shutil.which("node"), "node is not installed")
@unittest.skipUnless(MODULES and Path(MODULES, "openai").is_dir(), f"npm did not fetch openai into '{MODULES}'")
class OpenAiNode(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))
    OPTIONS = ("--segment-length", "16", "--memory-tokens", "2")

    def test_all(self):
        script = HERE / "openai_node.mjs"
        environment = os.environ | {"SERVER_URL": self.server.url, "LIKELY": str(LIKELY)}
        done = subprocess.run(
            ["node", str(script)], env=environment, capture_output=True, text=True, timeout=4 * server.PATIENCE
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(len(done.stdout.split()), script.read_text(encoding="utf-8").count("\n  async "))
        self.assertEqual(self.server.answered("/v1/completions", 400), 1)  # though it would have tried five times
        self.assert_idle()


if __name__ == "__main__":
    server.main()
