// `rmt-lm serve` as a process of its own.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { folder } from "./folder.mjs";
import { MODELS } from "./models.mjs";

const here = dirname(fileURLToPath(import.meta.url));
export const PROGRAM = process.env.PROGRAM_UNDER_TEST ?? join(here, "../../../build/release/rmt-lm");
const PYTHON = process.env.PYTHON ?? "python3";

export function writeModels() {
  execFileSync(PYTHON, ["-B", join(here, "models.py"), folder], { stdio: "inherit" });
}

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
    const { model, options } = MODELS[this.model];
    const command = ["serve", "--model", model, "--served-as", basename(model), "--port", String(port), "--threads", "1"];
    const ui = process.env.UI_DIR ? ["--ui-dir", process.env.UI_DIR] : [];
    const log = openSync(this.log, "w");
    this.process = spawn(PROGRAM, [...command, "--db", this.db, "--grace", "1", ...options, ...ui, ...this.options], {
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
