// From "which Lean" to everything that is done with it.
#pragma once

#include <memory>

#include "prover/backends/find_lean.h"
#include "prover/backends/lean_limits.h"
#include "prover/lean_backend.h"

namespace rmt::prover {

/// One Lean in its three roles.
struct LeanTools {
  LeanInstallation lean;
  std::unique_ptr<LeanBackend> backend;
  std::unique_ptr<FinalCheck> final_check;
  std::unique_ptr<FileCheck> file_check;
};

/// Workers for the Lean that was built with this program, where theirs is beside it; else Lean's own language server
/// and a new process for each file. Throws LeanUnavailable: no Lean, or no jail where one is required.
LeanTools open_lean(const LeanPlaces& places, const LeanLimits& limits);

/// The same for a Lean that was found.
LeanTools open_lean(LeanInstallation lean, const LeanLimits& limits);

}  // namespace rmt::prover
