// Which parts of the text the model wrote, token by token, and how sure it was of each.
import { type EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

import type { TopToken } from "../api/types";
import { shade } from "../read/surprise";

export interface WrittenToken {
  text: string;
  logprob: number;
  top: TopToken[];
}

export interface PlacedToken {
  from: number;
  to: number;
  token: WrittenToken;
}

export const markToken = StateEffect.define<PlacedToken>({
  map: (mark, changes) => ({ ...mark, from: changes.mapPos(mark.from), to: changes.mapPos(mark.to) }),
});

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    marks = marks.map(transaction.changes);
    const added = transaction.effects
      .filter((effect) => effect.is(markToken))
      .map(({ value: { from, to, token } }) =>
        Decoration.mark({ class: `written h${shade(-token.logprob)}`, token }).range(from, to),
      );
    return added.length > 0 ? marks.update({ add: added }) : marks;
  },
  provide: (marks) => EditorView.decorations.from(marks),
});

export const tokenMarks = field;

/** The written token that the cursor stands in or behind. */
export function tokenAt(state: EditorState, position: number): PlacedToken | null {
  let found: PlacedToken | null = null;
  state.field(field).between(Math.max(0, position - 1), position, (from, to, mark) => {
    if (to >= position && from < position) found = { from, to, token: mark.spec.token as WrittenToken };
  });
  return found;
}
