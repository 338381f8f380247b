#include "prover/json.h"

#include <nlohmann/json.hpp>
#include <string>

namespace rmt::prover {
namespace {

using Json = nlohmann::json;

/// Who found a proof: "automation", "model" or "both".
std::string found_by(const ProofReport& report) {
  bool model = false, automation = false;
  for (const Origin step : report.steps) (step == Origin::model ? model : automation) = true;
  return model && automation ? "both" : model ? "model" : "automation";
}

bool searched(const ProofReport& report) {
  return report.outcome == ProofOutcome::exhausted || report.outcome == ProofOutcome::timeout ||
         report.outcome == ProofOutcome::cancelled;
}

}  // namespace

Json to_json(const LeanInfo& lean) {
  return {{"backend", lean.backend},
          {"version", lean.version},
          {"library", lean.library},
          {"library_sha256", lean.library_sha256},
          {"is_mathlib", lean.library == "Mathlib"}};
}

Json to_json(const Node& node) {
  Json json = {{"node", node.id},
               {"parent", node.parent},
               {"tactic", node.tactic},
               {"verdict", to_string(node.verdict.kind)},
               {"goals", node.verdict.goals},
               {"message", node.verdict.message},
               {"score", node.score},
               {"logprob", node.logprob},
               {"by", to_string(node.by)},
               {"ms", node.verdict.ms}};
  if (node.same_as >= 0) json["same_as"] = node.same_as;
  return json;
}

Json to_json(const SearchTotals& totals) {
  return {{"expansions", totals.expansions}, {"checks", totals.checks}, {"proposed", totals.proposed},
          {"rejected", totals.rejected},     {"open", totals.open},     {"seconds", totals.seconds},
          {"model_s", totals.model_s},       {"lean_s", totals.lean_s}};
}

Json to_json(const ProofReport& report) {
  Json json = {{"outcome", to_string(report.outcome)},
               {"totals", to_json(report.totals)},
               {"context_tokens", report.context_tokens}};
  if (report.outcome == ProofOutcome::proved) {
    json["script"] = report.script;
    json["axioms"] = report.certificate.axioms;
    json["statement"] = report.certificate.statement;
    json["by"] = found_by(report);
  } else if (searched(report)) {
    json["best"] = {{"script", report.script}, {"goals", report.goals}};
  }
  if (!report.refused.empty()) json["refused"] = report.refused;
  if (!report.message.empty()) json["message"] = report.message;
  if (report.line > 0) json["line"] = report.line;
  if (report.column > 0) json["column"] = report.column;
  return json;
}

}  // namespace rmt::prover
