"""Clients that leave in the middle, in every phase, fifty times each: nothing of them is left."""

from __future__ import annotations

import json
import time

import raw
import server
from small_models import write_alphabet_model
from texts import story

TIMES = 50
ENDLESS = {"prompt": "abc", "max_tokens": 1_000_000, "temperature": 0, "stream": True}
LONG = story(200_000)


class Disconnects(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))
    OPTIONS = ("--segment-length", "64", "--memory-tokens", "2", "--lanes", "4")

    def tearDown(self):
        self.assert_idle()
        self.assertEqual(self.server.metrics()["rmtlm_sessions"], 0)
        # The asking connection alone.
        self.assertTrue(server.eventually(lambda: self.server.metrics()["rmtlm_connections_open"] == 1))
        answer = self.server.post("/v1/completions", {"prompt": "abc", "max_tokens": 5, "temperature": 0})
        self.assertEqual(answer.json()["choices"][0]["text"], "defgh")

    def leave_all(self, connections):
        """Half say goodbye, half just vanish."""
        for k, connection in enumerate(connections):
            if k % 2:
                connection.close()
            else:
                raw.reset(connection)

    def send_all(self, request: bytes) -> list:
        return [raw.send(self.server, request) for _ in range(TIMES)]

    def test_before_a_request(self):
        self.leave_all(self.send_all(b""))

    def test_within_a_head(self):
        self.leave_all(self.send_all(b"POST /v1/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-le"))

    def test_within_a_body(self):
        request = raw.json_request("/v1/completions", {"prompt": "abc" * 1000})
        self.leave_all(self.send_all(request[:-50]))

    def test_while_generating(self):
        for _ in range(TIMES):
            connection = raw.send(self.server, raw.json_request("/v1/completions", ENDLESS))
            self.assertIn(b'"text":"d"', raw.read_until(connection, b'"text":"d"'))
            self.leave_all([connection])

    def test_while_generating_what_is_answered_whole(self):
        connections = self.send_all(raw.json_request("/v1/completions", ENDLESS | {"stream": False}))
        server.eventually(lambda: self.server.metrics()["rmtlm_generating_streams"] == 4)
        self.leave_all(connections)

    def test_while_queued(self):
        """Four generate, the others wait for a lane."""
        connections = self.send_all(raw.json_request("/v1/completions", ENDLESS | {"n": 4}))
        server.eventually(lambda: self.server.metrics()["rmtlm_requests_in_flight"] >= TIMES)
        self.assertEqual(self.server.metrics()["rmtlm_generating_streams"], 4)
        self.leave_all(connections)

    def test_while_reading(self):
        request = raw.json_request("/v1/completions", {"prompt": LONG * 4, "max_tokens": 1, "cache_salt": "x"})
        for _ in range(TIMES // 10):
            connections = [raw.send(self.server, request) for _ in range(10)]
            self.assertTrue(server.eventually(lambda: self.server.metrics()["rmtlm_reading_jobs"] > 0))
            self.leave_all(connections)
        metrics = self.server.metrics()
        self.assertLess(metrics["rmtlm_prompt_tokens_total"], TIMES * 4 * len(LONG))

    def test_while_uploading_a_text_to_be_scored(self):
        begin = raw.upload_head("/v1/evals?name=left") + raw.chunk(LONG[:5000].encode())
        connections = self.send_all(begin)
        self.assertTrue(server.eventually(lambda: len(self.evals("left")) == TIMES))
        self.leave_all(connections)
        server.eventually(lambda: all(one["status"] != "running" for one in self.evals("left")))
        self.assertEqual({one["status"] for one in self.evals("left")}, {"failed"})
        self.assertTrue(all(one["error"] for one in self.evals("left")))

    def evals(self, name: str) -> list[dict]:
        return [one for one in self.server.get("/v1/evals").json()["data"] if one["name"] == name]

    def test_while_appending(self):
        path = "/v1/sessions/" + self.server.post("/v1/sessions", {}).json()["id"]
        self.server.post(path + "/append", "before")
        before = self.server.get(path).json()["version"], self.server.get(path + "/state").body
        connections = self.send_all(raw.upload_head(path + "/append") + raw.chunk(LONG[:5000].encode()))
        server.eventually(lambda: self.server.metrics()["rmtlm_requests_in_flight"] > TIMES)
        self.leave_all(connections)
        self.assert_idle()
        self.assertEqual((self.server.get(path).json()["version"], self.server.get(path + "/state").body), before)
        self.assertEqual(self.server.ask("DELETE", path).status, 200)

    def test_while_following_an_evaluation(self):
        upload = raw.send(self.server, raw.upload_head("/v1/evals?name=followed") + raw.chunk(LONG[:50_000].encode()))
        followed = server.eventually(lambda: self.evals("followed"))[0]["id"]
        follow = f"GET /v1/evals/{followed}/segments HTTP/1.1\r\n".encode() + raw.HOST + b"\r\n"
        connections = self.send_all(follow)
        for connection in connections:
            self.assertIn(b"id: 9", raw.read_until(connection, b"id: 9"))
        self.leave_all(connections)
        upload.sendall(b"0\r\n\r\n")
        self.assertEqual(raw.status_of(raw.read_until(upload, b'"totals"')), 202)
        upload.close()

    def test_websockets(self):
        begins = (
            {"type": "generate", "id": "g", "prompt": "abc", "max_tokens": 1_000_000, "temperature": 0},
            {"type": "score", "id": "s"},
        )
        for k in range(TIMES):
            socket = raw.WebSocket(self.server)
            for begin in begins[: 1 + k % 2]:
                socket.send(begin)
            if k % 2:
                socket.send({"type": "text", "id": "s", "text": LONG[:2000]})
            self.assertIn(socket.receive()["type"], ("text", "segment"))
            if k % 4 < 2:
                socket.close()
            else:
                raw.reset(socket.connection)

    def test_websockets_that_only_connect(self):
        self.leave_all([raw.WebSocket(self.server).connection for _ in range(TIMES)])

    def test_a_client_that_leaves_frees_its_place_at_once(self):
        hogs = [raw.send(self.server, raw.json_request("/v1/completions", ENDLESS)) for _ in range(4)]
        self.assertTrue(server.eventually(lambda: self.server.metrics()["rmtlm_generating_streams"] == 4))
        waiting = raw.send(
            self.server, raw.json_request("/v1/completions", ENDLESS | {"max_tokens": 3, "stream": False})
        )
        time.sleep(0.2)
        self.leave_all(hogs[:1])
        answer = raw.read_until(waiting, b'"usage"')
        self.assertEqual(
            json.loads(answer[answer.index(b"{") :].partition(b',"usage"')[0] + b"}")["choices"][0]["text"], "def"
        )
        waiting.close()
        self.leave_all(hogs[1:])


if __name__ == "__main__":
    server.main()
