// Looking into the memory.
import { file, story } from "../support/files.mjs";
import { Skipped, accessible, equal, eventually, holds } from "../support/runner.mjs";

const text = (page) => page.getByRole("textbox", { name: "The text" });

async function needsAttention(server) {
  if (!(await server.json("/openapi.json")).paths["/v1/attention"]) throw new Skipped("this server does not look into memories");
}

async function look(page, words) {
  await text(page).fill(words);
  await page.getByRole("button", { name: "Look", exact: true }).click();
  await page.getByRole("img", { name: /^Map:/ }).waitFor();
  await page.getByText(/^\d+ segments of \d+ tokens/).waitFor();
}

export default {
  "how a text moves the memory, and what it was written from": async ({ carried, open }) => {
    await needsAttention(carried);
    const page = await open(carried, "#/memory");
    const words = story(1).slice(0, 64 * 8);
    await look(page, words);
    const asked = await carried.json("/v1/attention", { text: words, segments: [0] });
    await page.getByText(`${asked.segments.length} segments of 64 tokens, 16 memory vectors`).waitFor();
    await page.getByRole("img", { name: "Map: attention between 16 memory vectors and 64 tokens" }).waitFor();
    const [{ write, tokens }] = asked.segments;
    const means = tokens.map((_, at) => write.reduce((sum, row) => sum + row[at], 0) / write.length);
    const strongest = tokens[means.indexOf(Math.max(...means))];
    const first = await page.getByRole("list", { name: "Tokens with most attention" }).getByRole("listitem").first().locator("code").innerText();
    equal(first.replaceAll("·", " ").replaceAll("⏎", "\n"), strongest, "the token written most");
    await accessible(page, "a look into the memory");
  },

  "segments, layers, vectors, both ways": async ({ carried, open }) => {
    await needsAttention(carried);
    const page = await open(carried, "#/memory");
    await look(page, story(1).slice(0, 64 * 8));
    const before = await page.locator("ol").innerText();
    await page.getByLabel("Segment", { exact: true }).fill("3");
    await page.getByLabel("Segment", { exact: true }).press("Tab");
    await page.getByRole("heading", { name: "Segment 3" }).waitFor();
    await eventually(async () => (await page.locator("ol").innerText()) !== before, "another segment's tokens");
    await page.getByRole("combobox", { name: /^Layer/ }).selectOption("1");
    await eventually(async () => !(await page.getByText("Reading…").isVisible()), "the layer's map");
    await page.getByLabel("who looks at them").check();
    await page.getByText("Looking most").waitFor();
    await page.getByRole("combobox", { name: /^Vector/ }).selectOption("2");
    await accessible(page, "the other way");
  },

  "a text that is too short, no text, no text at all": async ({ prover, open }) => {
    await needsAttention(prover);
    const page = await open(prover, "#/memory");
    await page.getByText("Nothing looked at yet.").waitFor();
    holds(await page.getByRole("button", { name: "Look", exact: true }).isDisabled(), "nothing to look at");
    await text(page).fill("short");
    await page.getByRole("button", { name: "Look", exact: true }).click();
    await page.getByText(/The text has \d tokens?, and a segment 256/).waitFor();
    await page.getByLabel("Text to look at").setInputFiles(file("picture.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff])));
    await page.getByRole("alert").filter({ hasText: "picture.png is no text in UTF-8" }).waitFor();
  },

  "thousands of segments: any of them at once": async ({ drawn, open }) => {
    await needsAttention(drawn);
    const page = await open(drawn, "#/memory");
    await page.getByLabel("Text to look at").setInputFiles(file("long.txt", story(90).slice(0, 64 * 4100)));
    await page.getByRole("progressbar", { name: "Read so far" }).waitFor();
    await page.getByText("4,100 segments of 64 tokens").waitFor();
    const longest = await page.evaluate(() => {
      const range = document.querySelector('input[type="number"]');
      const begun = performance.now();
      range.value = "4099";
      range.dispatchEvent(new Event("change", { bubbles: true }));
      return performance.now() - begun;
    });
    holds(longest < 100, `the page stood still for ${longest} ms`);
    const before = (await drawn.json("/readyz")).reading_jobs;
    equal(before <= 1, true, "one reading at most");
    await page.getByRole("heading", { name: "Segment 4,099" }).waitFor();
    await page.getByRole("img", { name: /^Map:/ }).waitFor({ timeout: 5000 });
    await page.getByRole("button", { name: "The segment before" }).click();
    await page.getByRole("heading", { name: "Segment 4,098" }).waitFor();
    await page.getByRole("img", { name: /^Map:/ }).waitFor({ timeout: 5000 });
    equal(await text(page).count(), 0, "editors with a long text");
    await page.getByRole("button", { name: "Put away" }).click();
    await text(page).waitFor();
  },

  "the server restarts, and another segment is chosen": async ({ start, open, expect }) => {
    expect(/ERR_|Failed to load|404/);
    const server = await start("carried");
    try {
      const page = await open(server, "#/memory");
      await look(page, story(1).slice(0, 64 * 5));
      await server.kill();
      await server.startAgain();
      await page.getByRole("button", { name: "The segment after" }).click();
      await page.getByRole("heading", { name: "Segment 1" }).waitFor();
      await page.getByRole("img", { name: /^Map:/ }).waitFor();
      equal((await text(page).inputValue()).length, 64 * 5);
    } finally {
      await server.stop();
    }
  },

  "the document that was read": async ({ carried, open }) => {
    await needsAttention(carried);
    const page = await open(carried, "#/read");
    await page.getByLabel("Document", { exact: true }).setInputFiles(file("taken.txt", story(1)));
    await page.getByText("Read to the end").waitFor();
    await page.getByRole("link", { name: /^Memory/ }).click();
    await page.getByRole("button", { name: "Take “taken.txt”" }).click();
    await page.getByRole("img", { name: /^Map:/ }).waitFor();
    equal((await text(page).inputValue()).length, 3000);
  },
};
