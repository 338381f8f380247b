// The API key, where the server asks for one: kept as long as the tab, never longer.
const PLACE = "rmt-lm.key";

export function apiKey(): string {
  return sessionStorage.getItem(PLACE) ?? "";
}

export function setApiKey(key: string): void {
  sessionStorage.setItem(PLACE, key);
}
