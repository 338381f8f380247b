// Reading documents.
import { readFileSync } from "node:fs";

import { alphabetText, book, file, story, tarGz, zst } from "../support/files.mjs";
import { accessible, equal, eventually, holds, near } from "../support/runner.mjs";

// The alphabet model's loss at a letter it expects, and at one it does not.
const UNLIKELY = Math.log(Math.exp(10) + 255);
const LIKELY = UNLIKELY - 10;

const finished = (page) => page.getByText("Read to the end").waitFor({ timeout: 180_000 });
const give = (page, ...files) => page.getByLabel("Document", { exact: true }).setInputFiles(...files);
const number = (text) => Number(text.replaceAll(",", ""));

const grouped = (value) => value.toLocaleString("en");
const tokensIn = async (server, prompt) => (await server.json("/tokenize", { prompt })).count;

async function figure(page, name) {
  const value = page.getByRole("region", { name: "Totals" }).locator("div", { has: page.getByText(name, { exact: true }) }).locator("dd");
  return number((await value.innerText()).split(/\s/)[0].replace("−", "-"));
}

async function paste(page, text) {
  await page.getByLabel("Or paste a text").fill(text);
  await page.getByRole("button", { name: "Read this text" }).click();
  await finished(page);
}

async function shownText(page) {
  return page.locator(".scroller .segment p").allInnerTexts();
}

async function downloaded(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

export default {
  "a pasted text has the figures it must have": async ({ alphabet, open }) => {
    const page = await open(alphabet, "#/read");
    const text = alphabetText(540);
    await paste(page, text);
    near(await figure(page, "Nats per token"), LIKELY, 0.001, "nats per token");
    near(await figure(page, "Perplexity"), Math.exp(LIKELY), 0.001, "perplexity");
    near(await figure(page, "Bits per byte"), LIKELY / Math.LN2, 0.001, "bits per byte");
    near(await figure(page, "Bits per character"), LIKELY / Math.LN2, 0.001, "bits per character");
    // Fields of white space, as lm-eval splits them: the empty one at the end counts.
    near(await figure(page, "Perplexity per word"), Math.exp((539 * LIKELY) / 21), 0.001, "perplexity per word");
    equal(await figure(page, "Memory saves"), 0, "what the memory saves");
    await page.getByText("9 segments · 540 tokens").waitFor();
    await accessible(page, "a finished reading");
  },

  "tokens are shaded by what they cost": async ({ alphabet, open }) => {
    const page = await open(alphabet, "#/read");
    await paste(page, "abcdQefgh");
    await page.locator(".scroller span").first().waitFor();
    const shades = await page.locator(".scroller .segment p span").evaluateAll((all) => all.map((one) => one.className).join(" "));
    equal(shades, "h0 h0 h0 h0 h7 h7 h0 h0 h0", "shades");
    await page.locator(".scroller span", { hasText: "Q" }).hover();
    await page.getByText(`“Q” ${UNLIKELY.toFixed(1)} nats`).waitFor();
  },

  "what looks like a page is shown as text": async ({ prover, open }) => {
    const page = await open(prover, "#/read");
    const text = `<img src="/x" onerror="alert(1)"><script>document.title = "taken"</script>&amp; <b>bold</b>`;
    await paste(page, text);
    await eventually(async () => (await shownText(page)).join("") === text, "the text as it is");
    equal(await page.locator(".scroller img, .scroller script, .scroller b:not(.border b)").count(), 0);
    equal(await page.title(), "Read · rmt-lm");
  },

  "characters of several bytes are whole": async ({ prover, open }) => {
    const page = await open(prover, "#/read");
    const text = "Größe, ∀ x ∈ ℝ, 数学 и математика 😀. ".repeat(8).trimEnd();
    await paste(page, text);
    await page.getByText(`${grouped(await tokensIn(prover, text))} tokens`).waitFor();
    await eventually(async () => {
      const shown = (await shownText(page)).join("");
      return shown.replaceAll("\ufffd", "").length > 0.9 * text.length && shown.includes("математика");
    }, "the text");
  },

  "a hundred pages, drawn while they are read": async ({ prover, open }) => {
    const page = await open(prover, "#/read");
    const text = book(100);
    await give(page, file("exercises.lean", text));
    const chart = page.getByRole("img", { name: /^Chart: perplexity of \d+ segments/ });
    const segments = async () => Number(/of (\d+) segments/.exec(await chart.getAttribute("aria-label"))[1]);
    await chart.waitFor();
    await page.getByText(/tokens\/s/).first().waitFor();
    const early = await segments();
    const during = Number(await page.getByRole("progressbar", { name: "Read so far" }).getAttribute("aria-valuenow"));
    holds(during < 100, `at ${during} % with ${early} segments`);
    await eventually(async () => (await segments()) > early, "the chart grows");
    await finished(page);

    const tokens = await tokensIn(prover, text);
    const { segment_length } = await prover.json("/props");
    const last = Math.ceil(tokens / segment_length) - 1;
    await page.getByText(`${last + 1} segments · ${grouped(tokens)} tokens`).waitFor();
    const stored = (await prover.json("/v1/runs")).data.find(({ documents }) => documents[0] === "exercises.lean");
    equal(stored.totals.scored_tokens, tokens - 1, "tokens that were scored");
    near(await figure(page, "Perplexity"), stored.totals.ppl, 1e-3, "perplexity");
    near(await figure(page, "Perplexity per word"), stored.totals.word_ppl, 1e-2, "perplexity per word");
    await page.getByRole("slider", { name: "Segment" }).focus();
    await page.keyboard.press("End");
    const shown = page.locator(`[data-segment="${last}"] p`);
    await eventually(async () => text.endsWith((await shown.evaluate((one) => one.textContent)) || "-"), "the end of the hundredth page");
  },

  "thousands of segments scroll as ten do": async ({ alphabet, open }) => {
    const page = await open(alphabet, "#/read");
    const text = alphabetText(64 * 4200);
    await give(page, file("long.txt", text));
    await finished(page);
    await page.getByText("4,200 segments").first().waitFor();
    const slider = page.getByRole("slider", { name: "Segment" });
    await slider.focus();
    const slowest = await page.evaluate(async () => {
      const scroller = document.querySelector(".scroller");
      let worst = 0;
      for (let step = 0; step <= 60; ++step) {
        const begun = performance.now();
        scroller.scrollTop = (scroller.scrollHeight * step) / 60;
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        worst = Math.max(worst, performance.now() - begun);
      }
      return worst;
    });
    holds(slowest < 400, `a step took ${slowest} ms`);
    const inPage = await page.locator(".scroller .segment").count();
    holds(inPage < 80, `${inPage} segments are in the page`);
    await page.keyboard.press("End");
    await page.getByText("segment 4,199", { exact: true }).waitFor();
    await eventually(async () => (await page.locator('[data-segment="4199"] p').innerText()).length === 64, "the last segment's text");
    await page.keyboard.press("ArrowLeft");
    await page.getByText(/^4198 · perplexity/).waitFor();
  },

  "stopped in the middle": async ({ prover, open }) => {
    const page = await open(prover, "#/read");
    await give(page, file("stopped.txt", story(60)));
    await page.getByRole("img", { name: /^Chart: perplexity of/ }).waitFor();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByText(/^Stopped/).waitFor();
    await page.getByRole("button", { name: "Read again" }).waitFor();
    await eventually(async () => {
      const load = await prover.json("/readyz");
      return load.queued_jobs + load.reading_jobs === 0;
    }, "an idle server");
  },

  "files that are none": async ({ prover, open, expect }) => {
    expect(/400/);
    const page = await open(prover, "#/read");
    await give(page, file("empty.txt", ""));
    await page.getByText("empty.txt is empty").waitFor();
    await give(page, file("picture.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0, 1, 2, 3])));
    await page.getByRole("alert").filter({ hasText: /byte 0 \(0x89\)/ }).waitFor();
    await page.getByRole("button", { name: "Another document" }).click();
    await give(page, file("broken.tar.gz", "this is no package"));
    await page.getByText(/broken\.tar\.gz/).first().waitFor();
    await accessible(page, "a wrong file");
  },

  "an arXiv package": async ({ prover, open }) => {
    const page = await open(prover, "#/read");
    const main = "\\documentclass{article}\n\\begin{document}\n\\input{body}\n\\end{document}\n";
    await give(page, file("paper.tar.gz", tarGz({ "main.tex": main, "body.tex": "The body of it.\n", "figure.png": "\x89PNG" })));
    await finished(page);
    await eventually(async () => (await shownText(page)).join("").includes("The body of it."), "the included file");
  },

  "records, one of which is chosen": async ({ prover, open }) => {
    const page = await open(prover, "#/read");
    const records = ["alpha", "beta", "gamma"].map((text, i) => JSON.stringify({ text: `${text} text`, meta: { id: `record ${i}` } })).join("\n");
    await give(page, file("pile.jsonl.zst", zst(`${records}\n`)));
    await page.getByText("The file holds 3 documents").waitFor();
    await page.getByRole("button", { name: "Read record 1" }).click();
    await finished(page);
    await eventually(async () => (await shownText(page)).join("") === "beta text", "the second record");
  },

  "earlier runs: shown, compared, exported": async ({ carried, open }) => {
    const page = await open(carried, "#/read");
    for (const text of [story(1), story(1).replace("boats", "ships")]) {
      await paste(page, text);
      await page.getByRole("button", { name: "Another document" }).click();
    }
    const segments = Math.ceil((await tokensIn(carried, story(1).replace("boats", "ships"))) / 64);
    const rows = page.getByRole("region", { name: "Earlier runs" }).getByRole("row");
    const [, newest, older] = await rows.all();
    const newestRun = (await newest.getByRole("cell").first().innerText()).trim();
    const olderRun = (await older.getByRole("cell").first().innerText()).trim();
    await page.getByRole("button", { name: `Show run ${newestRun}`, exact: true }).click();
    await page.getByRole("img", { name: new RegExp(`^Chart: perplexity of ${segments} segments`) }).waitFor();
    await page.getByRole("button", { name: `Compare with run ${olderRun}`, exact: true }).click();
    await page.getByText(`Beside run ${olderRun}:`).waitFor();
    await page.getByText(/^of \d+$/).first().waitFor();
    await accessible(page, "a comparison");
    await page.getByRole("button", { name: /^segment \d+:/ }).first().click();
    await page.getByText(/^\d+ · perplexity/).waitFor();

    const csv = await downloaded(page, "Export as CSV");
    equal(csv.text.trim().split("\r\n").length, segments + 1, "lines of the CSV");
    const json = JSON.parse((await downloaded(page, "Export as JSON")).text);
    equal(json.segments.length, segments);
    const whole = await carried.json(`/v1/runs/${newestRun}`);
    near(json.totals.nll, whole.totals.nll, 1e-9, "the exported sum");
    const svg = await downloaded(page, "Export as SVG");
    holds(svg.text.startsWith("<svg") && svg.name.endsWith(".svg"), svg.name);
    const run = await downloaded(page, `Run ${olderRun} as CSV`);
    holds(run.text.startsWith("run,document,source,seg,"), "the server's CSV");
  },

  "two tabs read at once, one of them the same name": async ({ prover, open }) => {
    const first = await open(prover, "#/read");
    const second = await open(prover, "#/read", { context: first.context() });
    const [longer, shorter] = [story(5), story(3)];
    await Promise.all([give(first, file("same.txt", longer)), give(second, file("same.txt", shorter))]);
    await Promise.all([finished(first), finished(second)]);
    await first.getByText(`${grouped(await tokensIn(prover, longer))} tokens`).waitFor();
    await second.getByText(`${grouped(await tokensIn(prover, shorter))} tokens`).waitFor();
  },

  "a second tab watches what the first one uploads, and stops it": async ({ carried, open }) => {
    const first = await open(carried, "#/read");
    await give(first, file("watched.txt", book(100)));
    await first.getByRole("img", { name: /^Chart: perplexity of/ }).waitFor();
    const second = await open(carried, "#/read");
    await second.getByRole("button", { name: "Watch watched.txt" }).click();
    const chart = second.getByRole("img", { name: /^Chart: perplexity of \d+ segments/ });
    await chart.waitFor();
    const segments = async () => Number(/of (\d+) segments/.exec(await chart.getAttribute("aria-label"))[1]);
    const early = await segments();
    await eventually(async () => (await segments()) > early, "the chart grows");
    await accessible(second, "a watched reading");
    await second.getByRole("button", { name: "Stop", exact: true }).click();
    await first.getByText(/^Stopped/).waitFor();
    await second.getByText(/^Stopped/).waitFor();
  },

  "another page meanwhile, and back": async ({ prover, open }) => {
    const page = await open(prover, "#/read");
    await give(page, file("meanwhile.txt", story(5)));
    await page.getByText(/^Reading|^Waiting/).first().waitFor();
    await page.getByRole("link", { name: /^Server/ }).click();
    await page.getByRole("heading", { name: "The server" }).waitFor();
    await page.getByRole("link", { name: /^Read/ }).click();
    await finished(page);
    await page.getByText(`${grouped(await tokensIn(prover, story(5)))} tokens`).waitFor();
  },

  "the server restarts in the middle": async ({ start, open, expect }) => {
    expect(/ERR_|Failed to load|404/);
    const server = await start("carried");
    try {
      const page = await open(server, "#/read");
      await give(page, file("restart.txt", story(3)));
      await page.getByRole("img", { name: /^Chart: perplexity of/ }).waitFor();
      await server.kill();
      await page.getByText("The server does not answer.").first().waitFor();
      await server.startAgain();
      await page.getByText("The server went away").waitFor();
      await page.getByRole("img", { name: /^Chart: perplexity of/ }).waitFor(); // what was read is still shown
      await page.getByRole("button", { name: "Read again" }).click();
      await finished(page);
      await page.getByText(`${grouped(await tokensIn(server, story(3)))} tokens`).waitFor();
      await page.getByText("(interrupted)").waitFor(); // the run that was cut off
    } finally {
      await server.stop();
    }
  },
};
