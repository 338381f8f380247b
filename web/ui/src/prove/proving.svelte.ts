// A Lean file and what is asked of it: diagnostics, goals, suggestions, a search. All goes on while other pages are
// looked at.
import { setDiagnostics } from "@codemirror/lint";
import { history } from "@codemirror/commands";
import { EditorState, type Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

import { Refused, Unreachable, isAbort, wordsOf } from "../api/errors";
import { getJson, postJson } from "../api/http";
import type { Message, Running, Stream } from "../api/stream";
import type { LeanInfo, LeanMessage } from "../api/types";
import { readDraft, writeDraft } from "../parts/draft";
import { editorIn } from "../parts/editor";
import { EXAMPLES } from "./examples";
import { type Place, fillHole, offsetOf, placeOf } from "./places";
import { SearchTree, type TreeNode } from "./search_tree";

export interface Budget {
  candidates: number;
  expansions: number;
  seconds: number;
  automation: boolean;
}

export type Outcome =
  | "proved"
  | "exhausted"
  | "timeout"
  | "lean_error"
  | "rejected_input"
  | "cancelled"
  | "backend_unavailable"
  | "model_unavailable"
  | "lost";

export interface Progress {
  expansions: number;
  checks: number;
  open: number;
  seconds: number;
}

export interface Proof {
  script: string;
  axioms: string[];
  command: string;
  proof: number | null;
  /** Who found it: automation alone, the model alone, or both. */
  by: string;
}

/** One asking of the server: a list of suggestions, or a search. */
export interface Quest {
  kind: "suggest" | "prove";
  running: boolean;
  outcome: Outcome | "";
  message: string;
  place: Place | null;
  tree: SearchTree;
  /** Changes with everything that comes. */
  version: number;
  /** What the model is writing, by candidate. */
  writing: Map<string, string>;
  progress: Progress | null;
  proof: Proof | null;
  best: { script: string; goals: string[] } | null;
  hole: Place;
  /** How often the file had been edited when it was asked, and when something of it was put in. */
  askedAt: number;
  putInAt: number;
}

/** The first `sorry` outside line comments. */
const firstHole = (code: string): number => {
  const found = /^(?:(?!--).)*?\bsorry\b/m.exec(code);
  return found ? found.index + found[0].length - "sorry".length : 0;
};

const CHECK_AFTER_MS = 600;
const AGAIN_AFTER_MS = 2000;
const GOALS_AFTER_MS = 220;
const DEFAULTS: Budget = { candidates: 8, expansions: 50, seconds: 60, automation: true };

export class Proving {
  lean = $state.raw<LeanInfo | null>(null);
  messages = $state.raw<LeanMessage[]>([]);
  checking = $state(false);
  checked = $state(false);
  goals = $state.raw<string[] | null>(null);
  goalsError = $state("");
  suggestions = $state.raw<Quest | null>(null);
  search = $state.raw<Quest | null>(null);
  /** Bumped with every event, since quests are no state of their own. */
  version = $state(0);
  budget = $state<Budget>({ ...DEFAULTS, ...readDraft("prove.budget", {}) });
  error = $state("");
  cursor = $state.raw<Place>({ line: 1, column: 1 });
  /** Counts the edits of the file. */
  edits = $state(0);
  /** Whether the server proves at all. */
  offered = $state(false);

  #state: EditorState;
  #view: EditorView | null = null;
  #tasks = new Map<Quest, Running>();
  #timers = { check: 0, goals: 0, draft: 0 };
  #aborts: { check: AbortController | null; goals: AbortController | null } = { check: null, goals: null };
  #hole: Place | null = null;

  constructor(readonly stream: Stream) {
    const doc = readDraft("prove.code", EXAMPLES[0].code);
    this.#state = EditorState.create({ doc, selection: { anchor: firstHole(doc) }, extensions: [history()] });
  }

  get busy(): boolean {
    return Boolean(this.version >= 0 && (this.search?.running || this.suggestions?.running));
  }

  show(parent: HTMLElement, extensions: Extension): () => void {
    const { doc, selection } = this.#state;
    const state = EditorState.create({ doc, selection, extensions: [history(), extensions] });
    const view = editorIn(parent, state, (transactions, editor) => {
      editor.update(transactions);
      this.#state = editor.state;
      if (transactions.some(({ docChanged }) => docChanged)) this.#edited();
      if (transactions.some(({ docChanged, selection: moved }) => docChanged || moved)) this.#moved();
    });
    this.#view = view;
    this.#showMessages();
    this.#moved();
    return () => {
      this.#view = null;
      view.destroy();
    };
  }

  get code(): string {
    return this.#state.doc.toString();
  }

  /** A new file in the place of the one there is, which undo brings back. */
  set code(code: string) {
    for (const quest of [this.suggestions, this.search]) if (quest?.running) this.cancel(quest);
    this.suggestions = this.search = null;
    this.#change({ from: 0, to: this.#state.doc.length, insert: code, cursor: firstHole(code) });
  }

  #change({ from, to, insert, cursor }: { from: number; to: number; insert: string; cursor: number }): void {
    const spec = { changes: { from, to, insert }, selection: { anchor: cursor }, scrollIntoView: true };
    if (this.#view) {
      this.#view.dispatch(spec);
      this.#view.focus();
      return;
    }
    this.#state = this.#state.update(spec).state;
    this.#edited();
    this.#moved();
  }

  #edited(): void {
    this.edits += 1;
    this.checked = false;
    clearTimeout(this.#timers.draft);
    this.#timers.draft = window.setTimeout(() => writeDraft("prove.code", this.code), 200);
    clearTimeout(this.#timers.check);
    this.#timers.check = window.setTimeout(() => void this.check(), CHECK_AFTER_MS);
  }

  #moved(): void {
    this.cursor = placeOf(this.#state.doc, this.#state.selection.main.head);
    clearTimeout(this.#timers.goals);
    this.#timers.goals = window.setTimeout(() => void this.askGoals(), GOALS_AFTER_MS);
  }

  saveBudget(): void {
    writeDraft("prove.budget", this.budget);
  }

  /** The server is there (again): which Lean stands behind it, and what it says of the file. */
  async arrived(paths: Set<string>): Promise<void> {
    this.offered = paths.has("/v1/lean");
    if (!this.offered) return;
    try {
      this.lean = await getJson<LeanInfo>("/v1/lean");
      await Promise.all([this.check(), this.askGoals()]);
    } catch (thrown) {
      this.error = wordsOf(thrown);
    }
  }

  get #canAsk(): boolean {
    return this.offered && this.lean?.available === true;
  }

  async check(): Promise<void> {
    if (!this.#canAsk) return;
    this.#aborts.check?.abort();
    const abort = (this.#aborts.check = new AbortController());
    this.checking = true;
    try {
      const answer = await postJson<{ diagnostics: LeanMessage[] }>("/v1/lean/check", { code: this.code }, abort.signal);
      this.messages = answer.diagnostics;
      this.checked = true;
      this.error = "";
      this.#showMessages();
    } catch (thrown) {
      if (!isAbort(thrown)) this.error = wordsOf(thrown);
      if (thrown instanceof Unreachable) this.#askAgain();
    } finally {
      if (this.#aborts.check === abort) this.checking = false;
    }
  }

  /** A server that was gone for a moment only comes back without anybody having missed it. */
  #askAgain(): void {
    clearTimeout(this.#timers.check);
    this.#timers.check = window.setTimeout(() => {
      void this.check();
      void this.askGoals();
    }, AGAIN_AFTER_MS);
  }

  #showMessages(): void {
    const view = this.#view;
    if (!view) return;
    const { doc } = view.state;
    const shown = this.messages.map((one) => {
      const from = offsetOf(doc, one);
      const to = Math.max(from, offsetOf(doc, { line: one.end_line, column: one.end_column }));
      return { from, to, message: one.message, severity: one.severity === "information" ? ("info" as const) : one.severity };
    });
    view.dispatch(setDiagnostics(view.state, shown));
  }

  /** Where the cursor is; at a `sorry`, what is before it: behind it nothing is left, which is no news. */
  get #asked(): Place {
    const { doc, selection } = this.#state;
    const { head } = selection.main;
    const at = this.#nearestSorry(head);
    return at !== null && at <= head && head <= at + "sorry".length ? placeOf(doc, at) : this.cursor;
  }

  async askGoals(): Promise<void> {
    if (!this.#canAsk) return;
    this.#aborts.goals?.abort();
    const abort = (this.#aborts.goals = new AbortController());
    try {
      const request = { code: this.code, ...this.#asked };
      const answer = await postJson<{ goals: string[]; hole?: Place }>("/v1/lean/goals", request, abort.signal);
      this.goals = answer.goals;
      this.#hole = answer.hole ?? null;
      this.goalsError = "";
    } catch (thrown) {
      if (isAbort(thrown)) return;
      this.goals = null;
      this.#hole = null;
      const nowhere = thrown instanceof Refused && thrown.message.includes("not in a `by` block");
      this.goalsError = nowhere ? "No goal here: put the cursor on a sorry, or on a line behind a by." : wordsOf(thrown);
    }
  }

  goTo(place: Place): void {
    const view = this.#view;
    if (!view) return;
    view.dispatch({ selection: { anchor: offsetOf(view.state.doc, place) }, scrollIntoView: true });
    view.focus();
  }

  #quest(kind: Quest["kind"]): Quest {
    return {
      kind,
      running: true,
      outcome: "",
      message: "",
      place: null,
      tree: new SearchTree([]),
      version: 0,
      writing: new Map(),
      progress: null,
      proof: null,
      best: null,
      hole: this.#hole ?? this.cursor,
      askedAt: this.edits,
      putInAt: -1,
    };
  }

  async suggest(): Promise<void> {
    if (this.suggestions?.running) return;
    const quest = this.#quest("suggest");
    this.suggestions = quest;
    const { line, column } = this.#asked;
    await this.#run(quest, { type: "suggest", code: this.code, line, column, prefix: "", candidates: this.budget.candidates });
  }

  async prove(): Promise<void> {
    if (this.search?.running) return;
    const quest = this.#quest("prove");
    this.search = quest;
    const { doc } = this.#state;
    const hole = this.#nearestSorry(offsetOf(doc, this.cursor));
    const { line } = hole === null ? this.cursor : placeOf(doc, hole);
    await this.#run(quest, { type: "prove", code: this.code, line, ...this.budget });
  }

  cancel(quest: Quest): void {
    this.#tasks.get(quest)?.cancel();
  }

  async #run(quest: Quest, request: Record<string, unknown>): Promise<void> {
    const ends = (message: Message) => message.type === "end" || message.type === "done";
    const task = this.stream.begin(request, (message) => this.#take(quest, message), ends);
    this.#tasks.set(quest, task);
    try {
      await task.done;
    } catch (thrown) {
      quest.message = wordsOf(thrown);
      quest.outcome = thrown instanceof Unreachable ? "lost" : "rejected_input";
      if (thrown instanceof Refused && thrown.line) quest.place = { line: thrown.line, column: thrown.column ?? 1 };
    } finally {
      quest.running = false;
      quest.writing.clear();
      this.#tasks.delete(quest);
      this.#tell(quest);
    }
  }

  #tell(quest: Quest): void {
    quest.version += 1;
    this.version += 1;
  }

  #take(quest: Quest, message: Message): void {
    switch (message.type) {
      case "opened":
        quest.tree = new SearchTree(message.goals ?? []);
        if (message.lean) this.lean = { ...this.lean, ...message.lean };
        break;
      case "token": {
        const key = `${message.node} ${message.candidate}`;
        quest.writing.set(key, (quest.writing.get(key) ?? "") + message.text);
        break;
      }
      case "node": {
        const node = message as unknown as TreeNode;
        quest.tree.add({ ...node, goals: node.goals ?? [], message: node.message ?? "", score: node.score ?? null });
        for (const [key, text] of quest.writing)
          if (key.startsWith(`${node.parent} `) && text.trim() === node.tactic.trim()) quest.writing.delete(key);
        break;
      }
      case "progress":
        // A node that was expanded is no longer being written for.
        quest.writing.clear();
        quest.progress = message as unknown as Progress;
        break;
      case "proof":
        quest.proof = {
          script: message.script,
          axioms: message.axioms ?? [],
          command: message.command ?? "",
          proof: message.proof ?? null,
          by: "",
        };
        break;
      case "done":
        quest.outcome = "cancelled";
        break;
      case "end":
        quest.outcome = message.outcome ?? "";
        quest.message = message.message ?? "";
        if (quest.proof) quest.proof = { ...quest.proof, by: message.by ?? "" };
        if (message.line) quest.place = { line: message.line, column: message.column ?? 1 };
        quest.best = message.best?.script ? message.best : null;
        break;
    }
    this.#tell(quest);
  }

  /** Writes a script where the quest began, if the hole is still there; else where the cursor is. */
  insert(quest: Quest, script: string, goalsLeft: boolean): void {
    const { doc } = this.#state;
    const asked = offsetOf(doc, quest.hole);
    const nearest = this.#nearestSorry(asked);
    this.#change(fillHole(doc, nearest ?? asked, script, goalsLeft));
    quest.putInAt = this.edits;
    this.#tell(quest);
  }

  /** The `sorry` at a place, around it, or next behind it. */
  #nearestSorry(offset: number): number | null {
    const text = this.code;
    let before: number | null = null;
    for (const match of text.matchAll(/\bsorry\b/g)) {
      if (this.#state.doc.lineAt(match.index).text.trimStart().startsWith("--")) continue;
      if (match.index + "sorry".length >= offset) return match.index;
      before = match.index;
    }
    return before;
  }
}
