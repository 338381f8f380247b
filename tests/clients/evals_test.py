"""A text scored by the server, on every way there is: row for row what `rmt-lm eval` says of it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import raw
import server
from small_models import write_drawn_model
from texts import story

TEXT = story(3000, seed=12)


class Evals(server.ServerCase):
    write_model = staticmethod(lambda folder: write_drawn_model(folder))
    OPTIONS = ("--segment-length", "64", "--memory-tokens", "4", "--memory", "carry")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = cls.folder / "story.txt"
        path.write_text(TEXT, encoding="utf-8")
        command = [
            server.PROGRAM,
            "eval",
            path,
            "--model",
            cls.model,
            *cls.OPTIONS,
            "--gain",
            "--json",
        ]
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=server.PATIENCE)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        cls.offline = [line for line in lines if line["type"] == "segment"]
        cls.total = lines[-1]

    def assert_same_rows(self, rows: list[dict], gain: bool) -> None:
        self.assertEqual(len(rows), len(self.offline))
        for row, expected in zip(rows, self.offline, strict=True):
            for name in ("token_from", "token_to", "byte_from", "byte_to", "scored_tokens"):
                self.assertEqual(row[name], expected[name], (name, row, expected))
            for name in ("nll", *(["nll_reset"] if gain else [])):
                self.assertAlmostEqual(row[name], expected[name], delta=1e-6 * expected[name])

    def assert_same_totals(self, totals: dict) -> None:
        for name in ("nll", "ppl", "bits_per_byte"):
            self.assertAlmostEqual(totals[name], self.total[name], delta=1e-6 * self.total[name])
        self.assertEqual(totals["scored_tokens"], self.total["scored_tokens"])

    def segments(self, at: server.Server, path: str, **more) -> list[tuple[str, dict]]:
        """The events of a stream, as (id, data); the last is the end's."""
        events = []
        for event in at.get(path + "/segments", **more).body.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in event.splitlines() if not line.startswith(":"))
            if "data" in fields and fields["data"] != "[DONE]":
                events.append((fields.get("id"), json.loads(fields["data"])))
        return events

    def test_uploads(self):
        data = TEXT.encode()
        reply = self.server.post("/v1/evals?memory_gain=true", (data[i : i + 101] for i in range(0, len(data), 101)))
        self.assertEqual(reply.status, 202, reply.body)
        path = "/v1/evals/" + reply.json()["id"]
        self.assertEqual(reply.headers["location"], path)
        events = self.segments(self.server, path)
        self.assert_same_rows([row for number, row in events if number], gain=True)
        self.assert_same_totals(events[-1][1]["totals"])
        self.assertEqual(self.server.get(path).json()["status"], "finished")

        # Who lost the connection goes on behind what was seen.
        seen = events[9][0]
        more = self.segments(self.server, path, headers={"last-event-id": seen})
        self.assertEqual(more, events[10:])
        after = self.server.get(f"{path}/segments?after={seen}").body
        self.assertEqual(after, self.server.get(path + "/segments", headers={"last-event-id": seen}).body)

    def test_a_text_is_followed_and_stopped_while_it_is_uploaded(self):
        sent, stopped = threading.Event(), threading.Event()

        def pieces():
            data = story(40_000).encode()
            yield data[:20_000]
            sent.set()
            stopped.wait(60)
            yield data[20_000:]

        path = "/v1/evals/my-upload"
        with ThreadPoolExecutor(1) as pool:
            upload = pool.submit(self.server.ask, "PUT", path + "?name=long", pieces())
            self.assertTrue(sent.wait(60))
            running = server.eventually(lambda: self.rows_so_far(path) >= 30)
            self.assertTrue(running, "rows before the text is all there")
            self.assertEqual(self.server.get(path).json()["status"], "running")
            self.assertEqual(self.server.ask("PUT", path, b"x").status, 409)
            self.assertEqual(self.server.ask("DELETE", path).json()["status"], "cancelled")
            stopped.set()
            self.assertEqual(upload.result(60).json()["status"], "cancelled")
        events = self.segments(self.server, path)
        self.assertEqual(events[-1][1]["status"], "cancelled")
        self.assertGreaterEqual(len(events), 31)

    def rows_so_far(self, path: str) -> int:
        reply = self.server.get(path)
        return reply.json()["totals"]["segments"] if reply.status == 200 else 0

    def test_at_once(self):
        reply = self.server.post("/v1/perplexity", {"text": TEXT, "memory_gain": True}).json()
        self.assert_same_rows(reply["rows"], gain=True)
        self.assert_same_totals(reply)

    def test_live(self):
        socket = raw.WebSocket(self.server)
        socket.send({"type": "score", "id": "a", "memory_gain": True})
        for at in range(0, len(TEXT), 37):
            socket.send({"type": "text", "id": "a", "text": TEXT[at : at + 37]})
        socket.send({"type": "finish", "id": "a"})
        messages = []
        while not messages or messages[-1]["type"] == "segment":
            messages.append(socket.receive())
        socket.close()
        self.assert_same_rows(messages[:-1], gain=True)
        self.assert_same_totals(messages[-1]["totals"])

    def test_completions_say_the_same(self):
        reply = self.server.post(
            "/v1/completions", {"prompt": TEXT, "max_tokens": 0, "echo": True, "logprobs": 0}
        ).json()
        logprobs = reply["choices"][0]["logprobs"]["token_logprobs"][1:]
        self.assertAlmostEqual(-sum(logprobs), self.total["nll"], delta=1e-6 * self.total["nll"])

    def test_the_rows_are_in_the_database(self):
        database = self.folder / "evals.db"
        at = self.another("--db", str(database))
        reply = at.post("/v1/evals?name=story", TEXT).json()
        events = self.segments(at, "/v1/evals/" + reply["id"])
        self.assert_same_rows([row for number, row in events if number], gain=False)
        self.assertEqual(at.stop(), 0)
        listed = subprocess.run(
            [server.PROGRAM, "runs", "list", "--db", str(database)],
            capture_output=True,
            text=True,
            timeout=server.PATIENCE,
        )
        self.assertEqual(listed.returncode, 0, listed.stderr)
        with sqlite3.connect(database) as connection:
            (sums,) = connection.execute("SELECT SUM(nll) FROM segment").fetchone()
        self.assertAlmostEqual(sums, self.total["nll"], delta=1e-6 * self.total["nll"])


if __name__ == "__main__":
    server.main()
