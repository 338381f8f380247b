// Reading a document: it goes up to the server, and its segments come back while it does.
import { Refused, Unreachable, isAbort, wordsOf } from "../api/errors";
import { ask, events, getJson, lines } from "../api/http";
import type { Eval, Row, WholeRun } from "../api/types";
import { Trace } from "./trace.svelte";

/** A text ready to be read. */
export interface Text {
  name: string;
  text: Blob;
}

export interface HowToRead {
  /** Also with the memory reset at every segment. */
  withReset: boolean;
  /** Whether the server's model carries a memory at all. */
  carried: boolean;
}

const RETRY_MS = 1500;
const SHOW_EVERY_MS = 200;

/** Of an evaluation; crypto.randomUUID is only for pages that come over TLS or from this machine. */
const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** What could not be taken in; it names its file where that is not the one it is in. */
const noticeOf = ({ where, what }: { where: string; what: string }): string => (what.includes(where) ? what : `${where}: ${what}`);

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export class Reading {
  trace = $state.raw<Trace | null>(null);
  /** Of a file that holds several: one is chosen. */
  choices = $state.raw<Text[]>([]);
  notices = $state.raw<string[]>([]);
  opening = $state("");
  error = $state("");
  compared = $state.raw<Trace | null>(null);
  /** Of the trace that is shown, once the server has begun with it. */
  evalId = $state("");

  #abort: AbortController | null = null;
  #last: { text: Text; how: HowToRead } | null = null;
  #shownAt = 0;

  get running(): boolean {
    return this.trace?.status === "running" || this.trace?.status === "waiting";
  }
  get canRepeat(): boolean {
    return this.#last !== null && this.trace?.text === this.#last.text.text;
  }

  /** A file as it was dropped: packages and records are unpacked by the server, which reads them as `eval` does. */
  async open(file: File, { withReset, carried }: HowToRead): Promise<void> {
    this.clear();
    if (file.size === 0) {
      this.error = `${file.name} is empty: there is nothing to read.`;
      return;
    }
    if (!/\.(tar|tgz|gz|zst|jsonl|ndjson)$/i.test(file.name)) return this.read({ name: file.name, text: file }, { withReset, carried });
    this.opening = file.name;
    try {
      const texts = await this.#unpack(file);
      if (texts.length === 0) this.error = `${file.name} has no text in it.`;
      else if (texts.length === 1) void this.read(texts[0], { withReset, carried });
      else this.choices = texts;
    } catch (thrown) {
      this.error = wordsOf(thrown);
    } finally {
      this.opening = "";
    }
  }

  async #unpack(file: File): Promise<Text[]> {
    const path = `/v1/documents?name=${encodeURIComponent(file.name)}`;
    const response = await ask(path, { method: "POST", body: file, type: "application/octet-stream" });
    const texts: { name: string; parts: string[] }[] = [];
    for await (const line of lines(response)) {
      const piece = JSON.parse(line);
      if (piece.type === "document") texts.push({ name: piece.title || piece.id, parts: [] });
      else if (piece.type === "text") texts.at(-1)!.parts.push(piece.text);
      else if (piece.type === "notice") this.notices = [...this.notices, noticeOf(piece)];
      else if (piece.type === "end" && piece.error) throw new Refused(piece.error, 400);
    }
    return texts.filter(({ parts }) => parts.length > 0).map(({ name, parts }) => ({ name, text: new Blob(parts) }));
  }

  async read(text: Text, how: HowToRead): Promise<void> {
    this.clear();
    this.#last = { text, how };
    const trace = new Trace(text.name, text.text);
    trace.carried = how.carried;
    this.trace = trace;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const id = newId();
      const query = new URLSearchParams({ name: text.name, memory_gain: String(how.withReset && how.carried), tokens: "true" });
      let refused: unknown = null;
      let answered = false;
      void ask(`/v1/evals/${id}?${query}`, { method: "PUT", body: text.text, type: "text/plain; charset=utf-8", signal: abort.signal })
        .catch((thrown: unknown) => (refused = thrown))
        .finally(() => (answered = true));
      if (!(await this.#begun(id, () => answered, abort.signal))) throw refused;
      this.evalId = id;
      trace.status = "running";
      await this.#follow(trace, id, abort.signal);
      const ended: string = trace.status;
      if (refused && !isAbort(refused) && ended === "failed") trace.error = wordsOf(refused);
    } catch (thrown) {
      if (isAbort(thrown)) return;
      trace.status = thrown instanceof Unreachable ? "lost" : "failed";
      trace.error = wordsOf(thrown);
    } finally {
      trace.version += 1;
    }
  }

  /** Waits until the server has begun with the evaluation; false where it never does. */
  async #begun(id: string, answered: () => boolean, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const over = answered();
      const list = (await getJson<{ data: Eval[] }>("/v1/evals", signal)).data;
      if (list.some((one) => one.id === id)) return true;
      if (over) return false;
      await pause(60);
    }
  }

  /** What another tab, or a program, is having read. */
  async watch({ id, name }: Eval, carried: boolean): Promise<void> {
    this.clear();
    const trace = new Trace(name || id, null);
    trace.carried = carried;
    trace.watched = true;
    trace.status = "running";
    this.trace = trace;
    this.evalId = id;
    const abort = (this.#abort = new AbortController());
    try {
      await this.#follow(trace, id, abort.signal);
    } catch (thrown) {
      if (isAbort(thrown)) return;
      trace.status = "lost";
      trace.error = wordsOf(thrown);
    } finally {
      trace.version += 1;
    }
  }

  async #follow(trace: Trace, id: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        const response = await ask(`/v1/evals/${id}/segments?after=${trace.segments.length}`, { signal });
        for await (const event of events(response)) {
          if (event.name === "end") return trace.end(JSON.parse(event.data));
          trace.add(JSON.parse(event.data) as Row);
          this.#show(trace);
        }
      } catch (thrown) {
        if (thrown instanceof Refused && thrown.status === 404)
          return this.#lose(trace, "The server was started again while it read; what it had read is shown.");
        if (!(thrown instanceof Unreachable)) throw thrown;
        trace.version += 1;
        await pause(RETRY_MS);
      }
    }
  }

  #lose(trace: Trace, why: string): void {
    trace.status = "lost";
    trace.error = why;
  }

  #show(trace: Trace): void {
    const now = performance.now();
    if (now - this.#shownAt < SHOW_EVERY_MS && trace.segments.length > 2) return;
    this.#shownAt = now;
    trace.version += 1;
  }

  async cancel(): Promise<void> {
    const trace = this.trace;
    if (!trace || !this.running) return;
    const id = this.evalId;
    try {
      if (id) await ask(`/v1/evals/${id}`, { method: "DELETE" });
    } catch {
      // It has ended already, or its server has.
    }
    this.#abort?.abort();
    trace.status = "cancelled";
    trace.version += 1;
  }

  async again(): Promise<void> {
    if (this.#last) await this.read(this.#last.text, this.#last.how);
  }

  /** One document of a stored run. */
  show(trace: Trace): void {
    this.clear();
    this.trace = trace;
  }

  clear(): void {
    if (this.running && !this.trace?.watched) void this.cancel();
    this.#abort?.abort();
    this.#abort = null;
    this.evalId = "";
    this.trace = null;
    this.compared = null;
    this.choices = [];
    this.notices = [];
    this.error = "";
  }
}

export async function loadRun(run: number): Promise<Trace[]> {
  const whole = await getJson<WholeRun>(`/v1/runs/${run}`);
  return whole.documents.filter(({ segments }) => segments.length > 0).map((document) => Trace.ofRun(whole, document));
}
