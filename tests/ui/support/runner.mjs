// Runs flows one after another in one browser, each with pages of its own. Whatever a page complains of, and whatever it
// asks of another server, fails its flow.
import { existsSync } from "node:fs";

import { MODELS } from "./models.mjs";
import { AxeBuilder, chromium } from "./modules.mjs";
import { Server } from "./server.mjs";

export const PATIENCE = Number(process.env.PATIENCE_MS ?? 60_000);
/** So many flows at least are with models that people have. */
const LEAST_SHIPPED = 25;

export class Skipped extends Error {}

export function equal(found, expected, what = "value") {
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`${what} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
}

export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

export function near(found, expected, share, what) {
  if (!(Math.abs(found - expected) <= share * Math.abs(expected))) throw new Error(`${what} is ${found}, not ${expected}`);
}

export async function eventually(find, what, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await find();
    if (value) return value;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The pages of one flow, and what they complained of. */
class Pages {
  complaints = [];
  expected = [];
  #contexts = [];

  constructor(browser) {
    this.browser = browser;
  }

  /** A tab of a person's own, who has been nowhere. */
  async open(server, hash = "", { width = 1280, height = 900, scheme = "light", context } = {}) {
    if (!context) {
      context = await this.browser.newContext({ viewport: { width, height }, colorScheme: scheme, acceptDownloads: true });
      context.setDefaultTimeout(PATIENCE);
      this.#contexts.push(context);
    }
    const page = await context.newPage();
    page.on("pageerror", (error) => this.complaints.push(`uncaught: ${error.message}`));
    page.on("console", (line) => line.type() === "error" && this.complaints.push(line.text()));
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== new URL(server.url).origin) this.complaints.push(`asks ${request.url()}`);
    });
    await page.goto(`${server.url}/${hash}`);
    return page;
  }

  /** Complaints that belong to the flow, such as a refused request's line in the console. */
  expect(pattern) {
    this.expected.push(pattern);
  }

  async close() {
    for (const context of this.#contexts) await context.close();
    const left = this.complaints.filter((line) => !this.expected.some((pattern) => pattern.test(line)));
    holds(left.length === 0, `the page complains: ${[...new Set(left)].join(" | ")}`);
  }
}

/** No finding of axe, on the page as it is now. */
export async function accessible(page, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" ; ")}`);
  holds(told.length === 0, `${where}: ${told.join(" | ")}`);
}

/** What a flow is given, and whose models it took of it. */
class World {
  #taken = new Set();

  constructor(servers, pages) {
    this.open = pages.open.bind(pages);
    this.expect = pages.expect.bind(pages);
    for (const [name, server] of Object.entries(servers))
      Object.defineProperty(this, name, { get: () => (this.#taken.add(name), server) });
  }

  /** A server of the flow's own, which stops it. */
  start = (name, how) => {
    this.#taken.add(name);
    return Server.start(name, how);
  };

  get ships() {
    return this.#taken.size > 0 && [...this.#taken].every((name) => MODELS[name].ships);
  }
}

export async function run(flows, servers) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) throw new Skipped(`there is no Chromium at ${executablePath}`);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  const started = Date.now();
  const chosen = flows.filter(({ name }) => !process.env.ONLY || name.includes(process.env.ONLY));
  let failures = 0;
  let skipped = 0;
  let shipped = 0;
  for (const { name, flow } of chosen) {
    const pages = new Pages(browser);
    const world = new World(servers, pages);
    const begun = Date.now();
    let verdict = "ok";
    try {
      await flow(world);
      await pages.close();
      if (world.ships) shipped += 1;
    } catch (thrown) {
      await pages.close().catch(() => {});
      if (thrown instanceof Skipped) {
        skipped += 1;
        verdict = `skipped '${thrown.message}'`;
      } else {
        failures += 1;
        verdict = `FAIL\n${thrown.stack}`;
        if (pages.complaints.length > 0) verdict += `\nthe page: ${[...new Set(pages.complaints)].join(" | ")}`;
      }
    }
    console.log(`${name} (${((Date.now() - begun) / 1000).toFixed(1)} s) ... ${verdict}`);
  }
  await browser.close();
  console.log(`\nRan ${chosen.length} tests in ${((Date.now() - started) / 1000).toFixed(3)}s`);
  console.log(`${shipped} of them passed with models that ship\n`);
  if (!process.env.ONLY && shipped < LEAST_SHIPPED) {
    failures += 1;
    console.log(`FAIL: ${LEAST_SHIPPED} flows at least are to pass with models that ship`);
  }
  const details = [failures && `failures=${failures}`, skipped && `skipped=${skipped}`].filter(Boolean).join(", ");
  console.log(`${failures ? "FAILED" : "OK"}${details ? ` (${details})` : ""}`);
  return failures === 0 && chosen.length > 0;
}
