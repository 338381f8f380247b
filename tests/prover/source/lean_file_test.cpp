// Where a file's holes are, and what is made of them.
#include "prover/source/lean_file.h"

#include <chrono>
#include <string>

#include "prover/backends/script_source.h"
#include "prover/source/statement.h"
#include "tests/support/doctest.h"

namespace rmt::prover {
namespace {

/// The file with `script` in place of the hole of this line.
std::string filled(std::string_view file, const std::string& script, std::optional<int> line = std::nullopt) {
  const OpenedHole opened = open_hole(file, line);
  return file_of(opened.theorem, script) + opened.rest;
}

std::string places(std::string_view file) {
  std::string text;
  for (const Hole& hole : holes(file))
    text += hole.declaration + " " + std::to_string(hole.line) + ":" + std::to_string(hole.column) + "; ";
  return text;
}

TEST_CASE("the file up to the declaration, the declaration, and what is behind it") {
  const std::string file =
      "import A\nopen B\n\n/-- of t -/\n@[simp] private theorem t (n : Nat) :\n    n = n := by\n  sorry\n\n"
      "theorem u : True := trivial\n";
  const OpenedHole opened = open_hole(file);
  CHECK(opened.theorem.name == "t");
  CHECK(opened.theorem.before == "import A\nopen B\n\n");
  CHECK(opened.theorem.head == "/-- of t -/\n@[simp] private theorem t (n : Nat) :\n    n = n := by\n  ");
  CHECK(opened.theorem.tail.empty());
  CHECK(opened.theorem.indent == 2);
  CHECK(opened.hole.line == 7);
  CHECK(opened.hole.column == 3);
  CHECK(opened.rest == "\n\ntheorem u : True := trivial\n");
}

TEST_CASE("a sorry that stands for a term becomes a block") {
  CHECK(filled("theorem t : p := sorry\n", "a\nb") == "theorem t : p := by\n  a\n  b\n");
  CHECK(filled("theorem t : p :=\n  sorry", "a\nb") == "theorem t : p := by\n  a\n  b");
  CHECK(filled("  theorem t :\n        p :=\n    sorry", "a") == "  theorem t :\n        p := by\n    a");
  CHECK(filled("theorem t :\n    |p| := by sorry", "a") == "theorem t :\n    |p| := by\n  a");
  CHECK(filled("theorem t : p := -- c\n  sorry", "a") == "theorem t : p := -- c\n  by\n    a");
  CHECK(filled("def f : Nat → p\n  | 0 => sorry\n  | _ => x", "a") ==
        "def f : Nat → p\n  | 0 => by\n    a\n  | _ => x");
  CHECK(filled("theorem t : p := ⟨sorry, h⟩", "a\nb") == "theorem t : p := ⟨(by\n  a\n  b), h⟩");
  CHECK(filled("theorem t : p := f sorry", "a") == "theorem t : p := f (by\n  a)");
  CHECK(filled("theorem t : p := by\n  exact sorry\n  done", "a") == "theorem t : p := by\n  exact by\n    a\n  done");
  CHECK(filled("theorem t : p := by\n  have h : q := sorry -- later\n  exact h", "a") ==
        "theorem t : p := by\n  have h : q := by\n    a -- later\n  exact h");
  CHECK(filled("theorem t : p := by\n  exact fun x => sorry", "a") ==
        "theorem t : p := by\n  exact fun x => by\n    a");
  CHECK(filled("theorem t : p := by\n  rw [show a = b from sorry]", "a") ==
        "theorem t : p := by\n  rw [show a = b from (by\n    a)]");
  CHECK(filled("theorem t : p := match x with\n  | 0 => sorry", "a") ==
        "theorem t : p := match x with\n  | 0 => by\n    a");
  CHECK(filled("theorem t : p := by\n  exact match x with\n  | 0 => sorry", "a") ==
        "theorem t : p := by\n  exact match x with\n  | 0 => by\n    a");
  CHECK(filled("instance : Foo where\n  bar := sorry\n  baz := 1", "a") ==
        "instance : Foo where\n  bar := by\n    a\n  baz := 1");
}

TEST_CASE("a sorry among tactics is replaced in its place") {
  CHECK(filled("theorem t : p := by sorry", "a\nb") == "theorem t : p := by\n  a\n  b");
  CHECK(filled("theorem t : p := by\n  intro x\n  sorry", "a\nb") == "theorem t : p := by\n  intro x\n  a\n  b");
  CHECK(filled("theorem t : p := by\nsorry\n", "a\nb") == "theorem t : p := by\na\nb\n");
  CHECK(filled("theorem t : p := by\n  constructor\n  · sorry\n  · simp", "a\nb") ==
        "theorem t : p := by\n  constructor\n  · a\n    b\n  · simp");
  CHECK(filled("theorem t : p := by\n  constructor\n  . intro h\n    sorry\n  . simp", "a\nb") ==
        "theorem t : p := by\n  constructor\n  . intro h\n    a\n    b\n  . simp");
  CHECK(filled("theorem t : p := by\n  have h : q := by sorry\n  exact h", "a\nb") ==
        "theorem t : p := by\n  have h : q := by\n    a\n    b\n  exact h");
  CHECK(filled("theorem t : p := by\n  exact ⟨by sorry, h⟩", "a\nb") ==
        "theorem t : p := by\n  exact ⟨by a\n            b, h⟩");
  CHECK(filled("theorem t : p := by\n  cases h\n  case inl x => sorry\n  case inr => simp", "a\nb") ==
        "theorem t : p := by\n  cases h\n  case inl x => a\n                b\n  case inr => simp");
  CHECK(filled("theorem t : p := by\n  induction n with\n  | zero => sorry\n  | succ n ih => simp", "a") ==
        "theorem t : p := by\n  induction n with\n  | zero => a\n  | succ n ih => simp");
  CHECK(filled("theorem t : p := by\n  induction n with\n  | zero => simp\n  | succ n ih =>\n    rw [ih]\n    sorry",
               "a\nb") ==
        "theorem t : p := by\n  induction n with\n  | zero => simp\n  | succ n ih =>\n    rw [ih]\n    a\n    b");
  CHECK(filled("theorem t : p := by\n  match x with\n  | 0 => sorry", "a") ==
        "theorem t : p := by\n  match x with\n  | 0 => a");
  CHECK(filled("theorem t : p := by\n  simp; sorry", "a") == "theorem t : p := by\n  simp; a");
  CHECK(filled("theorem t : p := by\n  constructor <;> sorry", "a\nb") ==
        "theorem t : p := by\n  constructor <;> (a\n                   b)");
  CHECK(filled("theorem t : p := by\n  first | rfl | sorry", "a") == "theorem t : p := by\n  first | rfl | (a)");
  CHECK(filled("theorem t : p := by\n  sorry <;> simp", "a") == "theorem t : p := by\n  (a) <;> simp");
  CHECK(filled("theorem t : p := by\n  if h : q then\n    sorry\n  else\n    simp", "a") ==
        "theorem t : p := by\n  if h : q then\n    a\n  else\n    simp");
  CHECK(filled("theorem t : p := by\n  next => sorry", "a") == "theorem t : p := by\n  next => a");
  CHECK(filled("theorem t : ∀ x, p := by intro x\n                         sorry", "a") ==
        "theorem t : ∀ x, p := by intro x\n                         a");
}

TEST_CASE("the hole of a line") {
  const std::string file = "theorem a : p := by\n  sorry\ntheorem b : q := by\n  skip\n  sorry\nexample : r := sorry";
  CHECK(places(file) == "a 2:3; b 5:3; example 6:16; ");
  CHECK(hole_at(file).name == "a");
  CHECK(hole_at(file, 5).name == "b");
  CHECK(hole_at(file, 5).before == "theorem a : p := by\n  sorry\n");
  CHECK(hole_at(file, 6).name == "example");
  CHECK_THROWS_WITH_AS(hole_at(file, 4), "there is no `sorry` in line 4; the nearest is in line 5 (b)", SourceError);
  CHECK_THROWS_WITH_AS(hole_at(file, 9),
                       "there is no line 9: the file has 6, and of its `sorry`s the nearest is in line 6 (example)",
                       SourceError);
  CHECK_THROWS_AS(hole_at(file, 0), SourceError);
  CHECK_THROWS_WITH_AS(hole_at("theorem a : p := x\n", 1),
                       "there is no `sorry` in the file: put one where the proof is missing", SourceError);
}

TEST_CASE("what is no hole") {
  CHECK(places("-- sorry\n/- sorry /- -/ sorry -/ def x := \"sorry\" ++ `sorry ++ «sorry» ++ a.sorry ++ sorry'") == "");
  CHECK(places("macro \"x\" : tactic => `(tactic| sorry)\nnotation \"y\" => sorry\n#check (sorry : Nat)") == "");
  CHECK(places("def c := '\"'\ntheorem t : p := sorry -- \"") == "t 2:18; ");
  CHECK(places("theorem t : f '' s = s := by\n  sorry") == "t 2:3; ");
}

TEST_CASE("borders of declarations") {
  const auto before = [](std::string_view file) { return hole_at(file).before; };
  const auto tail = [](std::string_view file) { return hole_at(file).tail; };
  CHECK(before("open A in\nset_option b 1 in\n@[x] theorem t : p := sorry").empty());
  CHECK(before("theorem s : q := x theorem t : p := sorry") == "theorem s : q := x ");
  CHECK(before("namespace A\n  def x := 1\n  @[simp]\n  theorem t : p := sorry") == "namespace A\n  def x := 1\n  ");
  CHECK(before("alias a := b\ntheorem t : p := sorry") == "alias a := b\n");
  CHECK(before("theorem s : p := by\nsimp\nrfl\n\ntheorem t : p := sorry") == "theorem s : p := by\nsimp\nrfl\n\n");
  CHECK(before("variable (x : p) in\ntheorem t : p := sorry").empty());
  CHECK(before("mutual\ntheorem s : p := x\ntheorem t : p := sorry\nend").empty());
  CHECK(hole_at("mutual\ntheorem s : p := x\ntheorem t : p := sorry\nend").name == "t");
  CHECK(tail("mutual\ntheorem s : p := sorry\ntheorem t : p := x\nend\ndef z := 1") == "\ntheorem t : p := x\nend");
  CHECK(tail("theorem t : p := by\n  sorry\nalias a := b") == "");
  CHECK(tail("theorem t : p := by\n  sorry\n#check t") == "");
  CHECK(tail("theorem t : p := by\n  sorry\nend A") == "");
  CHECK(tail("theorem t : p := by\n  sorry\n/-- of u -/\ntheorem u : q := x") == "");
  CHECK(tail("theorem t : p := by\n  sorry\n  open A in simp\nopen B") == "\n  open A in simp");
  CHECK(tail("def f : Nat → p\n| 0 => sorry\n| _ => x") == "\n| _ => x");
  CHECK(tail("theorem t : p := by\nsorry\nsimp\n\ntheorem u : q := x") == "\nsimp");
  CHECK(tail("theorem t : p := f (by\n  sorry\n)\n") == "\n)");
  CHECK(tail("def f : p := sorry\nwhere\n  /-- of g -/\n  @[simp] g : q := x\ntermination_by 1") ==
        "\nwhere\n  /-- of g -/\n  @[simp] g : q := x\ntermination_by 1");
  CHECK(before("namespace A\n  /-- of t -/\n  @[simp] theorem t : p := sorry") == "namespace A\n  ");
  CHECK(hole_at("protected theorem A.«t u» : p := sorry").name == "A.«t u»");
  CHECK(hole_at("instance : Foo := sorry").name == "example");
  CHECK(hole_at("instance foo : Foo := sorry").name == "foo");
}

TEST_CASE("line ends, marks and bytes") {
  CHECK(filled("\xEF\xBB\xBFtheorem t : p := by\r\n  sorry\r\n", "a") == "theorem t : p := by\n  a\n");
  try {
    hole_at("theorem t : ℕ\n  := \xE9 sorry");
    FAIL("not refused");
  } catch (const SourceError& error) {
    CHECK(error.line() == 2);
    CHECK(error.column() == 6);
    CHECK(std::string(error.what()) == "the file is not UTF-8: byte 21 (0xE9) in line 2; save it as UTF-8");
  }
}

TEST_CASE("statements that somebody typed") {
  const auto text = [](std::string_view statement) {
    const Theorem theorem = theorem_from_statement(statement);
    return theorem.name + " | " + theorem.head + "x" + theorem.tail;
  };
  CHECK(text("theorem foo (n : Nat) : n + 0 = n") == "foo | theorem foo (n : Nat) : n + 0 = n := by\n  x");
  CHECK(text("lemma foo : p := by sorry") == "foo | theorem foo : p := by\n  x");
  CHECK(text("@[simp] lemma foo : p :=") == "foo | @[simp] theorem foo : p := by\n  x");
  CHECK(text(" example : p →\nq := sorry\n") == "example | example : p →\nq := by\n  x");
  CHECK(text("∀ n : Nat,\n  n = n -- so") == "example | example : ∀ n : Nat,\n  n = n := by\n  x");
  CHECK(text("theorem foo (n : Nat := 1) : n = n") == "foo | theorem foo (n : Nat := 1) : n = n := by\n  x");
  CHECK(theorem_from_statement("p", "import A").before == "import A\n\n");
  CHECK(theorem_from_statement("p", "open B\r\n").before == "open B\n\n");
  CHECK(theorem_from_statement("p").before.empty());
  CHECK_THROWS_WITH_AS(theorem_from_statement(" -- p"), "there is no statement", SourceError);
  CHECK_THROWS_WITH_AS(theorem_from_statement(":= by sorry"), "there is no statement before the proof", SourceError);
  CHECK_THROWS_WITH_AS(theorem_from_statement("theorem a : p\ntheorem b : q"),
                       "one statement at a time: another command begins with `theorem`", SourceError);
  CHECK_THROWS_WITH_AS(theorem_from_statement("theorem a : p := by simp"),
                       "the statement has a proof already: leave out what follows `:=`, or put `sorry` there",
                       SourceError);
}

TEST_CASE("a large file is read fast") {
  std::string file;
  while (file.size() < 4'000'000)
    file += "theorem t" + std::to_string(file.size()) + " (n : ℕ) : n + 0 = n := by simp\n";
  file += "theorem last : p := by\n  sorry\n";
  const auto begin = std::chrono::steady_clock::now();
  CHECK(hole_at(file).name == "last");
  // Some 1 s where nothing is optimized; anything quadratic would take hours.
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

}  // namespace
}  // namespace rmt::prover
