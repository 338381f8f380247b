#include "web/server/api/proof_events.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string_view>

#include "prover/json.h"

namespace rmt::web {
namespace {

Json with_type(const char* type, const Json& rest) {
  Json message = {{"type", type}};
  message.update(rest);
  return message;
}

/// The shape of prover::to_json(Node), with a verdict of its own.
Json unverified_node(const Unverified& suggestion) {
  return {{"type", "node"},
          {"node", suggestion.candidate + 1},
          {"parent", 0},
          {"tactic", suggestion.tactic},
          {"verdict", "unverified"},
          {"goals", Json::array()},
          {"message", ""},
          {"score", suggestion.logprob},
          {"logprob", suggestion.logprob},
          {"by", "model"},
          {"ms", 0.0}};
}

/// As a shell takes it.
std::string quoted(const std::string& path) {
  const bool plain = std::ranges::all_of(path, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("/._-+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain && !path.empty()) return path;
  std::string quoted = "'";
  for (const char c : path) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::vector<Json> messages_of_end(const ProofEnded& end) {
  std::vector<Json> messages;
  const prover::ProofReport& report = end.report;
  if (!end.failure.empty()) return {{{"type", "end"}, {"outcome", "failed"}, {"message", end.failure}}};
  if (report.outcome == prover::ProofOutcome::proved) {
    Json proof = {{"type", "proof"}, {"script", report.script}, {"axioms", report.certificate.axioms}};
    proof["statement"] = report.certificate.statement;
    if (end.stored > 0) {
      proof["proof"] = end.stored;
      proof["command"] = "rmt-lm prove --db " + quoted(end.database) + " --replay " + std::to_string(end.stored);
    }
    messages.push_back(std::move(proof));
  }
  messages.push_back(with_type("end", prover::to_json(report)));
  return messages;
}

size_t size_of(const std::vector<std::string>& texts) {
  size_t size = 0;
  for (const std::string& text : texts) size += text.size() + sizeof text;
  return size;
}

}  // namespace

std::vector<Json> messages_of(const ProofEvent& event, const Json& lean) {
  if (const auto* opened = std::get_if<ProofOpened>(&event))
    return {{{"type", "opened"}, {"theorem", opened->theorem}, {"goals", opened->goals}, {"lean", lean}}};
  if (const auto* text = std::get_if<ProofText>(&event))
    return {{{"type", "token"}, {"node", text->node}, {"candidate", text->candidate}, {"text", text->text}}};
  if (const auto* node = std::get_if<prover::Node>(&event)) return {with_type("node", prover::to_json(*node))};
  if (const auto* totals = std::get_if<prover::SearchTotals>(&event))
    return {with_type("progress", prover::to_json(*totals))};
  if (const auto* suggestion = std::get_if<Unverified>(&event)) return {unverified_node(*suggestion)};
  return messages_of_end(std::get<ProofEnded>(event));
}

size_t bytes_of(const ProofEvent& event) {
  size_t bytes = sizeof event;
  if (const auto* opened = std::get_if<ProofOpened>(&event)) bytes += size_of(opened->goals);
  if (const auto* text = std::get_if<ProofText>(&event)) bytes += text->text.size();
  if (const auto* node = std::get_if<prover::Node>(&event))
    bytes += node->tactic.size() + size_of(node->verdict.goals) + node->verdict.message.size();
  return bytes;
}

}  // namespace rmt::web
