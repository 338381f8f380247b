#include "prover/backends/script_source.h"

#include "tests/support/doctest.h"

using rmt::prover::end_of;
using rmt::prover::file_of;
using rmt::prover::indented;
using rmt::prover::ScriptSource;
using rmt::prover::shifted;
using rmt::prover::source_of;
using rmt::prover::TextPosition;
using rmt::prover::Theorem;

namespace {

Theorem conjunction() {
  return {.name = "t", .before = "import Rmt\n\n", .head = "theorem t (p q : Prop) : p ∧ q := by\n  "};
}

// Whether `text` has `expected` at a place counted as Lean counts.
bool stands_at(const std::string& text, TextPosition place, std::string_view expected) {
  for (size_t i = 0; i <= text.size(); ++i)
    if (end_of(text.substr(0, i)) == place && text.substr(i).starts_with(expected)) return true;
  return false;
}

}  // namespace

TEST_CASE("a position counts lines from 1 and code points from 0") {
  CHECK(end_of("") == TextPosition{1, 0});
  CHECK(end_of("abc") == TextPosition{1, 3});
  CHECK(end_of("a\n") == TextPosition{2, 0});
  CHECK(end_of("a\n∀ 𝔸 é") == TextPosition{2, 5});
}

TEST_CASE("a place inside a text is a place in the text it was appended to") {
  for (const std::string before : {"", "ab", "a\n", "x\n∀y"}) {
    for (const std::string inner : {"", "de", "d\ne", "→\n\nz→"}) {
      CAPTURE(before);
      CAPTURE(inner);
      CHECK(shifted(end_of(before), end_of(inner)) == end_of(before + inner));
    }
  }
}

TEST_CASE("every line of a script but the first is moved right") {
  CHECK(indented("", 2).empty());
  CHECK(indented("rfl", 2) == "rfl");
  CHECK(indented("constructor\n· exact h\n\n· rfl", 2) == "constructor\n  · exact h\n\n  · rfl");
  CHECK(indented("a\n  b\nc", 0) == "a\n  b\nc");
}

TEST_CASE("the probe stands behind the script in the block's column") {
  const ScriptSource source = source_of(conjunction(), "constructor\n· exact h");
  CHECK(source.text ==
        "theorem t (p q : Prop) : p ∧ q := by\n"
        "  constructor\n"
        "  · exact h\n"
        "  trace_state\n"
        "  all_goals sorry");
  CHECK(source.script == TextPosition{2, 2});
  CHECK(source.probe == TextPosition{4, 2});
  CHECK(source.tail == end_of(source.text));
  CHECK_FALSE(source.sorry_elsewhere);
}

TEST_CASE("positions are those of script, probe and tail for any shape of a script") {
  Theorem theorem = conjunction();
  theorem.head = "theorem t : ∀ p, p := by ";
  theorem.indent = 25;
  theorem.tail = "\n  · skip";
  for (const std::string script : {"", "rfl", "intro p\nexact p", "intro ∀∀\n\n", "a\n  b"}) {
    CAPTURE(script);
    const ScriptSource source = source_of(theorem, script);
    CHECK(source.script == end_of(theorem.head));
    CHECK(stands_at(source.text, source.probe, "trace_state\n"));
    CHECK(source.probe.column == 25);
    CHECK(stands_at(source.text, source.tail, "\n  · skip"));
    CHECK(source.text.starts_with(theorem.head));
    CHECK(source.text.ends_with(theorem.tail));
  }
}

TEST_CASE("space at a script's end does not move the probe") {
  CHECK(source_of(conjunction(), "rfl\n\n  ").text == source_of(conjunction(), "rfl").text);
}

TEST_CASE("a sorry beside the hole is known") {
  Theorem theorem = conjunction();
  theorem.tail = "\n  · sorry";
  CHECK(source_of(theorem, "rfl").sorry_elsewhere);
  theorem = conjunction();
  CHECK_FALSE(source_of(theorem, "rfl").sorry_elsewhere);
  theorem.head = "theorem t : p ∧ q := by\n  constructor\n  · sorry\n  · ";
  CHECK(source_of(theorem, "rfl").sorry_elsewhere);
}

TEST_CASE("the file for a final check has the script and nothing of ours") {
  Theorem theorem = conjunction();
  theorem.tail = "\n-- done\n";
  CHECK(file_of(theorem, "constructor\nexact h\n") ==
        "import Rmt\n\ntheorem t (p q : Prop) : p ∧ q := by\n  constructor\n  exact h\n-- done\n");
}
