#include "prover/backends/verdicts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "prover/lean_backend.h"

namespace rmt::prover {
namespace {

using Severity = Diagnostic::Severity;

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \n") + 1 - first);
}

bool tells_of_sorry(const LeanMessage& message) {
  return message.text.starts_with("declaration uses") && message.text.find("sorry") != std::string::npos;
}

// The probe's sorry is none, not even where warnings are errors.
const LeanMessage* first_error(const std::vector<LeanMessage>& messages) {
  const auto error = std::ranges::find_if(messages, [](const LeanMessage& message) {
    return message.severity == Severity::error && !tells_of_sorry(message);
  });
  return error == messages.end() ? nullptr : &*error;
}

// Recognized by its text, since a language server does not tell the kind.
bool is_limit(const LeanMessage& error) {
  return error.text.starts_with("(deterministic) timeout");
}

// What the probe said. It speaks several times where a combinator at the script's end took it in ("all_goals"), and not
// at all where such a one had nothing to apply it to.
std::optional<std::vector<std::string>> goals_left(const ScriptSource& source, const Elaboration& elaboration) {
  std::optional<std::vector<std::string>> goals;
  for (const LeanMessage& message : elaboration.messages) {
    if (message.severity != Severity::information || message.from != source.probe) continue;
    if (!goals) goals.emplace();
    std::ranges::move(split_goals(message.text), std::back_inserter(*goals));
  }
  return goals;
}

// What the script did beyond proving; empty if nothing.
std::string overreach(const Elaboration& elaboration, const Elaboration& bare) {
  if (elaboration.commands != bare.commands) return "the script ends the theorem and begins another command";
  for (const std::string& axiom : elaboration.axioms)
    if (std::ranges::find(bare.axioms, axiom) == bare.axioms.end()) return "the script adds the axiom " + axiom;
  return {};
}

// "Try this:\n  [apply] exact h.trans\n    k" says `exact h.trans k`. Each tactic may say so: the last one's is wanted.
std::string suggestion(const ScriptSource& source, const Elaboration& elaboration) {
  constexpr std::string_view kOpening = "Try this:", kLink = "[apply]";
  std::string found;
  for (const LeanMessage& message : elaboration.messages) {
    if (message.severity != Severity::information || !message.text.starts_with(kOpening)) continue;
    if (message.from == source.probe) continue;
    std::string_view rest = trimmed(std::string_view(message.text).substr(kOpening.size()));
    if (rest.starts_with(kLink)) rest = trimmed(rest.substr(kLink.size()));
    found.clear();
    for (const char letter : rest) {
      const bool blank = letter == ' ' || letter == '\n';
      if (!blank || !found.ends_with(' ')) found += blank ? ' ' : letter;
    }
  }
  return found;
}

Verdict verdict(VerdictKind kind, std::string message) {
  return {.kind = kind, .message = std::move(message)};
}

}  // namespace

std::vector<std::string> split_goals(std::string_view text) {
  std::vector<std::string> goals;
  text = trimmed(text);
  if (text == "no goals") return goals;
  while (!text.empty()) {
    const size_t end = std::min(text.find("\n\n"), text.size());
    goals.emplace_back(trimmed(text.substr(0, end)));
    text = trimmed(text.substr(end));
  }
  return goals;
}

Verdict judge(const ScriptSource& source, const Elaboration& elaboration, const Elaboration& bare) {
  if (const std::string what = overreach(elaboration, bare); !what.empty()) return verdict(VerdictKind::rejected, what);
  if (const LeanMessage* error = first_error(elaboration.messages))
    return verdict(is_limit(*error) ? VerdictKind::timeout : VerdictKind::error, error->text);
  std::optional<std::vector<std::string>> goals = goals_left(source, elaboration);
  if (!goals) return verdict(VerdictKind::error, "the script ends in the middle of a tactic");
  if (!goals->empty()) return {.kind = VerdictKind::progress, .goals = *std::move(goals)};
  const bool sorry = std::ranges::any_of(elaboration.messages, tells_of_sorry);
  if (sorry && !source.sorry_elsewhere)
    return verdict(VerdictKind::rejected, "the script closes a goal by sorry, which proves nothing");
  return {.kind = VerdictKind::proved, .instead = suggestion(source, elaboration)};
}

void refuse_errors(const Elaboration& elaboration, TextPosition origin) {
  const LeanMessage* error = first_error(elaboration.messages);
  if (error == nullptr) return;
  const TextPosition place = shifted(origin, error->from);
  throw StatementError(error->text, place.line, place.column + 1);
}

std::vector<std::string> goals_at_hole(const ScriptSource& source, const Elaboration& bare, TextPosition origin) {
  refuse_errors(bare, origin);
  std::optional<std::vector<std::string>> goals = goals_left(source, bare);
  if (!goals) {
    const TextPosition place = shifted(origin, source.script);
    throw StatementError("Lean shows no goal at the hole: there is no tactic block at this place", place.line,
                         place.column + 1);
  }
  return *std::move(goals);
}

}  // namespace rmt::prover
