// Which page is shown: #/read and its like, so that links, history and reloads work without the server knowing pages.
export const PAGES = ["prove", "read", "memory", "write", "server"] as const;
export type Page = (typeof PAGES)[number];

export class Place {
  page = $state<Page>("prove");
  /** A theorem that came with the address: #code=…; taken once. */
  sharedCode = $state<string | null>(null);

  constructor() {
    this.#look();
    window.addEventListener("hashchange", () => this.#look());
  }

  #look(): void {
    const hash = location.hash.slice(1);
    if (hash.startsWith("code=")) {
      this.page = "prove";
      try {
        this.sharedCode = decodeURIComponent(hash.slice(5));
      } catch {
        this.sharedCode = null;
      }
      return;
    }
    const name = hash.replace(/^\//, "").split("?")[0];
    this.page = PAGES.find((page) => page === name) ?? "prove";
  }
}
