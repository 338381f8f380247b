"""What Lean's clients send, sent as they send it: by curl."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unittest

import server
from small_models import write_alphabet_model

GOAL = "n : Nat\nh : 0 < n\n⊢ ∃ k, n = k + 1"


@unittest.skipUnless(shutil.which("curl"), "curl is not installed")
class LeanClients(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))
    OPTIONS = ("--segment-length", "64", "--memory-tokens", "4", "--lanes", "3")

    def curl(self, path: str, *options: str, body: bytes | None = None) -> subprocess.CompletedProcess:
        data = ("--data-binary", "@-") if body is not None else ()
        return subprocess.run(
            ["curl", "--silent", "--show-error", *options, *data, self.server.url + path],
            input=body,
            capture_output=True,
            timeout=server.PATIENCE,
        )

    def post(self, path: str, request: object) -> dict:
        done = self.curl(path, "-X", "POST", "-H", "Content-Type: application/json", body=json.dumps(request).encode())
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_lean_copilot(self):
        for name in ("ct2-leandojo-lean4-tacgen-byt5-small", "wellecks/llmstep-mathlib4-pythia2.8b", ""):
            answer = self.post("/generate", {"name": name, "input": GOAL, "prefix": "intro abc"})
            outputs = answer["outputs"]
            self.assertGreater(len(outputs), 0)
            for output in outputs:
                self.assertEqual(set(output), {"output", "score"})
                self.assertTrue(output["output"].startswith("intro abc"), output)
                self.assertGreater(output["score"], 0)
                self.assertLessEqual(output["score"], 1)
            scores = [output["score"] for output in outputs]
            self.assertEqual(scores, sorted(scores, reverse=True))
            self.assertLess(scores[-1], 1)
            self.assertEqual(len({output["output"] for output in outputs}), len(outputs))
            self.assertTrue(outputs[0]["output"].startswith("intro abcdefghijk"))

    def test_lean_copilot_is_never_answered_by_what_it_cannot_parse(self):
        for request in (
            {"name": "x", "input": "", "prefix": ""},
            {},
            {"input": 5},
            {"input": GOAL, "prefix": None},
            [],
            None,
            "x",
        ):
            answer = self.post("/generate", request)
            self.assertIsInstance(answer["outputs"], list, request)
        done = self.curl("/generate", "-X", "POST", body=b'{"input": ')
        self.assertEqual(json.loads(done.stdout)["outputs"], [])

    def test_llmstep(self):
        for path in ("/", "/?"):
            answer = self.post(path, {"tactic_state": GOAL, "prefix": "rw [abc", "context": "theorem x : …"})
            suggestions = answer["suggestions"]
            self.assertGreater(len(suggestions), 0)
            self.assertEqual(len(set(suggestions)), len(suggestions))
            for suggestion in suggestions:
                self.assertTrue(suggestion.startswith("rw [abc"), suggestion)
        self.assertIn("tactic_state", self.post("/", {"prefix": "x"})["error"])

    def test_llmlean_by_ollama(self):
        request = {
            "model": "small",
            "prompt": f"[CTX]…[/CTX]\n[STATE]{GOAL}[/STATE]\n[TAC]abc",
            "options": {"temperature": 0.0, "stop": ["hij", "[/TAC]"], "num_predict": 40},
            "raw": False,
            "stream": False,
        }
        answer = self.post("/api/generate", request)
        self.assertEqual(answer["response"], "defg")
        self.assertTrue(answer["done"])
        self.assertEqual(answer["done_reason"], "stop")
        # Lean writes whole numbers as such, and what it does not set as null.
        for options in (
            {"temperature": 0, "num_predict": 5.0},
            {"temperature": 0, "num_predict": 5, "num_ctx": 4096, "seed": None},
        ):
            self.assertEqual(
                self.post("/api/generate", request | {"model": "small:latest", "options": options})["response"], "defgh"
            )
        self.assertEqual(
            self.post("/api/generate", {"model": "small", "prompt": "abc", "options": None, "stream": False})["done"],
            True,
        )

    def test_ollama_streams_lines(self):
        request = {"model": "small", "prompt": "abc", "options": {"temperature": 0, "num_predict": 6}}
        done = self.curl("/api/generate", "-N", body=json.dumps(request).encode())
        lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        self.assertEqual("".join(line["response"] for line in lines), "defghi")
        self.assertEqual([line["done"] for line in lines], [False] * (len(lines) - 1) + [True])
        self.assertEqual(lines[-1]["eval_count"], 6)

    def test_llmlean_by_openai(self):
        request = {
            "model": "small",
            "messages": [{"role": "user", "content": GOAL}],
            "n": 32,
            "temperature": 0.7,
            "max_tokens": 24,
            "stream": False,
            "stop": ["[/TAC]"],
        }
        answer = self.post("/v1/chat/completions", request)
        self.assertEqual(len(answer["choices"]), 32)
        for choice in answer["choices"]:
            self.assertIsInstance(choice["message"]["content"], str)

    def test_a_body_that_waits_to_be_asked_for(self):
        """curl holds a large body back until it reads 100, for a second at most unless told to wait longer."""
        body = json.dumps({"model": "small", "prompt": "abc" * 400_000, "max_tokens": 2, "temperature": 0}).encode()
        done = self.curl(
            "/v1/completions",
            "-v",
            "--expect100-timeout",
            "45",
            "-H",
            "Expect: 100-continue",
            "-H",
            "Content-Type: application/json",
            "-w",
            "\n%{http_code} %{time_total}",
            body=body,
        )
        self.assertIn(b"< HTTP/1.1 100 Continue", done.stderr)
        answer, result = done.stdout.decode().rsplit("\n", 1)
        self.assertEqual(result.split()[0], "200")
        self.assertLess(float(result.split()[1]), 40)
        self.assertEqual(json.loads(answer)["usage"]["prompt_tokens"], 1_200_000)

    def test_a_body_that_will_not_be_taken_is_not_asked_for(self):
        for path, headers, status in (
            ("/v1/nothing", (), 404),
            ("/v1/completions", ("-H", "Host: evil.example"), 421),
            ("/v1/completions", ("-H", "Origin: http://evil.example"), 403),
        ):
            done = self.curl(
                path,
                "-v",
                "--expect100-timeout",
                "45",
                "-H",
                "Expect: 100-continue",
                *headers,
                "-w",
                "\n%{http_code}",
                body=b"x" * 2_000_000,
            )
            self.assertNotIn(b"100 Continue", done.stderr)
            self.assertEqual(done.stdout.rsplit(b"\n", 1)[1], str(status).encode(), (path, done.stderr))

    def test_a_document_sent_in_chunks_from_a_pipe(self):
        text = "the alphabet: abcdefghijklmnopqrstuvwxyz\n" * 200
        done = subprocess.run(
            ["curl", "-sS", "-T", "-", "-X", "POST", "-H", "Content-Type: text/plain", self.server.url + "/v1/evals"],
            input=text.encode(),
            capture_output=True,
            timeout=server.PATIENCE,
        )
        evaluation = json.loads(done.stdout)
        events = self.curl(f"/v1/evals/{evaluation['id']}/segments", "-N").stdout.decode()
        rows = [json.loads(line[6:]) for line in events.splitlines() if re.match(r'data: \{"', line)]
        totals = rows[-1]["totals"]
        self.assertEqual(rows[-1]["status"], "finished")
        self.assertEqual(
            (totals["bytes"], totals["tokens"], totals["scored_tokens"]), (len(text), len(text), len(text) - 1)
        )


if __name__ == "__main__":
    server.main()
