// The packages of package.json, from where ./quickstart test put them, or from beside this file's folder.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(process.env.NODE_MODULES ?? join(here, "..", "node_modules"), "x.js"));

export const { chromium } = require("playwright-core");
export const { AxeBuilder } = require("@axe-core/playwright");
