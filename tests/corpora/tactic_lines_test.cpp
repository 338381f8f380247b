#include "corpora/tactic_lines.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/support/doctest.h"

using namespace rmt::corpora;

namespace {

using Lines = std::vector<std::string>;

Lines texts_of(const std::string& source, const std::vector<ByteRange>& ranges) {
  Lines lines;
  for (const ByteRange& range : ranges)
    lines.push_back(source.substr(static_cast<size_t>(range.from), static_cast<size_t>(range.to - range.from)));
  return lines;
}

Lines lines_of(const std::string& source) {
  return texts_of(source, tactic_lines(source));
}

/// Something of everything.
const std::string kProofs = R"(import Lamp

/-- The doc of a theorem: proved by
  nothing that counts -/
theorem short (a b : Nat) : a + b = b + a := by
  induction a with
  | zero => simp
  | succ n ih =>
    omega -- not this one

theorem long (a b : Nat)
      (h : a = b) :
      b = a := by
  have inner : a = a := by
    rfl

  · exact h.symm

def name := "by
  no tactic"
example : 1 = 1 := rfl
)";

}  // namespace

TEST_CASE("the lines of a proof, from their first character to their line break") {
  CHECK(lines_of(kProofs) == Lines{"induction a with\n", "| zero => simp\n", "| succ n ih =>\n",
                                   "have inner : a = a := by\n", "rfl\n", "· exact h.symm\n"});
  CHECK(tactic_lines("example : P := by\n  trivial\n") == std::vector<ByteRange>{{20, 28}});
}

TEST_CASE("every way to end in by opens a block, and only the word itself does") {
  for (const std::string opener : {"example : P := by", "  | n => by", "  exact foo (by", "  show P from by", "  ⟨by",
                                   "have : P := by", "by", "f := by  ", "f := by\t", "f := by -- so", "f := by--so",
                                   "f := by /- so -/", "f := by /- so\n-- and\n so on -/"}) {
    CAPTURE(opener);
    CHECK(lines_of(opener + "\n      simp\n") == Lines{"simp\n"});
  }
  for (const std::string none : {"f := standby", "f := by'", "f := by?", "f := x.by", "f := «by»", "f := by simp",
                                 "f := by (", "f := \"by", "-- by", "/- by -/", "f := ()"}) {
    CAPTURE(none);
    CHECK(lines_of(none + "\n      simp\n").empty());
  }
}

TEST_CASE("a block lasts until code stands further left than its first line") {
  CHECK(lines_of("f := by\n    a\n      b\n    c\n   d\n    e\n") == Lines{"a\n", "b\n", "c\n"});
  CHECK(lines_of("f := by\n  a\n\n  b\n \t \n  c\nd\n") == Lines{"a\n", "b\n", "c\n"});
  CHECK(lines_of("f := by\n-- aside\n  a\n-- aside\n  b\n/- aside -/\n  c\n") == Lines{"a\n", "b\n", "c\n"});
  CHECK(lines_of("f := by\na\n  b\n").empty());
  CHECK(lines_of("    _ = c := by\n        a\n    _ = d := by\n        b\n") == Lines{"a\n", "b\n"});
}

TEST_CASE("a block in a block ends without ending the outer one") {
  CHECK(lines_of("f := by\n  have : P := by\n    a\n  b\nc\n") == Lines{"have : P := by\n", "a\n", "b\n"});
}

TEST_CASE("a line with a comment in it is none") {
  CHECK(lines_of("f := by\n  a -- x\n  b\n  c /- x -/\n  /- x -/ d\n  e\n") == Lines{"b\n", "e\n"});
  CHECK(lines_of("f := by\n  a\n  /- x /- y -/ by\n  no -/\n  b\n") == Lines{"a\n", "b\n"});
  CHECK(lines_of("f := by\n  a\n  /- x\n  -/ no\n  /- /-/ x -/ x\n  -/ no\n  b\n") == Lines{"a\n", "b\n"});
  CHECK(lines_of("f := by\n  a - b / c\n  -1\n  /2\n  x -/ y\n") == Lines{"a - b / c\n", "-1\n", "/2\n", "x -/ y\n"});
  CHECK(lines_of("f := by\n  a\n  /- never closed\n  b\n").size() == 1);
}

TEST_CASE("what is in a string is text, whatever it looks like") {
  CHECK(lines_of("f := by\n  a \"-- /- \\\" -- \"\n  b\n") == Lines{"a \"-- /- \\\" -- \"\n", "b\n"});
  CHECK(lines_of("f := by\n  a \"x\n  y\" z\n  b\n") == Lines{"b\n"});
  CHECK(lines_of("f := by\n  a \"x\\\n y\n\" z\n  b\n") == Lines{"b\n"});
  CHECK(lines_of("f := by\n  a r\"\\\"\n  b\n") == Lines{"a r\"\\\"\n", "b\n"});
  CHECK(lines_of("f := by\n  a r##\" \"# -- \"##\n  b\n") == Lines{"a r##\" \"# -- \"##\n", "b\n"});
  CHECK(lines_of("f := by\n  a '\"' '\\\"' h' f'' \"x\"\n  b -- \"\n  c\n") ==
        Lines{"a '\"' '\\\"' h' f'' \"x\"\n", "c\n"});
  CHECK(lines_of("f := by\n  a \"never closed\n  b\n").empty());
}

TEST_CASE("Windows' line breaks, tabs, and no line break at the end") {
  CHECK(lines_of("f := by\r\n  a\r\n\r\n  b\r\nc\r\n") == Lines{"a\r\n", "b\r\n"});
  CHECK(lines_of("f := by\n\ta\n\t\tb\n\tc\nd\n") == Lines{"a\n", "b\n", "c\n"});
  CHECK(lines_of("f := by\n  a\n  b") == Lines{"a\n"});
  for (const std::string nothing : {"", "\n", "by", "by\n", "by\n  ", "by\n  a"}) CHECK(lines_of(nothing).empty());
}

TEST_CASE("the pieces a text comes in do not show, and a line is known before it ends") {
  const std::string source = kProofs + "f := by\n  a - \"x\" - 'y' '\"' r#\"-- \"# --\n  -1\n  b\n";
  const std::vector<ByteRange> whole = tactic_lines(source);
  std::mt19937_64 rng(4);
  for (size_t most : {1, 2, 3, 7, 50}) {
    TacticLines lines;
    std::vector<ByteRange> found, begun;
    for (size_t at = 0; at < source.size();) {
      const size_t length = std::min(source.size() - at, 1 + rng() % most);
      lines.add(std::string_view(source).substr(at, length));
      at += length;
      for (const ByteRange& line : lines.take()) found.push_back(line);
      if (const auto from = lines.begun()) begun.push_back({*from, static_cast<int64_t>(at)});
    }
    CHECK((found == whole));
    if (most > 1) continue;
    for (const ByteRange& line : whole)  // after each of its bytes but the last
      for (int64_t to = line.from + 1; to < line.to; ++to)
        CHECK(std::ranges::find(begun, ByteRange{line.from, to}) != begun.end());
  }
}
