// A proof cut off at the cursor's line.
#include "prover/source/cursor.h"

#include <string>

#include "prover/source/lean_file.h"
#include "tests/support/doctest.h"

namespace rmt::prover {
namespace {

/// With ‸ for the hole.
std::string cut(std::string_view file, int line, std::optional<int> column = std::nullopt) {
  const Theorem theorem = theorem_at_cursor(file, line, column);
  return theorem.before + theorem.head + "‸" + theorem.tail;
}

const std::string kProof =
    "def x := 1\n"                    // 1
    "theorem t : p ∧ q := by\n"       // 2
    "  constructor\n"                 // 3
    "  · intro h\n"                   // 4
    "    have a : r := by\n"          // 5
    "      simp\n"                    // 6
    "    exact a\n"                   // 7
    "  · induction n with\n"          // 8
    "    | zero => simp\n"            // 9
    "    | succ n ih =>\n"            // 10
    "      rw [ih]\n"                 // 11
    "\n"                              // 12
    "theorem u : True := trivial\n";  // 13

TEST_CASE("what follows the cursor's line is cut, and what that leaves open is closed") {
  const std::string before = "def x := 1\ntheorem t : p ∧ q := by\n  ";
  CHECK(cut(kProof, 2) == before + "‸");
  CHECK(cut(kProof, 3) == before + "constructor\n  ‸");
  CHECK(cut(kProof, 4) == before + "constructor\n  · intro h\n    ‸\n  all_goals sorry");
  CHECK(cut(kProof, 5) ==
        before + "constructor\n  · intro h\n    have a : r := by\n      ‸\n    all_goals sorry\n  all_goals sorry");
  CHECK(cut(kProof, 7).ends_with("exact a\n    ‸\n  all_goals sorry"));
  CHECK(cut(kProof, 9).ends_with(
      "| zero => simp\n              ‸\n    | succ n ih => sorry\n    all_goals sorry\n  all_goals sorry"));
  CHECK(cut(kProof, 10).ends_with("| succ n ih =>\n      ‸\n    all_goals sorry\n  all_goals sorry"));
  CHECK(cut(kProof, 12).ends_with("rw [ih]\n      ‸\n    all_goals sorry\n  all_goals sorry"));
}

TEST_CASE("the column") {
  CHECK(cut(kProof, 4, 1) == cut(kProof, 3));
  CHECK(cut(kProof, 4, 3) == cut(kProof, 3));
  CHECK(cut(kProof, 4, 5) == cut(kProof, 4));
  CHECK(cut(kProof, 12, 3).ends_with("rw [ih]\n  ‸"));
  CHECK(cut(kProof, 12, 5).ends_with("rw [ih]\n    ‸\n  all_goals sorry"));
}

TEST_CASE("blocks in the middle of a line") {
  CHECK(cut("theorem t : p := by simp\n", 1) == "theorem t : p := by simp\n                    ‸");
  CHECK(cut("theorem t : p := by\n  have h : q := by simp\n  exact h", 2) ==
        "theorem t : p := by\n  have h : q := by simp\n  ‸");
  CHECK(
      cut("theorem t : p := by\n  cases h with\n  | inl a => skip\n             simp\n  | inr b => rfl\n  done", 3) ==
      "theorem t : p := by\n  cases h with\n  | inl a => skip\n             ‸\n  | inr b => sorry\n  all_goals sorry");
}

TEST_CASE("a cursor that is in no proof") {
  CHECK_THROWS_WITH_AS(cut(kProof, 1), "no tactics stand before line 1: the cursor is not in a `by` block",
                       SourceError);
  CHECK_THROWS_AS(cut(kProof, 13), SourceError);
  CHECK_THROWS_WITH_AS(cut(kProof, 99), "there is no line 99: the file has 14", SourceError);
  CHECK_THROWS_AS(cut("\n\n", 1), SourceError);
}

}  // namespace
}  // namespace rmt::prover
