// Continuing texts.
import { readFileSync } from "node:fs";

import { file } from "../support/files.mjs";
import { accessible, equal, eventually, holds } from "../support/runner.mjs";

// What the prover is trained on: a goal, and the step that follows.
const GOAL = "[GOAL]n : Nat\n⊢ 0 + n = n[PROOFSTEP]";
const LETTERS = `${"[GOAL]p q : Prop\nh : p ∧ q\n⊢ q ∧ p[PROOFSTEP]exact ⟨h.2, h.1⟩\n".repeat(6)}[GOAL]p : Prop\nh : p\n⊢ p[PROOFSTEP]`;

const editor = (page) => page.getByRole("textbox", { name: "The text" });
const textOf = async (page) => (await editor(page).innerText()).replace(/\n$/, "");
const ready = (page) => page.getByRole("button", { name: /^Continue/ }).waitFor();

/** The likeliest token, always; so many. */
async function plainly(page, tokens) {
  await page.getByLabel("Tokens", { exact: true }).fill(String(tokens));
  await page.getByLabel("Temperature").fill("0");
  await page.getByLabel("Temperature").press("Tab");
}

async function proceed(page) {
  await page.getByRole("button", { name: /^Continue/ }).click();
  await ready(page);
}

export default {
  "a text goes on": async ({ alphabet, open }) => {
    const page = await open(alphabet, "#/write");
    await editor(page).fill("abc");
    await plainly(page, 10);
    await proceed(page);
    equal(await textOf(page), "abcdefghijklm");
    await proceed(page);
    equal(await textOf(page), "abcdefghijklmnopqrstuvw");
    await accessible(page, "a text that went on");
  },

  "with the keyboard alone": async ({ prover, open }) => {
    const page = await open(prover, "#/write");
    await plainly(page, 3);
    await editor(page).focus();
    await page.keyboard.type(GOAL);
    await page.keyboard.press("Control+Enter");
    const next = (await prover.json("/v1/completions", { prompt: GOAL, max_tokens: 3, temperature: 0 })).choices[0].text;
    await eventually(async () => (await textOf(page)).trimEnd() === (GOAL + next).trimEnd(), `${GOAL}${next}`);
    await page.keyboard.press("Tab");
    equal(await page.evaluate(() => document.activeElement.textContent.trim().startsWith("Continue")), true, "Tab leaves the editor");
  },

  "for ever, until it is stopped": async ({ smollm, open }) => {
    const page = await open(smollm, "#/write");
    await editor(page).fill(GOAL);
    await plainly(page, 1);
    await page.getByLabel("for ever").check();
    await page.getByRole("button", { name: /^Continue/ }).click();
    await eventually(async () => (await textOf(page)).length > 700, "some hundred tokens");
    await page.keyboard.press("Escape");
    await editor(page).focus();
    await page.keyboard.press("Escape");
    await ready(page);
    const text = await textOf(page);
    holds(text.startsWith(GOAL), text.slice(0, 40));
    await page.waitForTimeout(300);
    equal(await textOf(page), text, "the text after the stop");
    await eventually(async () => (await smollm.json("/readyz")).generating_streams === 0, "an idle server");
  },

  "token probabilities, and another token instead": async ({ prover, open }) => {
    const page = await open(prover, "#/write");
    await editor(page).fill(GOAL);
    await plainly(page, 1);
    await proceed(page);
    const [{ text: likeliest, logprobs }] = (await prover.json("/v1/completions", { prompt: GOAL, max_tokens: 1, temperature: 0, logprobs: 6 })).choices;
    equal(await textOf(page), GOAL + likeliest);
    await editor(page).focus();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("ArrowLeft");
    const beside = page.getByRole("region", { name: "At the cursor" });
    const [most, second] = Object.entries(logprobs.top_logprobs[0]).sort(([, a], [, b]) => b - a);
    await beside.getByText(`was given ${Math.round(100 * Math.exp(most[1]))} %`, { exact: false }).waitFor();
    const others = beside.getByRole("button");
    equal(await others.count(), 6);
    await others.nth(1).click();
    await eventually(async () => (await textOf(page)).startsWith(GOAL + second[0]), `the second likeliest, ${second[0]}`);
    await ready(page);
    holds((await textOf(page)).length > (GOAL + second[0]).length, "it goes on from there");
  },

  "branches, one of which is kept": async ({ prover, open }) => {
    const page = await open(prover, "#/write");
    await editor(page).fill("theorem");
    await page.getByLabel("Tokens", { exact: true }).fill("12");
    await page.getByLabel("Seed").fill("7");
    await page.getByLabel("Branches").selectOption("3");
    await proceed(page);
    equal(await page.getByRole("article").count(), 3);
    const texts = await page.getByRole("article").locator("p").evaluateAll((all) => all.map((one) => one.textContent));
    equal(new Set(texts).size, 3, "different branches");
    await accessible(page, "branches");
    await page.getByRole("button", { name: "Keep branch 2" }).click();
    const asked = { prompt: "theorem", max_tokens: 12, seed: 7, n: 3, temperature: 0.8, top_p: 0.95 };
    const same = await prover.json("/v1/completions", asked);
    equal(texts[1], same.choices.find(({ index }) => index === 1).text, "the same seed gives the same text");
    equal(await page.getByRole("article").count(), 0);
  },

  "a document read once, branched, saved, restored": async ({ carried, open }) => {
    const page = await open(carried, "#/write");
    await plainly(page, 5);
    // What is said of a text that was read before is what is said of it written out.
    const after = async (text) => (await carried.json("/v1/completions", { prompt: text, max_tokens: 5, temperature: 0 })).choices[0].text;
    const first = await after(LETTERS);
    await page.getByLabel("Document for a session").setInputFiles(file("letters.txt", LETTERS));
    const session = page.getByRole("radio", { name: /letters\.txt/ });
    await session.waitFor();
    holds(await session.isChecked(), "what was read is chosen");
    await proceed(page);
    equal((await textOf(page)).trimEnd(), first.trimEnd());

    await page.getByRole("button", { name: "Branch letters.txt" }).click();
    await eventually(async () => (await page.getByRole("radio", { name: /letters\.txt/ }).count()) === 2, "a branch");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save letters.txt to a file" }).first().click(),
    ]);
    const bytes = readFileSync(await download.path());
    await page.getByLabel("Saved session").setInputFiles({ name: "kept.rmts", mimeType: "application/octet-stream", buffer: bytes });
    const restored = page.getByRole("radio", { name: /kept/ });
    await restored.waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await proceed(page);
    equal((await textOf(page)).trimEnd(), first.trimEnd());
    await accessible(page, "sessions");

    const second = await after(LETTERS + first);
    await page.getByRole("button", { name: "Put the text in" }).click();
    await eventually(async () => (await textOf(page)).trim() === "" || (await textOf(page)).startsWith("Write the"), "an empty page");
    await proceed(page);
    await eventually(async () => (await textOf(page)).trimEnd() === second.trimEnd(), "behind what the session has read");
    for (;;) {
      const left = page.getByRole("radio", { name: /letters|kept/ });
      if ((await left.count()) === 0) break;
      const before = await left.count();
      await left.first().check();
      await page.getByRole("button", { name: /^Delete/ }).first().click();
      await eventually(async () => (await left.count()) < before, "one session less");
    }
  },

  "a damaged session is refused": async ({ prover, open, expect }) => {
    expect(/422/);
    const page = await open(prover, "#/write");
    await page.getByRole("radio").first().waitFor();
    const before = await page.getByRole("radio").count();
    await page.getByLabel("Saved session").setInputFiles(file("damaged.rmts", "nonsense"));
    await page.getByRole("alert").waitFor();
    equal(await page.getByRole("radio").count(), before, "what there is to go on from");
  },

  "what was typed is there after a reload, and each tab has its own": async ({ prover, open }) => {
    const first = await open(prover, "#/write");
    await editor(first).fill("the first tab");
    await first.waitForTimeout(500);
    const second = await open(prover, "#/write", { context: first.context() });
    await editor(second).fill("the second tab");
    await second.waitForTimeout(500);
    await first.reload();
    await eventually(async () => (await textOf(first)) === "the first tab", "the first tab's text");
    await second.reload();
    await eventually(async () => (await textOf(second)) === "the second tab", "the second tab's text");
  },

  "the server restarts while it writes": async ({ start, open, expect }) => {
    expect(/ERR_|Failed to load|WebSocket/);
    const server = await start("smollm");
    try {
      const page = await open(server, "#/write");
      await editor(page).fill(GOAL);
      await plainly(page, 1);
      await page.getByLabel("for ever").check();
      await page.getByRole("button", { name: /^Continue/ }).click();
      await eventually(async () => (await textOf(page)).length > 60, "a beginning");
      await server.kill();
      await page.getByRole("alert").filter({ hasText: "does not answer" }).first().waitFor();
      const seen = await textOf(page);
      holds(seen.length > 60, seen);
      await server.startAgain();
      await page.getByLabel("for ever").uncheck();
      await page.getByLabel("Tokens", { exact: true }).fill("5");
      await page.getByLabel("Tokens", { exact: true }).press("Tab");
      await eventually(() => page.getByRole("button", { name: /^Continue/ }).isEnabled(), "the server back");
      const kept = await textOf(page); // with what had come and was not yet drawn
      holds(kept.startsWith(seen), "nothing is lost");
      await proceed(page);
      const text = await textOf(page);
      const next = (await server.json("/v1/completions", { prompt: kept, max_tokens: 5, temperature: 0 })).choices[0].text;
      equal(text.trimEnd(), (kept + next).trimEnd());
    } finally {
      await server.stop();
    }
  },
};
