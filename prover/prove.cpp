#include "prover/prove.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "prover/candidates/finished_jobs.h"

namespace rmt::prover {
namespace {

/// Passes on what happens, remembers the nodes' origins, and lets the final check decide what is a proof.
class CheckedSearch final : public SearchListener {
 public:
  CheckedSearch(const Theorem& theorem, FinalCheck& check, bool all, ProofListener& outer)
      : theorem_(theorem), check_(check), all_(all), outer_(outer) {}

  void on_node(const Node& node) override {
    origins_.resize(static_cast<size_t>(node.id) + 1, {-1, Origin::root});
    origins_[static_cast<size_t>(node.id)] = {node.parent, node.by};
    outer_.on_node(node);
  }
  void on_progress(const SearchTotals& totals) override { outer_.on_progress(totals); }
  void on_text(int node, int candidate, std::string_view text) override { outer_.on_text(node, candidate, text); }
  bool on_closed(const Node& node, const std::string& script) override {
    Certificate certificate = check_.verify(theorem_, script);
    Node told = node;
    if (!certificate.proved) {
      refused_ = certificate.why_not;
      told.verdict.kind = VerdictKind::rejected;
      told.verdict.message = "The final check did not accept it: " + certificate.why_not;
    }
    on_node(told);
    if (certificate.proved && !proof_) proof_ = Proof{node.id, script, std::move(certificate)};
    return proof_ && !all_;
  }

  struct Proof {
    int node;
    std::string script;
    Certificate certificate;
  };
  const std::optional<Proof>& proof() const { return proof_; }
  const std::string& refused() const { return refused_; }

  /// Of the tactics from the root to `node`.
  std::vector<Origin> steps_to(int node) const {
    std::vector<Origin> steps;
    for (int at = node; at > 0; at = origins_[static_cast<size_t>(at)].first)
      steps.push_back(origins_[static_cast<size_t>(at)].second);
    std::ranges::reverse(steps);
    return steps;
  }

 private:
  const Theorem& theorem_;
  FinalCheck& check_;
  const bool all_;
  ProofListener& outer_;
  std::optional<Proof> proof_;
  std::string refused_;
  std::vector<std::pair<int, Origin>> origins_;  // by node: parent, who proposed it
};

ProofOutcome outcome_of(SearchEnding ending) {
  switch (ending) {
    case SearchEnding::proved: return ProofOutcome::proved;
    case SearchEnding::exhausted: return ProofOutcome::exhausted;
    case SearchEnding::timeout: return ProofOutcome::timeout;
    case SearchEnding::cancelled: break;
  }
  return ProofOutcome::cancelled;
}

std::unique_ptr<ModelCandidates> read_file(const Theorem& theorem, const ProofTools& tools, const DrawOptions& draw,
                                           const std::stop_token& stop) {
  if (tools.generator == nullptr) return nullptr;
  return std::make_unique<ModelCandidates>(*tools.generator, *tools.tokenizer, draw, theorem, stop);
}

ProofReport search_for_proof(const Theorem& theorem, const ProofTools& tools, const ProofOptions& options,
                             ProofListener& listener, const std::stop_token& stop) {
  const auto opened = tools.lean.open(theorem);
  listener.on_opened(theorem, opened->goals());
  const auto source = read_file(theorem, tools, options.draw, stop);
  CheckedSearch checked(theorem, tools.final_check, options.all, listener);
  SearchResult found = search(*opened, source.get(), options.search, checked, stop);
  ProofReport report;
  report.outcome = outcome_of(found.ending);
  report.script = std::move(found.script);
  report.goals = std::move(found.goals);
  report.steps = checked.steps_to(found.node);
  if (const auto& proof = checked.proof()) {
    report.outcome = ProofOutcome::proved;
    report.script = proof->script;
    report.goals.clear();
    report.steps = checked.steps_to(proof->node);
    report.certificate = proof->certificate;
  } else {
    report.refused = checked.refused();
  }
  report.context_tokens = source ? source->context_tokens() : 0;
  report.totals = found.totals;
  return report;
}

ProofReport ended_by(ProofOutcome outcome, const std::exception& why) {
  ProofReport report;
  report.outcome = outcome;
  report.message = why.what();
  return report;
}

}  // namespace

std::string_view to_string(ProofOutcome outcome) {
  switch (outcome) {
    case ProofOutcome::proved: return "proved";
    case ProofOutcome::exhausted: return "exhausted";
    case ProofOutcome::timeout: return "timeout";
    case ProofOutcome::cancelled: return "cancelled";
    case ProofOutcome::lean_error: return "lean_error";
    case ProofOutcome::rejected_input: return "rejected_input";
    case ProofOutcome::backend_unavailable: return "backend_unavailable";
    case ProofOutcome::model_unavailable: return "model_unavailable";
  }
  return "";
}

bool ProofReport::by_automation_alone() const {
  return outcome == ProofOutcome::proved && std::ranges::count(steps, Origin::model) == 0;
}

ProofReport prove(const Theorem& theorem, const ProofTools& tools, const ProofOptions& options, ProofListener& listener,
                  const std::stop_token& stop) {
  try {
    return search_for_proof(theorem, tools, options, listener, stop);
  } catch (const StatementError& error) {
    ProofReport report = ended_by(ProofOutcome::lean_error, error);
    report.line = error.line();
    report.column = error.column();
    return report;
  } catch (const RejectedInput& error) {
    return ended_by(ProofOutcome::rejected_input, error);
  } catch (const LeanUnavailable& error) {
    return ended_by(ProofOutcome::backend_unavailable, error);
  } catch (const CandidateError& error) {
    return ended_by(ProofOutcome::model_unavailable, error);
  }
}

}  // namespace rmt::prover
