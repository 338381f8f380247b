// Light or dark: the system's choice until the person makes one.
const PLACE = "rmt-lm.theme";

export class Theme {
  name = $state<"light" | "dark">("light");

  constructor() {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const chosen = localStorage.getItem(PLACE);
    this.#show(chosen === "dark" || chosen === "light" ? chosen : system.matches ? "dark" : "light");
    system.addEventListener("change", () => {
      if (!localStorage.getItem(PLACE)) this.#show(system.matches ? "dark" : "light");
    });
  }

  toggle(): void {
    this.#show(this.name === "dark" ? "light" : "dark");
    localStorage.setItem(PLACE, this.name);
  }

  #show(name: "light" | "dark"): void {
    this.name = name;
    document.documentElement.dataset.theme = name;
  }
}

/** A colour of base.css, for what is drawn on a canvas. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
