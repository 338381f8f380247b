// The web page as people use it: a real browser, the real server, small models whose answers are known.
//   PROGRAM_UNDER_TEST  rmt-lm; UI_DIR serves the page from a folder; ONLY=words runs the flows whose names have them
import memory from "./flows/memory.mjs";
import prove from "./flows/prove.mjs";
import read from "./flows/read.mjs";
import server from "./flows/server.mjs";
import shell from "./flows/shell.mjs";
import write from "./flows/write.mjs";
import { Skipped, run } from "./support/runner.mjs";
import { Server, writeModels } from "./support/server.mjs";

const SKIPPED = 77;

writeModels();
const alphabet = await Server.start("alphabet");
const drawn = await Server.start("drawn");
const step = await Server.start("step");
const flows = Object.entries({ shell, read, memory, write, server, prove }).flatMap(([view, all]) =>
  Object.entries(all).map(([name, flow]) => ({ name: `${view}: ${name}`, flow })),
);
let code = 1;
try {
  const page = await (await fetch(alphabet.url)).text();
  if (!page.includes('id="app"')) throw new Skipped("the program was built without its page (RMTLM_UI)");
  code = (await run(flows, { alphabet, drawn, step })) ? 0 : 1;
} catch (thrown) {
  if (!(thrown instanceof Skipped)) throw thrown;
  console.log(`skipped: ${thrown.message}`);
  code = SKIPPED;
} finally {
  await alphabet.stop();
  await drawn.stop();
  await step.stop();
}
process.exit(code);
