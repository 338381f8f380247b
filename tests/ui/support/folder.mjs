// Everything the flows leave on the disk; gone with the process.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const folder = mkdtempSync(join(tmpdir(), "rmt-lm-ui-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
