// `rmt-lm serve` as a process of its own.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const PROGRAM = process.env.PROGRAM_UNDER_TEST ?? join(here, "../../../build/release/rmt-lm");
const PYTHON = process.env.PYTHON ?? "python3";

/** Everything the flows leave on the disk; gone with the process. */
export const folder = mkdtempSync(join(tmpdir(), "rmt-lm-ui-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

export function writeModels() {
  execFileSync(PYTHON, ["-B", join(here, "models.py"), folder], { stdio: "inherit" });
}

const SHAPES = {
  // After a letter comes the next one, almost surely: every figure is known beforehand.
  alphabet: ["--segment-length", "64", "--memory-tokens", "2", "--memory", "carry"],
  // Whatever it is asked, it answers "intro h".
  step: ["--segment-length", "64", "--memory-tokens", "2", "--memory", "carry"],
  drawn: ["--segment-length", "64", "--memory-tokens", "4", "--memory", "carry"],
};

let serial = 0;

export class Server {
  static async start(model, { options = [], environment = {}, port = 0, db } = {}) {
    const server = new Server();
    server.model = model;
    server.options = options;
    server.environment = environment;
    server.db = db ?? join(folder, `${model}-${++serial}.db`);
    await server.#spawn(port);
    return server;
  }

  async #spawn(port) {
    this.log = join(folder, `serve-${++serial}.log`);
    const command = ["serve", "--model", join(folder, this.model), "--served-as", this.model, "--port", String(port), "--threads", "1"];
    const ui = process.env.UI_DIR ? ["--ui-dir", process.env.UI_DIR] : [];
    const log = openSync(this.log, "w");
    this.process = spawn(PROGRAM, [...command, "--db", this.db, "--grace", "1", ...SHAPES[this.model], ...ui, ...this.options], {
      stdio: ["ignore", "pipe", log],
      env: { ...process.env, RMTLM_API_KEY: "", ...this.environment },
    });
    closeSync(log);
    this.gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.url = await new Promise((resolve, reject) => {
      this.process.stdout.once("data", (data) => resolve(data.toString().trim()));
      this.process.once("exit", (code) => reject(new Error(`rmt-lm serve ended with ${code}:\n${readFileSync(this.log, "utf8")}`)));
    });
    this.port = new URL(this.url).port;
  }

  async kill() {
    this.process.kill("SIGKILL");
    await this.gone;
  }

  /** The same server again, at the same address. */
  async startAgain() {
    await this.#spawn(this.port);
  }

  async stop() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill("SIGTERM");
    await this.gone;
  }

  async json(path, body) {
    const asked = body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(this.url + path, asked);
    return response.json();
  }
}
