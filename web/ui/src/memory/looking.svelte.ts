// A look into the memory: how a text moves it, what it is written from, and who reads it.
import { isAbort, wordsOf } from "../api/errors";
import { postJson } from "../api/http";
import { readDraft, writeDraft } from "../parts/draft";

export interface SeenSegment {
  segment: number;
  token_from: number;
  /** Cosine of each memory vector before and after the segment. */
  similarity: number[];
  /** Length of each vector's change over that of the vector. */
  change: number[];
  tokens?: string[];
  /** Of each memory vector being written: its attention to each token. */
  write?: number[][];
  /** Of each token: its attention to each memory vector. */
  read?: number[][];
}

interface Attention {
  memory_tokens: number;
  segment_length: number;
  layers: number;
  tokens: number;
  segments: SeenSegment[];
}

export interface SegmentMap {
  tokens: string[];
  write: number[][];
  /** As the write map lies: a row for each memory vector. */
  read: number[][];
}

const MOST_KEPT = 300_000;

const turned = (rows: number[][]): number[][] => (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]));

export class Looking {
  text = $state(readDraft("memory.text", ""));
  name = $state("");
  seen = $state.raw<Attention | null>(null);
  segment = $state(0);
  /** -1: the mean over all layers. */
  layer = $state(-1);
  map = $state.raw<SegmentMap | null>(null);
  running = $state(false);
  error = $state("");

  #kept = new Map<string, SegmentMap>();
  #abort: AbortController | null = null;
  /** The text that `seen` is of. */
  #looked = "";

  saveDraft(): void {
    writeDraft("memory.text", this.text.length <= MOST_KEPT ? this.text : "");
  }

  /** Reads the text from its beginning, and looks at one segment of it. */
  async look(): Promise<void> {
    this.#kept.clear();
    this.seen = this.map = null;
    this.segment = 0;
    this.#looked = this.text;
    await this.#ask();
  }

  async choose(segment: number, layer: number): Promise<void> {
    this.segment = segment;
    this.layer = layer;
    const kept = this.#kept.get(this.#key());
    if (kept) this.map = kept;
    else await this.#ask();
  }

  cancel(): void {
    this.#abort?.abort();
  }

  #key(): string {
    return `${this.segment} ${this.layer}`;
  }

  async #ask(): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    this.running = true;
    this.error = "";
    const key = this.#key();
    try {
      const request: Record<string, unknown> = { text: this.#looked, segments: [this.segment] };
      if (this.layer >= 0) request.layer = this.layer;
      const seen = await postJson<Attention>("/v1/attention", request, abort.signal);
      this.seen = seen;
      const { tokens, write, read } = seen.segments.find(({ segment }) => segment === this.segment) ?? {};
      this.map = tokens && write && read ? { tokens, write, read: turned(read) } : null;
      if (this.map) this.#kept.set(key, this.map);
    } catch (thrown) {
      if (!isAbort(thrown)) this.error = wordsOf(thrown);
    } finally {
      if (this.#abort === abort) this.running = false;
    }
  }
}
