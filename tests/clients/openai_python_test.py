"""openai-python, as its users call it."""

from __future__ import annotations

import asyncio
import threading
import time

import openai
import raw
import server
from small_models import LIKELY, UNLIKELY, write_alphabet_model

ROUTE = "/v1/completions"


class OpenAi(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))
    OPTIONS = ("--segment-length", "16", "--memory-tokens", "2")

    def setUp(self):
        self.client = openai.OpenAI(base_url=self.server.url + "/v1", api_key="none", max_retries=0, timeout=60)
        self.addCleanup(self.client.close)

    def complete(self, prompt="abc", **more):
        return self.client.completions.create(
            **{"model": "small", "prompt": prompt, "max_tokens": 5, "temperature": 0} | more
        )

    def test_completion(self):
        answer = self.complete()
        self.assertEqual(answer.object, "text_completion")
        self.assertEqual(answer.model, "small")
        self.assertTrue(answer.id.startswith("cmpl-"))
        self.assertLess(abs(answer.created - time.time()), 600)
        self.assertEqual([choice.text for choice in answer.choices], ["defgh"])
        self.assertEqual(answer.choices[0].finish_reason, "length")
        self.assertIsNone(answer.choices[0].logprobs)
        self.assertEqual(
            (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens), (3, 5, 8)
        )

    def test_what_is_not_given_has_the_documented_value(self):
        answer = self.client.completions.create(model="small", prompt="abc")
        self.assertEqual(answer.usage.completion_tokens, 16)
        self.assertEqual(len(answer.choices), 1)

    def test_no_context_ends_a_completion(self):
        answer = self.complete(prompt="xyz " * 50, max_tokens=540)
        self.assertEqual(answer.choices[0].text, ("abcdefghijklmnopqrstuvwxyz " * 20))
        self.assertEqual(answer.choices[0].finish_reason, "length")

    def test_batches_of_texts_and_of_tokens(self):
        texts = self.complete(prompt=["abc", "xyz", "no"])
        self.assertEqual(
            [(choice.index, choice.text) for choice in texts.choices], [(0, "defgh"), (1, " abcd"), (2, "pqrst")]
        )
        self.assertEqual(texts.usage.prompt_tokens, 8)
        self.assertEqual(self.complete(prompt=list(b"abc")).choices[0].text, "defgh")
        lists = self.complete(prompt=[list(b"abc"), list(b"xyz"), list(b"no")])
        self.assertEqual([choice.text for choice in lists.choices], ["defgh", " abcd", "pqrst"])

    def test_choices(self):
        answer = self.complete(prompt=["abc", "xyz"], n=3)
        self.assertEqual([choice.index for choice in answer.choices], list(range(6)))
        self.assertEqual([choice.text for choice in answer.choices], ["defgh"] * 3 + [" abcd"] * 3)
        self.assertEqual(answer.usage.completion_tokens, 30)
        drawn = self.complete(n=8, temperature=2, max_tokens=12, seed=5)
        self.assertGreater(len({choice.text for choice in drawn.choices}), 6)

    def test_seed(self):
        draw = lambda seed: self.complete(temperature=1.5, max_tokens=24, seed=seed).choices[0].text
        self.assertEqual(draw(7), draw(7))
        self.assertNotEqual(draw(7), draw(8))
        free = {self.complete(temperature=1.5, max_tokens=24).choices[0].text for _ in range(3)}
        self.assertEqual(len(free), 3)

    def test_stop(self):
        one = self.complete(stop="hij", max_tokens=30).choices[0]
        self.assertEqual((one.text, one.finish_reason), ("defg", "stop"))
        several = self.complete(stop=["zz", "kl", "mn"], max_tokens=30).choices[0]
        self.assertEqual((several.text, several.finish_reason), ("defghij", "stop"))
        unmet = self.complete(stop=["hix", "q"]).choices[0]
        self.assertEqual((unmet.text, unmet.finish_reason), ("defgh", "length"))

    def test_logprobs(self):
        logprobs = self.complete(logprobs=3).choices[0].logprobs
        self.assertEqual(logprobs.tokens, list("defgh"))
        self.assertEqual(logprobs.text_offset, [0, 1, 2, 3, 4])
        for token, logprob, top in zip(logprobs.tokens, logprobs.token_logprobs, logprobs.top_logprobs, strict=True):
            self.assertAlmostEqual(logprob, LIKELY, delta=1e-5)
            self.assertEqual(len(top), 3)
            self.assertEqual(top[token], logprob)  # the very same number: clients compare them
            self.assertEqual(max(top.values()), logprob)

    def test_echo(self):
        choice = self.complete(prompt="abcx", max_tokens=2, echo=True, logprobs=1).choices[0]
        self.assertEqual(choice.text, "abcxyz")
        logprobs = choice.logprobs
        self.assertEqual(logprobs.tokens, list("abcxyz"))
        self.assertEqual(logprobs.text_offset, list(range(6)))
        self.assertIsNone(logprobs.token_logprobs[0])
        self.assertIsNone(logprobs.top_logprobs[0])
        for logprob, expected in zip(
            logprobs.token_logprobs[1:], (LIKELY, LIKELY, UNLIKELY, LIKELY, LIKELY), strict=True
        ):
            self.assertAlmostEqual(logprob, expected, delta=1e-5)
        self.assertAlmostEqual(max(logprobs.top_logprobs[3].values()), LIKELY, delta=1e-5)

    def test_echo_of_nothing_new(self):
        choice = self.complete(prompt="hello wörld", max_tokens=0, echo=True, logprobs=0).choices[0]
        self.assertEqual(choice.text, "hello wörld")
        self.assertEqual(len(choice.logprobs.token_logprobs), 12)
        self.assertEqual(self.complete(prompt="hello", max_tokens=2, echo=True).choices[0].text, "hello" + "pq")

    def test_streams(self):
        chunks = list(self.complete(prompt=["abc", "xyz"], stream=True, stream_options={"include_usage": True}))
        self.assertEqual(chunks[-1].choices, [])
        self.assertEqual((chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens), (6, 10))
        texts, reasons = ["", ""], [None, None]
        for chunk in chunks[:-1]:
            self.assertIsNone(chunk.usage)
            self.assertEqual(chunk.id, chunks[0].id)
            for choice in chunk.choices:
                self.assertIsNone(reasons[choice.index])
                texts[choice.index] += choice.text
                reasons[choice.index] = choice.finish_reason
        self.assertEqual(texts, ["defgh", " abcd"])
        self.assertEqual(reasons, ["length", "length"])
        self.assertGreater(len(chunks), 5)
        self.assertFalse(any(chunk.usage for chunk in self.complete(stream=True)))

    def test_streams_say_the_same_as_whole_answers(self):
        options = {
            "prompt": "abcé",
            "max_tokens": 40,
            "temperature": 1.5,
            "seed": 11,
            "logprobs": 2,
            "stop": ["q"],
            "echo": True,
        }
        whole = self.complete(**options).choices[0]
        text, logprobs = "", []
        for chunk in self.complete(**options, stream=True):
            text += chunk.choices[0].text
            logprobs += chunk.choices[0].logprobs.token_logprobs if chunk.choices[0].logprobs else []
        self.assertEqual(text, whole.text)
        self.assertEqual(logprobs, whole.logprobs.token_logprobs)

    def test_a_stream_left_early_ends_the_generation(self):
        with self.complete(max_tokens=1_000_000, stream=True) as stream:
            first = next(iter(stream))
        self.assertEqual(first.choices[0].text, "d")
        self.client.close()
        self.assert_idle()

    def test_bias(self):
        answer = self.complete(logit_bias={str(ord("Q")): 100})
        self.assertEqual(answer.choices[0].text, "QQQQQ")
        self.assertNotIn("e", self.complete(logit_bias={str(ord("e")): -100}).choices[0].text)

    def test_further_sampling_options(self):
        answer = self.complete(
            temperature=1,
            top_p=0.5,
            presence_penalty=0.0,
            frequency_penalty=0.0,
            user="me",
            best_of=1,
            extra_body={"top_k": 40, "min_p": 0.05, "repetition_penalty": 1.0, "ignore_eos": True},
        )
        self.assertEqual(answer.choices[0].text, "defgh")

    def test_chat(self):
        chat = self.client.chat.completions.create
        messages = [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        ]
        answer = chat(model="small", messages=messages, max_tokens=6, temperature=0)
        self.assertEqual(answer.object, "chat.completion")
        self.assertEqual(answer.choices[0].message.role, "assistant")
        self.assertEqual(answer.usage.completion_tokens, 6)
        pieces = [
            choice.delta.content or ""
            for chunk in chat(model="small", messages=messages, max_completion_tokens=6, temperature=0, stream=True)
            for choice in chunk.choices
        ]
        self.assertEqual("".join(pieces), answer.choices[0].message.content)

    def test_models(self):
        self.assertEqual([model.id for model in self.client.models.list()], ["small"])
        self.assertEqual(self.client.models.retrieve("small").owned_by, "rmt-lm")
        with self.assertRaises(openai.NotFoundError):
            self.client.models.retrieve("large")

    def test_errors_are_typed_and_say_what_is_wrong(self):
        wrong = (
            ({"model": "large"}, openai.NotFoundError, "model", "large"),
            ({"max_tokens": -1}, openai.BadRequestError, "max_tokens", "max_tokens"),
            ({"temperature": -0.5}, openai.BadRequestError, "temperature", "temperature"),
            ({"n": 100_000}, openai.BadRequestError, "n", "n"),
            ({"logprobs": 500}, openai.BadRequestError, "logprobs", "logprobs"),
            ({"stop": ["x"] * 100}, openai.BadRequestError, "stop", "stop"),
            ({"stop": ""}, openai.BadRequestError, "stop", "empty"),
            ({"prompt": [[1, 2], [3, 256]]}, openai.BadRequestError, "prompt", "256"),
            ({"prompt": [1, -1]}, openai.BadRequestError, "prompt", "integers"),
            ({"prompt": []}, openai.BadRequestError, "prompt", "no tokens"),
            ({"suffix": "behind"}, openai.BadRequestError, "suffix", "suffix"),
            ({"best_of": 4}, openai.BadRequestError, "best_of", "best_of"),
            ({"logit_bias": {"a": 1}}, openai.BadRequestError, "logit_bias", "logit_bias"),
            ({"extra_body": {"temprature": 1}}, openai.BadRequestError, "temprature", "temperature"),
            ({"extra_body": {"session": "no-such"}}, openai.NotFoundError, None, "session"),
            ({"stream": True, "max_tokens": -1}, openai.BadRequestError, "max_tokens", "max_tokens"),
        )
        for options, kind, field, word in wrong:
            with self.subTest(options=options), self.assertRaises(kind) as caught:
                self.complete(**options)
            error = caught.exception
            self.assertEqual(error.param, field, error)
            self.assertIn(word, error.message)
            self.assertTrue(error.request_id)
            self.assertEqual(error.response.headers["x-should-retry"], "false")

    def test_what_would_fail_again_is_not_tried_again(self):
        patient = self.client.with_options(max_retries=4)
        before = self.server.answered(ROUTE, 400), self.server.answered(ROUTE, 404)
        with self.assertRaises(openai.BadRequestError):
            patient.completions.create(model="small", prompt="abc", max_tokens=-1)
        with self.assertRaises(openai.NotFoundError):
            patient.completions.create(model="large", prompt="abc")
        self.assertEqual(
            (self.server.answered(ROUTE, 400), self.server.answered(ROUTE, 404)), (before[0] + 1, before[1] + 1)
        )

    def test_request_id(self):
        answer = self.client.completions.with_raw_response.create(
            model="small", prompt="a", extra_headers={"x-request-id": "mine-1"}
        )
        self.assertEqual(answer.headers["x-request-id"], "mine-1")
        other = self.client.completions.with_raw_response.create(model="small", prompt="a")
        self.assertTrue(other.headers["x-request-id"])
        self.assertEqual(other.parse()._request_id, other.headers["x-request-id"])

    def test_many_at_once(self):
        async def ask_all():
            async with openai.AsyncOpenAI(base_url=self.server.url + "/v1", api_key="none", max_retries=0) as client:
                create = client.completions.create
                return await asyncio.gather(
                    *(
                        create(model="small", prompt="abcdefgh"[: 1 + k % 8], max_tokens=1 + k, temperature=0)
                        for k in range(24)
                    )
                )

        for k, answer in enumerate(asyncio.run(ask_all())):
            self.assertEqual(len(answer.choices[0].text), 1 + k)
            self.assertEqual(answer.choices[0].text[0], "bcdefghi"[k % 8])


class Overloaded(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))
    OPTIONS = ("--segment-length", "64", "--lanes", "1", "--waiting-jobs", "1")

    def test_overload_is_tried_again(self):
        # When to come again is told from how fast the model reads: it has read something.
        self.server.post(ROUTE, {"prompt": "abc" * 20_000, "max_tokens": 1})
        endless = {"model": "small", "prompt": "abc", "max_tokens": 1_000_000, "n": 128, "stream": True}
        hogs = [raw.send(self.server, raw.json_request(ROUTE, endless)) for _ in range(8)]
        server.eventually(lambda: self.server.metrics()["rmtlm_queued_jobs"] >= 1)
        client = openai.OpenAI(base_url=self.server.url + "/v1", api_key="none", max_retries=0, timeout=60)
        with client:
            with self.assertRaises(openai.RateLimitError) as caught:
                client.completions.create(model="small", prompt="abc", max_tokens=5, temperature=0)
            self.assertGreaterEqual(float(caught.exception.response.headers["retry-after"]), 1)
            self.assertEqual(caught.exception.response.headers["x-should-retry"], "true")

            refused = self.server.answered(ROUTE, 429)
            timer = threading.Thread(target=self.leave, args=(hogs, refused))
            timer.start()
            patient = client.with_options(max_retries=5)
            answer = patient.completions.create(model="small", prompt="abc", max_tokens=5, temperature=0)
            timer.join()
        self.assertEqual(answer.choices[0].text, "defgh")
        self.assertGreater(self.server.answered(ROUTE, 429), refused)
        self.assert_idle()

    def leave(self, hogs, refused):
        """Makes room once one more was refused."""
        server.eventually(lambda: self.server.answered(ROUTE, 429) > refused)
        for connection in hogs:
            connection.close()


class Keys(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))

    OPTIONS = ("--sessions", "3")

    @classmethod
    def start(cls):
        return server.Server(
            cls.model,
            cls.folder / "log",
            "--served-as",
            "small",
            *cls.OPTIONS,
            environment={"RMTLM_API_KEY": "sesame,open"},
        )

    @classmethod
    def end(cls):
        if cls.server.stop() != 0:
            raise AssertionError(cls.server.log())

    def client(self, key):
        client = openai.OpenAI(base_url=self.server.url + "/v1", api_key=key, max_retries=0, timeout=60)
        self.addCleanup(client.close)
        return client

    def test_keys(self):
        for key in ("sesame", "open"):
            self.assertEqual(
                self.client(key)
                .completions.create(model="small", prompt="abc", max_tokens=2, temperature=0)
                .choices[0]
                .text,
                "de",
            )
        for key in ("x", "wrong", "sesame,open", "sesam", "sesamee"):
            with self.subTest(key=key), self.assertRaises(openai.AuthenticationError) as caught:
                self.client(key).models.list()
            self.assertNotIn("sesame", str(caught.exception))

    def test_only_the_health_is_for_all(self):
        self.assertEqual(self.server.get("/health").status, 200)
        for path in ("/v1/models", "/metrics", "/openapi.json", "/props", "/nothing", "/v1/sessions", "/readyz"):
            self.assertEqual(self.server.get(path).status, 401, path)
        self.assertNotIn("sesame", self.server.log())

    def test_what_one_key_keeps_the_other_does_not_see(self):
        mine, others = ({"authorization": f"Bearer {key}"} for key in ("sesame", "open"))
        session = self.server.post("/v1/sessions", {}, headers=mine).json()["id"]
        path = f"/v1/sessions/{session}"
        self.assertEqual(self.server.get(path, headers=mine).status, 200)
        for method, where, body in (
            ("GET", path, None),
            ("DELETE", path, None),
            ("POST", path + "/append", "abc"),
            ("POST", path + "/fork", {}),
            ("GET", path + "/state", None),
            ("PUT", path + "/state", b"x"),
            ("POST", "/v1/completions", {"prompt": "a", "session": session}),
        ):
            self.assertEqual(self.server.ask(method, where, body, headers=others).status, 404, (method, where))
        self.assertEqual(self.server.get("/v1/sessions", headers=others).json()["data"], [])

        evaluation = self.server.post("/v1/evals", "some text", headers=mine).json()["id"]
        for method, where in (("GET", ""), ("DELETE", ""), ("GET", "/segments")):
            self.assertEqual(self.server.ask(method, f"/v1/evals/{evaluation}{where}", headers=others).status, 404)

        # No more than one key's share, and the others' is untouched.
        reply = self.server.post(path + "/fork", {"n": 3}, headers=mine)
        self.assert_error(reply, 403)
        self.assertEqual(len(self.server.get("/v1/sessions", headers=mine).json()["data"]), 1)
        self.assertEqual(self.server.post(path + "/fork", {"n": 2}, headers=mine).status, 201)
        self.assertEqual(self.server.post("/v1/sessions", {}, headers=others).status, 201)


if __name__ == "__main__":
    server.main()
