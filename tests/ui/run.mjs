// The web page as people use it: a real browser, the real server, the models that ship.
//   PROGRAM_UNDER_TEST  rmt-lm; UI_DIR serves the page from a folder; ONLY=words runs the flows whose names have them
import language from "./flows/language.mjs";
import memory from "./flows/memory.mjs";
import prove from "./flows/prove.mjs";
import read from "./flows/read.mjs";
import server from "./flows/server.mjs";
import shell from "./flows/shell.mjs";
import write from "./flows/write.mjs";
import { MODELS } from "./support/models.mjs";
import { Skipped, run } from "./support/runner.mjs";
import { Server, writeModels } from "./support/server.mjs";

const SKIPPED = 77;

writeModels();
const servers = {};
const flows = Object.entries({ shell, read, memory, write, server, prove, language }).flatMap(([view, all]) =>
  Object.entries(all).map(([name, flow]) => ({ name: `${view}: ${name}`, flow })),
);
let code = 1;
try {
  for (const name of Object.keys(MODELS)) servers[name] = await Server.start(name);
  const page = await (await fetch(servers.prover.url)).text();
  if (!page.includes('id="app"')) throw new Skipped("the program was built without its page (RMTLM_UI)");
  code = (await run(flows, servers)) ? 0 : 1;
} catch (thrown) {
  if (!(thrown instanceof Skipped)) throw thrown;
  console.log(`skipped: ${thrown.message}`);
  code = SKIPPED;
} finally {
  for (const server of Object.values(servers)) await server.stop();
}
process.exit(code);
