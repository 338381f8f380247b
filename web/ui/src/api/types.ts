// The server's objects, as openapi.json describes them.

export interface Props {
  model: string;
  version: string;
  dtype: string;
  device: string;
  parameters: number;
  fingerprint: string;
  segment_length: number;
  memory_tokens: number;
  /** Whether what was read goes on into the next segment: it is reset at each where no memory is trained. */
  memory: "carried" | "reset" | "none";
  state_bytes: number;
  vocabulary: number;
  context: { limit: null; note: string };
  limits: Record<string, number>;
}

export const carriesMemory = (props: Props): boolean => props.memory === "carried";

export interface Model {
  id: string;
  created: number;
  meta: { n_vocab: number; n_embd: number; n_params: number; size: number; dtype: string; device: string };
}

export interface TokenizerInfo {
  tokenizer_class: string;
  rules: string;
  fingerprint: string;
  vocab_size: number;
  add_bos_token: boolean;
  bos_token: string | null;
  eos_token: string | null;
}

export interface Load {
  queued_jobs: number;
  reading_jobs: number;
  generating_streams: number;
}

export interface Session {
  id: string;
  name: string;
  model: string;
  version: number;
  created: number;
  used: number;
  tokens: number;
  segments: number;
  state_bytes: number;
  appended_tokens?: number;
}

/** One segment, scored. */
export interface Row {
  seq: number;
  seg: number;
  token_from: number;
  token_to: number;
  byte_from: number;
  byte_to: number;
  scored_tokens: number;
  nll: number;
  nll_reset?: number;
  ppl: number | null;
  ppl_so_far: number | null;
  bits_per_byte_so_far: number | null;
  ms: number;
  token_bytes?: number[];
  token_nll?: (number | null)[];
}

export interface Totals {
  segments: number;
  tokens: number;
  bytes: number;
  scored_tokens: number;
  scored_bytes: number;
  nll: number;
  nll_per_token: number | null;
  ppl: number | null;
  bits_per_byte: number | null;
  word_ppl?: number | null;
  bits_per_char?: number | null;
  memory_gain?: number | null;
}

export interface Eval {
  id: string;
  name: string;
  status: "running" | "finished" | "cancelled" | "failed";
  created: number;
  run: number | null;
  error: string | null;
  totals: Totals;
}

export interface RunTotals {
  segments: number;
  scored_tokens: number;
  scored_bytes: number;
  nll: number;
  ppl: number | null;
  bits_per_byte: number | null;
  word_ppl: number | null;
  bits_per_char: number | null;
  memory_gain: number | null;
}

export interface Run {
  run: number;
  status: "running" | "finished" | "interrupted" | "failed";
  started: string;
  ended: string | null;
  command: string;
  protocol: string;
  model: string;
  dtype: string;
  device: string;
  version: string;
  config: Record<string, unknown>;
  totals: RunTotals;
  documents: string[];
}

export interface StoredSegment {
  seg: number;
  token_from: number;
  token_to: number;
  byte_from: number;
  byte_to: number;
  scored_tokens: number;
  scored_bytes: number;
  nll: number;
  nll_reset: number | null;
  ms: number;
}

export interface StoredDocument {
  name: string;
  source: string;
  finished: boolean;
  tokens: number;
  bytes: number;
  totals: RunTotals;
  segments: StoredSegment[];
}

export interface WholeRun {
  run: Omit<Run, "totals" | "documents">;
  totals: RunTotals;
  documents: StoredDocument[];
}

export interface TopToken {
  token: number;
  text: string;
  logprob: number;
}

export interface LeanInfo {
  available: boolean;
  backend: string;
  version: string;
  library: string;
  library_sha256: string;
  is_mathlib: boolean;
  message: string;
}

export interface LeanMessage {
  severity: "error" | "warning" | "information";
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  message: string;
}

export type Verdict = "proved" | "progress" | "error" | "rejected" | "timeout" | "unverified";
