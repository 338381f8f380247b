#include "prover/backends/open_backend.h"

#include <filesystem>
#include <utility>

#include "prover/backends/batch_files.h"
#include "prover/backends/bubblewrap.h"
#include "prover/backends/final_check.h"
#include "prover/backends/language_server_backend.h"
#include "prover/backends/worker_backend.h"

namespace rmt::prover {
namespace {

constexpr uint64_t kLeanDefaultHeartbeats = 200'000;

WorkerOptions worker_options(const std::string& program, const LeanInstallation& lean, const LeanLimits& limits) {
  WorkerOptions options;
  options.program = program;
  options.modules = {(std::filesystem::path(lean.program).parent_path() / "../lib/lean").lexically_normal()};
  options.library = lean.library;
  options.library_sha256 = lean.library_sha256;
  options.heartbeats = static_cast<uint64_t>(limits.heartbeats);
  return options;
}

/// A worker for each file, so that nothing of one is left for the next. It has a jail of its own.
class FreshWorkers final : public FileCheck {
 public:
  explicit FreshWorkers(WorkerOptions options) : options_(std::move(options)) {
    options_.workers = 1;
    options_.heartbeats = kLeanDefaultHeartbeats;
  }
  std::vector<Diagnostic> diagnose(const std::string& file) override { return WorkerBackend(options_).diagnose(file); }

 private:
  WorkerOptions options_;
};

LeanTools with_workers(LeanInstallation lean, const LeanLimits& limits, const std::string& program) {
  LeanTools tools;
  const WorkerOptions options = worker_options(program, lean, limits);
  tools.backend = std::make_unique<WorkerBackend>(options);
  // Another program than the one that searched has the last word, wherever it can be jailed.
  std::unique_ptr<FileCheck> files;
  if (Bubblewrap::find().is_there()) {
    files = std::make_unique<BatchFiles>(lean, limits);
  } else {
    files = std::make_unique<FreshWorkers>(options);
  }
  tools.final_check = std::make_unique<FileFinalCheck>(std::move(files));
  tools.file_check = std::make_unique<FreshWorkers>(options);
  tools.lean = std::move(lean);
  return tools;
}

}  // namespace

LeanTools open_lean(LeanInstallation lean, const LeanLimits& limits) {
  if (lean.is_ours)
    if (const auto worker = find_worker(lean.program)) return with_workers(std::move(lean), limits, *worker);
  LeanTools tools;
  tools.backend = std::make_unique<LanguageServerBackend>(lean, limits);
  tools.final_check = std::make_unique<FileFinalCheck>(std::make_unique<BatchFiles>(lean, limits));
  tools.file_check = std::make_unique<BatchFiles>(lean, limits);
  tools.lean = std::move(lean);
  return tools;
}

LeanTools open_lean(const LeanPlaces& places, const LeanLimits& limits) {
  return open_lean(find_lean(places), limits);
}

}  // namespace rmt::prover
