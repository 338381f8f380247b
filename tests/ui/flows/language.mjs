// A model of language on real words: what a person sees who serves smollm2-135m.
import { file } from "../support/files.mjs";
import { equal, eventually, holds, near } from "../support/runner.mjs";

const TEXT =
  "The harbour lay in the bend of the river, and the ferry crossed it twice a day. In the morning it carried the people " +
  "who worked in the town; in the evening it brought them back again. Nobody could remember a day on which the ferry had " +
  "not come, until the winter when the river froze. Then the people walked across the ice, and the ferryman walked with " +
  "them, for he did not know what else to do with his morning. ";

const READ = TEXT.repeat(2) + "Zebra xylophone quantum 7731.";

export default {
  "a document is read": async ({ smollm, open }) => {
    const page = await open(smollm, "#/read");
    await page.getByText("With this model the memory is reset at every segment").waitFor();
    await page.getByLabel("Document", { exact: true }).setInputFiles(file("ferry.txt", READ));
    await page.getByText("Read to the end").waitFor();
    const shown = await page.getByRole("region", { name: "Totals" }).locator("[data-figure=ppl]").innerText();
    const { ppl, tokens } = await smollm.json("/v1/perplexity", { text: READ });
    near(Number(shown), ppl, 1e-3, "perplexity");
    holds(ppl > 2 && ppl < 40, `perplexity ${ppl} of plain English`);
    await page.getByText(`${tokens} tokens`).waitFor();
    // Words that nobody expects are shaded darker than those of a sentence.
    const spans = page.locator(".scroller .segment p span");
    const shades = await spans.evaluateAll((all) => all.map((one) => [one.textContent, Number(one.className.slice(1))]));
    equal(shades.map(([text]) => text).join(""), READ);
    const mean = (some) => some.reduce((sum, [, shade]) => sum + shade, 0) / some.length;
    holds(mean(shades.slice(-10)) > mean(shades.slice(0, -10)) + 1, "the nonsense at the end is darker");
  },

  "it writes, and a branch is kept": async ({ smollm, open }) => {
    const page = await open(smollm, "#/write");
    const editor = page.getByRole("textbox", { name: "The text" });
    await editor.fill("The capital of France is");
    await page.getByLabel("Tokens", { exact: true }).fill("12");
    await page.getByLabel("Temperature").fill("0");
    await page.getByLabel("Temperature").press("Tab");
    await page.getByRole("button", { name: /^Continue/ }).click();
    await eventually(async () => /France is\s+Paris/.test(await editor.innerText()), "Paris");
    await page.getByRole("button", { name: /^Continue/ }).waitFor();
    const written = await editor.innerText();

    await page.getByLabel("Temperature").fill("0.9");
    await page.getByLabel("Branches").selectOption("2");
    await page.getByRole("button", { name: /^Continue/ }).click();
    await page.getByRole("button", { name: "Keep branch 2" }).waitFor();
    await page.getByRole("button", { name: /^Continue/ }).waitFor();
    const branch = await page.getByRole("article").nth(1).locator("p").evaluate((one) => one.textContent);
    await page.getByRole("button", { name: "Keep branch 2" }).click();
    await eventually(async () => (await editor.innerText()).length > written.length, "the branch in the text");
    const squeezed = (text) => text.replace(/\s+/g, "");
    equal(squeezed(await editor.innerText()), squeezed(written + branch));
  },

  "its memory is looked at": async ({ smollm, open }) => {
    const page = await open(smollm, "#/memory");
    await page.getByText("With this model the memory is reset at every segment").waitFor();
    await page.getByRole("textbox", { name: "The text" }).fill(READ.repeat(2));
    await page.getByRole("button", { name: "Look", exact: true }).click();
    await page.getByRole("img", { name: "Map: attention between 10 memory vectors and 128 tokens" }).waitFor();
    equal(await page.getByRole("img", { name: /^Chart:/ }).count(), 0, "charts of a memory that stays what it is");
    await page.getByRole("button", { name: "The segment after" }).click();
    await page.getByRole("heading", { name: "Segment 1" }).waitFor();
    await page.getByRole("combobox", { name: /^Layer/ }).selectOption("29");
    await page.getByRole("img", { name: /^Map:/ }).waitFor();
    const { tokens } = (await smollm.json("/v1/attention", { text: READ.repeat(2), segments: [1], layer: 29 })).segments[1];
    const shown = await page.locator(".text span").evaluateAll((all) => all.map((one) => one.textContent));
    equal(shown, tokens, "the second segment's tokens");
  },
};
