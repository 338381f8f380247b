// Whether the server answers, asked every few seconds: pages show it, and go on by themselves when it is back.
import { Refused } from "../api/errors";
import { getJson } from "../api/http";
import type { Load, Props } from "../api/types";

export type Health = "asking" | "ready" | "refused" | "gone";

const EVERY_MS = 2500;

export class ServerHealth {
  state = $state<Health>("asking");
  /** Why it refuses, where it does. */
  reason = $state("");
  props = $state<Props | null>(null);
  load = $state<Load | null>(null);
  /** What the server can do beyond this page's knowledge: paths of openapi.json. */
  paths = $state<Set<string>>(new Set());
  /** Counts how often the server came (back). */
  arrivals = $state(0);

  #timer = 0;

  start(): () => void {
    const again = async () => {
      await this.look();
      this.#timer = window.setTimeout(again, EVERY_MS);
    };
    again();
    return () => clearTimeout(this.#timer);
  }

  async look(): Promise<void> {
    try {
      this.load = await getJson<Load>("/readyz");
      if (this.state !== "ready") await this.#arrived();
    } catch (thrown) {
      this.load = null;
      if (thrown instanceof Refused) {
        this.state = "refused";
        this.reason = thrown.message;
      } else {
        this.state = "gone";
      }
    }
  }

  async #arrived(): Promise<void> {
    this.props = await getJson<Props>("/props");
    const document = await getJson<{ paths: Record<string, unknown> }>("/openapi.json");
    this.paths = new Set(Object.keys(document.paths));
    this.state = "ready";
    this.arrivals += 1;
  }
}
