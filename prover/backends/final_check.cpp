#include "prover/backends/final_check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include "prover/backends/script_source.h"
#include "prover/backends/statement_of.h"
#include "prover/source/filter.h"

namespace rmt::prover {
namespace {

using Severity = Diagnostic::Severity;

constexpr auto kAllowedAxioms = std::to_array<std::string_view>({"propext", "Classical.choice", "Quot.sound"});

constexpr std::string_view kKernelOff = "skipKernelTC";

/// A file that was read, and what it told of its theorem.
struct Told {
  std::optional<std::string> trouble;  ///< why nothing of the rest is to be believed
  std::string type, readable_type;
  std::vector<std::string> axioms;
};

std::string placed(const Diagnostic& diagnostic) {
  return "line " + std::to_string(diagnostic.line) + ", column " + std::to_string(diagnostic.column) + ": " +
         diagnostic.message;
}

/// The one thing said of a line by the command that stands there. A script says nothing from there.
std::optional<std::string> said_at(const std::vector<Diagnostic>& diagnostics, int line) {
  std::optional<std::string> said;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.line != line || diagnostic.severity != Severity::information) continue;
    if (said) return std::nullopt;
    said = diagnostic.message;
  }
  return said;
}

Told read(FileCheck& files, const TellingFile& file) {
  const std::vector<Diagnostic> heard = files.diagnose(file.text);
  Told told;
  if (const auto error = std::ranges::find(heard, Severity::error, &Diagnostic::severity); error != heard.end()) {
    told.trouble = placed(*error);
    return told;
  }
  const auto type = said_at(heard, file.type_line), readable = said_at(heard, file.readable_line);
  const auto axioms = said_at(heard, file.axioms_line);
  if (!type || !readable || !axioms) {
    told.trouble = "Lean does not tell the theorem's type and axioms";
    return told;
  }
  told.type = *type;
  told.readable_type = *readable;
  told.axioms = axioms_in(*axioms);
  return told;
}

std::string forbidden_axioms(const std::vector<std::string>& axioms) {
  std::string forbidden;
  for (const std::string& axiom : axioms) {
    if (std::ranges::find(kAllowedAxioms, axiom) != kAllowedAxioms.end()) continue;
    forbidden += (forbidden.empty() ? "" : ", ") + axiom;
  }
  return forbidden;
}

Certificate refused(std::string why) {
  Certificate certificate;
  certificate.why_not = std::move(why);
  return certificate;
}

/// "t : ∀ …" without the name.
std::string type_in(const std::string& told, const std::string& name) {
  for (const std::string& start : {"@" + name, name})
    if (told.starts_with(start)) {
      const size_t colon = told.find(" : ");
      if (colon != std::string::npos) return told.substr(colon + 3);
    }
  return told;
}

/// What the theorem says with `sorry` in the hole; gives it the name by which it can be spoken of.
Told without_script(FileCheck& files, Theorem& theorem) {
  const Theorem asked = theorem;
  theorem = named(asked);
  Told told = read(files, telling_file(theorem, "sorry"));
  if (!told.trouble || theorem.name == asked.name) return told;
  const Theorem definition = named(asked, true);  // an example need not be a proposition
  Told again = read(files, telling_file(definition, "sorry"));
  if (again.trouble) return told;
  theorem = definition;
  return again;
}

Certificate certified(FileCheck& files, Theorem theorem, const std::string& script) {
  const Told without = without_script(files, theorem);
  if (without.trouble) return refused("without the script: " + *without.trouble);
  const Told with = read(files, telling_file(theorem, script));
  if (with.trouble) return refused(*with.trouble);
  Certificate certificate;
  certificate.axioms = with.axioms;
  certificate.statement = type_in(with.readable_type, theorem.name);
  if (with.type != without.type) {
    certificate.why_not = "the script changes what is stated: " + certificate.statement + ", where it was " +
                          type_in(without.readable_type, theorem.name);
  } else if (const std::string forbidden = forbidden_axioms(with.axioms); !forbidden.empty()) {
    certificate.why_not = "it rests on " + forbidden;
  }
  certificate.proved = certificate.why_not.empty();
  return certificate;
}

}  // namespace

std::vector<std::string> axioms_in(std::string_view message) {
  constexpr std::string_view kNone = "does not depend on any axioms", kSome = "depends on axioms:";
  if (message.find(kNone) != std::string_view::npos) return {};
  const size_t at = message.find(kSome);
  if (at == std::string_view::npos) throw std::runtime_error("not a list of axioms: " + std::string(message));
  std::vector<std::string> axioms;
  std::string name;
  for (const char c : message.substr(at + kSome.size())) {
    const bool separates = c == ',' || c == '[' || c == ']' || c == ' ' || c == '\n';
    if (!separates) name += c;
    if (separates && !name.empty()) axioms.push_back(std::exchange(name, {}));
  }
  if (!name.empty()) axioms.push_back(name);
  return axioms;
}

Certificate FileFinalCheck::verify(const Theorem& theorem, const std::string& script) {
  if (const auto refusal = refusal_of_tactics(script)) return refused("not shown to Lean: " + *refusal);
  // Lean's list of axioms does not tell of proofs that its kernel was told not to look at.
  for (const std::string& part : {theorem.before, theorem.head, theorem.tail})
    if (part.find(kKernelOff) != std::string::npos)
      return refused("the file speaks of " + std::string(kKernelOff) + ", by which Lean believes proofs unchecked");
  try {
    return certified(*files_, theorem, script);
  } catch (const RejectedInput& refusal) {
    return refused(refusal.what());
  }
}

}  // namespace rmt::prover
