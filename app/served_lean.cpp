#include "app/served_lean.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "lm/store/error.h"

namespace rmt::app {

ServedLean::ServedLean(const ServeOptions& options, ProofDatabase database)
    : options_(options), database_(std::move(database)) {
  if (options.no_lean) {
    why_not_ = "This server was started with --no-lean: tactics are only suggested, and none is checked.";
    return;
  }
  try {
    tools_ = open_lean(options.lean, true);
  } catch (const prover::LeanUnavailable& error) {
    why_not_ = error.what();
    spdlog::warn("No proofs, and suggestions unverified: {}", why_not_);
    return;
  }
  const prover::LeanInfo& info = tools_->backend->info();
  spdlog::info("Proofs are checked by Lean {} over {} ({}: {})", info.version, info.library, info.backend,
               tools_->lean.origin);
  if (database_.store == nullptr) return;
  const std::lock_guard lock(*database_.lock);
  run_ = database_.store->begin_run(database_.spec);
}

ServedLean::~ServedLean() {
  if (run_ == 0) return;
  try {
    const std::lock_guard lock(*database_.lock);
    database_.store->end_run(run_, store::RunStatus::finished);
  } catch (const store::Error& error) {
    spdlog::warn("The end of the proofs' run could not be stored: {}", error.what());
  }
}

web::LeanDesk ServedLean::desk() {
  web::LeanDesk desk;
  desk.why_not = why_not_;
  desk.proofs.search.candidates = 8;
  desk.proofs.search.expansions = static_cast<int>(options_.proof_expansions);
  desk.proofs.search.seconds = static_cast<double>(options_.proof_seconds);
  desk.proofs.search.automation = prover::automation_portfolio();
  if (!tools_) return desk;
  desk.backend = tools_->backend.get();
  desk.final_check = tools_->final_check.get();
  desk.files = tools_->file_check.get();
  desk.preamble = preamble_of(tools_->lean);
  desk.whole_files = options_.lean_files;
  if (run_ > 0) desk.store = {database_.store, database_.lock, run_};
  return desk;
}

}  // namespace rmt::app
