"""Clients that send a byte a second, or read none, beside one that is in a hurry."""

from __future__ import annotations

import threading
import time

import raw
import server
from small_models import write_alphabet_model
from texts import story

EACH = 60
HEADER_PATIENCE = 10  # seconds in which a head must have come
BODY = raw.json_request("/v1/completions", {"prompt": "abc", "max_tokens": 4, "temperature": 0, "user": "u" * 400})
TAIL = 300  # bytes of it that come one by one


class SlowClients(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))
    OPTIONS = ("--segment-length", "64", "--memory-tokens", "2", "--lanes", "16")

    def honest_times(self, seconds: float, pause: float) -> list[float]:
        """How long each of many small requests takes, one after the other."""
        times, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            reply = self.server.post("/v1/completions", {"prompt": "abc", "max_tokens": 8, "temperature": 0})
            times.append(time.monotonic() - began)
            self.assertEqual(reply.json()["choices"][0]["text"], "defghijk")
            time.sleep(pause)
        return sorted(times)

    def median(self, times: list[float]) -> float:
        return times[len(times) // 2]

    def test_slow_ones_hinder_nobody(self):
        quick = self.median(self.honest_times(1, 0))
        slow_heads = [
            raw.send(self.server, b"POST /v1/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ") for _ in range(EACH)
        ]
        slow_bodies = [raw.send(self.server, BODY[:-TAIL]) for _ in range(EACH)]
        upload = raw.upload_head("/v1/evals") + raw.chunk(story(300).encode())
        slow_uploads = [raw.send(self.server, upload) for _ in range(EACH)]
        # People who write, and think: their texts are scored while they do.
        thinking = [raw.WebSocket(self.server) for _ in range(EACH)]
        for socket in thinking:
            socket.send({"type": "score", "id": "text"})
            socket.send({"type": "text", "id": "text", "text": "Once upon "})
        # These ask for more than any buffer holds, and read nothing of it.
        echo = raw.json_request(
            "/v1/completions", {"prompt": story(400_000), "max_tokens": 0, "echo": True, "logprobs": 5}
        )
        deaf = [raw.send(self.server, echo) for _ in range(4)]
        endless = raw.json_request(
            "/v1/completions", {"prompt": "abc", "max_tokens": 1_000_000, "stream": True, "logprobs": 5}
        )
        deaf += [raw.send(self.server, endless) for _ in range(8)]

        enough = threading.Event()
        drip = threading.Thread(target=self.drip, args=(slow_heads, slow_bodies, slow_uploads, enough))
        drip.start()
        times = self.honest_times(HEADER_PATIENCE + 2, 0.05)
        enough.set()
        drip.join()
        self.assertLess(self.median(times), max(0.25, 10 * quick), times)
        self.assertLess(times[-1], max(2.0, 100 * quick), times)

        # A head that never ends is cut off in time, however it drips.
        for connection in slow_heads:
            connection.settimeout(server.PATIENCE)
            self.assertIn(raw.status_of(self.all_of(connection)), (0, 408))
        # The others are slow, but within what is allowed: their requests are answered.
        for connection in slow_bodies:
            connection.sendall(BODY[-TAIL + self.dripped :])
            self.assertEqual(raw.status_of(connection.recv(4096)), 200)
        for connection in slow_uploads:
            connection.sendall(b"0\r\n\r\n")
            self.assertEqual(raw.status_of(connection.recv(4096)), 202)
        for socket in thinking:
            socket.send({"type": "text", "id": "text", "text": "a time"})
            socket.send({"type": "finish", "id": "text"})
            while (message := socket.receive())["type"] == "segment":
                pass
            self.assertEqual(message["totals"]["tokens"], len("Once upon a time"), message)
            socket.close()
        for connection in [*slow_heads, *slow_bodies, *slow_uploads, *deaf]:
            connection.close()
        self.assert_idle()

    dripped = 0

    def drip(self, heads: list, bodies: list, uploads: list, enough: threading.Event) -> None:
        while not enough.wait(0.9) and self.dripped < TAIL - 1:
            for connection in heads:
                try:
                    connection.sendall(b"x")
                except OSError:
                    pass  # cut off, as it should be
            for connection in bodies:
                connection.sendall(BODY[-TAIL:][self.dripped : self.dripped + 1])
            for connection in uploads:
                connection.sendall(raw.chunk(b"z"))
            self.dripped += 1

    def all_of(self, connection) -> bytes:
        try:
            return raw.read_until(connection, b"never")
        except ConnectionResetError:
            return b""

    def test_who_reads_nothing_makes_nothing_grow(self):
        """A stream waits for its reader; what was not read is bounded."""
        before = self.server.resident_bytes()
        endless = raw.json_request(
            "/v1/completions", {"prompt": "abc", "max_tokens": 1_000_000, "stream": True, "n": 4}
        )
        deaf = [raw.send(self.server, endless) for _ in range(4)]
        time.sleep(2)
        first = self.server.metrics()["rmtlm_generated_tokens_total"]
        time.sleep(2)
        second = self.server.metrics()["rmtlm_generated_tokens_total"]
        grown = self.server.resident_bytes() - before
        self.assertLess(grown, 200 << 20, (first, second))
        for connection in deaf:
            connection.close()
        self.assert_idle()


if __name__ == "__main__":
    server.main()
