"""`rmt-lm serve` as a process of its own, and what is asked of it without any client library."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

PROGRAM = os.environ.get("PROGRAM_UNDER_TEST", str(Path(__file__).resolve().parents[2] / "build/release/rmt-lm"))
PATIENCE = 60.0  # seconds for what takes moments on a quiet machine
SKIPPED = 77  # exit code of a file all of whose tests were skipped


@dataclass
class Reply:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    def json(self):
        return json.loads(self.body)


class Server:
    """Runs until stop() or kill(); its log goes to `folder`."""

    def __init__(self, model: Path | str, folder: Path, *options: str, environment: dict[str, str] | None = None):
        folder.mkdir(parents=True, exist_ok=True)
        self.log_file = folder / f"serve-{time.monotonic_ns()}.log"
        command = [PROGRAM, "serve", "--model", str(model), "--port", "0", "--threads", "1", *map(str, options)]
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=os.environ | {"RMTLM_API_KEY": ""} | (environment or {}),
            )
        line = self.process.stdout.readline().decode().strip()
        match = re.fullmatch(r"(https?)://(.*):(\d+)", line)
        if not match:
            self.process.kill()
            raise RuntimeError(f"{' '.join(command)}\nbegan with {line!r}; its log:\n{self.log()}")
        self.url, self.port, self.pid = line, int(match[3]), self.process.pid

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        timeout: float = PATIENCE,
    ) -> Reply:
        """`body`: bytes or text as they are, an iterator of bytes in chunks, anything else as JSON."""
        all_headers = {}
        if isinstance(body, (dict, list)):
            body, all_headers = json.dumps(body).encode(), {"content-type": "application/json"}
        elif isinstance(body, str):
            body, all_headers = body.encode(), {"content-type": "text/plain; charset=utf-8"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            in_chunks = body is not None and not isinstance(body, bytes)
            if in_chunks:
                all_headers |= {"content-type": "text/plain; charset=utf-8", "transfer-encoding": "chunked"}
            connection.request(method, path, body=body, headers=all_headers | (headers or {}), encode_chunked=in_chunks)
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **more) -> Reply:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: object = None, **more) -> Reply:
        return self.ask("POST", path, body, **more)

    def metrics(self) -> dict[str, float]:
        lines = self.get("/metrics").body.decode().splitlines()
        return {
            name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        }

    def answered(self, route: str, status: int) -> int:
        return int(self.metrics().get(f'rmtlm_requests_total{{route="{route}",status="{status}"}}', 0))

    def resident_bytes(self) -> int:
        return self._memory("VmRSS")

    def peak_bytes(self) -> int:
        """The most that was resident at once."""
        return self._memory("VmHWM")

    def _memory(self, name: str) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024

    def sockets(self) -> int:
        """Open now, those it listens on included."""
        count = 0
        for entry in Path(f"/proc/{self.pid}/fd").iterdir():
            try:
                count += os.readlink(entry).startswith("socket:")
            except FileNotFoundError:
                pass  # closed meanwhile
        return count

    def busy(self) -> dict[str, float]:
        """What is not as it is when nobody asks for anything; empty: all is."""
        metrics = self.metrics()
        rest = {
            name: metrics[name]
            for name in ("rmtlm_queued_jobs", "rmtlm_queued_tokens", "rmtlm_reading_jobs", "rmtlm_generating_streams")
        }
        rest["rmtlm_requests_in_flight"] = metrics["rmtlm_requests_in_flight"] - 1  # the one for the metrics
        return {name: value for name, value in rest.items() if value != 0}

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"does not end; its log:\n{self.log()[-4000:]}") from None
        finally:
            self.process.stdout.close()

    def kill(self) -> None:
        """Also where it has ended."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def eventually(holds, patience: float = PATIENCE):
    """What `holds` returns once that is true, or its last value when patience ends."""
    deadline = time.monotonic() + patience
    while not (value := holds()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return value


def left_over(server: Server, patience: float) -> dict[str, float]:
    """What the server is still busy with after so long; empty as soon as there is nothing."""
    deadline = time.monotonic() + patience
    while (busy := server.busy()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return busy


class ServerCase(unittest.TestCase):
    """One server for the tests of a class. At the end it must have nothing left to do, and exit with 0."""

    OPTIONS: tuple[str, ...] = ()
    LEAN: str | None = None  # the Lean it has

    @classmethod
    def lean_options(cls) -> tuple[str, ...]:
        return ("--lean", cls.LEAN) if cls.LEAN else ("--no-lean",)

    @classmethod
    def write_model(cls, folder: Path) -> Path | str:
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="rmt-lm-clients-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = Path(holder.name)
        cls.model = cls.write_model(cls.folder / "small")
        cls.server = cls.start()
        cls.addClassCleanup(cls.end)
        cls.sockets_at_start = cls.server.sockets()

    @classmethod
    def start(cls) -> Server:
        return Server(cls.model, cls.folder / "log", "--served-as", "small", *cls.lean_options(), *cls.OPTIONS)

    def another(self, *more: str, model: Path | str | None = None, options: tuple[str, ...] | None = None) -> Server:
        """One more server, for this test alone; with the class's options unless others are given."""
        shape = self.OPTIONS if options is None else options
        at = Server(model or self.model, self.folder / "log", "--served-as", "small", *self.lean_options(), *shape, *more)
        self.addCleanup(at.kill)
        return at

    @classmethod
    def end(cls):
        busy = left_over(cls.server, 10) if cls.server.process.poll() is None else None
        code = cls.server.stop()
        if code != 0 or busy:
            raise AssertionError(f"exit code {code}, left over: {busy}; its log:\n{cls.server.log()[-4000:]}")

    def assert_idle(self, server: Server | None = None):
        """Nothing runs, waits or is connected that did not when the server had just begun."""
        server = server or self.server
        self.assertEqual(left_over(server, PATIENCE), {})
        eventually(lambda: server.sockets() <= self.sockets_at_start)
        self.assertLessEqual(server.sockets(), self.sockets_at_start)

    def assert_error(self, reply: Reply, status: int, *words: str):
        self.assertEqual(reply.status, status, reply.body)
        error = reply.json()["error"]
        for word in words:
            self.assertIn(word, error["message"])
        return error


def main():
    """Runs the tests of the file that calls it."""
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    if result.wasSuccessful() and result.testsRun == 0 and not result.skipped:
        sys.exit("no test ran")
    all_skipped = result.wasSuccessful() and len(result.skipped) >= max(1, result.testsRun)
    sys.exit(SKIPPED if all_skipped else not result.wasSuccessful())
