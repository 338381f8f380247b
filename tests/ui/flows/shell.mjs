// The frame around all pages.
import { Server } from "../support/server.mjs";
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
  "the page comes with a policy that lets nothing else in": async ({ alphabet }) => {
    const response = await fetch(`${alphabet.url}/`);
    equal(response.status, 200);
    const policy = response.headers.get("content-security-policy");
    holds(policy.includes("default-src 'self'") && !policy.includes("unsafe"), policy);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await response.text())[1];
    const asset = await fetch(alphabet.url + script);
    equal(asset.status, 200);
    if (!process.env.UI_DIR) {
      holds(asset.headers.get("cache-control").includes("immutable"), "names with a hash are kept for ever");
      const again = await fetch(alphabet.url + script, { headers: { "if-none-match": asset.headers.get("etag") } });
      equal(again.status, 304);
    }
  },

  "from page to page with the keyboard alone": async ({ alphabet, open }) => {
    const page = await open(alphabet);
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

  "the first press of Tab leads past the frame": async ({ alphabet, open }) => {
    const page = await open(alphabet, "#/read");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    equal(await page.evaluate(() => document.activeElement.id), "main");
  },

  "dark colours are chosen once": async ({ alphabet, open }) => {
    const page = await open(alphabet, "#/read");
    await page.getByRole("button", { name: "Switch to dark colours" }).click();
    await page.reload();
    await page.getByRole("button", { name: "Switch to light colours" }).waitFor();
    equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  },

  "every page is accessible, light and dark": async ({ alphabet, open }) => {
    for (const scheme of ["light", "dark"]) {
      for (const name of PAGES) {
        const page = await open(alphabet, `#/${name}`, { scheme });
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.getByRole("banner").getByText("alphabet").waitFor();
        await page.waitForTimeout(400);
        await accessible(page, `${name}, ${scheme}`);
        await page.close();
      }
    }
  },

  "every page fits a telephone": async ({ alphabet, open }) => {
    const page = await open(alphabet, "", { width: 360, height: 740 });
    for (const name of PAGES) {
      await page.goto(`${alphabet.url}/#/${name}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForTimeout(300);
      await noOverflow(page, name);
    }
  },

  "a server that asks for a key": async ({ open, expect }) => {
    expect(/401|403|ERR_CONNECTION_REFUSED/);
    const server = await Server.start("alphabet", { environment: { RMTLM_API_KEY: "open-sesame" } });
    try {
      const page = await open(server, "#/write");
      const dialog = page.getByRole("dialog", { name: "This server asks for a key" });
      await dialog.waitFor();
      await accessible(page, "the dialog");
      await dialog.getByLabel("API key").fill("open-sesame");
      await dialog.getByRole("button", { name: "Go on" }).click();
      await page.getByRole("banner").getByText("alphabet").waitFor();
      await page.getByRole("textbox", { name: "The text" }).fill("abc");
      await page.getByLabel("Tokens", { exact: true }).fill("4");
      await page.getByLabel("Temperature").fill("0");
      await page.keyboard.press("Tab");
      await page.getByRole("button", { name: /^Continue/ }).click();
      await eventually(async () => (await page.getByRole("textbox", { name: "The text" }).innerText()) === "abcdefg", "abcdefg");
    } finally {
      await server.stop();
    }
  },

  "the server goes away and comes back": async ({ open, expect }) => {
    expect(/ERR_|Failed to load|WebSocket/);
    const server = await Server.start("alphabet");
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
