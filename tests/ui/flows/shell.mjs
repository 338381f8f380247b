// The frame around all pages.
import { accessible, equal, eventually, holds } from "../support/runner.mjs";

const PAGES = ["prove", "read", "memory", "write", "server"];

async function noOverflow(page, where) {
  const { whole, seen } = await page.evaluate(() => ({
    whole: document.documentElement.scrollWidth,
    seen: document.documentElement.clientWidth,
  }));
  holds(whole <= seen, `${where} is ${whole} wide in a window of ${seen}`);
}

export default {
  "the page comes with a policy that lets nothing else in": async ({ prover }) => {
    const response = await fetch(`${prover.url}/`);
    equal(response.status, 200);
    const policy = response.headers.get("content-security-policy");
    holds(policy.includes("default-src 'self'") && !policy.includes("unsafe"), policy);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await response.text())[1];
    const asset = await fetch(prover.url + script);
    equal(asset.status, 200);
    if (!process.env.UI_DIR) {
      holds(asset.headers.get("cache-control").includes("immutable"), "names with a hash are kept for ever");
      const again = await fetch(prover.url + script, { headers: { "if-none-match": asset.headers.get("etag") } });
      equal(again.status, 304);
    }
  },

  "from page to page with the keyboard alone": async ({ prover, open }) => {
    const page = await open(prover);
    await page.getByRole("heading", { name: "Prove with Lean" }).waitFor();
    for (const [name, heading] of [["Read", /^Read a document/], ["Write", "Write"], ["Server", "The server"]]) {
      await page.getByRole("link", { name, exact: true }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
      equal(await page.getByRole("link", { name, exact: true }).getAttribute("aria-current"), "page");
    }
    await page.goBack();
    await page.getByRole("heading", { name: "Write", level: 1 }).waitFor();
    equal(await page.title(), "Write · rmt-lm");
  },

  "the first press of Tab leads past the frame": async ({ prover, open }) => {
    const page = await open(prover, "#/read");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    equal(await page.evaluate(() => document.activeElement.id), "main");
  },

  "dark colours are chosen once": async ({ prover, open }) => {
    const page = await open(prover, "#/read");
    await page.getByRole("button", { name: "Switch to dark colours" }).click();
    await page.reload();
    await page.getByRole("button", { name: "Switch to light colours" }).waitFor();
    equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  },

  "every page is accessible, light and dark": async ({ prover, open }) => {
    for (const scheme of ["light", "dark"]) {
      for (const name of PAGES) {
        const page = await open(prover, `#/${name}`, { scheme });
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.getByRole("banner").getByText("prover-7m").waitFor();
        await page.waitForTimeout(400);
        await accessible(page, `${name}, ${scheme}`);
        await page.close();
      }
    }
  },

  "every page fits a telephone": async ({ prover, open }) => {
    const page = await open(prover, "", { width: 360, height: 740 });
    for (const name of PAGES) {
      await page.goto(`${prover.url}/#/${name}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForTimeout(300);
      await noOverflow(page, name);
      await accessible(page, `${name} on a telephone`);
    }
  },

  "a server that asks for a key": async ({ start, open, expect }) => {
    expect(/401|403|ERR_CONNECTION_REFUSED/);
    const server = await start("prover", { environment: { RMTLM_API_KEY: "open-sesame" } });
    try {
      const page = await open(server, "#/write");
      const dialog = page.getByRole("dialog", { name: "This server asks for a key" });
      await dialog.waitFor();
      await accessible(page, "the dialog");
      await dialog.getByLabel("API key").fill("open-sesame");
      await dialog.getByRole("button", { name: "Go on" }).click();
      await page.getByRole("banner").getByText("prover-7m").waitFor();
      const text = page.getByRole("textbox", { name: "The text" });
      await text.fill("theorem");
      await page.getByRole("button", { name: /^Continue/ }).click();
      await eventually(async () => /^theorem\s*\S/.test(await text.innerText()) && (await text.innerText()).length > 9, "a continuation");
    } finally {
      await server.stop();
    }
  },

  "the server goes away and comes back": async ({ start, open, expect }) => {
    expect(/ERR_|Failed to load|WebSocket/);
    const server = await start("prover");
    try {
      const page = await open(server, "#/read");
      await page.getByLabel("Or paste a text").fill("typed before");
      await server.kill();
      await page.getByText("The server does not answer.").first().waitFor();
      await accessible(page, "without a server");
      await server.startAgain();
      await page.getByText("The server does not answer.").first().waitFor({ state: "detached" });
      equal(await page.getByLabel("Or paste a text").inputValue(), "typed before");
    } finally {
      await server.stop();
    }
  },
};
