// Two traces of the same text, segment against segment.
import type { Segment, Trace } from "./trace.svelte";

export interface Difference {
  seg: number;
  token_from: number;
  /** Nats per token that B costs more than A. */
  nats: number;
}

export interface Comparison {
  /** Segments that cover the same tokens in both. */
  matched: number;
  unmatched: number;
  tokens: number;
  mean: number | null;
  betterA: number;
  /** Where they are furthest apart, most first. */
  furthest: Difference[];
}

const key = (segment: Segment) => `${segment.token_from}-${segment.token_to}-${segment.scored_tokens}`;

export function compare(a: Trace, b: Trace): Comparison {
  const others = new Map(b.segments.map((segment) => [key(segment), segment]));
  const differences: Difference[] = [];
  let [tokens, sum, betterA] = [0, 0, 0];
  for (const segment of a.segments) {
    const other = others.get(key(segment));
    if (!other || segment.scored_tokens === 0) continue;
    const more = other.nll - segment.nll;
    tokens += segment.scored_tokens;
    sum += more;
    if (more > 0) betterA += 1;
    differences.push({ seg: segment.seg, token_from: segment.token_from, nats: more / segment.scored_tokens });
  }
  const furthest = [...differences].sort((x, y) => Math.abs(y.nats) - Math.abs(x.nats)).slice(0, 8);
  return {
    matched: differences.length,
    unmatched: a.segments.length + b.segments.length - 2 * differences.length,
    tokens,
    mean: tokens > 0 ? sum / tokens : null,
    betterA,
    furthest,
  };
}
