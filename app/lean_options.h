// Which Lean a command uses, and what it may cost.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "prover/backends/open_backend.h"

namespace rmt::app {

struct LeanOptions {
  std::string path;  // not given: the one found, see prover/backends/find_lean.h
  int heartbeats = 20'000;
  double seconds = 10;
};

/// Gives `command` its options; `options` must live as long as it.
void add_lean_options(CLI::App& command, LeanOptions& options);

/// For the user's own files; with `jail_required` for those of others. `file`, where there is one, may lie in a Lake
/// project, which is then the one. Throws prover::LeanUnavailable.
prover::LeanTools open_lean(const LeanOptions& options, bool jail_required, const std::string& file = {});

/// What a statement without a file stands on: "import Mathlib\n\n" where there is one.
std::string preamble_of(const prover::LeanInstallation& lean);

}  // namespace rmt::app
