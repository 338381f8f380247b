// The Lean that was built with the program, through its language server and through files of their own: both must come
// to the same verdicts, and neither may be fooled.
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "prover/backends/batch_files.h"
#include "prover/backends/final_check.h"
#include "prover/backends/language_server_backend.h"
#include "prover/backends/open_backend.h"
#include "prover/backends/process_tree.h"
#include "prover/backends/verdicts.h"
#include "prover/source/cursor.h"
#include "prover/source/lean_file.h"
#include "prover/source/statement.h"
#include "tests/support/doctest.h"

namespace rmt::prover {
namespace {

using namespace std::chrono_literals;

TEST_SUITE_BEGIN("lean");

/// Nothing, with a printed line, where no Lean was built.
std::optional<LeanInstallation> real_lean() {
  if (std::filesystem::exists(RMTLM_TEST_LEAN "/bin/lean")) {
    static const LeanInstallation lean = find_lean({.asked_for = RMTLM_TEST_LEAN, .built = {}});
    return lean;
  }
  std::cout << "skipped: no Lean in " << RMTLM_TEST_LEAN << " (ninja rmtlm_lean_library)\n";
  return std::nullopt;
}

char letter(const Verdict& verdict) {
  return "PgerT"[static_cast<size_t>(verdict.kind)];  // Proved, goals, error, rejected, Timeout
}

/// Verdicts by files, one for each script.
class FileVerdicts {
 public:
  FileVerdicts(BatchFiles& files, Theorem theorem)
      : files_(files), theorem_(std::move(theorem)), bare_(elaborate(source_of(theorem_, ""))) {}

  Verdict on(const std::string& script) {
    const ScriptSource source = source_of(theorem_, script);
    return judge(source, elaborate(source), bare_);
  }

 private:
  Elaboration elaborate(const ScriptSource& source) {
    const TextPosition origin = end_of(theorem_.before);
    Elaboration elaboration;
    for (const Diagnostic& diagnostic : files_.diagnose(theorem_.before + source.text)) {
      const int line = diagnostic.line - origin.line + 1;
      const TextPosition place{line, diagnostic.column - 1 - (line == 1 ? origin.column : 0)};
      elaboration.messages.push_back({diagnostic.severity, place, place, diagnostic.message});
    }
    return elaboration;
  }

  BatchFiles& files_;
  Theorem theorem_;
  Elaboration bare_;
};

struct Scripts {
  std::string statement;
  std::vector<std::string> scripts;
};

const std::vector<Scripts> kScripts = {
    {"theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q",
     {"constructor", "exact ⟨hp, hq⟩", "exact (hp", "exact ⟨hp, hq)", "exact foo", "simp", "· skip", "refine ⟨?_, hq⟩",
      "constructor\n· exact hp", "constructor\n· exact hp\n· exact hq", "constructor <;> assumption",
      "have h : p := by", "intro x", "norm_foo", "exact And.intro hp ?_", "show q ∧ p", "have h := hp"}},
    {"theorem t (n : Nat) : n = n",
     {"rfl", "exact rfl", "induction n with\n| zero => rfl\n| succ k ih => rfl", "cases n",
      "induction n with\n| zero => rfl", "exact t n", "skip", "rw [Nat.foo]", "intro h", "all_goals rfl"}},

    {"theorem t : ∀ n : Nat, n = n\n  | 0 => rfl\n  | n + 1 => sorry",
     {"exact congrArg Nat.succ (t n)", "exact t (n + 1)", "have h := t n", "rfl"}},
    {"example (p q : Prop) : p → q → p",
     {"intro hp hq\nexact hp", "intro hp", "intros\nassumption", "exact fun hp _ => hp", "exact fun hp => hp", "intro",
      "intro hp hq\nexact hq"}},

};

TEST_CASE("the same verdicts through the server and through files") {
  const auto lean = real_lean();
  if (!lean) return;
  LanguageServerBackend server(*lean, {});
  BatchFiles files(*lean, {});
  size_t compared = 0;
  for (const Scripts& pair : kScripts) {
    const bool has_hole = pair.statement.find("sorry") != std::string::npos;
    const Theorem theorem =
        has_hole ? hole_at(pair.statement) : theorem_from_statement(pair.statement, "theorem before : True := trivial");
    const auto verdicts = server.open(theorem)->check(pair.scripts);
    FileVerdicts by_files(files, theorem);
    REQUIRE(verdicts.size() == pair.scripts.size());
    for (size_t i = 0; i < pair.scripts.size(); ++i, ++compared) {
      const Verdict other = by_files.on(pair.scripts[i]);
      CAPTURE(pair.statement);
      CAPTURE(pair.scripts[i]);
      CAPTURE(verdicts[i].message);
      CHECK(letter(verdicts[i]) == letter(other));
      CHECK(verdicts[i].goals == other.goals);
    }
  }
  CHECK(compared >= 30);
}

TEST_CASE("verdicts that are known") {
  const auto lean = real_lean();
  if (!lean) return;
  LanguageServerBackend server(*lean, {});
  const auto theorem = server.open(theorem_from_statement(kScripts[0].statement));
  CHECK(theorem->goals() == std::vector<std::string>{"p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q"});
  const auto verdicts = theorem->check({"constructor", "exact ⟨hp, hq⟩", "exact foo", "constructor\n· exact hp", "simp",
                                        "exact t p q hp hq", "exact?", "repeat sorry", "exact (hp"});
  std::string letters;
  for (const Verdict& verdict : verdicts) letters += letter(verdict);
  CHECK(letters == "gPegeePre");
  CHECK(verdicts[0].goals.size() == 2);
  CHECK(verdicts[2].message == "Unknown identifier `foo`");
  CHECK(verdicts[3].goals == std::vector<std::string>{"case right\np q : Prop\nhp : p\nhq : q\n⊢ q"});
}

TEST_CASE("copies of a theorem do not prove each other") {
  const auto lean = real_lean();
  if (!lean) return;
  LanguageServerBackend server(*lean, {});
  const auto theorem =
      server.open(theorem_from_statement("@[simp] theorem t (f : Nat → Nat) (n : Nat) : f n = 7 ∧ f n = 8"));
  const std::vector<std::string> scripts = {"constructor", "simp", "exact?", "simp_all", "constructor <;> exact?"};
  for (const Verdict& verdict : theorem->check(scripts)) {
    CAPTURE(verdict.message);
    CHECK(verdict.kind != VerdictKind::proved);
  }
}

TEST_CASE("200 scripts that fail get 200 verdicts") {
  const auto lean = real_lean();
  if (!lean) return;
  LanguageServerBackend server(*lean, {});
  const auto theorem = server.open(theorem_from_statement("theorem t (p : Prop) (h : p) : p"));
  std::vector<std::string> scripts;
  for (int i = 0; i < 200; ++i) scripts.push_back(i % 50 == 49 ? "exact h" : "exact nothing" + std::to_string(i));
  const auto verdicts = theorem->check(scripts);
  for (size_t i = 0; i < verdicts.size(); ++i) {
    CHECK(letter(verdicts[i]) == (i % 50 == 49 ? 'P' : 'e'));
    if (i % 50 != 49) CHECK(verdicts[i].message.find("nothing" + std::to_string(i)) != std::string::npos);
  }
}

TEST_CASE("what does not elaborate is named with its place in the file") {
  const auto lean = real_lean();
  if (!lean) return;
  LanguageServerBackend server(*lean, {});
  const auto place = [&](std::string_view file) {
    try {
      server.open(hole_at(file));
      return std::string("none");
    } catch (const StatementError& error) {
      return std::to_string(error.line()) + ":" + std::to_string(error.column());
    }
  };
  CHECK(place("theorem a : True := trivial\n\ntheorem t : True ∧ Nat.foo 1 := by\n  sorry\n") == "3:20");
  CHECK(place("theorem a : True := nothing\n\ntheorem t : True := by\n  sorry\n") == "1:21");
  CHECK(place("namespace A\n  theorem t : ∀ n : Nat, Nat.m = n := by\n    sorry\n") == "2:26");
  CHECK(place("theorem t : True := by\n  sorry\n") == "none");
  CHECK_THROWS_AS(server.open(hole_at("def a := " + std::string(200'000, '(') + "\ntheorem t : True := sorry")),
                  RejectedInput);
}

TEST_CASE("the server killed from outside") {
  const auto lean = real_lean();
  if (!lean) return;
  LanguageServerBackend server(*lean, {});
  const auto theorem = server.open(theorem_from_statement("theorem t (p : Prop) (h : p) : p"));
  const std::vector<pid_t> tree = process_tree(getpid());
  REQUIRE(tree.size() > 1);
  kill_tree(tree[1]);
  const auto verdicts = theorem->check({"exact h", "skip"});
  CHECK(letter(verdicts[0]) == 'P');
  CHECK(letter(verdicts[1]) == 'g');
}

TEST_CASE("a script without an end meets Lean's own limit") {
  const auto lean = real_lean();
  if (!lean) return;
  LanguageServerBackend server(*lean, {.heartbeats = 200});
  const auto theorem = server.open(theorem_from_statement("theorem t (n : Nat) : n = 3"));
  const auto verdicts = theorem->check({"repeat (first | apply Eq.symm | skip)", "skip", "repeat apply Eq.trans"});
  CHECK(letter(verdicts[1]) == 'g');
  for (const Verdict& verdict : verdicts) CHECK(verdict.kind != VerdictKind::proved);
  const bool limited = letter(verdicts[0]) == 'T' || letter(verdicts[2]) == 'T';
  CAPTURE(verdicts[0].message);
  CAPTURE(verdicts[2].message);
  CHECK(limited);
}

TEST_CASE("the final word") {
  const auto lean = real_lean();
  if (!lean) return;
  FileFinalCheck check(std::make_unique<BatchFiles>(*lean, LeanLimits{}));
  const Theorem theorem = theorem_from_statement(kScripts[0].statement);
  const Certificate proof = check.verify(theorem, "constructor\n· exact hp\n· exact hq");
  CHECK(proof.proved);
  CHECK(proof.why_not == "");
  CHECK(proof.axioms.empty());
  CHECK(proof.statement == "∀ (p q : Prop), p → q → p ∧ q");
  CHECK_FALSE(check.verify(theorem, "constructor").proved);
  CHECK(check.verify(theorem, "exact lie").why_not.starts_with("line 2, column 9: Unknown identifier"));
  CHECK(check.verify(hole_at("example (p : Prop) (h : p) : p := by\n  sorry"), "exact h").proved);
  CHECK(check.verify(hole_at("example : Nat := by\n  sorry"), "exact 3").proved);
  CHECK(check.verify(hole_at("private theorem A.t (p : Prop) (h : p) : p ∧ p := ⟨h, sorry⟩"), "exact h").proved);
}

TEST_CASE("attacks on the final word") {
  const auto lean = real_lean();
  if (!lean) return;
  FileFinalCheck check(std::make_unique<BatchFiles>(*lean, LeanLimits{}));
  const auto why_not = [&](std::string_view file, const std::string& script) {
    const Certificate certificate = check.verify(hole_at(file), script);
    CHECK_FALSE(certificate.proved);
    return certificate.why_not;
  };
  const std::string lie = "theorem lie : False := by\n  sorry";
  CHECK(why_not(lie, "sorry").starts_with("not shown to Lean"));
  CHECK(why_not(lie, "native_decide").starts_with("not shown to Lean"));
  CHECK(why_not(lie, "set_option debug.skipKernelTC true in trivial").starts_with("not shown to Lean"));
  CHECK(why_not(lie, "exact x\naxiom x : False").starts_with("not shown to Lean"));
  CHECK(why_not("axiom x : False\n" + lie, "exact x") == "it rests on x");
  CHECK(
      why_not("theorem other : False := by\n  skip\n  exact sorryAx _ false\n" + lie, "exact other").find("sorryAx") !=
      std::string::npos);
  CHECK(why_not("theorem lie : 1 = 2 := by\n  sorry", "rfl").starts_with("line 2, column 3: "));
}

TEST_CASE("goals at a cursor") {
  const auto lean = real_lean();
  if (!lean) return;
  LanguageServerBackend server(*lean, {});
  const std::string file =
      "theorem t (p q : Prop) (hp : p) (hq : q) : (p ∧ q) ∧ p := by\n  constructor\n  · constructor\n    · exact hp\n"
      "    · exact hq\n  · cases hq\n    exact wrong\n";
  const auto goals = [&](int line) { return server.open(theorem_at_cursor(file, line))->goals(); };
  CHECK(goals(1).size() == 1);
  CHECK(goals(2).size() == 2);
  CHECK(goals(3).size() == 2);
  CHECK(goals(3)[0].ends_with("⊢ p"));
  CHECK(goals(4).empty());
}

TEST_CASE("commands that run native code") {
  const auto lean = real_lean();
  if (!lean) return;
  const std::string crash = "@[extern \"lean_mk_io_user_error\", macro «term_+_»] opaque bad : Lean.Macro\n";
  BatchFiles files(*lean, {});
  const auto heard = files.diagnose(crash + "example : 1 + 1 = 2 := rfl\n");
  REQUIRE_FALSE(heard.empty());
  CHECK(heard.back().message.starts_with("Lean did not come to the end of the file: "));
  LanguageServerBackend server(*lean, {});
  CHECK_THROWS_AS(server.open(hole_at(crash + "theorem t : 1 + 1 = 2 := sorry")), LeanUnavailable);
}

TEST_CASE("a Lean is opened in all its roles") {
  const auto lean = real_lean();
  if (!lean) return;
  LeanTools tools = open_lean(*lean, {});
  const Theorem theorem = theorem_from_statement("theorem t (p : Prop) (h : p) : p");
  CHECK(tools.backend->info().version == lean->version);
  CHECK(letter(tools.backend->open(theorem)->check({"exact h"})[0]) == 'P');
  CHECK(tools.final_check->verify(theorem, "exact h").proved);
  CHECK(tools.file_check->diagnose("#check True\n").size() == 1);
}

TEST_CASE("a whole file") {
  const auto lean = real_lean();
  if (!lean) return;
  BatchFiles files(*lean, {.file = 5s});
  const auto heard = files.diagnose("theorem ℕa : 1 = 1 := rfl\n#check ℕa\nexample : Nat := (\n");
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].message.ends_with(": 1 = 1"));
  CHECK(heard[0].line == 2);
  CHECK(heard[0].column == 1);
  CHECK(heard[1].severity == Diagnostic::Severity::error);
}

TEST_SUITE_END();

}  // namespace
}  // namespace rmt::prover
