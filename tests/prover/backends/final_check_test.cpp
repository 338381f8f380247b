// What earns "proved": by a reader of files whose answers are known.
#include "prover/backends/final_check.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "prover/backends/statement_of.h"
#include "prover/source/lean_file.h"
#include "prover/source/statement.h"
#include "tests/support/doctest.h"

namespace rmt::prover {
namespace {

using Severity = Diagnostic::Severity;

Diagnostic said(Severity severity, int line, const std::string& text) {
  return {severity, line, 1, line, 2, text};
}

/// Answers the commands at a file's end as Lean does, for a theorem whose type is `type(file)`.
class KnownFiles final : public FileCheck {
 public:
  std::function<std::string(const std::string&)> type = [](const std::string&) { return "t : p"; };
  std::string axioms = "'t' does not depend on any axioms";
  std::vector<Diagnostic> more;
  std::vector<std::string> seen;

  std::vector<Diagnostic> diagnose(const std::string& file) override {
    seen.push_back(file);
    std::vector<Diagnostic> answers = more;
    const auto lines = static_cast<int>(std::count(file.begin(), file.end(), '\n'));
    answers.push_back(said(Severity::information, lines - 2, "whole " + type(file)));
    answers.push_back(said(Severity::information, lines - 1, type(file)));
    answers.push_back(said(Severity::information, lines, axioms));
    return answers;
  }
};

const Theorem kTheorem = theorem_from_statement("theorem t : p");

Certificate certificate(KnownFiles known, const std::string& script = "rfl", const Theorem& theorem = kTheorem) {
  return FileFinalCheck(std::make_unique<KnownFiles>(std::move(known))).verify(theorem, script);
}

TEST_CASE("a proof") {
  KnownFiles known;
  known.axioms = "'t' depends on axioms: [propext,\n Classical.choice, Quot.sound]";
  const Certificate proved = certificate(known);
  CHECK(proved.proved);
  CHECK(proved.why_not.empty());
  CHECK(proved.axioms == std::vector<std::string>{"propext", "Classical.choice", "Quot.sound"});
  CHECK(proved.statement == "p");
}

TEST_CASE("no proofs") {
  const auto why_not = [](KnownFiles known, const std::string& script = "rfl") {
    const Certificate refused = certificate(std::move(known), script);
    CHECK_FALSE(refused.proved);
    return refused.why_not;
  };
  KnownFiles known;
  known.axioms = "'t' depends on axioms: [propext, sorryAx, t._native.ax_1]";
  CHECK(why_not(known) == "it rests on sorryAx, t._native.ax_1");
  known = {};
  known.type = [](const std::string& file) { return file.find("rfl") != file.npos ? "t : True" : "t : p"; };
  CHECK(why_not(known) == "the script changes what is stated: True, where it was p");
  known = {};
  known.more = {said(Severity::warning, 1, "unused"), said(Severity::error, 1, "no")};
  CHECK(why_not(known) == "without the script: line 1, column 1: no");
  known = {};
  known.more = {said(Severity::information, 6, "'t' does not depend on any axioms")};
  CHECK(why_not(known) == "without the script: Lean does not tell the theorem's type and axioms");
  CHECK(why_not({}, "sorry") == "not shown to Lean: the word `sorry`");
  const Theorem unchecked = hole_at("set_option debug.skipKernelTC true in\ntheorem t : p := by\n  sorry");
  CHECK(certificate({}, "rfl", unchecked).why_not.starts_with("the file speaks of skipKernelTC"));
  CHECK(why_not({}, "rfl\naxiom x : False") == "not shown to Lean: the word `axiom` in line 2");
}

TEST_CASE("a file that tells of its theorem") {
  const TellingFile file = telling_file(kTheorem, "intro h\nexact h");
  CHECK(
      file.text ==
      "theorem t : p := by\n  intro h\n  exact h\nset_option pp.all true in\n#check @t\n#check @t\n#print axioms t\n");
  CHECK(file.type_line == 5);
  CHECK(file.readable_line == 6);
  CHECK(file.axioms_line == 7);
}

TEST_CASE("examples and instances get a name, and nothing behind it moves") {
  const auto text = [](std::string_view file, bool as_definition = false) {
    const Theorem theorem = named(hole_at(file), as_definition);
    return theorem.name + " | " + theorem.before + theorem.head;
  };
  CHECK(text("  example : p := by intro x\n                    sorry") ==
        "rmtlm_checked |   theorem rmtlm_checked\n          : p := by intro x\n                    ");
  CHECK(text("example : p := by\n  sorry", true) ==
        "rmtlm_checked | noncomputable def rmtlm_checked\n        : p := by\n  ");
  CHECK(text("instance : Foo := by\n  sorry").starts_with("rmtlm_checked | instance rmtlm_checked\n"));
  CHECK(text("theorem t : p := by\n  sorry") == "t | theorem t : p := by\n  ");
  CHECK(certificate({}, "rfl", hole_at("example : p := by\n  sorry")).proved);
}

TEST_CASE("lists of axioms") {
  CHECK(axioms_in("'t' does not depend on any axioms").empty());
  CHECK(axioms_in("'t' depends on axioms: [a.b,\n c]") == std::vector<std::string>{"a.b", "c"});
  CHECK_THROWS_AS(axioms_in("t : p"), std::runtime_error);
}

}  // namespace
}  // namespace rmt::prover
