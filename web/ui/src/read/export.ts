// A trace as a file for other programs, and its chart as a picture.
import { type Figures, type Segment, type Trace, ppl, pplReset } from "./trace.svelte";

const COLUMNS = [
  "seg",
  "token_from",
  "token_to",
  "byte_from",
  "byte_to",
  "scored_tokens",
  "nll",
  "nll_reset",
  "ms",
] as const satisfies readonly (keyof Segment)[];

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** RFC 4180, with the columns of `rmt-lm runs export`. */
export function toCsv(trace: Trace): string {
  const rows = trace.segments.map((segment) =>
    [trace.run ?? "", quoted(trace.name), ...COLUMNS.map((column) => segment[column] ?? "")].join(","),
  );
  return [["run", "document", ...COLUMNS].join(","), ...rows, ""].join("\r\n");
}

export function toJson(trace: Trace): string {
  const figures: Figures = trace.figures();
  return JSON.stringify({ document: trace.name, run: trace.run, totals: figures, segments: trace.segments }, null, 1);
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Ticks at round numbers between two ends. */
function ticks(from: number, to: number, wanted: number): number[] {
  const raw = (to - from) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw)!;
  const all: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to + step / 1e6; at += step) all.push(Number(at.toPrecision(12)));
  return all;
}

/** The chart on white, as it would be printed. */
export function toSvg(trace: Trace): string {
  const [width, height, left, right, top, bottom] = [900, 360, 60, 16, 44, 44];
  const series = [
    { name: "memory carried", colour: "#3d4eac", values: trace.segments.map(ppl) },
    ...(trace.hasReset ? [{ name: "memory reset", colour: "#b06a12", values: trace.segments.map(pplReset) }] : []),
  ];
  const known = series.flatMap(({ values }) => values).filter((value): value is number => value !== null);
  const most = known.length ? Math.max(...known) * 1.05 : 1;
  const last = Math.max(1, trace.segments.length - 1);
  const x = (seg: number) => left + ((width - left - right) * seg) / last;
  const y = (value: number) => top + (height - top - bottom) * (1 - value / most);
  const line = (values: (number | null)[]) =>
    values
      .map((value, seg) => (value === null ? "" : `${seg && values[seg - 1] !== null ? "L" : "M"}${x(seg).toFixed(1)} ${y(value).toFixed(1)}`))
      .join("");
  const rules = ticks(0, most, 5).map(
    (value) =>
      `<path d="M${left} ${y(value).toFixed(1)}H${width - right}" stroke="#e3dfd6"/>` +
      `<text x="${left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${value}</text>`,
  );
  const feet = ticks(0, last, 8)
    .filter(Number.isInteger)
    .map((seg) => `<text x="${x(seg).toFixed(1)}" y="${height - bottom + 18}" text-anchor="middle">${seg}</text>`);
  const names = series.map(
    ({ name, colour }, i) =>
      `<path d="M${left + i * 150} 32h18" stroke="${colour}" stroke-width="2"/><text x="${left + 24 + i * 150}" y="36">${name}</text>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#575249">` +
    `<rect width="${width}" height="${height}" fill="#fff"/>` +
    `<text x="${left}" y="18" font-size="14" fill="#1f1d1a">Perplexity of ${escaped(trace.name)}, segment by segment</text>` +
    names.join("") +
    rules.join("") +
    feet.join("") +
    `<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">segment</text>` +
    series.map(({ colour, values }) => `<path d="${line(values)}" fill="none" stroke="${colour}" stroke-width="1.5"/>`).join("") +
    "</svg>\n"
  );
}
