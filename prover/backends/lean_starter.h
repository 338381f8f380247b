// How a found Lean is started: its options, its jail, its limits.
#pragma once

#include <string>
#include <vector>

#include "prover/backends/bubblewrap.h"
#include "prover/backends/find_lean.h"
#include "prover/backends/lean_limits.h"

namespace rmt::prover {

class LeanStarter {
 public:
  /// Throws LeanUnavailable where a jail is required and there is none.
  LeanStarter(LeanInstallation lean, const LeanLimits& limits);

  /// `lean` with these arguments, in the jail where there is one. `cpu`: 0 is no limit.
  ChildCommand with(const std::vector<std::string>& arguments, std::chrono::seconds cpu = {}) const;

  /// Those of these -D options that this version knows; it is asked, by reading nothing with them. Throws
  /// LeanUnavailable where it cannot even do that.
  std::vector<std::string> known_options(const std::vector<std::string>& options) const;

  const LeanInstallation& lean() const { return lean_; }
  bool is_jailed() const { return jail_.is_there(); }

 private:
  LeanInstallation lean_;
  Bubblewrap jail_;
};

}  // namespace rmt::prover
