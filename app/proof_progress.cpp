#include "app/proof_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "prover/json.h"

namespace rmt::app {

ProofProgress::ProofProgress(bool terminal, std::function<void(const std::string&)> write)
    : terminal_(terminal), write_(std::move(write)) {}

void ProofProgress::on_node(const prover::Node& node) {
  if (node.verdict.kind == prover::VerdictKind::progress)
    fewest_goals_ = std::min(fewest_goals_, node.verdict.goals.size());
}

void ProofProgress::on_progress(const prover::SearchTotals& totals) {
  constexpr double kEventSeconds = 10;
  if (terminal_) {
    write_(fmt::format("\r\033[K{} states, {} open, {} proposed, {} checked, fewest goals {}, {:.0f} s",
                       totals.expansions, totals.open, totals.proposed, totals.checks, fewest_goals_, totals.seconds));
    shown_ = true;
  } else if (totals.seconds - told_s_ >= kEventSeconds) {
    told_s_ = totals.seconds;
    nlohmann::json event = prover::to_json(totals);
    event["event"] = "progress";
    write_(event.dump() + "\n");
  }
}

void ProofProgress::clear() {
  if (std::exchange(shown_, false)) write_("\r\033[K");
}

}  // namespace rmt::app
