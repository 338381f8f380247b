// What a Lean that starts anew says of a whole file.
#pragma once

#include <string>
#include <vector>

#include "prover/backends/lean_starter.h"
#include "prover/lean_backend.h"

namespace rmt::prover {

/// A process for each file: `lean --json --stdin`.
class BatchFiles final : public FileCheck {
 public:
  /// Throws LeanUnavailable where a jail is required and there is none.
  BatchFiles(LeanInstallation lean, const LeanLimits& limits);

  /// Where Lean does not come to the file's end, the last of them says why.
  std::vector<Diagnostic> diagnose(const std::string& file) override;

 private:
  LeanStarter lean_;
  LeanLimits limits_;
};

}  // namespace rmt::prover
