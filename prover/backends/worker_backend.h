// The fast Lean: a pool of workers that fork for every batch, where the Lean that we know is installed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "prover/backends/worker_pool.h"
#include "prover/lean_backend.h"

namespace rmt::prover {

struct WorkerOptions {
  std::string program;                    ///< rmt-lm-lean-worker
  std::vector<std::string> modules = {};  ///< folders of compiled modules; none: ../lib/lean beside the program
  std::string library = "rmt core";       ///< for LeanInfo, as is the next
  std::string library_sha256 = {};
  int workers = 0;               ///< 0: one less than there are processors, at least one
  size_t waiting = 64;           ///< requests beyond those being worked on
  uint64_t heartbeats = 20'000;  ///< Lean's own measure of a script's work, in thousands: a tenth of Lean's default
  size_t batch = 8;              ///< scripts that are worth another worker
  WorkerLimits limits = {};
};

class WorkerBackend final : public LeanBackend, public FileCheck {
 public:
  /// Returns when one worker is ready. Throws LeanUnavailable.
  explicit WorkerBackend(const WorkerOptions& options);

  const LeanInfo& info() const override { return info_; }
  LeanActivity activity() const override;
  /// The theorem must not outlive the backend.
  std::unique_ptr<OpenTheorem> open(const Theorem& theorem) override;
  std::vector<Diagnostic> diagnose(const std::string& file) override;

  PoolLoad load() const { return pool_.load(); }

 private:
  WorkerPool pool_;
  const std::string preamble_;  // Lean's commands before a file's own
  const size_t batch_;
  const LeanInfo info_;
};

/// The worker that was built together with this `lean`: the one in its folder. Nothing where there is none.
std::optional<std::string> find_worker(const std::string& lean);

}  // namespace rmt::prover
