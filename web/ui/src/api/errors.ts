// What goes wrong between this page and its server, in words for people.

/** The server answered, and refused. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string | null = null,
    readonly line: number | null = null,
    readonly column: number | null = null,
  ) {
    super(message);
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {
  constructor() {
    super("The server does not answer. What you typed is kept.");
  }
}

export async function refusal(response: Response): Promise<Refused> {
  const text = await response.text().catch(() => "");
  try {
    const error = JSON.parse(text).error;
    return new Refused(error.message, response.status, error.code ?? null, error.line ?? null, error.column ?? null);
  } catch {
    return new Refused(text.slice(0, 300) || `The server answered ${response.status}.`, response.status);
  }
}

export function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

export function isAbort(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "AbortError";
}
