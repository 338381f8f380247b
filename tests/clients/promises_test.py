"""The four promises: states branch exactly, neighbours change nothing, memory does not grow, damage is refused."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import server
from small_models import write_drawn_model, write_uniform_model
from texts import story

# Everything that can be said of a completion, but for its name and the time.
QUESTION = {
    "temperature": 0,
    "max_tokens": 40,
    "logprobs": 5,
    "echo": True,
    "return_token_ids": True,
    "ignore_eos": True,
}


class Promises(server.ServerCase):
    write_model = staticmethod(lambda folder: write_drawn_model(folder))
    OPTIONS = ("--segment-length", "64", "--memory-tokens", "4", "--memory", "carry")

    def complete(self, server_=None, **request) -> dict:
        reply = (server_ or self.server).post("/v1/completions", QUESTION | request)
        self.assertEqual(reply.status, 200, reply.body)
        return reply.json()["choices"][0]

    def session(self, *pieces: object, server_=None) -> str:
        """That has read these texts and lists of tokens."""
        at = server_ or self.server
        path = "/v1/sessions/" + at.post("/v1/sessions", {}).json()["id"]
        for piece in pieces:
            reply = at.post(path + "/append", {"tokens": piece} if isinstance(piece, list) else piece)
            self.assertEqual(reply.status, 200, reply.body)
        return path

    def state(self, path: str, server_=None) -> bytes:
        reply = (server_ or self.server).get(path + "/state")
        self.assertEqual(reply.status, 200, reply.body)
        return reply.body

    def assert_tail_equal(self, part: dict, whole: dict, length: int):
        """`part` says of its `length` tokens after a state what `whole` says of its last ones, bit for bit."""
        for name in ("tokens", "token_logprobs", "top_logprobs"):
            self.assertEqual(part["logprobs"][name], whole["logprobs"][name][-length:], name)
        self.assertEqual(part["token_ids"], whole["token_ids"])

    # P1: a branch from a saved state equals reading again.

    def test_a_branch_equals_reading_again(self):
        for size in (1, 63, 64, 65, 500):
            ids = list(story(size).encode())[:size]
            question = list(story(90, seed=9).encode())[:90]
            path = self.session(ids)
            whole = self.complete(prompt=ids + question, cache_salt=f"whole {size}")
            branch = self.complete(prompt=question, session=path.rsplit("/", 1)[1])
            self.assertEqual(len(branch["logprobs"]["tokens"]), 130)
            self.assert_tail_equal(branch, whole, 130)

            fork = self.server.post(path + "/fork", {"n": 2}).json()["data"][1]["id"]
            self.assertEqual(self.complete(prompt=question, session=fork), branch)
            restored = self.session()
            self.assertEqual(self.server.ask("PUT", restored + "/state", self.state(path)).status, 200)
            self.assertEqual(self.complete(prompt=question, session=restored.rsplit("/", 1)[1]), branch)

    def test_a_state_does_not_depend_on_how_its_text_came(self):
        text = story(700)
        whole = self.state(self.session(text))
        ids = list(text.encode())
        cuts = [0, 1, 64, 65, 300, 301, len(ids)]
        self.assertEqual(self.state(self.session(*(ids[a:b] for a, b in zip(cuts[:-1], cuts[1:], strict=True)))), whole)
        self.assertEqual(self.state(self.session(ids)), whole)

        pieces = self.session()
        data = text.encode()
        reply = self.server.post(pieces + "/append", (data[i : i + 7] for i in range(0, len(data), 7)))
        self.assertEqual(reply.json()["appended_tokens"], len(data))
        self.assertEqual(self.state(pieces), whole)

    def test_a_completion_left_in_the_session_equals_appending_it(self):
        path = self.session(story(150))
        committed = self.complete(prompt="What then? ", session=path.rsplit("/", 1)[1], commit=True, echo=False)
        appended = self.session(story(150), list(b"What then? "), committed["token_ids"])
        self.assertEqual(self.state(path), self.state(appended))

    def test_the_cache_changes_nothing(self):
        prompt = story(900, seed=4)
        first, second = (
            self.server.post("/v1/completions", QUESTION | {"prompt": prompt, "echo": False}).json() for _ in range(2)
        )
        self.assertEqual(first["choices"], second["choices"])
        self.assertEqual(first["usage"]["prompt_tokens_details"]["cached_tokens"], 0)
        self.assertGreater(second["usage"]["prompt_tokens_details"]["cached_tokens"], 0)
        salted = self.server.post(
            "/v1/completions", QUESTION | {"prompt": prompt, "echo": False, "cache_salt": "mine"}
        ).json()
        self.assertEqual(salted["usage"]["prompt_tokens_details"]["cached_tokens"], 0)
        self.assertEqual(salted["choices"], first["choices"])

    def test_a_segment_looked_at_again_is_the_same(self):
        text = story(64 * 45)[: 64 * 45]
        asked = {"text": text, "segments": [3, 29, 44], "keep": True}
        whole = self.server.post("/v1/attention", asked).json()
        self.assertEqual(len(whole["segments"]), 45)
        path = "/v1/attention/" + whole["id"]
        before = self.server.metrics()["rmtlm_prompt_tokens_total"]
        again = self.server.get(path + "?segments=44,29,3").json()
        self.assertEqual(again["segments"], [whole["segments"][at] for at in (3, 29, 44)])
        read = self.server.metrics()["rmtlm_prompt_tokens_total"] - before
        self.assertEqual(read, 64 * (4 + 6 + 5))  # from the borders before: segments 0, 24 and 40

        # Behind a session it is the text as if it had been read with the session's.
        session = self.session(text[: 64 * 20 + 7]).rsplit("/", 1)[1]
        rest = {"text": text[64 * 20 + 7 :], "session": session, "segments": [29]}
        behind = self.server.post("/v1/attention", rest).json()
        self.assertEqual(behind["first_segment"], 20)
        self.assertEqual(behind["segments"][9], whole["segments"][29])

    # P2: a result does not depend on its neighbours.

    def test_neighbours_change_nothing(self):
        requests = [
            {
                "prompt": story(40 + 70 * k, seed=k),
                "max_tokens": 90 + k,
                "temperature": 0.0 if k % 2 else 0.9,
                "seed": k,
                "echo": k % 3 == 0,
                "cache_salt": str(k),
            }
            for k in range(9)
        ]
        alone = [self.complete(**request) for request in requests]
        together = threading.Barrier(len(requests))

        def ask(request):
            together.wait()
            return self.complete(**request | {"cache_salt": request["cache_salt"] + "again"})

        for _ in range(3):
            with ThreadPoolExecutor(len(requests)) as pool:
                self.assertEqual(list(pool.map(ask, requests)), alone)
        self.assertEqual(
            [self.complete(prompt=[request["prompt"] for request in requests[:1]] * 3, **{**QUESTION, "n": 2})],
            [self.complete(prompt=requests[0]["prompt"], **QUESTION)],
        )

    # P4: a foreign or damaged state is refused.

    def test_damaged_states_are_refused(self):
        path = self.session(story(200))
        good = self.state(path)
        target = self.session("before")
        before = self.server.get(target).json(), self.state(target)
        draw = random.Random(5)
        damaged = [
            b"",
            b"{}",
            b"\0" * 64,
            b"\xff" * 5000,
            good + b"\0",
            good * 2,
            good[1:],
            *(good[:cut] for cut in (7, 8, 200, len(good) - 1)),
        ]
        for _ in range(200):
            place = draw.randrange(len(good))
            damaged.append(good[:place] + bytes([good[place] ^ 1 << draw.randrange(8)]) + good[place + 1 :])
        for state in damaged:
            reply = self.server.ask("PUT", target + "/state", state)
            self.assertEqual(reply.status, 422, (len(state), reply.body))
            self.assertTrue(reply.json()["error"]["message"])
        after = self.server.get(target).json(), self.state(target)
        self.assertEqual(before[0]["version"], after[0]["version"])
        self.assertEqual(before[1], after[1])
        self.assertEqual(self.server.ask("PUT", target + "/state", good).status, 200)
        self.assertEqual(self.state(target), good)

    def test_foreign_states_are_refused(self):
        state = self.state(self.session(story(200)))
        other_weights = write_drawn_model(self.folder / "other", seed=2)
        cases = (
            (other_weights, self.OPTIONS),
            (self.model, ("--segment-length", "32", "--memory-tokens", "4", "--memory", "carry")),
            (self.model, ("--segment-length", "64", "--memory-tokens", "5", "--memory", "carry")),
            (self.model, ("--segment-length", "64", "--memory-tokens", "4", "--memory", "reset")),
        )
        for model, options in cases:
            other = self.another(model=model, options=options)
            target = self.session("before", server_=other)
            reply = other.ask("PUT", target + "/state", state)
            self.assert_error(reply, 422, "another model")
            self.assertEqual(other.get(target).json()["tokens"], 6)
            self.assertEqual(other.stop(), 0)


class ConstantMemory(server.ServerCase):
    """P3: memory does not grow with the document."""

    write_model = staticmethod(lambda folder: write_uniform_model(folder))

    def score(self, pieces: int) -> None:
        piece = story(1 << 16).encode()
        reply = self.server.post("/v1/evals", (piece for _ in range(pieces)), timeout=300)
        self.assertEqual(reply.status, 202, reply.body)
        path = "/v1/evals/" + reply.json()["id"]
        server.eventually(lambda: self.server.get(path).json()["status"] != "running", 300)
        result = self.server.get(path).json()
        self.assertEqual(result["status"], "finished", result)
        self.assertEqual(result["totals"]["scored_bytes"], pieces * len(piece) - 1)
        self.assertAlmostEqual(result["totals"]["bits_per_byte"], 8, delta=1e-6)

    def test_a_long_upload(self):
        self.score(12)  # what the allocator takes once
        before = self.server.peak_bytes()
        self.score(48)
        # The text and its tokens would be 16 MB. A row of some hundred bytes for each 512 is kept for those who follow.
        self.assertLess(self.server.peak_bytes() - before, 10 << 20)

    def test_a_long_reading(self):
        session = "/v1/sessions/" + self.server.post("/v1/sessions", {}).json()["id"]
        piece = story(1 << 16).encode()
        sizes = []
        for pieces in (4, 24):
            reply = self.server.post(session + "/append", (piece for _ in range(pieces)), timeout=300)
            self.assertEqual(reply.json()["appended_tokens"], pieces * len(piece), reply.body)
            sizes.append((self.server.peak_bytes(), len(self.server.get(session + "/state").body)))
        self.assertLess(sizes[1][0] - sizes[0][0], 10 << 20)
        self.assertLess(abs(sizes[1][1] - sizes[0][1]), 3000)


if __name__ == "__main__":
    server.main()
