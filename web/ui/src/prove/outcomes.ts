// How a quest ended, in a sentence.
import type { Quest } from "./proving.svelte";

const without = (quest: Quest): string =>
  quest.progress?.open === 0 ? "Nothing is left to try: no proof was found." : "The budget is used up without a proof.";

export function outcomeWords(quest: Quest, found: number): string {
  switch (quest.outcome) {
    case "proved":
      return quest.kind === "prove" ? "Proved." : "One of them proves it.";
    case "exhausted":
      return quest.kind === "suggest" ? `${found} proposed.` : quest.message || without(quest);
    case "timeout":
      return quest.message || "The time is up without a proof.";
    case "cancelled":
      return "Cancelled.";
    case "lean_error":
      return quest.message || "Lean does not get as far as the hole.";
    case "rejected_input":
      return quest.message || "This is not shown to Lean.";
    case "backend_unavailable":
      return quest.message || "There is no Lean: nothing here is checked.";
    case "model_unavailable":
      return quest.message || "The model could not be asked.";
    case "lost":
      return "The server went away meanwhile: ask again when it is back.";
    default:
      return found === 0 ? quest.message || "Nothing was proposed." : quest.message || `${found} proposed.`;
  }
}
