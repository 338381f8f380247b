// The input policy, rule by rule: what is refused and by which words, and what must not be.
#include "prover/source/filter.h"

#include <array>
#include <string>

#include "tests/support/doctest.h"

namespace rmt::prover {
namespace {

struct Row {
  std::string text, refused_by;
};

TEST_CASE("tactics that may be tried") {
  const auto kTactics = std::to_array<std::string>({
      "",
      "rfl",
      "intro h\ncases h with\n| inl x => exact Or.inr x\n| inr y => exact Or.inl y",
      "simp [theorem_foo, h.end, Set.open', «open», x.def] at h ⊢",
      "exact sorry_free sorry'",
      "have h : \"sorry\" = \"theorem\" := rfl -- no sorry here, by open ends",
      "/- section /- end -/ -/ trivial",
      "rw [show '\\n' = 'a' from h]",
      "exact congrArg (f '' ·) (g ⁻¹' s)",
      "exact ⟨fun x => by simp, #[1, 2].size⟩",
      "refine ⟨_, ?_⟩\n· exact `foo",
      "calc a = b := by simp\n  _ = c := h",
      "decide (config := { kernel := true })",
      "instance_foo defn endpoint lemma1 import_x",
  });
  for (const std::string& tactics : kTactics) {
    CAPTURE(tactics);
    CHECK(refusal_of_tactics(tactics).value_or("nothing") == "nothing");
  }
}

TEST_CASE("tactics that may not") {
  const auto kRows = std::to_array<Row>({
      {"sorry", "the word `sorry`"},
      {"exact (sorry)", "the word `sorry`"},
      {"simp\nadmit", "the word `admit` in line 2"},
      {"native_decide", "the word `native_decide`"},
      {"decide +native", "the word `native`"},
      {"exact sorryAx _ false", "the word `sorryAx`"},
      {"rfl\n\ntheorem x : False := lie", "the word `theorem` in line 3"},
      {"  rfl\n  axiom x : False", "the word `axiom` in line 2"},
      {"rfl end Foo", "the word `end`"},
      {"set_option debug.skipKernelTC true in exact h", "the word `set_option`"},
      {"open Classical in exact em p", "the word `open`"},
      {"rfl\n#eval 1", "the command `#eval` in line 2"},
      {"rfl\n@[extern \"x\"] opaque f : Nat", "an attribute in line 2"},
      {"run_tac pure ()", "the word `run_tac`"},
      {"exact include_str \"/etc/passwd\"", "the word `include_str`"},
      {"exact by_elab return e", "the word `by_elab`"},
      {"exact eval% x", "the word `eval%`"},
      {"rfl\nlocal macro \"x\" : tactic => `(tactic| rfl)", "the word `local` in line 2"},
      {"rfl\n/-- of x -/ def", "a doc comment, which begins a command in line 2"},
      {"exact f s!\"{include_str \"/etc/passwd\"}\"", "a string with a brace in it, which may hold code"},
      {"exact f \"open", "a string without its end"},
      {"exact f r\"\\\" sorry", "a raw string, which not every version of Lean reads alike"},
      {"exact f '\"' sorry '\"'", "a quotation mark as a character"},
      {"exact f ''\"'\" sorry", "a stray ' in a text with strings or comments"},
      {"exact f '' /- s -/", "a stray ' in a text with strings or comments"},
      {"exact «sorry", "a stray `«`"},
      {"rfl /- sorry", "a comment without its end"},
      {"exact h) (rfl", "`)` closes what was not opened"},
      {std::string("rfl\0", 4), "the control character 0"},
      {"rfl\x1b[2J", "the control character 27"},
      {"rfl\tx", "the control character 9"},
      {"rfl \xC3(", "not UTF-8: byte 4 (0xC3)"},
  });
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    CHECK(refusal_of_tactics(row.text).value_or("nothing") == row.refused_by);
  }
}

TEST_CASE("size and nesting") {
  CHECK_FALSE(refusal_of_tactics(std::string(2048, 'x'), kCandidateLimits));
  CHECK(refusal_of_tactics(std::string(2049, 'x'), kCandidateLimits) == "2049 bytes, where 2048 are allowed");
  const auto nested = [](size_t depth) { return std::string(depth, '(') + "x" + std::string(depth, ')'); };
  CHECK_FALSE(refusal_of_tactics("exact " + nested(100)));
  CHECK(refusal_of_tactics("exact " + nested(101)) == "brackets nested more than 100 deep");
  CHECK(refusal_of_file("example : True := " + nested(200'000)) == "brackets nested more than 500 deep");
  CHECK(refusal_of_file("-- \"" + std::string(1000, '(') + "\nexample : '(' = '(' := rfl\r\n").value_or("") == "");
}

TEST_CASE("statements") {
  CHECK_FALSE(refusal_of_statement("theorem foo (n : Nat) : n + 0 = n"));
  CHECK_FALSE(refusal_of_statement("lemma foo : p := by sorry"));
  CHECK_FALSE(refusal_of_statement("example : p := sorry"));
  CHECK_FALSE(refusal_of_statement("∀ n : Nat, n = n"));
  CHECK(refusal_of_statement("theorem a : p := sorry theorem b : q") == "the word `sorry`");
  CHECK(refusal_of_statement("theorem a : p theorem b : q") == "the word `theorem`");
  CHECK(refusal_of_statement("axiom a : False") == "the word `axiom`");
  CHECK(refusal_of_statement("def a : p := by sorry") == "the word `def`");
  CHECK(refusal_of_statement("True\n#eval 1") == "the command `#eval` in line 2");
  CHECK(refusal_of_statement("") == std::nullopt);
}

}  // namespace
}  // namespace rmt::prover
