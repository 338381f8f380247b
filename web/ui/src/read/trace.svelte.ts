// One text with what every segment of it cost: live from the server, or from a run of its database.
import type { Eval, Row, StoredDocument, Totals, WholeRun } from "../api/types";

export interface Segment {
  seg: number;
  token_from: number;
  token_to: number;
  byte_from: number;
  byte_to: number;
  scored_tokens: number;
  nll: number;
  nll_reset: number | null;
  ms: number;
  token_bytes?: number[];
  token_nll?: (number | null)[];
}

/** Figures of a whole trace; what is not known is null. */
export interface Figures {
  tokens: number;
  bytes: number;
  scored_tokens: number;
  nll: number;
  nll_per_token: number | null;
  ppl: number | null;
  bits_per_byte: number | null;
  word_ppl: number | null;
  bits_per_char: number | null;
  memory_gain: number | null;
  ppl_reset: number | null;
}

export type TraceStatus = "waiting" | "running" | "finished" | "cancelled" | "failed" | "lost" | "interrupted";

export const ppl = (segment: Segment): number | null =>
  segment.scored_tokens > 0 ? Math.exp(segment.nll / segment.scored_tokens) : null;
export const pplReset = (segment: Segment): number | null =>
  segment.scored_tokens > 0 && segment.nll_reset !== null ? Math.exp(segment.nll_reset / segment.scored_tokens) : null;

export class Trace {
  /** Changes with every segment that comes; `segments` itself is no state, so that thousands cost nothing. */
  version = $state(0);
  status = $state<TraceStatus>("waiting");
  error = $state("");
  run = $state<number | null>(null);
  readonly segments: Segment[] = [];
  /** What was measured: "rmt", "hf-strided", …, with which model and memory. */
  about: Record<string, string> = {};
  /** Whether the model's memory goes from segment to segment: not where none was trained. */
  carried = true;
  /** Another tab, or a program, has it read. */
  watched = false;
  #bitsPerByte: number | null = null;
  #totals: Partial<Totals> = {};
  #sums = { scored: 0, nll: 0, nllReset: 0, withReset: 0, ms: 0 };

  constructor(
    readonly name: string,
    /** The text itself, where this page has it. */
    readonly text: Blob | null,
  ) {}

  add(row: Row): void {
    this.#take({ ...row, nll_reset: row.nll_reset ?? null });
    this.#bitsPerByte = row.bits_per_byte_so_far;
  }

  #take(segment: Segment): void {
    this.segments.push(segment);
    this.#sums.scored += segment.scored_tokens;
    this.#sums.nll += segment.nll;
    this.#sums.ms += segment.ms;
    if (segment.nll_reset === null) return;
    this.#sums.nllReset += segment.nll_reset;
    this.#sums.withReset += 1;
  }

  end(ended: Eval): void {
    this.#totals = ended.totals;
    this.run = ended.run;
    this.status = ended.status;
    this.error = ended.error ?? "";
    this.version += 1;
  }

  get tokensPerSecond(): number {
    return this.#sums.ms > 0 ? (1000 * this.#sums.scored) / this.#sums.ms : 0;
  }

  get hasReset(): boolean {
    return this.#sums.withReset > 0;
  }

  figures(): Figures {
    const last = this.segments.at(-1);
    const { scored, nll, nllReset, withReset } = this.#sums;
    const reset = withReset === this.segments.length && scored > 0;
    return {
      tokens: last?.token_to ?? 0,
      bytes: last?.byte_to ?? 0,
      scored_tokens: scored,
      nll,
      nll_per_token: scored > 0 ? nll / scored : null,
      ppl: scored > 0 ? Math.exp(nll / scored) : null,
      bits_per_byte: this.#totals.bits_per_byte ?? this.#bitsPerByte,
      word_ppl: this.#totals.word_ppl ?? null,
      bits_per_char: this.#totals.bits_per_char ?? null,
      memory_gain: reset ? (nllReset - nll) / scored : null,
      ppl_reset: reset ? Math.exp(nllReset / scored) : null,
    };
  }

  static ofRun(whole: WholeRun, document: StoredDocument): Trace {
    const trace = new Trace(document.name, null);
    for (const segment of document.segments) trace.#take(segment);
    trace.run = whole.run.run;
    const ended = document.finished ? "finished" : whole.run.status;
    trace.status = ended;
    trace.#totals = { ...document.totals };
    trace.about = aboutRun(whole);
    trace.carried = whole.run.config.memory !== "reset";
    trace.version = 1;
    return trace;
  }
}

function aboutRun(whole: WholeRun): Record<string, string> {
  const { run } = whole;
  const about: Record<string, string> = {
    model: run.model,
    protocol: run.protocol,
    dtype: run.dtype,
    device: run.device,
    version: run.version,
  };
  for (const name of ["memory", "segment_length", "memory_tokens"])
    if (run.config[name] !== undefined) about[name.replace("_", " ")] = String(run.config[name]);
  return about;
}
