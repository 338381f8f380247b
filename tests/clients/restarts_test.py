"""Ends of all kinds: killed, told to stop, with a full disk. What was acknowledged is there afterwards."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import threading
import time

import raw
import server
from small_models import write_alphabet_model, write_drawn_model
from texts import story

QUESTION = {"prompt": "And then? ", "temperature": 0, "max_tokens": 50, "logprobs": 5, "ignore_eos": True}


def answer(at: server.Server, session: str) -> dict:
    return at.post("/v1/completions", QUESTION | {"session": session}).json()["choices"][0]


def sessions(at: server.Server) -> dict[str, dict]:
    return {one["id"]: one for one in at.get("/v1/sessions").json()["data"]}


def state(at: server.Server, session: str) -> bytes:
    return at.get(f"/v1/sessions/{session}/state").body


class Killed(server.ServerCase):
    write_model = staticmethod(lambda folder: write_drawn_model(folder))
    OPTIONS = ("--segment-length", "64", "--memory-tokens", "4", "--memory", "carry")

    def test_sessions_survive(self):
        database = str(self.folder / "killed.db")
        at = self.another("--db", database)
        names = [at.post("/v1/sessions", {"name": f"number {k}"}).json()["id"] for k in range(4)]
        for k, name in enumerate(names[:3]):
            self.assertEqual(at.post(f"/v1/sessions/{name}/append", story(1 + 333 * k, seed=k)).status, 200)
        names += [one["id"] for one in at.post(f"/v1/sessions/{names[2]}/fork", {"n": 2}).json()["data"]]
        self.assertEqual(at.ask("DELETE", f"/v1/sessions/{names[1]}").status, 200)
        committed = at.post("/v1/completions", QUESTION | {"session": names[4], "commit": True}).json()["choices"][0]
        kept = [name for name in names if name != names[1]]
        read = [name for name in kept if name != names[3]]
        known, states, answers = sessions(at), [state(at, name) for name in read], [answer(at, name) for name in read]
        self.assertEqual(set(known), set(kept))

        # Killed while work goes on: what was not acknowledged is as if it had not been asked for.
        busy = raw.send(at, raw.upload_head(f"/v1/sessions/{names[0]}/append") + raw.chunk(story(5000).encode()))
        streaming = raw.send(
            at,
            raw.json_request(
                "/v1/completions",
                QUESTION | {"session": names[2], "commit": True, "max_tokens": 1_000_000, "stream": True},
            ),
        )
        self.assertIn(b"data: ", raw.read_until(streaming, b"data: "))
        at.kill()
        busy.close()
        streaming.close()

        again = self.another("--db", database)
        after = sessions(again)
        self.assertEqual(set(after), set(kept))
        for name in kept:
            for field in ("name", "version", "created", "tokens", "segments"):
                self.assertEqual(after[name][field], known[name][field], field)
        self.assertEqual([state(again, name) for name in read], states)
        self.assertEqual([answer(again, name) for name in read], answers)
        self.assertEqual(again.get(f"/v1/sessions/{names[3]}/state").status, 409)  # has read nothing
        self.assertEqual(again.get(f"/v1/sessions/{names[1]}").status, 404)  # deleted
        # Going on is as if there had been no end.
        unbroken = "/v1/sessions/" + self.server.post("/v1/sessions", {}).json()["id"]
        self.server.post(unbroken + "/append", story(667, seed=2))
        for path, asked in ((f"/v1/sessions/{names[2]}", again), (unbroken, self.server)):
            self.assertEqual(asked.post(path + "/append", story(100, seed=7)).status, 200)
        self.assertEqual(state(again, names[2]), state(self.server, unbroken.rsplit("/", 1)[1]))
        self.assertTrue(committed["text"])
        self.server.ask("DELETE", unbroken)
        self.assertEqual(again.stop(), 0)

    def test_killed_again_and_again(self):
        """Every append that was acknowledged is there, and at most the one under way besides."""
        database = str(self.folder / "often.db")
        name, acknowledged = None, 0
        for turn in range(5):
            at = self.another("--db", database)
            if name is None:
                name = at.post("/v1/sessions", {}).json()["id"]
            found = sessions(at)[name]["tokens"]
            self.assertIn(found, (acknowledged, acknowledged + 10))
            acknowledged = found
            timer = threading.Timer(0.05 + 0.05 * turn, at.process.kill)
            timer.start()
            try:
                while True:
                    at.post(f"/v1/sessions/{name}/append", {"tokens": list(b"ten bytes!")})
                    acknowledged += 10
            except (OSError, server.http.client.HTTPException):
                pass
            timer.join()
            at.kill()
        self.assertGreater(acknowledged, 100)

    def test_another_model_leaves_the_sessions_alone(self):
        database = str(self.folder / "shared.db")
        at = self.another("--db", database)
        name = at.post("/v1/sessions", {}).json()["id"]
        at.post(f"/v1/sessions/{name}/append", story(200))
        before = state(at, name)
        self.assertEqual(at.stop(), 0)
        other = self.another("--db", database, model=write_drawn_model(self.folder / "other", seed=3))
        self.assertEqual(sessions(other), {})
        self.assertEqual(other.get(f"/v1/sessions/{name}").status, 404)
        self.assertEqual(other.stop(), 0)
        again = self.another("--db", database)
        self.assertEqual(state(again, name), before)
        self.assertEqual(again.stop(), 0)


class FullDisk(server.ServerCase):
    write_model = staticmethod(lambda folder: write_drawn_model(folder))
    OPTIONS = ("--segment-length", "64", "--memory-tokens", "4", "--memory", "carry", "--sessions", "100000")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.disk = cls.folder / "disk"
        cls.disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(cls.disk)]
        done = subprocess.run(mount, capture_output=True, text=True) if shutil.which("mount") else None
        cls.why_not = (
            ""
            if done and done.returncode == 0
            else "a small disk cannot be mounted here" + (f": {done.stderr.strip()}" if done else "")
        )
        if not cls.why_not:
            cls.addClassCleanup(subprocess.run, ["umount", "-l", str(cls.disk)], check=True)

    def test_a_full_disk(self):
        if self.why_not:
            self.skipTest(self.why_not)
        database, spare = str(self.disk / "full.db"), self.disk / "spare"
        spare.write_bytes(bytes(5 << 19))
        at = self.another("--db", database)
        first = at.post("/v1/sessions", {"name": "first"}).json()["id"]
        self.assertEqual(at.post(f"/v1/sessions/{first}/append", story(300)).status, 200)
        kept = [first]
        # Until nothing more fits.
        for _ in range(2000):
            reply = at.post(f"/v1/sessions/{first}/fork", {"n": 20})
            if reply.status != 201:
                break
            kept += [one["id"] for one in reply.json()["data"]]
        error = self.assert_error(reply, 507, "full")
        self.assertEqual((error["code"], reply.headers["x-should-retry"]), ("disk_full", "false"))
        known, before = sessions(at), state(at, first)
        self.assertEqual(set(known), set(kept))

        # What cannot be kept is refused, what need not be kept goes on.
        grown = 0
        for _ in range(500):  # the database may have some room of its own
            reply = at.post(f"/v1/sessions/{first}/append", story(100))
            if reply.status != 200:
                break
            grown, before = grown + reply.json()["appended_tokens"], state(at, first)
        self.assert_error(reply, 507, "full")
        self.assertEqual(sessions(at)[first]["tokens"], known[first]["tokens"] + grown)
        self.assertEqual(state(at, first), before)
        self.assertEqual(at.get("/health").status, 200)
        self.assertTrue(answer(at, first)["text"])
        self.assertIn(at.post("/v1/evals", story(200)).status, (202, 507))

        # With room again, all goes on; after a restart nothing is missing.
        spare.unlink()
        for name in kept[-10:]:
            self.assertEqual(at.ask("DELETE", f"/v1/sessions/{name}").status, 200)
        del kept[-10:]
        self.assertEqual(at.post(f"/v1/sessions/{first}/append", "more").status, 200)
        known, states = sessions(at), {name: state(at, name) for name in kept[:30]}
        self.assertEqual(set(known), set(kept))
        at.kill()
        again = self.another("--db", database)
        after = sessions(again)
        self.assertEqual(
            {name: (one["version"], one["tokens"]) for name, one in after.items()},
            {name: (one["version"], one["tokens"]) for name, one in known.items()},
        )
        self.assertEqual({name: state(again, name) for name in states}, states)
        self.assertEqual(again.stop(), 0)

    def test_a_database_that_cannot_be_opened(self):
        broken = self.folder / "broken.db"
        broken.write_bytes(b"this is no database" * 1000)
        for path in (broken, self.folder / "nowhere" / "x.db", self.folder):
            done = subprocess.run(
                [server.PROGRAM, "serve", "--model", str(self.model), "--port", "0", "--db", str(path)],
                capture_output=True,
                text=True,
                timeout=server.PATIENCE,
            )
            self.assertNotIn(done.returncode, (0, -signal.SIGABRT, -signal.SIGSEGV), path)
            self.assertIn(str(path), done.stderr)
            self.assertEqual(done.stdout, "")
        self.assertEqual(broken.read_bytes(), b"this is no database" * 1000)


class Stopped(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))
    OPTIONS = ("--segment-length", "64", "--memory-tokens", "2")

    def stream(self, at: server.Server, tokens: int):
        """A connection whose stream has begun."""
        request = {"prompt": "abc", "max_tokens": tokens, "temperature": 0, "stream": True}
        connection = raw.send(at, raw.json_request("/v1/completions", request))
        self.begun = raw.read_until(connection, b"data: ")
        return connection

    def text_of(self, events: bytes) -> str:
        lines = [line[6:] for line in events.decode().splitlines() if line.startswith("data: {")]
        return "".join(choice["text"] for line in lines for choice in json.loads(line).get("choices", []))

    def test_what_runs_is_finished_and_nothing_new_begun(self):
        at = self.another()
        tokens = 30_000
        connection = self.stream(at, tokens)
        at.process.send_signal(signal.SIGTERM)
        self.assertTrue(server.eventually(lambda: "Going down" in at.log()))
        refused = None
        try:
            refused = at.post("/v1/completions", {"prompt": "abc"}).status
        except OSError:
            pass  # it no longer listens
        events = self.begun + raw.read_until(connection, b"data: [DONE]")
        connection.close()
        self.assertEqual(at.process.wait(server.PATIENCE), 0)
        at.process.stdout.close()
        self.assertIn(refused, (None, 503))
        self.assertIn(b'"finish_reason":"length"', events)
        text = self.strip_chunks(events)
        self.assertEqual(len(text), tokens)
        self.assertTrue(text.startswith("defgh"))

    def strip_chunks(self, answer: bytes) -> str:
        """The text of a stream, out of HTTP's chunks."""
        body, at = bytearray(), answer.index(b"\r\n\r\n") + 4
        while at < len(answer):
            end = answer.index(b"\r\n", at)
            size = int(answer[at:end], 16)
            body += answer[end + 2 : end + 2 + size]
            at = end + 4 + size
        return self.text_of(bytes(body))

    def test_what_takes_too_long_is_told_so(self):
        at = self.another("--grace", "1")
        connection = self.stream(at, 1_000_000)
        began = time.monotonic()
        at.process.send_signal(signal.SIGTERM)
        rest = raw.read_until(connection, b"never")
        self.assertIn(b"server_shutdown", rest[-2000:])
        self.assertEqual(at.process.wait(server.PATIENCE), 0)
        self.assertLess(time.monotonic() - began, 20)
        at.process.stdout.close()
        connection.close()

    def test_a_second_signal_ends_at_once(self):
        at = self.another("--grace", "600")
        connection = self.stream(at, 1_000_000)
        at.process.send_signal(signal.SIGTERM)
        self.assertTrue(server.eventually(lambda: "Going down" in at.log()))
        at.process.send_signal(signal.SIGTERM)
        at.process.wait(server.PATIENCE)
        at.process.stdout.close()
        connection.close()

    def test_readiness_tells_first(self):
        """A balancer that looks at /readyz on an open connection sees 503 while streams are finished."""
        at = self.another()
        probe = raw.connect(at)
        ask = b"GET /readyz HTTP/1.1\r\n" + raw.HOST + b"\r\n"
        probe.sendall(ask)
        self.assertEqual(raw.status_of(probe.recv(4096)), 200)
        connection = self.stream(at, 1_000_000)
        at.process.send_signal(signal.SIGTERM)
        self.assertTrue(server.eventually(lambda: "Going down" in at.log()))
        try:
            probe.sendall(ask)
            self.assertIn(raw.status_of(probe.recv(4096)), (0, 503))
        except OSError:
            pass  # closed as idle
        connection.close()
        self.assertEqual(at.process.wait(server.PATIENCE), 0)
        at.process.stdout.close()
        probe.close()


if __name__ == "__main__":
    server.main()
