#include "prover/proof_record.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "prover/json.h"

namespace rmt::prover {
namespace {

store::ProofRow begun(const ProofStore& kept, const Theorem& theorem, const LeanInfo& lean) {
  store::ProofRow row;
  row.run = kept.run;
  row.name = theorem.name;
  row.before = theorem.before;
  row.head = theorem.head;
  row.tail = theorem.tail;
  row.indent = theorem.indent;
  row.lean = to_json(lean).dump();
  return row;
}

std::string array_of(const std::vector<std::string>& texts) {
  return nlohmann::json(texts).dump();
}

store::ProofNodeRow row_of(const Node& node) {
  store::ProofNodeRow row;
  row.node = node.id;
  row.parent = node.parent;
  row.tactic = node.tactic;
  row.verdict = to_string(node.verdict.kind);
  row.goals = array_of(node.verdict.goals);
  row.message = node.verdict.message;
  row.origin = to_string(node.by);
  row.logprob = node.logprob;
  row.score = node.score;
  row.same_as = node.same_as;
  row.ms = node.verdict.ms;
  return row;
}

}  // namespace

ProofRecord::ProofRecord(const ProofStore& kept, const Theorem& theorem, const LeanInfo& lean, ProofListener& outer)
    : kept_(kept), outer_(outer), row_(begun(kept, theorem, lean)) {
  const auto lock = locked();
  row_.id = kept_.store->begin_proof(row_);
}

std::unique_lock<std::mutex> ProofRecord::locked() const {
  return kept_.lock == nullptr ? std::unique_lock<std::mutex>() : std::unique_lock(*kept_.lock);
}

void ProofRecord::on_opened(const Theorem& theorem, const std::vector<std::string>& goals) {
  outer_.on_opened(theorem, goals);
}

void ProofRecord::on_node(const Node& node) {
  waiting_.push_back(row_of(node));
  outer_.on_node(node);
}

void ProofRecord::on_progress(const SearchTotals& totals) {
  store_nodes();
  outer_.on_progress(totals);
}

void ProofRecord::on_text(int node, int candidate, std::string_view text) {
  outer_.on_text(node, candidate, text);
}

void ProofRecord::store_nodes() {
  const auto lock = locked();
  kept_.store->add_proof_nodes(row_.id, std::exchange(waiting_, {}));
}

void ProofRecord::end(const ProofReport& report) {
  store_nodes();
  row_.outcome = to_string(report.outcome);
  row_.script = report.script;
  row_.goals = array_of(report.goals);
  row_.axioms = array_of(report.certificate.axioms);
  row_.message = report.message;
  row_.expansions = report.totals.expansions;
  row_.checks = report.totals.checks;
  row_.proposed = report.totals.proposed;
  row_.seconds = report.totals.seconds;
  row_.model_s = report.totals.model_s;
  row_.lean_s = report.totals.lean_s;
  const auto lock = locked();
  kept_.store->end_proof(row_);
}

Theorem theorem_of(const store::ProofRow& row) {
  return {.name = row.name,
          .before = row.before,
          .head = row.head,
          .tail = row.tail,
          .indent = static_cast<int>(row.indent)};
}

}  // namespace rmt::prover
