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
}

export default {
  "how a text moves the memory, and what it was written from": async ({ drawn, open }) => {
    await needsAttention(drawn);
    const page = await open(drawn, "#/memory");
    const words = story(1).slice(0, 64 * 6);
    await look(page, words);
    const asked = await drawn.json("/v1/attention", { text: words, segments: [0] });
    await page.getByText(`${asked.segments.length} segments of 64 tokens, 4 memory vectors`).waitFor();
    await page.getByRole("img", { name: "Map: attention between 4 memory vectors and 64 tokens" }).waitFor();
    const [{ write, tokens }] = asked.segments;
    const means = tokens.map((_, at) => write.reduce((sum, row) => sum + row[at], 0) / write.length);
    const strongest = tokens[means.indexOf(Math.max(...means))];
    const first = await page.getByRole("list", { name: "Tokens with most attention" }).getByRole("listitem").first().locator("code").innerText();
    equal(first.replaceAll("·", " ").replaceAll("⏎", "\n"), strongest, "the token written most");
    await accessible(page, "a look into the memory");
  },

  "segments, layers, vectors, both ways": async ({ drawn, open }) => {
    await needsAttention(drawn);
    const page = await open(drawn, "#/memory");
    await look(page, story(1).slice(0, 64 * 5));
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

  "a text that is too short, or no text": async ({ drawn, open, expect }) => {
    await needsAttention(drawn);
    expect(/400|413/);
    const page = await open(drawn, "#/memory");
    await page.getByText("Nothing looked at yet.").waitFor();
    holds(await page.getByRole("button", { name: "Look", exact: true }).isDisabled(), "nothing to look at");
    await text(page).fill("short");
    await page.getByRole("button", { name: "Look", exact: true }).click();
    await page.getByText(/The text is shorter than a segment|There is no map of this segment/).waitFor();
    await page.getByLabel("Text to look at").setInputFiles(file("long.txt", story(30)));
    await page.getByRole("alert").filter({ hasText: "90000 tokens" }).waitFor();
  },

  "the document that was read": async ({ drawn, open }) => {
    await needsAttention(drawn);
    const page = await open(drawn, "#/read");
    await page.getByLabel("Document", { exact: true }).setInputFiles(file("taken.txt", story(1)));
    await page.getByText("Read to the end").waitFor();
    await page.getByRole("link", { name: /^Memory/ }).click();
    await page.getByRole("button", { name: "Take “taken.txt”" }).click();
    await page.getByRole("img", { name: /^Map:/ }).waitFor();
    equal((await text(page).inputValue()).length, 3000);
  },
};
