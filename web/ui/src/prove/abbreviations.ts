// \forall becomes ∀ while it is typed, as in Lean's own editors: with the character that ends it, or at once where no
// longer abbreviation begins like it.
import { type Completion, type CompletionContext, type CompletionResult, autocompletion } from "@codemirror/autocomplete";
import { type Extension, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { AbbreviationProvider } from "@leanprover/unicode-input";

const provider = new AbbreviationProvider({ abbreviationCharacter: "\\", customTranslations: {}, eagerReplacementEnabled: true });
const all: Record<string, string> = provider.getSymbolsByAbbreviation();
const names = Object.keys(all).sort();
const MARK = "$CURSOR";
const LONGEST = Math.max(...names.map((name) => name.length));

/** What begins with `start`, in the order of names. */
function beginningWith(start: string): string[] {
  return names.filter((name) => name.startsWith(start));
}

/** The abbreviation before `end`, its backslash included; nothing where there is none. */
function before(view: EditorView, end: number): { from: number; name: string } | null {
  const line = view.state.doc.lineAt(end);
  const text = view.state.sliceDoc(Math.max(line.from, end - LONGEST - 1), end);
  const at = text.lastIndexOf("\\");
  if (at < 0) return null;
  const name = text.slice(at + 1);
  return /\s/.test(name) ? null : { from: end - name.length - 1, name };
}

function replace(view: EditorView, from: number, to: number, symbol: string, typed: string): void {
  const [head, tail = ""] = symbol.split(MARK);
  view.dispatch({
    changes: { from, to, insert: head + tail + typed },
    selection: { anchor: from + head.length + (tail ? 0 : typed.length) },
    userEvent: "input.complete",
  });
}

const whileTyping = EditorView.inputHandler.of((view, from, to, typed) => {
  if (from !== to || typed.length !== 1) return false;
  const found = before(view, from);
  if (!found) return false;
  const longer = found.name + typed;
  if (!/\s/.test(typed) && typed !== "\\") {
    const fitting = beginningWith(longer);
    if (fitting.length === 1 && fitting[0] === longer) {
      replace(view, found.from, to, all[longer], "");
      return true;
    }
    if (fitting.length > 0) return false;
  }
  if (found.name === "") return false;
  const symbol = provider.getReplacementText(found.name);
  if (symbol === undefined) return false;
  replace(view, found.from, to, symbol, typed);
  return true;
});

/** Tab and Enter end an abbreviation that is being typed, where no list of them is open. */
function finish(view: EditorView): boolean {
  const { main } = view.state.selection;
  const found = main.empty ? before(view, main.head) : null;
  const symbol = found && found.name !== "" ? provider.getReplacementText(found.name) : undefined;
  if (!found || symbol === undefined) return false;
  replace(view, found.from, main.head, symbol, "");
  return true;
}

function list(context: CompletionContext): CompletionResult | null {
  const typed = context.matchBefore(/\\[^\s\\]*/);
  if (!typed || typed.text.length < 2) return null;
  const options: Completion[] = beginningWith(typed.text.slice(1))
    .sort((a, b) => a.length - b.length)
    .slice(0, 40)
    .map((name, i) => ({
      label: `\\${name}`,
      detail: all[name].replace(MARK, ""),
      boost: -i,
      apply: (view, _, from, to) => replace(view, from, to, all[name], ""),
    }));
  return options.length > 0 ? { from: typed.from, options, filter: false } : null;
}

export const abbreviations: Extension = [
  Prec.high(whileTyping),
  autocompletion({ override: [list], icons: false, activateOnTyping: true }),
  Prec.low(keymap.of([{ key: "Tab", run: finish }])),
];

export const symbolFor = (name: string): string | undefined => all[name];
