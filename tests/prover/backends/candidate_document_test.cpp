// Many scripts in one text, and what is said of it shared out among them.
#include "prover/backends/candidate_document.h"

#include <string>

#include "prover/source/lean_file.h"
#include "tests/support/doctest.h"

namespace rmt::prover {
namespace {

using Severity = Diagnostic::Severity;

const Theorem kTheorem = hole_at("import A\n\n@[simp] theorem t (n : ℕ) : n = n := by\n  sorry\n");

TEST_CASE("copies of the theorem behind what is before it") {
  const CandidateDocument document(kTheorem, {"rfl", "exact u\nx"}, 100);
  CHECK(document.head() == "import A\n\n");
  CHECK(document.head_lines() == 2);
  CHECK(document.tail() ==
        "set_option maxHeartbeats 100 in\n        theorem t._rmt0 (n : ℕ) : n = n := by\n  rfl\n  trace_state\n"
        "  all_goals sorry\n/-! -/\n"
        "set_option maxHeartbeats 100 in\n        theorem t._rmt1 (n : ℕ) : n = n := by\n  exact u\n  x\n"
        "  trace_state\n  all_goals sorry\n/-! -/\n");
  CHECK(document.tail_lines() == 13);
}

TEST_CASE("a single script stands under the theorem's own name") {
  const CandidateDocument document(kTheorem, {""}, 100);
  CHECK(document.tail() ==
        "set_option maxHeartbeats 100 in\n@[simp] theorem t (n : ℕ) : n = n := by\n  trace_state\n  all_goals sorry\n"
        "/-! -/\n");
}

TEST_CASE("the theorem's own column is kept") {
  const Theorem inner = hole_at("namespace A\n  theorem t : p := by intro x\n                      sorry\n");
  CHECK(CandidateDocument(inner, {"a"}, 1).head() == "namespace A\n");
  CHECK(CandidateDocument(inner, {"a"}, 1).tail().starts_with("set_option maxHeartbeats 1 in\n  theorem t : p"));
  const Theorem behind = hole_at("def x := 1 theorem t : p := by\n  sorry");
  CHECK(CandidateDocument(behind, {"a"}, 1).head() == "def x := 1\n");
  CHECK(CandidateDocument(behind, {"a"}, 1).tail().starts_with("set_option maxHeartbeats 1 in\n           theorem"));
}

TEST_CASE("what stands beside itself") {
  const auto several = [](std::string_view file) { return CandidateDocument::can_hold_several(hole_at(file)); };
  CHECK(several("theorem t : p := sorry"));
  CHECK(several("open A in\n@[simp] private lemma t : p := sorry"));
  CHECK(several("example : p := sorry"));
  CHECK_FALSE(several("instance : Foo := sorry"));
  CHECK_FALSE(several("theorem t (t : p) : p := sorry"));
  CHECK_FALSE(several("theorem t : Nat → p\n  | 0 => sorry\n  | n + 1 => t n"));
  CHECK(CandidateDocument::may_stand_beside_others(kTheorem, "exact a.t \"t\" -- t"));
  CHECK_FALSE(CandidateDocument::may_stand_beside_others(kTheorem, "exact t x"));
  CHECK_FALSE(CandidateDocument::may_stand_beside_others(kTheorem, "exact t.symm"));
  CHECK_FALSE(several("mutual\ntheorem t : p := sorry\nend"));
}

TEST_CASE("each copy gets what was said of it, in its own places") {
  const CandidateDocument document(kTheorem, {"𝔸 x", "b"}, 100);
  const auto said = [](int line, int column, const char* text) {
    return ServerDiagnostic{Severity::error, line, column, line, column + 1, text};
  };
  // Lines 0 and 1 are the head; copy 0 begins in line 2 and its source in line 3, copy 1 in 8 and 9.
  const std::vector<ServerDiagnostic> all = {said(12, 6, "sep"),          said(4, 5, "behind 𝔸"),
                                             said(3, 16, "t._rmt0 is t"), said(10, 2, "t._rmt1"),
                                             said(0, 7, "import"),        said(99, 0, "end")};
  const std::vector<Elaboration> shares = document.share_out(all);
  REQUIRE(shares.size() == 2);
  REQUIRE(shares[0].messages.size() == 2);
  // What is said of the script comes before what is said of its head.
  CHECK(shares[0].messages[0].text == "behind 𝔸");
  CHECK(shares[0].messages[0].from == TextPosition{2, 4});
  CHECK(shares[0].messages[1].text == "t is t");
  CHECK(shares[0].messages[1].from == TextPosition{1, 16});
  REQUIRE(shares[1].messages.size() == 3);
  CHECK(shares[1].messages[0].text == "t");
  CHECK(shares[1].messages[0].from == TextPosition{2, 2});
  CHECK(shares[1].messages[1].from == TextPosition{4, 6});
  const auto error = document.error_in_head(all);
  REQUIRE(error);
  CHECK(error->from == TextPosition{1, 7});
  CHECK_FALSE(document.error_in_head({said(2, 0, "behind")}));
}

}  // namespace
}  // namespace rmt::prover
