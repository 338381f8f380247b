// A look into the memory: how a text moves it, what it is written from, and who reads it. The text is read once; the
// server keeps enough of it to look at any other segment at once.
import { Refused, isAbort, wordsOf } from "../api/errors";
import { ask, events, getJson } from "../api/http";
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

/** All that is known of a text but its segments. */
interface Attention {
  id: string | null;
  memory_tokens: number;
  segment_length: number;
  layers: number;
  tokens: number;
  end_segment: number;
}

export interface SegmentMap {
  tokens: string[];
  write: number[][];
  /** As the write map lies: a row for each memory vector. */
  read: number[][];
}

/** A text too long to be edited in the page. */
interface LongText {
  name: string;
  text: string;
}

const MOST_EDITED = 200_000;
const SHOW_EVERY_MS = 200;

const turned = (rows: number[][]): number[][] => (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]));

export class Looking {
  /** As it was typed or put in. */
  text = $state(readDraft("memory.text", ""));
  /** Instead of it. */
  document = $state.raw<LongText | null>(null);
  seen = $state.raw<Attention | null>(null);
  /** Changes with `segments`, which is no state, so that thousands cost nothing. */
  version = $state(0);
  segments: SeenSegment[] = [];
  segment = $state(0);
  /** -1: the mean over all layers. */
  layer = $state(-1);
  map = $state.raw<SegmentMap | null>(null);
  /** The whole text is being read. */
  running = $state(false);
  /** One segment is being looked at again. */
  fetching = $state(false);
  error = $state("");

  #kept = new Map<string, SegmentMap>();
  #abort: AbortController | null = null;
  /** The text that `seen` is of. */
  #looked = "";
  #shownAt = 0;

  /** A text that came as a whole. */
  take(name: string, text: string): void {
    this.document = text.length > MOST_EDITED ? { name, text } : null;
    this.text = this.document ? "" : text;
    writeDraft("memory.text", this.text);
  }

  typed(): void {
    if (this.text.length > MOST_EDITED) this.take("pasted text", this.text);
    else writeDraft("memory.text", this.text);
  }

  /** Reads the text from its beginning, and looks at its first segment. */
  async look(): Promise<void> {
    this.#looked = this.document?.text ?? this.text;
    this.segment = 0;
    await this.#read();
  }

  async choose(segment: number, layer: number): Promise<void> {
    this.segment = segment;
    this.layer = layer;
    this.map = this.#kept.get(this.#key()) ?? null;
    // A reading shows what was chosen when it ends; of one that was stopped the server keeps nothing.
    if (this.map || this.running || !this.seen?.id) return;
    await this.#lookAgain();
  }

  cancel(): void {
    this.#abort?.abort();
  }

  #key(segment = this.segment): string {
    return `${segment} ${this.layer}`;
  }

  #begin(): AbortSignal {
    this.#abort?.abort();
    this.#abort = new AbortController();
    this.error = "";
    return this.#abort.signal;
  }

  async #read(): Promise<void> {
    const signal = this.#begin();
    this.#kept.clear();
    this.seen = this.map = null;
    this.segments = [];
    this.version += 1;
    this.running = true;
    const request: Record<string, unknown> = { text: this.#looked, segments: [this.segment], stream: true, keep: true };
    if (this.layer >= 0) request.layer = this.layer;
    const layer = this.layer;
    try {
      const response = await ask("/v1/attention", { method: "POST", body: JSON.stringify(request), type: "application/json", signal });
      for await (const { name, data } of events(response)) {
        const event = JSON.parse(data);
        if (event.error) throw new Refused(event.error.message, 400, event.error.code);
        if (name === "begin" || name === "end") this.seen = event;
        else this.#add(event, layer);
      }
    } catch (thrown) {
      if (!isAbort(thrown) && !signal.aborted) this.error = wordsOf(thrown);
    }
    if (this.#abort?.signal !== signal) return; // another has begun
    this.running = false;
    this.version += 1;
    if (this.seen?.id && !this.map && this.segments.length > 0) await this.choose(this.segment, this.layer);
  }

  #add(seen: SeenSegment, layer: number): void {
    if (seen.tokens) this.#keep(seen, layer);
    this.segments.push({ segment: seen.segment, token_from: seen.token_from, similarity: seen.similarity, change: seen.change });
    const now = performance.now();
    if (now - this.#shownAt < SHOW_EVERY_MS && this.segments.length > 1) return;
    this.#shownAt = now;
    this.version += 1;
  }

  #keep({ segment, tokens, write, read }: SeenSegment, layer: number): void {
    if (!tokens || !write || !read) return;
    const map = { tokens, write, read: turned(read) };
    this.#kept.set(`${segment} ${layer}`, map);
    if (segment === this.segment && layer === this.layer) this.map = map;
  }

  /** Of the text as the server keeps it; where it does no longer, reads it once more. */
  async #lookAgain(): Promise<void> {
    const signal = this.#begin();
    this.fetching = true;
    const { segment, layer } = this;
    try {
      const query = new URLSearchParams({ segments: String(segment), ...(layer >= 0 ? { layer: String(layer) } : {}) });
      const { segments } = await getJson<{ segments: SeenSegment[] }>(`/v1/attention/${this.seen!.id}?${query}`, signal);
      for (const one of segments) this.#keep(one, layer);
    } catch (thrown) {
      if (thrown instanceof Refused && thrown.code === "look_not_found") return await this.#read();
      if (!isAbort(thrown)) this.error = wordsOf(thrown);
    } finally {
      if (this.#abort?.signal === signal) this.fetching = false;
    }
  }
}
