// Which Lean: the one that is asked for, the one the machine has, or the one that was built with this program.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "prover/lean_backend.h"

namespace rmt::prover {

struct LeanInstallation {
  std::string program = {};         ///< lean itself, not a shim that chooses one
  std::string version = {};         ///< "4.35.0"
  std::string library = {};         ///< what a file may import: "Mathlib", "Init", "rmt core"
  std::string library_sha256 = {};  ///< of its compiled modules, where it is ours; else empty
  std::string origin = {};          ///< for people: "--lean", "$RMTLM_LEAN", "PATH", "built with rmt-lm"
  bool is_ours = false;             ///< over our own core library
  std::map<std::string, std::string> environment = {};  ///< that it is to be run with
  std::vector<std::string> folders = {};                ///< that it reads: its own, and those of compiled modules
};

struct LeanPlaces {
  /// Of --lean: an executable, a toolchain's folder, a Lake project, or below one; empty: none.
  std::string asked_for = {};
  std::string built = {};  ///< the folder with our bin/lean; empty: beside this program
};

/// In this order: what is asked for, $RMTLM_LEAN, `lean` on $PATH, ~/.elan, the one built with this program. Where the
/// folder is in a Lake project, Lake says where its modules are. Starts what it finds to ask for its version. Throws
/// LeanUnavailable, which says what was tried and how to get a Lean.
LeanInstallation find_lean(const LeanPlaces& places);

}  // namespace rmt::prover
