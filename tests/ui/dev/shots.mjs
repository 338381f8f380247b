// Screenshots of every view, to be looked at:
//   DOCUMENT=text.txt KINDS=light,dark,narrow node dev/shots.mjs URL FOLDER [view…]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [url, folder, ...wanted] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const views = {
  async prove(page) {
    await page.goto(`${url}/#/prove`);
    await page.getByText("⊢").first().waitFor({ timeout: 20000 });
    await page.getByRole("button", { name: /^Suggest/ }).click();
    await page.getByRole("button", { name: /^Suggest/ }).waitFor({ timeout: 60000 });
    await page.getByRole("button", { name: /^Search/ }).click();
    await page.getByRole("button", { name: /^Search/ }).waitFor({ timeout: 120000 });
  },
  async "read-empty"(page) {
    await page.goto(`${url}/#/read`);
    await page.waitForTimeout(1500);
  },
  async read(page) {
    await page.goto(`${url}/#/read`);
    await page.getByLabel("Document", { exact: true }).setInputFiles(process.env.DOCUMENT);
    await page.getByText("Read to the end").waitFor({ timeout: 300000 });
    await page.waitForTimeout(500);
  },
  async write(page) {
    await page.goto(`${url}/#/write`);
    await page.getByRole("textbox", { name: "The text" }).fill("The lighthouse keeper had written down every ship that passed for forty years. On the last night of October");
    await page.getByLabel("Tokens").fill("80");
    await page.getByRole("button", { name: /^Continue/ }).click();
    await page.getByRole("button", { name: /^Continue/ }).waitFor({ timeout: 120000 });
    await page.keyboard.press("ArrowLeft");
    await page.waitForTimeout(300);
  },
  async server(page) {
    await page.goto(`${url}/#/server`);
    await page.waitForTimeout(7000);
  },
};

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const [name, show] of Object.entries(views)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const [kind, width, height, scheme] of [["light", 1280, 900, "light"], ["dark", 1280, 900, "dark"], ["narrow", 390, 844, "light"]]) {
    if (process.env.KINDS && !process.env.KINDS.includes(kind)) continue;
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
    page.on("console", (line) => ["error", "warning"].includes(line.type()) && console.log(name, kind, line.text()));
    page.on("pageerror", (error) => console.log(name, kind, "uncaught", error.message));
    try {
      await show(page);
    } catch (thrown) {
      console.log(name, kind, String(thrown).slice(0, 600));
    }
    await page.screenshot({ path: join(folder, `${name}-${kind}.png`), fullPage: true });
    await page.close();
  }
}
await browser.close();
