// The options of `rmt-lm prove`: how they are given, and what they ask for.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "app/lean_options.h"
#include "app/model_options.h"
#include "prover/prove.h"

namespace rmt::app {

struct ProveOptions {
  std::string file;  // FILE.lean or FILE.lean:LINE
  std::string statement;
  std::string suite;  // many theorems, for a table
  ModelOptions model;
  std::string memory;  // not given: carried where it was trained
  LeanOptions lean;
  std::string budget = "100x32";
  double seconds = 60;
  int at_once = 4;
  std::string context;  ///< empty: see usual_context
  int64_t tail_tokens = 512;
  double temperature = 1, length_exponent = 0.5;
  uint64_t seed = 0;
  bool automation_only = false, no_automation = false;
  std::string db, output;
  int64_t replay = 0;  // 0: not asked for
  bool json = false;
};

/// Gives `command` its options; `options` must live as long as it.
void add_prove_options(CLI::App& command, ProveOptions& options);

/// Throws UsageError for options that do not go together.
void check(const ProveOptions& options);

prover::ProofOptions proof_options(const ProveOptions& options);

/// The file, and the line asked for behind its last colon.
struct PlaceInFile {
  std::string file;
  std::optional<int> line;
};
/// A file of that whole name is meant before a line.
PlaceInFile place_of(const std::string& argument);

}  // namespace rmt::app
