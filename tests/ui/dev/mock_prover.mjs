// A server in front of the real one that answers as a prover would, for working on the page where no Lean is:
//   node dev/mock_prover.mjs UPSTREAM-URL PORT
// It knows one theorem, and pretends the rest. No test uses it.
import http from "node:http";
import { WebSocket, WebSocketServer } from "ws";

const [upstream, port] = process.argv.slice(2);
const target = new URL(upstream);

const LEAN = {
  available: true,
  backend: "mock",
  version: "4.35.0",
  library: "rmt core",
  library_sha256: "5f2c9d0e7a31b4c8",
  is_mathlib: false,
  message: "",
};
const GOAL = "p q : Prop\nh : p ∧ q\n⊢ q ∧ p";
const STEPS = [
  ["constructor", "progress", ["case left\np q : Prop\nh : p ∧ q\n⊢ q", "case right\np q : Prop\nh : p ∧ q\n⊢ p"], ""],
  ["exact ⟨h.2, h.1⟩", "proved", [], ""],
  ["obtain ⟨hp, hq⟩ := h", "progress", ["p q : Prop\nhp : p\nhq : q\n⊢ q ∧ p"], ""],
  ["rw [and_comm]", "error", [], "unknown identifier 'and_comm'"],
  ["simp_all", "error", [], "simp_all made no progress"],
  ["linarith", "error", [], "unknown tactic"],
  ["sorry", "rejected", [], "'sorry' proves nothing"],
];

function check(code) {
  const diagnostics = [];
  code.split("\n").forEach((text, i) => {
    const at = text.indexOf("sorry");
    if (at >= 0 && !text.startsWith("--"))
      diagnostics.push({ severity: "warning", line: i + 1, column: at + 1, end_line: i + 1, end_column: at + 6, message: "declaration uses `sorry`" });
    const wrong = text.indexOf("wrong");
    if (wrong >= 0)
      diagnostics.push({ severity: "error", line: i + 1, column: wrong + 1, end_line: i + 1, end_column: wrong + 6, message: "unknown identifier 'wrong'" });
  });
  return { diagnostics };
}

function goals({ code, line, column }) {
  const lines = code.split("\n");
  const from = lines.slice(line - 1).findIndex((text) => text.includes("sorry"));
  if (from < 0) return { goals: [] };
  return { goals: [GOAL], hole: { line: line + from, column: lines[line - 1 + from].indexOf("sorry") + 1 }, column };
}

function json(response, value, status = 200) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

async function body(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return JSON.parse(text);
}

const server = http.createServer(async (request, response) => {
  const path = request.url.split("?")[0];
  if (path === "/v1/lean") return json(response, LEAN);
  if (path === "/v1/lean/check") return json(response, check((await body(request)).code));
  if (path === "/v1/lean/goals") return json(response, goals(await body(request)));
  const onward = http.request(
    { host: target.hostname, port: target.port, path: request.url, method: request.method, headers: request.headers },
    async (answer) => {
      if (path !== "/openapi.json") {
        response.writeHead(answer.statusCode, answer.headers);
        return answer.pipe(response);
      }
      let text = "";
      for await (const piece of answer) text += piece;
      const document = JSON.parse(text);
      document.paths["/v1/lean"] = {};
      json(response, document);
    },
  );
  onward.on("error", () => response.destroy());
  request.pipe(onward);
});

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Quest {
  cancelled = false;
  constructor(send, id) {
    this.send = (type, more) => send({ type, id, ...more });
  }
  async expand(parent, number, depth, pace) {
    for (const [candidate, [tactic, verdict, left, message]] of STEPS.entries()) {
      for (const text of tactic.match(/.{1,3}/g)) {
        if (this.cancelled) return null;
        this.send("token", { node: parent, candidate, text });
        await wait(pace);
      }
      const proves = verdict === "proved" && depth < 2 ? "error" : verdict;
      const node = number + candidate;
      this.send("node", {
        node, parent, tactic, verdict: proves, goals: left, message: proves === "error" ? message || "unsolved goals" : message,
        score: -0.2 - 0.31 * candidate - 0.1 * depth, by: candidate === 4 ? "automation" : "model", ms: 4,
      });
      if (proves === "proved") return node;
    }
    return null;
  }
  async suggest() {
    this.send("opened", { theorem: "and_swap", goals: [GOAL], lean: LEAN });
    await this.expand(0, 1, 2, 25);
    if (!this.cancelled) this.send("end", { outcome: "exhausted" });
  }
  async prove() {
    this.send("opened", { theorem: "and_swap", goals: [GOAL], lean: LEAN });
    let found = null;
    for (const [depth, parent] of [0, 1, 8].entries()) {
      found = await this.expand(parent, 1 + depth * 7, depth, 8);
      if (this.cancelled) return;
      this.send("progress", { expansions: depth + 1, checks: 7 * (depth + 1), open: 2 * (depth + 1), seconds: 0.7 * (depth + 1) });
      if (found) break;
    }
    this.send("proof", { script: "constructor\nconstructor\nexact ⟨h.2, h.1⟩", axioms: [], command: "rmt-lm prove --replay 12 --db server.db", proof: 12 });
    this.send("end", { outcome: "proved", totals: {} });
  }
}

const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (client) => {
    const real = new WebSocket(`ws://${target.host}${request.url}`);
    const quests = new Map();
    const send = (message) => client.send(JSON.stringify(message));
    real.on("message", (data) => client.send(data.toString()));
    real.on("close", () => client.close());
    client.on("close", () => real.close());
    client.on("message", (data) => {
      const message = JSON.parse(data.toString());
      if (message.type === "suggest" || message.type === "prove") {
        const quest = new Quest(send, message.id);
        quests.set(message.id, quest);
        void quest[message.type]();
      } else if (message.type === "cancel" && quests.has(message.id)) {
        quests.get(message.id).cancelled = true;
        send({ type: "end", id: message.id, outcome: "cancelled" });
      } else if (real.readyState === WebSocket.OPEN) real.send(data.toString());
      else real.once("open", () => real.send(data.toString()));
    });
  }),
);
server.listen(Number(port), "127.0.0.1");
