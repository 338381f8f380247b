// A text the model goes on with. It is written on, whichever page is looked at meanwhile.
import { history } from "@codemirror/commands";
import { EditorState, type Extension, Transaction, type TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

import { Unreachable, wordsOf } from "../api/errors";
import type { Message, Running, Stream } from "../api/stream";
import type { TopToken } from "../api/types";
import { readDraft, writeDraft } from "../parts/draft";
import { editorIn } from "../parts/editor";
import { type PlacedToken, type WrittenToken, markToken, tokenAt, tokenMarks } from "./token_marks";

export interface WriteSettings {
  maxTokens: number;
  forEver: boolean;
  temperature: number;
  topP: number;
  seed: string;
  stop: string;
  branches: number;
}

/** One of several continuations, until one is kept. */
export interface Branch {
  tokens: WrittenToken[];
  text: string;
  ended: string;
}

const DEFAULTS: WriteSettings = { maxTokens: 200, forEver: false, temperature: 0.8, topP: 0.95, seed: "", stop: "", branches: 1 };
const MOST_TOKENS = 1 << 20;
const ALTERNATIVES = 6;
/** Characters of a draft. */
const MOST_KEPT = 1_000_000;
/** Tokens may come faster than they can be seen: so often they are shown. */
const SHOW_EVERY_MS = 40;

export class Writing {
  running = $state(false);
  error = $state("");
  note = $state("");
  written = $state(0);
  speed = $state(0);
  settings = $state<WriteSettings>({ ...DEFAULTS, ...readDraft("write.settings", {}) });
  /** The session the text goes on from; empty: nothing was read before it. */
  session = $state("");
  branches = $state<Branch[]>([]);
  /** The written token under the cursor. */
  pointed = $state.raw<PlacedToken | null>(null);
  length = $state(0);

  #state: EditorState;
  #view: EditorView | null = null;
  #task: Running | null = null;
  #stopped = false;
  #draftTimer = 0;
  #pending: WrittenToken[] = [];
  #showTimer = 0;

  constructor(readonly stream: Stream) {
    this.#state = EditorState.create({ doc: readDraft("write.text", ""), extensions: [tokenMarks, history()] });
    this.length = this.#state.doc.length;
  }

  /** Shows the text in an editor of the page; returns what takes it away again. */
  show(parent: HTMLElement, extensions: Extension): () => void {
    const state = EditorState.create({ doc: this.#state.doc, extensions: [tokenMarks, history(), extensions] });
    const view = editorIn(parent, state, (transactions, editor) => {
      editor.update(transactions);
      if (transactions.some(({ docChanged }) => docChanged)) this.#changed(editor.state);
      if (transactions.some(({ docChanged, selection }) => docChanged || selection))
        this.pointed = tokenAt(editor.state, editor.state.selection.main.head);
    });
    this.#restoreMarks(view);
    this.#view = view;
    return () => {
      this.#state = view.state;
      this.#view = null;
      view.destroy();
    };
  }

  // Marks belong to a state, and the page's editor has one of its own extensions.
  #restoreMarks(view: EditorView): void {
    const effects: ReturnType<typeof markToken.of>[] = [];
    const marks = this.#state.field(tokenMarks).iter();
    for (; marks.value; marks.next())
      effects.push(markToken.of({ from: marks.from, to: marks.to, token: marks.value.spec.token as WrittenToken }));
    view.dispatch({ effects, selection: { anchor: view.state.doc.length } });
  }

  get text(): string {
    return (this.#view?.state ?? this.#state).doc.toString();
  }

  set text(text: string) {
    this.#dispatch({ changes: { from: 0, to: this.#doc().length, insert: text } });
  }

  #doc() {
    return (this.#view?.state ?? this.#state).doc;
  }

  #dispatch(spec: TransactionSpec): void {
    if (this.#view) {
      this.#view.dispatch(spec);
      return;
    }
    this.#state = this.#state.update(spec).state;
    this.#changed(this.#state);
  }

  #changed(state: EditorState): void {
    this.length = state.doc.length;
    if (this.#draftTimer !== 0) return;
    this.#draftTimer = window.setTimeout(() => {
      this.#draftTimer = 0;
      writeDraft("write.text", this.text.slice(-MOST_KEPT));
    }, 300);
  }

  saveSettings(): void {
    writeDraft("write.settings", this.settings);
  }

  async go(): Promise<void> {
    if (this.running) return;
    this.error = this.note = "";
    this.branches = [];
    this.#stopped = false;
    this.running = true;
    try {
      do await this.#once();
      while (this.settings.forEver && !this.#stopped && this.settings.branches === 1);
    } catch (thrown) {
      this.error = wordsOf(thrown);
      if (thrown instanceof Unreachable) this.note = "Continue when the server is back: the text is all here.";
    } finally {
      this.running = false;
      this.#task = null;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#task?.cancel();
  }

  #request(): Record<string, unknown> {
    const { maxTokens, forEver, temperature, topP, seed, stop, branches } = this.settings;
    const request: Record<string, unknown> = {
      type: "generate",
      prompt: this.text,
      max_tokens: forEver ? MOST_TOKENS : Math.max(1, Math.min(MOST_TOKENS, Math.round(maxTokens))),
      temperature,
      top_p: topP,
      n: branches,
      logprobs: ALTERNATIVES,
      ignore_eos: forEver,
    };
    if (this.session) request.session = this.session;
    if (seed.trim() !== "") request.seed = Number(seed);
    const stops = stop.split("\n").filter((line) => line !== "");
    if (stops.length > 0) request.stop = stops;
    return request;
  }

  async #once(): Promise<void> {
    const started = performance.now();
    this.written = this.speed = 0;
    const several = this.settings.branches > 1;
    if (several) this.branches = Array.from({ length: this.settings.branches }, () => ({ tokens: [], text: "", ended: "" }));
    // A token that ends inside a character has no text yet: what is known of it waits for the next.
    const waiting = new Map<number, WrittenToken>();
    const take = (message: Message) => {
      if (message.type === "end") {
        if (several) this.branches[message.index].ended = message.finish_reason;
        if (message.finish_reason === "stop" && !this.settings.forEver) this.note = "The text ended.";
      }
      if (message.type !== "text") return;
      const token: WrittenToken = waiting.get(message.index) ?? {
        text: "",
        logprob: message.logprob ?? 0,
        top: (message.top ?? []) as TopToken[],
      };
      if (message.token !== undefined) this.#count(started);
      if (message.text === "") {
        waiting.set(message.index, token);
        return;
      }
      waiting.delete(message.index);
      token.text = message.text;
      if (several) {
        this.branches[message.index].tokens.push(token);
        this.branches[message.index].text += token.text;
      } else {
        this.#pending.push(token);
        if (this.#showTimer === 0) this.#showTimer = window.setTimeout(() => this.#showPending(), SHOW_EVERY_MS);
      }
    };
    this.#task = this.stream.begin(this.#request(), take, (message) => message.type === "done");
    try {
      await this.#task.done;
    } finally {
      this.#showPending();
    }
  }

  #showPending(): void {
    clearTimeout(this.#showTimer);
    this.#showTimer = 0;
    if (this.#pending.length > 0) this.append(...this.#pending.splice(0));
  }

  #count(started: number): void {
    this.written += 1;
    const elapsed = performance.now() - started;
    if (elapsed > 0) this.speed = (1000 * this.written) / elapsed;
  }

  append(...tokens: WrittenToken[]): void {
    const from = this.#doc().length;
    const view = this.#view;
    const follows = view !== null && view.state.selection.main.head === from;
    let to = from;
    const effects = tokens.map((token) => markToken.of({ from: to, to: (to += token.text.length), token }));
    this.#dispatch({
      changes: { from, insert: tokens.map(({ text }) => text).join("") },
      effects,
      ...(follows ? { selection: { anchor: to }, scrollIntoView: true } : {}),
      annotations: Transaction.userEvent.of("input.model"),
    });
  }

  keep(branch: Branch): void {
    this.append(...branch.tokens);
    this.branches = [];
  }

  /** Takes another token in the place of one that was written, and goes on from there. */
  async instead(placed: PlacedToken, other: TopToken): Promise<void> {
    if (this.running) return;
    this.#dispatch({ changes: { from: placed.from, to: this.#doc().length } });
    this.append({ text: other.text, logprob: other.logprob, top: placed.token.top });
    await this.go();
  }
}
