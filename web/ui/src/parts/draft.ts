// What was typed, kept through reloads, restarts of the server and a closed tab. A tab has its own; a new tab begins
// with what was typed last.
export function readDraft<T>(name: string, otherwise: T): T {
  const key = `rmt-lm.${name}`;
  try {
    const text = sessionStorage.getItem(key) ?? localStorage.getItem(key);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

export function writeDraft(name: string, value: unknown): void {
  const key = `rmt-lm.${name}`;
  const text = JSON.stringify(value);
  for (const place of [sessionStorage, localStorage]) {
    try {
      place.setItem(key, text);
    } catch {
      // It is full, or forbidden: what was typed is still on the screen.
    }
  }
}
