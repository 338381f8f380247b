// Numbers as people read them.
const grouped = new Intl.NumberFormat("en");

export const count = (value: number): string => grouped.format(Math.round(value));

export const plural = (value: number, what: string): string => `${count(value)} ${what}${value === 1 ? "" : "s"}`;

/** Some significant digits; a dash for what cannot be said. */
export function figure(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  if (value < 0) return `−${figure(-value, digits)}`;
  if ((value >= 1e6 || value < 1e-4)) return value.toExponential(2).replace("e-", "e−").replace("e+", "e");
  if (value < 1) return value.toLocaleString("en", { minimumSignificantDigits: digits, maximumSignificantDigits: digits });
  const whole = Math.floor(Math.log10(value)) + 1;
  return value.toLocaleString("en", {
    minimumFractionDigits: Math.max(0, digits - whole),
    maximumFractionDigits: Math.max(0, digits - whole),
  });
}

export const signed = (value: number | null | undefined, digits = 4): string =>
  value !== null && value !== undefined && value > 0 ? `+${figure(value, digits)}` : figure(value, digits);

/** Beside an axis: no more digits than it needs. */
export const tick = (value: number): string => (value >= 1e6 ? value.toExponential(0) : Number(value.toPrecision(3)).toLocaleString("en"));

export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${at === 0 ? value : figure(value, 3)} ${units[at]}`;
}

/** 134,515,008 → "135 M". */
export function short(value: number): string {
  for (const [size, unit] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]] as const)
    if (value >= size) return `${figure(value / size, 3)} ${unit}`;
  return count(value);
}

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${figure(seconds, 2)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const percent = (share: number): string =>
  share >= 0.1 ? `${(100 * share).toFixed(0)} %` : `${(100 * share).toPrecision(2)} %`;

export function moment(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleString("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
}
