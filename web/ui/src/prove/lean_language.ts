// Lean 4 for CodeMirror: words, comments, strings. What a word means is Lean's to say, not the editor's.
import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const COMMANDS = new Set(
  ("theorem lemma example def abbrev instance structure class inductive axiom opaque variable universe namespace section end open " +
    "export import prelude private protected noncomputable partial unsafe mutual attribute local scoped deriving extends where notation " +
    "infix infixl infixr prefix postfix macro syntax elab set_option").split(" "),
);
const TERMS = new Set("by fun λ forall exists let have show from at with match if then else do return in for this Type Prop Sort".split(" "));
const TACTICS = new Set(
  ("intro intros exact apply refine rfl rw simp simp_all induction cases rcases obtain constructor decide left right exists use calc omega " +
    "assumption contradiction exfalso split unfold funext ext congr trivial subst injection specialize revert clear rename generalize " +
    "suffices change by_cases by_contra push_neg ring linarith norm_num nlinarith positivity aesop grind rintro all_goals any_goals repeat " +
    "try first done skip next case symm").split(" "),
);

interface State {
  /** How deep in comments, which nest. */
  depth: number;
}

const WORD = /^[\p{L}_][\p{L}\p{N}_'!?₀-₉.]*/u;

function comment(stream: StringStream, state: State): string {
  while (!stream.eol()) {
    if (stream.match("-/")) {
      state.depth -= 1;
      if (state.depth === 0) break;
    } else if (stream.match("/-")) state.depth += 1;
    else stream.next();
  }
  return "comment";
}

function token(stream: StringStream, state: State): string | null {
  if (state.depth > 0) return comment(stream, state);
  if (stream.eatSpace()) return null;
  if (stream.match("--")) {
    stream.skipToEnd();
    return "comment";
  }
  if (stream.match("/-")) {
    state.depth = 1;
    return comment(stream, state);
  }
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
  if (stream.match(/^\d[\d.]*/)) return "number";
  if (stream.match(/^[@#]\[?[\p{L}_]+/u)) return "meta";
  const word = stream.match(WORD) as RegExpMatchArray | null;
  if (word) {
    const name = word[0].replace(/\.$/, "");
    if (name === "sorry" || name === "admit") return "invalid";
    if (COMMANDS.has(name) || TERMS.has(name)) return "keyword";
    if (TACTICS.has(name.replace(/[!?]$/, ""))) return "tactic";
    return "variableName";
  }
  if (stream.match(/^[∀∃λ→←↔∧∨¬≠≤≥⊢↦∈∉⊆×∣·•⟨⟩:=<>|+*/^-]/u)) return "operator";
  stream.next();
  return null;
}

export const lean = [
  StreamLanguage.define<State>({
    name: "lean4",
    startState: () => ({ depth: 0 }),
    token,
    tokenTable: { tactic: tags.function(tags.name) },
    languageData: {
      commentTokens: { line: "--", block: { open: "/-", close: "-/" } },
      closeBrackets: { brackets: ["(", "[", "{", "⟨"] },
    },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.keyword, color: "var(--code-keyword)", fontWeight: "550" },
      { tag: tags.function(tags.name), color: "var(--code-tactic)" },
      { tag: tags.string, color: "var(--code-string)" },
      { tag: tags.number, color: "var(--code-number)" },
      { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
      { tag: tags.meta, color: "var(--code-number)" },
      { tag: tags.operator, color: "var(--ink-soft)" },
      { tag: tags.invalid, color: "var(--code-alarm)", fontWeight: "600" },
    ]),
  ),
];

// Marks are drawn with lines and circles: the pictures that come with the editor are addresses the page's policy
// does not let in.
const wavy = (colour: string) => ({ backgroundImage: "none", textDecoration: `underline wavy var(--${colour}) 1px`, textUnderlineOffset: "3px" });
const spot = (colour: string) => ({ content: '""', width: "8px", height: "8px", margin: "0.55em 2px 0", borderRadius: "50%", backgroundColor: `var(--${colour})` });

export const leanEditorTheme = EditorView.theme({
  "&": { minHeight: "min(20rem, 40vh)", maxHeight: "60vh" },
  ".cm-content": { fontFamily: "var(--mono)", fontSize: "0.9rem", lineHeight: "1.65" },
  ".cm-line": { padding: "0 0.8rem 0 0.4rem" },
  ".cm-gutters": { fontFamily: "var(--mono)", lineHeight: "1.485rem" }, // a line of the content, in smaller type
  ".cm-lintRange.cm-lintRange-error": wavy("bad"),
  ".cm-lintRange.cm-lintRange-warning": wavy("warn"),
  ".cm-lintRange.cm-lintRange-info": wavy("accent"),
  ".cm-lint-marker.cm-lint-marker-error": spot("bad"),
  ".cm-lint-marker.cm-lint-marker-warning": spot("warn"),
  ".cm-lint-marker.cm-lint-marker-info": spot("accent"),
  ".cm-tooltip-lint .cm-diagnostic": { fontFamily: "var(--mono)", fontSize: "0.82rem", whiteSpace: "pre-wrap", maxWidth: "36rem" },
  ".cm-completionDetail": { fontStyle: "normal", fontSize: "1.05em", marginLeft: "1em" },
  ".cm-completionLabel": { fontFamily: "var(--mono)", fontSize: "0.85rem" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-wash)", outline: "1px solid var(--line)" },
  ".cm-selectionMatch": { backgroundColor: "var(--accent-wash)" },
});
