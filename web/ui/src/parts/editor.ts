// What both editors have in common: where they live, and their looks in the colours of base.css.
import type { EditorState, Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

type Dispatch = (transactions: readonly Transaction[], view: EditorView) => void;

/**
 * An editor in a shadow root of its own: there its style sheets are adopted as objects, which a page that forbids
 * inline styles allows.
 */
export function editorIn(parent: HTMLElement, state: EditorState, dispatch: Dispatch): EditorView {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  return new EditorView({ parent: root, root, state, dispatchTransactions: dispatch });
}

export const editorTheme = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--ink)", fontSize: "0.95rem", boxSizing: "border-box" },
  ".cm-scroller": { overflow: "auto" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { caretColor: "var(--accent)", padding: "0.9rem 0" },
  ".cm-line": { padding: "0 1rem" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 24%, transparent)",
  },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-faint)", border: "none", fontSize: "0.8rem" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 5%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  ".cm-placeholder": { color: "var(--ink-faint)" },
  ".cm-tooltip": {
    backgroundColor: "var(--sheet)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "8px",
    boxShadow: "var(--shadow)",
    overflow: "hidden",
  },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--accent-ink)" },
  ".cm-panels": { backgroundColor: "var(--sunk)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panel.cm-search input, .cm-panel.cm-search button": { fontSize: "0.85rem" },
});
