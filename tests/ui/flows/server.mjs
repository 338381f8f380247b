// The server's own page.
import { equal, eventually, holds } from "../support/runner.mjs";

export default {
  "the model card says what is served": async ({ prover, smollm, open }) => {
    for (const [server, memory] of [
      [prover, /^16 vectors of width 256$/],
      [smollm, /^reset at every segment: 10 vectors of width 576$/],
    ]) {
      const page = await open(server, "#/server");
      const card = page.getByRole("region", { name: "Model card" });
      const props = await server.json("/props");
      await card.getByText(props.fingerprint).waitFor();
      await card.getByText(`${props.segment_length} tokens of text`).waitFor();
      await card.getByText(memory).waitFor();
    }
  },

  "work is seen while it is done": async ({ prover, open }) => {
    const page = await open(prover, "#/server");
    await page.getByRole("region", { name: "Work now" }).waitFor();
    await page.waitForTimeout(2500);
    const work = prover.json("/v1/completions", { prompt: "x", max_tokens: 800, ignore_eos: true });
    const speed = page.getByRole("region", { name: "Work now" }).locator("div", { has: page.getByText("Generates", { exact: true }) }).locator("dd");
    await eventually(async () => parseFloat((await speed.innerText()).replaceAll(",", "")) > 0, "tokens a second");
    await work;
  },

  "sessions are listed and dropped": async ({ prover, open }) => {
    const made = await prover.json("/v1/sessions", { name: "a book" });
    await prover.json(`/v1/sessions/${made.id}/append`, { text: "abc" });
    const page = await open(prover, "#/server");
    const row = page.getByRole("row", { name: /a book/ });
    await row.waitFor();
    const used = await row.getByRole("cell").nth(4).innerText();
    holds(used.includes(String(new Date().getDate())), `used on ${used}`);
    await page.getByRole("button", { name: "Delete a book" }).click();
    await row.waitFor({ state: "detached" });
    equal((await prover.json("/v1/sessions")).data.length, 0);
  },
};
