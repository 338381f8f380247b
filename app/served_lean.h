// Lean behind a server: found, jailed, and put where the endpoints look for it.
#pragma once

#include <mutex>
#include <optional>

#include "app/serve_options.h"
#include "lm/store/store.h"
#include "prover/backends/open_backend.h"
#include "web/server/api/lean_desk.h"

namespace rmt::app {

/// Where the proofs of a server are kept. All must outlive it.
struct ProofDatabase {
  store::Store* store = nullptr;  ///< null: nowhere
  std::mutex* lock = nullptr;
  store::RunSpec spec;  ///< of the run they belong to
};

class ServedLean {
 public:
  /// Without a Lean the server goes on: the desk then says why.
  ServedLean(const ServeOptions& options, ProofDatabase database);
  /// Ends the proofs' run. Nothing may be searched for any more.
  ~ServedLean();
  ServedLean(const ServedLean&) = delete;
  ServedLean& operator=(const ServedLean&) = delete;

  /// References to this.
  web::LeanDesk desk();

 private:
  const ServeOptions& options_;
  const ProofDatabase database_;
  std::optional<prover::LeanTools> tools_;
  std::string why_not_;
  int64_t run_ = 0;
};

}  // namespace rmt::app
