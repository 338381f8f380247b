"""`rmt-lm serve` as a process of its own, and what a client asks of it, with nothing but Python's HTTP."""
from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from .setting import Setting

SERVED_AS = "model"
PATIENCE = 600.0  # seconds
PIECE = 64 << 10  # bytes of an upload sent at once


@dataclass(frozen=True)
class Streamed:
    """One completion, as its client saw it."""
    tokens: int
    begun: float    # by time.perf_counter()
    first_s: float  # from there to the first text
    wall_s: float   # to the end
    first_ticks: int | None = None  # steps of the model meanwhile, where they were asked for


class Server(AbstractContextManager):
    """Its log goes to build/bench/serve.log. No prompt is remembered: with the cache on, the second turn would not read."""

    def __init__(self, s: Setting, model: Path, *options: str) -> None:
        command = [*s.pinned.prefix, s.program("rmt-lm"), "serve", "--model", model, "--served-as", SERVED_AS, "--port", "0",
                   "--threads", s.pinned.threads, "--cache-mb", "0", *options]
        # Bound threads would leave those that serve the clients on the first core, which they are started from.
        environment = {name: value for name, value in s.pinned.environment.items() if name != "OMP_PROC_BIND"}
        self.log = s.results.parent / "serve.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=log, text=True,
                                            stdin=subprocess.DEVNULL, env=environment)
        line = self.process.stdout.readline()
        if not (match := re.fullmatch(r"http://127\.0\.0\.1:(\d+)\n", line)):
            self.process.kill()
            raise RuntimeError(f"rmt-lm serve began with {line!r}:\n{self.log.read_text()[-2000:]}")
        self.port = int(match[1])

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        if self.process.wait(60) != 0:
            raise RuntimeError(f"rmt-lm serve ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")

    def connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def metrics(self, connection: http.client.HTTPConnection | None = None) -> dict[str, float]:
        own = connection or self.connect()
        own.request("GET", "/metrics")
        lines = own.getresponse().read().decode().splitlines()
        if connection is None:
            own.close()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

    def ask(self, method: str, path: str) -> dict:
        connection = self.connect()
        connection.request(method, path)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: status {response.status}: {body[:500]!r}")
        return json.loads(body)

    def ticks(self, connection: http.client.HTTPConnection) -> int:
        return int(self.metrics(connection)["rmtlm_model_ticks_total"])

    def stream(self, prompt: Sequence[int], tokens: int, *, start: threading.Barrier | None = None,
               count_ticks: bool = False) -> Streamed:
        """A greedy completion of so many tokens, event by event; `start` is waited for when all is ready."""
        body = json.dumps({"model": SERVED_AS, "prompt": list(prompt), "max_tokens": tokens, "temperature": 0,
                           "stream": True, "stream_options": {"include_usage": True}, "ignore_eos": True}).encode()
        connection, beside = self.connect(), self.connect()
        ticks = -self.ticks(beside) if count_ticks else None
        if start:
            start.wait()
        begun = time.perf_counter()
        connection.request("POST", "/v1/completions", body, {"content-type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"status {response.status}: {response.read()[:500]!r}")
        first, usage = None, None
        for event in events(response):
            if first is None and event["choices"] and event["choices"][0]["text"]:
                first = time.perf_counter() - begun
                if ticks is not None:
                    ticks += self.ticks(beside)
            usage = event.get("usage") or usage
        wall = time.perf_counter() - begun
        connection.close()
        beside.close()
        if usage["completion_tokens"] != tokens or usage["prompt_tokens"] != len(prompt):
            raise RuntimeError(f"asked for {tokens} tokens after {len(prompt)}, used {usage}")
        return Streamed(tokens, begun, first, wall, ticks)

    def stream_all(self, prompts: Sequence[Sequence[int]], tokens: int) -> tuple[list[Streamed], float]:
        """One client for every prompt, all at the same moment; and the time until the last has ended."""
        start = threading.Barrier(len(prompts), timeout=PATIENCE)
        with ThreadPoolExecutor(len(prompts)) as clients:
            asked = [clients.submit(self.stream, prompt, tokens, start=start) for prompt in prompts]
            done = [one.result() for one in asked]
        return done, max(one.begun + one.wall_s for one in done) - min(one.begun for one in done)


def events(response: http.client.HTTPResponse) -> Iterator[dict]:
    """The JSON of every event up to [DONE]; a stream that ends without it was cut off."""
    while line := response.readline():
        if line.strip() == b"data: [DONE]":
            return
        if line.startswith(b"data: "):
            event = json.loads(line[6:])
            if "error" in event:
                raise RuntimeError(f"the stream ended with {event['error']}")
            yield event
    raise RuntimeError("the stream was cut off")


class Upload(AbstractContextManager):
    """A document that goes on being uploaded to /v1/evals; given up at the end."""

    def __init__(self, server: Server, text: bytes) -> None:
        self.server, self.text = server, text

    def __enter__(self) -> Upload:
        self.before = self.read_tokens()
        self.connection = self.server.connect()
        self.thread = threading.Thread(target=self._send)
        self.thread.start()
        deadline = time.monotonic() + PATIENCE
        while self.read_tokens() - self.before < 2 * 512:  # well under way
            if time.monotonic() > deadline or not self.thread.is_alive():
                raise RuntimeError("the upload does not get under way")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        ended = not self.thread.is_alive()
        # Closing alone would be seen only behind what is already in the sockets, which is megabytes.
        for eval_ in self.server.ask("GET", "/v1/evals")["data"]:
            if eval_["status"] == "running":
                self.server.ask("DELETE", "/v1/evals/" + eval_["id"])
        self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.connection.close()
        if ended:
            raise RuntimeError("the upload ended before the measurement: refused, or the document is too short")
        deadline = time.monotonic() + PATIENCE
        while self.server.metrics()["rmtlm_reading_jobs"] > 0:
            if time.monotonic() > deadline:
                raise RuntimeError("the server goes on with an evaluation that was deleted")
            time.sleep(0.05)

    def read_tokens(self) -> float:
        return self.server.metrics()["rmtlm_prompt_tokens_total"]

    def _send(self) -> None:
        pieces = (self.text[at:at + PIECE] for at in range(0, len(self.text), PIECE))
        try:
            self.connection.request("POST", "/v1/evals", pieces, {"content-type": "text/plain; charset=utf-8",
                                                                  "transfer-encoding": "chunked"}, encode_chunked=True)
        except OSError:
            pass  # given up, as it should be
