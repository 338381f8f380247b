// Which models the servers of the flows are started with: the one place where that is decided.
import { join } from "node:path";

import { folder } from "./folder.mjs";

/** A small one that models.py writes, whose answers are known. */
const made = (name, memoryTokens) => ({
  model: join(folder, name),
  options: ["--segment-length", "64", "--memory-tokens", String(memoryTokens), "--memory", "carry"],
});

/** One that ./quickstart installs, by its name. */
const installed = (model, ...options) => ({ model, options });

// After a letter comes the next one, almost surely: every figure is known beforehand.
const alphabet = made("alphabet", 2);

export const MODELS = {
  alphabet,
  // Whatever it is asked, it answers "intro h".
  step: made("step", 2),
  // Weights drawn at random: something is looked at, and something is carried.
  drawn: made("drawn", 4),
  // A real model on real words.
  shipped: installed("smollm2-135m", "--segment-length", "128"),
  // Whom the flows of Prove ask where any model will do.
  prover: installed("prover-7m"),
};
