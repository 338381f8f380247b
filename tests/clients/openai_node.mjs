// openai-node, as its users call it; run by openai_node_test.py. Each check prints its name when it holds.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.env.NODE_MODULES + "/");
const { default: OpenAI, NotFoundError, BadRequestError } = require("openai");

const client = new OpenAI({ baseURL: process.env.SERVER_URL + "/v1", apiKey: "none", maxRetries: 0, timeout: 60_000 });
const complete = (more = {}) =>
  client.completions.create({ model: "small", prompt: "abc", max_tokens: 5, temperature: 0, ...more });

const checks = {
  async completion() {
    const answer = await complete();
    assert.equal(answer.choices[0].text, "defgh");
    assert.equal(answer.choices[0].finish_reason, "length");
    assert.equal(answer.usage.total_tokens, 8);
  },

  async batches_choices_and_tokens() {
    const answer = await complete({ prompt: ["abc", "xyz"], n: 2 });
    assert.deepEqual(answer.choices.map((choice) => choice.text), ["defgh", "defgh", " abcd", " abcd"]);
    assert.deepEqual(answer.choices.map((choice) => choice.index), [0, 1, 2, 3]);
    assert.equal((await complete({ prompt: [97, 98, 99] })).choices[0].text, "defgh");
    assert.equal((await complete({ prompt: [[97, 98, 99], [110]] })).choices[1].text, "opqrs");
  },

  async logprobs_and_echo() {
    const { text, logprobs } = (await complete({ echo: true, logprobs: 2, max_tokens: 1 })).choices[0];
    assert.equal(text, "abcd");
    assert.deepEqual(logprobs.tokens, ["a", "b", "c", "d"]);
    assert.equal(logprobs.token_logprobs[0], null);
    assert.equal(logprobs.top_logprobs[3]["d"], logprobs.token_logprobs[3]);
    assert.ok(Math.abs(logprobs.token_logprobs[3] - Number(process.env.LIKELY)) < 1e-5);
  },

  async seed_and_stop() {
    const draw = async (seed) => (await complete({ temperature: 1.5, max_tokens: 24, seed })).choices[0].text;
    assert.equal(await draw(3), await draw(3));
    assert.notEqual(await draw(3), await draw(4));
    const stopped = (await complete({ stop: ["hij"], max_tokens: 30 })).choices[0];
    assert.deepEqual([stopped.text, stopped.finish_reason], ["defg", "stop"]);
  },

  async stream() {
    let text = "", usage = null, reason = null;
    for await (const chunk of await complete({ stream: true, stream_options: { include_usage: true } })) {
      text += chunk.choices[0]?.text ?? "";
      reason = chunk.choices[0]?.finish_reason ?? reason;
      usage = chunk.usage ?? usage;
    }
    assert.deepEqual([text, reason, usage.completion_tokens], ["defgh", "length", 5]);
  },

  async stream_left_early() {
    const stream = await complete({ stream: true, max_tokens: 1_000_000 });
    for await (const chunk of stream) {
      assert.equal(chunk.choices[0].text, "d");
      break;
    }
    stream.controller.abort();
  },

  async chat() {
    const messages = [{ role: "user", content: "Hi" }];
    const request = { model: "small", messages, max_tokens: 4, temperature: 0 };
    const answer = await client.chat.completions.create(request);
    let text = "";
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true }))
      text += chunk.choices[0]?.delta?.content ?? "";
    assert.equal(text, answer.choices[0].message.content);
    assert.equal(answer.choices[0].message.role, "assistant");
  },

  async models() {
    const ids = [];
    for await (const model of await client.models.list()) ids.push(model.id);
    assert.deepEqual(ids, ["small"]);
  },

  async errors() {
    await assert.rejects(complete({ model: "large" }), (error) => {
      assert.ok(error instanceof NotFoundError);
      assert.equal(error.code, "model_not_found");
      assert.ok(error.requestID);
      return true;
    });
    const patient = client.withOptions({ maxRetries: 4 });
    await assert.rejects(patient.completions.create({ model: "small", prompt: "a", max_tokens: -7 }), (error) => {
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.param, "max_tokens");
      return true;
    });
  },
};

for (const [name, check] of Object.entries(checks)) {
  await check();
  console.log(name);
}
