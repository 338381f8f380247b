// Proving theorems. Flows that need a Lean are skipped where the server has none.
import { readFileSync } from "node:fs";

import { file } from "../support/files.mjs";
import { Skipped, accessible, equal, eventually, holds } from "../support/runner.mjs";

const SWAP = "theorem swapped (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  sorry\n";

const editor = (page) => page.getByRole("textbox", { name: "Lean file" });
const codeOf = async (page) => (await editor(page).locator(".cm-line").allInnerTexts()).map((line) => line.replace(/\n$/, "")).join("\n");
const withCode = (code) => `#code=${encodeURIComponent(code)}`;

async function needsLean(server) {
  const { available } = await server.json("/v1/lean");
  if (!available) throw new Skipped("no Lean here");
}

/** The page with a file of its own, its goal known. */
async function openCode({ server, open, expect }, code) {
  expect(/400|422/); // where there is no goal, and where the file is not well-formed yet
  const page = await open(server, withCode(code));
  await eventually(async () => (await codeOf(page)) === code, "the file");
  return page;
}

export default {
  "symbols are typed by their names": async ({ prover, open, expect }) => {
    const page = await openCode({ server: prover, open, expect }, "-- a\n");
    await editor(page).focus();
    await page.keyboard.press("Control+End");
    for (const [typed, shown] of [
      ["\\forall x, ", "∀ x, "],
      ["\\to ", "→ "],
      ["\\and ", "∧ "],
      ["\\alp ", "α "],
      ["\\<x", "⟨x"],
      ["\\N ", "ℕ "],
    ]) {
      const before = await codeOf(page);
      await page.keyboard.type(typed);
      await eventually(async () => (await codeOf(page)) === before + shown, `${typed} is ${shown}, not ${await codeOf(page)}`, 5000);
    }
  },

  "a list of symbols, chosen from with the keyboard": async ({ prover, open, expect }) => {
    const page = await openCode({ server: prover, open, expect }, "");
    await editor(page).focus();
    await page.keyboard.type("\\lam");
    await page.getByRole("option", { name: /\\lam/ }).first().waitFor();
    await page.waitForTimeout(150);
    await page.keyboard.press("Enter");
    await eventually(async () => (await codeOf(page)) === "λ", "λ");
  },

  "a link carries the whole file": async ({ prover, open, expect }) => {
    const code = "theorem t : 1 + 1 = 2 := by\n  sorry -- 100 % & #\n";
    const page = await openCode({ server: prover, open, expect }, code);
    equal(new URL(page.url()).hash, "#/prove");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByText("The link is in the clipboard").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const other = await page.context().newPage();
    await other.goto(link);
    await eventually(async () => (await codeOf(other)) === code, "the same file");
  },

  "examples, opening, saving": async ({ prover, open, expect }) => {
    expect(/400|422/); // there is no goal at the beginning of a file that is opened
    const page = await open(prover, "#/prove");
    await page.getByLabel("Examples", { exact: true }).selectOption({ label: "Zero on the left" });
    await eventually(async () => (await codeOf(page)).includes("zero_left"), "the example");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save" }).click()]);
    equal(readFileSync(await download.path(), "utf8"), await codeOf(page));
    await page.getByLabel("Lean file to open").setInputFiles(file("mine.lean", "theorem mine : True := by\r\n  trivial\r\n"));
    await eventually(async () => (await codeOf(page)) === "theorem mine : True := by\n  trivial\n", "the opened file");
    await page.getByLabel("Lean file to open").setInputFiles(file("none.lean", Buffer.from([0xff, 0xfe, 0, 0xd8])));
    await page.getByText("none.lean is no text in UTF-8").waitFor();
    holds((await codeOf(page)).includes("mine"), "what there was stays");
  },

  "what was written is there after a reload": async ({ prover, open, expect }) => {
    const page = await openCode({ server: prover, open, expect }, SWAP);
    await page.waitForTimeout(500);
    await page.goto(`${prover.url}/#/prove`);
    await page.reload();
    await eventually(async () => (await codeOf(page)) === SWAP, "the file");
  },

  "it says which Lean stands behind it": async ({ prover, open, expect }) => {
    const lean = await prover.json("/v1/lean");
    const page = await open(prover, "#/prove");
    if (!lean.available) {
      await page.getByText("No Lean.").waitFor();
      throw new Skipped("no Lean here");
    }
    await page.getByText(`Lean ${lean.version}`).waitFor();
    if (!lean.is_mathlib) await page.getByText("this is not Mathlib").waitFor();
  },

  "goals at the cursor": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, SWAP);
    const goal = page.getByRole("region", { name: "Goal" });
    await goal.getByText("q ∧ p", { exact: false }).first().waitFor();
    await goal.getByText("p ∧ q", { exact: false }).first().waitFor();
    await editor(page).focus();
    await page.keyboard.press("Control+Home");
    await goal.getByText("No goal here").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End"); // behind sorry, whose goal it is still
    await goal.getByText("line 2, column 8").waitFor();
    await goal.getByText("⊢").waitFor();
    await accessible(page, "a goal");
  },

  "what Lean says stands under the words": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, "theorem wrong (p : Prop) : p := by\n  exact nonsense\n");
    const problems = page.getByRole("region", { name: "Lean says" });
    await problems.getByText("nonsense", { exact: false }).waitFor();
    await page.locator(".cm-lintRange-error").first().waitFor();
    await problems.getByRole("button").first().click();
    await page.getByText(/^line 2, column/).waitFor();
    await accessible(page, "an error");
  },

  "a theorem is proved, put in, and checked again": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, SWAP);
    await page.getByRole("region", { name: "Goal" }).getByText("⊢").waitFor();
    await page.getByRole("button", { name: /^Search/ }).click();
    const proved = page.getByRole("region", { name: "Proved" });
    await proved.waitFor({ timeout: 120_000 });
    await proved.getByText(/It depends on (no axioms|propext|Classical|Quot)/).waitFor();
    const command = await proved.getByText(/^rmt-lm prove --db .* --replay \d+/).innerText();
    holds(/--replay \d+/.test(command), command);
    await accessible(page, "a proof");
    await proved.getByRole("button", { name: "Put the proof in" }).click();
    await eventually(async () => !(await codeOf(page)).includes("sorry"), "a file without sorry");
    await page.getByText("Lean has nothing to say against the file.").waitFor();
    const checked = await prover.json("/v1/lean/check", { code: await codeOf(page) });
    equal(checked.diagnostics.filter(({ severity }) => severity === "error"), []);
  },

  "a search from the line of the statement is for its sorry": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, "theorem same (p : Prop) (h : p) : p := by\n  sorry\n");
    await editor(page).focus();
    await page.keyboard.press("Control+Home");
    await page.getByRole("button", { name: /^Search/ }).click();
    const proved = page.getByRole("region", { name: "Proved" });
    await proved.getByRole("button", { name: "Put the proof in" }).click({ timeout: 120_000 });
    await eventually(async () => !(await codeOf(page)).includes("sorry"), "a file without sorry");
  },

  "a search that ends without a proof": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, "theorem never (p q : Prop) (h : p) : q := by\n  sorry\n");
    await page.getByText(/^Budget/).click();
    await page.getByLabel("Expansions").fill("3");
    await page.getByLabel("Candidates").fill("2");
    await page.getByLabel("Candidates").press("Tab");
    await page.getByRole("button", { name: /^Search/ }).click();
    await page.getByText(/Nothing is left to try|The budget is used up/).waitFor({ timeout: 120_000 });
    await page.getByText(/\d+ checks by Lean/).waitFor();
    equal(await page.getByRole("region", { name: "Proved" }).count(), 0, "proofs of what is false");
    await accessible(page, "a search without a proof");
  },

  "a suggestion is tried by Lean and put in": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, "theorem same (p : Prop) : p → p := by\n  sorry\n");
    await page.getByRole("region", { name: "Goal" }).getByText("⊢").waitFor();
    await editor(page).focus();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: /^Suggest/ }).waitFor({ timeout: 120_000 });
    const valid = page.getByRole("listitem").filter({ hasText: /^intro \S+ valid 1 goal left/ }).first();
    const suggestion = valid.getByRole("button");
    await valid.getByText("What would be left").click();
    await valid.getByText(/^\S+ : p$/).waitFor();
    await accessible(page, "suggestions");
    const [tactic] = /^intro \S+/.exec(await suggestion.innerText());
    await suggestion.focus();
    await page.keyboard.press("Enter");
    await eventually(async () => (await codeOf(page)) === `theorem same (p : Prop) : p → p := by\n  ${tactic}\n  sorry\n`, "the step and another sorry");
    await page.getByRole("region", { name: "Goal" }).getByText(`${tactic.slice("intro ".length)} : p`).waitFor();
  },

  "a proof by the model alone, its tree growing": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, "theorem same (p q : Prop) : p → q → p := by\n  sorry\n");
    await page.getByText(/^Budget/).click();
    await page.getByLabel(/Automation first/).uncheck();
    await page.getByRole("button", { name: /^Search/ }).click();
    const tree = page.getByRole("list", { name: "Search tree" });
    await tree.getByText(/^intro/).first().waitFor({ timeout: 120_000 });
    await tree.getByRole("list", { name: /^Behind intro/ }).first().waitFor({ timeout: 120_000 });
    await page.getByRole("region", { name: "Proved" }).getByText("Every step is the model's.", { exact: false }).waitFor({ timeout: 120_000 });
    await accessible(page, "a tree");
  },

  "a search is cancelled": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, "theorem never (p q : Prop) (h : p) : q := by\n  sorry\n");
    await page.getByText(/^Budget/).click();
    await page.getByLabel("Expansions").fill("200");
    await page.getByLabel("Candidates").fill("64");
    await page.getByLabel("Candidates").press("Tab");
    await page.getByRole("button", { name: /^Search/ }).click();
    await page.getByRole("button", { name: "Cancel the search" }).click();
    await page.getByRole("status").filter({ hasText: "Cancelled." }).waitFor();
    await eventually(async () => {
      const load = await prover.json("/readyz");
      return load.queued_jobs + load.reading_jobs + load.generating_streams === 0;
    }, "an idle server");
  },

  "the server restarts while it searches": async ({ start, open, expect }) => {
    expect(/ERR_|Failed to load|WebSocket/);
    const server = await start("prover");
    try {
      await needsLean(server);
      const code = "theorem never (p q : Prop) (h : p) : q := by\n  sorry\n";
      const page = await openCode({ server, open, expect }, code);
      await page.getByRole("region", { name: "Goal" }).getByText("⊢").waitFor();
      await page.getByRole("button", { name: /^Search/ }).click();
      await page.getByRole("button", { name: "Cancel the search" }).waitFor();
      await server.kill();
      await page.getByRole("region", { name: "Whole proof" }).getByRole("status").filter({ hasText: "The server went away" }).waitFor();
      await editor(page).focus();
      await page.keyboard.press("Control+Home");
      await page.keyboard.type("-- typed meanwhile\n");
      await server.startAgain();
      await page.getByRole("alert").filter({ hasText: "does not answer" }).first().waitFor({ state: "detached" });
      equal(await codeOf(page), `-- typed meanwhile\n${code}`, "the file");
      await page.getByRole("button", { name: /^Search/ }).click();
      await page.getByText(/\d+ checks by Lean/).waitFor();
    } finally {
      await server.stop();
    }
  },

  "another file takes no suggestions of the one before": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, SWAP);
    const suggestions = page.getByRole("list", { name: "Suggestions" });
    await page.getByRole("button", { name: /^Suggest/ }).click();
    await suggestions.getByRole("button").first().waitFor();
    await page.getByRole("button", { name: /^Suggest/ }).waitFor({ timeout: 120_000 });
    await editor(page).focus();
    await page.keyboard.type(" ");
    await page.getByText("The file has changed since these were proposed").waitFor();
    await page.getByLabel("Examples", { exact: true }).selectOption({ label: "Zero on the left" });
    await suggestions.waitFor({ state: "detached" });
  },

  "a statement that Lean does not understand": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, "theorem odd (n : Nat) : n ∧ True := by\n  sorry\n");
    await page.getByRole("button", { name: /^Search/ }).click();
    await page.getByRole("region", { name: "Whole proof" }).getByRole("status").filter({ hasText: /type/i }).waitFor();
  },

  "a file without a hole": async ({ prover, open, expect }) => {
    await needsLean(prover);
    const page = await openCode({ server: prover, open, expect }, "theorem whole : True := by\n  trivial\n");
    await page.getByRole("button", { name: /^Search/ }).click();
    await page.getByRole("region", { name: "Whole proof" }).getByRole("status").filter({ hasText: "sorry" }).waitFor();
  },
};
