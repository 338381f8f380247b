"""Ten times what the server can take: the excess is sent away quickly and politely, and nothing grows."""

from __future__ import annotations

import selectors
import time

import raw
import server
from small_models import write_alphabet_model

LANES, WAITING = 4, 36
TAKEN = 64 + WAITING  # jobs worked on at once, and those that may wait
ENDLESS = raw.json_request(
    "/v1/completions", {"prompt": "abc", "max_tokens": 1_000_000, "temperature": 0, "stream": True}
)


class Overload(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))
    OPTIONS = ("--segment-length", "64", "--memory-tokens", "2", "--lanes", str(LANES), "--waiting-jobs", str(WAITING))

    def refusals(self, connections: list, patience: float) -> list[bytes]:
        """The answers that came and are no success, from all connections read side by side."""
        answers = []
        with selectors.DefaultSelector() as waiting:
            for connection in connections:
                waiting.register(connection, selectors.EVENT_READ)
            deadline = time.monotonic() + patience
            while len(answers) < len(connections) - TAKEN and time.monotonic() < deadline:
                for key, _ in waiting.select(0.2):
                    answer = key.fileobj.recv(4096)
                    if raw.status_of(answer) != 200:
                        answers.append(answer)
                    waiting.unregister(key.fileobj)
        return answers

    def test_ten_times_too_much(self):
        for connection in [raw.send(self.server, ENDLESS) for _ in range(TAKEN)]:  # what memory is taken once
            connection.close()
        self.assert_idle()
        before = self.server.resident_bytes()

        connections = [raw.send(self.server, ENDLESS) for _ in range(10 * TAKEN)]
        answers = self.refusals(connections, server.PATIENCE)
        self.assertEqual(len(answers), 9 * TAKEN)
        for answer in answers:
            head = answer.lower()
            self.assertEqual(raw.status_of(answer), 429, answer)
            self.assertIn(b"\r\nretry-after: ", head)
            self.assertIn(b"\r\nx-should-retry: true\r\n", head)
            self.assertIn(b'"error"', answer)
        self.assertEqual(self.server.metrics()["rmtlm_generating_streams"], LANES)

        # Still so, and no slower: one after the other.
        times = []
        for _ in range(50):
            began = time.monotonic()
            self.assertEqual(self.server.post("/v1/completions", {"prompt": "abc"}).status, 429)
            times.append(time.monotonic() - began)
        self.assertLess(sorted(times)[25], 0.25, times)
        self.assertLess(self.server.resident_bytes() - before, 48 << 20)
        for path in ("/health", "/readyz", "/v1/models", "/metrics"):
            self.assertEqual(self.server.get(path).status, 200)
        self.assertEqual(self.server.post("/tokenize", {"prompt": "abc"}).json()["tokens"], [97, 98, 99])

        for connection in connections:
            connection.close()
        self.assert_idle()
        self.assertEqual(
            self.server.post("/v1/completions", {"prompt": "abc", "max_tokens": 2, "temperature": 0}).json()["choices"][
                0
            ]["text"],
            "de",
        )

    def test_lean_copilot_is_told_in_its_own_way(self):
        connections = [raw.send(self.server, ENDLESS) for _ in range(TAKEN + 4)]
        self.refusals(connections, server.PATIENCE)
        reply = self.server.post("/generate", {"name": "x", "input": "⊢ p", "prefix": ""})
        self.assertEqual((reply.status, reply.json()["outputs"]), (200, []))
        reply = self.server.post("/", {"tactic_state": "⊢ p", "prefix": ""})
        self.assertEqual(reply.status, 200)
        self.assertIn("error", reply.json())
        for connection in connections:
            connection.close()
        self.assert_idle()

    def test_more_tokens_than_may_wait(self):
        limited = self.another("--waiting-tokens", "300000")
        long = raw.json_request("/v1/completions", {"prompt": [97] * 200_000, "max_tokens": 1})
        answers = []
        for connection in [raw.send(limited, long) for _ in range(12)]:
            answers.append(connection.recv(4096))
            connection.close()
        self.assertEqual({raw.status_of(answer) for answer in answers}, {200, 429})
        self.assertTrue(all(b"retry-after: " in answer.lower() for answer in answers if raw.status_of(answer) == 429))
        # One that would not fit even into an empty queue may still come alone.
        self.assertEqual(limited.post("/v1/completions", {"prompt": [97] * 400_000, "max_tokens": 1}).status, 200)
        self.assertEqual(limited.stop(), 0)

    def test_connections_beyond_the_cap(self):
        small = self.another("--connections", "20")
        held = [raw.connect(small) for _ in range(20)]
        time.sleep(0.3)
        refused = raw.send(small, b"GET /health HTTP/1.1\r\n" + raw.HOST + b"\r\n")
        try:
            answer = refused.recv(4096)
        except ConnectionResetError:
            answer = b""
        self.assertIn(raw.status_of(answer), (0, 503))
        for connection in [*held, refused]:
            connection.close()
        self.assertTrue(server.eventually(lambda: self.answers(small)))
        self.assertEqual(small.stop(), 0)

    def answers(self, small: server.Server) -> bool:
        try:
            return small.get("/health").status == 200
        except OSError:
            return False


if __name__ == "__main__":
    server.main()
