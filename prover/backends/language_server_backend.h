// Any Lean 4 that the user has, through its language server: one server for each open theorem, whose document carries
// the scripts as copies of the theorem behind the file that stays elaborated.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "prover/backends/lean_starter.h"
#include "prover/lean_backend.h"

namespace rmt::prover {

struct ServerCounts;

class LanguageServerBackend final : public LeanBackend {
 public:
  /// Asks Lean which options it knows. Throws LeanUnavailable.
  LanguageServerBackend(LeanInstallation lean, const LeanLimits& limits);

  const LeanInfo& info() const override { return info_; }
  LeanActivity activity() const override;
  /// Throws LeanBusy beyond LeanLimits::theorems.
  std::unique_ptr<OpenTheorem> open(const Theorem& theorem) override;

 private:
  LeanStarter command_;
  LeanLimits limits_;
  LeanInfo info_;
  std::vector<std::string> arguments_;
  std::shared_ptr<ServerCounts> counts_;
};

}  // namespace rmt::prover
