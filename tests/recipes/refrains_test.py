"""Refrains to exercise a memory on: each comes once in a round, what is between them is the document, and bad input is
named."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path
from random import Random

SCRIPT = Path(__file__).parents[2] / "recipes" / "reader" / "refrains.py"
sys.path.insert(0, str(SCRIPT.parent))

from refrains import ROUND, with_refrains  # noqa: E402

LINES = [f"line {n} says {n * n} and then {n % 7} again" for n in range(2000)]
MARKED = re.compile(r"^\[([a-d])\] (.*)$", re.MULTILINE)


def run(text: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *options], input=text, capture_output=True, text=True, check=False)


class Refrains(unittest.TestCase):
    def test_each_is_said_once_in_a_round_and_mostly_as_it_was(self):
        again = new = 0
        for seed in range(20):
            text = with_refrains(LINES, Random(seed))
            last: dict[str, tuple[int, str]] = {}
            for said in MARKED.finditer(text):
                mark, words = said.groups()
                if mark in last:
                    at, before = last[mark]
                    self.assertLess(said.start() - at, 3 * ROUND)
                    again, new = again + (words == before), new + (words != before)
                last[mark] = said.start(), words
        self.assertGreater(again, 4 * new)
        self.assertGreater(new, 0)

    def test_what_is_between_them_is_the_document_in_its_order(self):
        text = with_refrains(LINES, Random(3))
        natural = [line for line in text.splitlines() if not MARKED.match(line)]
        start = LINES.index(natural[0])
        self.assertEqual(natural, LINES[start : start + len(natural)])

    def test_the_same_seed_makes_the_same_text(self):
        document = json.dumps({"text": "\n".join(LINES)}) + "\n"
        first = run(document, "--seed", "5")
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(first.stdout, run(document, "--seed", "5").stdout)
        self.assertNotEqual(first.stdout, run(document, "--seed", "6").stdout)
        for line in first.stdout.splitlines():
            self.assertRegex(json.loads(line)["text"], r"^\[")

    def test_what_is_no_document_is_named(self):
        good = json.dumps({"text": "\n".join(LINES)}) + "\n"
        for bad in ("no json\n", '{"txt": 1}\n', "3\n", '{"text": 5}\n'):
            done = run(good + bad)
            self.assertEqual(done.returncode, 1)
            self.assertIn("line 2 of the input is no document", done.stderr)
        self.assertIn("no document has 50 lines", run('{"text": "short"}\n').stderr)


if __name__ == "__main__":
    unittest.main()
