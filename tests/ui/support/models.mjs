// Which models the servers of the flows are started with: the one place where that is decided.
import { join } from "node:path";

import { folder } from "./folder.mjs";

/** A small one that models.py writes, for what no model that ships can show: `why`. */
const made = (name, why, ...options) => ({ model: join(folder, name), options: ["--memory", "carry", ...options], ships: false, why });

/** One that ./quickstart installs or the repository brings, by its name. */
const shipped = (model, ...options) => ({ model, options, ships: true });

export const MODELS = {
  // As a person has it who starts `rmt-lm serve --model prover-7m`.
  prover: shipped("prover-7m"),
  // The same in short segments.
  carried: shipped("prover-7m", "--segment-length", "64", "--memory", "carry"),
  // A model of language, for what is to be read as language.
  smollm: shipped("smollm2-135m", "--segment-length", "128"),
  alphabet: made("alphabet", "after a letter comes the next one, so that every figure is known beforehand", "--segment-length", "64", "--memory-tokens", "2"),
  drawn: made("drawn", "thousands of segments with layers to look into are read in seconds", "--segment-length", "64", "--memory-tokens", "4"),
};
