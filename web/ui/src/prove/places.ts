// Places in a file: Lean counts lines and characters from 1, the editor counts UTF-16 units from 0.
import type { Text } from "@codemirror/state";

export interface Place {
  line: number;
  column: number;
}

export function offsetOf(doc: Text, { line, column }: Place): number {
  const { from, text } = doc.line(Math.max(1, Math.min(line, doc.lines)));
  return from + [...text].slice(0, Math.max(0, column - 1)).join("").length;
}

export function placeOf(doc: Text, offset: number): Place {
  const line = doc.lineAt(offset);
  return { line: line.number, column: [...line.text.slice(0, offset - line.from)].length + 1 };
}

export interface Edit {
  from: number;
  to: number;
  insert: string;
  /** Where the cursor goes. */
  cursor: number;
}

/** Puts a script where the hole is: in the place of its `sorry`, on lines of its own, another `sorry` behind it while
 * goals are left. */
export function fillHole(doc: Text, hole: number, script: string, goalsLeft: boolean): Edit {
  const line = doc.lineAt(hole);
  const ahead = line.text.slice(0, hole - line.from);
  const isSorry = /^sorry(?![\p{L}\p{N}_.'])/u.test(doc.sliceString(hole, line.to));
  const to = isSorry ? hole + "sorry".length : hole;
  const margin = /^\s*/.exec(line.text)![0];
  const alone = /^\s*(?:[·.]\s*)?$/.test(ahead);
  const indent = alone ? " ".repeat([...ahead].length) : `${margin}  `;
  const opens = alone ? "" : `${/:=\s*$/.test(ahead) ? "by" : ""}\n${indent}`;
  const body = [...script.trimEnd().split("\n"), ...(goalsLeft ? ["sorry"] : [])].join(`\n${indent}`);
  // The blank that stood before an inline hole would be left at the end of its line.
  const from = alone || opens.startsWith("by") ? hole : hole - /\s*$/.exec(ahead)![0].length;
  const insert = opens + body;
  const cursor = from + insert.length - (goalsLeft ? "sorry".length : 0);
  return { from, to, insert, cursor };
}
