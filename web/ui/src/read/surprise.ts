// What a token cost, as a shade.

/** Nats from which on a token has the next shade. */
export const SHADES = [0.7, 1.6, 2.6, 3.8, 5.2, 7, 9.5];

export function shade(nll: number | null): number {
  if (nll === null) return 0;
  let at = 0;
  while (at < SHADES.length && nll >= SHADES[at]) at += 1;
  return at;
}

export interface ColouredToken {
  text: string;
  nll: number | null;
}

/**
 * The bytes of a segment as tokens. A token may end inside a character: its text is then with the token that ends the
 * character, so that nothing is shown that is no text.
 */
export function tokensOf(segment: Uint8Array, lengths: number[], nll: (number | null)[]): ColouredToken[] {
  const decoder = new TextDecoder("utf-8");
  const tokens: ColouredToken[] = [];
  let at = 0;
  lengths.forEach((length, i) => {
    const text = decoder.decode(segment.subarray(at, at + length), { stream: true });
    at += length;
    if (text) tokens.push({ text, nll: nll[i] ?? null });
  });
  const rest = decoder.decode(segment.subarray(at));
  if (rest) tokens.push({ text: rest, nll: null });
  return tokens;
}
