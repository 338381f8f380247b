#include "prover/source/lean_lexer.h"

#include <string>
#include <vector>

#include "tests/support/doctest.h"

namespace rmt::prover {
namespace {

using Words = std::vector<std::string>;

Words words(std::string_view source) {
  Words words;
  LeanLexer lexer(source);
  while (const auto token = lexer.next()) words.emplace_back(source.substr(token->begin, token->end - token->begin));
  return words;
}

std::vector<LeanToken> tokens(std::string_view source) {
  std::vector<LeanToken> tokens;
  LeanLexer lexer(source);
  while (const auto token = lexer.next()) tokens.push_back(*token);
  return tokens;
}

TEST_CASE("words and symbols") {
  CHECK(words("theorem a.b' (n : ℕ) : n + 0 = n := by simp") ==
        Words{"theorem", "a.b'", "(", "n", ":", "ℕ", ")", ":", "n", "+", "0", "=", "n", ":=", "by", "simp"});
  CHECK(words("⟨sorry,sorry⟩") == Words{"⟨", "sorry", ",", "sorry", "⟩"});
  CHECK(words("fun x=>x") == Words{"fun", "x", "=>", "x"});
  CHECK(words("λx") == Words{"λ", "x"});
  CHECK(words("h.1.2.foo x₁ αβ") == Words{"h", ".", "1.2", ".", "foo", "x₁", "αβ"});
  CHECK(words("a<;>b<|c|>.d") == Words{"a", "<;>", "b", "<|", "c", "|>", ".", "d"});
  CHECK(words("a. b ..") == Words{"a", ".", "b", ".."});
  CHECK(words("@[simp] #check #[1]") == Words{"@[", "simp", "]", "#check", "#[", "1", "]"});
  CHECK(words("0xFF 1.5 2.x") == Words{"0xFF", "1.5", "2", ".", "x"});
}

TEST_CASE("quoted names") {
  CHECK(words("«a b».c.«d» sorry") == Words{"«a b».c.«d»", "sorry"});
  CHECK(words("x.«sorry -- \" »") == Words{"x.«sorry -- \" »"});
  CHECK(words("`sorry ``Nat.add `(x)") == Words{"`sorry", "``Nat.add", "`", "(", "x", ")"});
  CHECK(words("«a") == Words{"«", "a"});
}

TEST_CASE("comments") {
  CHECK(words("a -- sorry \"\nb") == Words{"a", "b"});
  CHECK(words("a /- sorry /- b -/ \" -/ c") == Words{"a", "c"});
  CHECK(words("/--/ a /-/ b -/ c /-! d -/ e") == Words{"a", "c", "e"});
  const auto doc = tokens("/-- of a -/ theorem");
  REQUIRE(doc.size() == 2);
  CHECK(doc[0].kind == TokenKind::doc_comment);
  CHECK(doc[0].closed);
  LeanLexer open("a /- b");
  while (open.next()) {
  }
  CHECK(open.ends_in_comment());
  CHECK_FALSE(tokens("/-- b").at(0).closed);
}

TEST_CASE("strings and characters") {
  CHECK(words(R"(f "sorry \" -- " b)") == Words{"f", R"("sorry \" -- ")", "b"});
  CHECK(words(R"(r"\" a r#"x"y"# b)") == Words{R"(r"\")", "a", R"(r#"x"y"#)", "b"});
  CHECK(words(R"('"' '\'' '\n' '\x41' '\u{1F60}' 'α' h')") ==
        Words{R"('"')", R"('\'')", R"('\n')", R"('\x41')", R"('\u{1F60}')", "'α'", "h'"});
  CHECK(words("f '' s ∩ g ⁻¹' t") == Words{"f", "'", "'", "s", "∩", "g", "⁻", "¹", "'", "t"});
  CHECK(words("s!\"a\"") == Words{"s!", "\"a\""});
  CHECK_FALSE(tokens(R"("a\")").at(0).closed);
  CHECK(tokens("\"a\"").at(0).closed);
}

TEST_CASE("places are in code points, and lines know their first token") {
  const auto found = tokens("ℕ → x\n  \"a\nb\" y\n/- c -/ z");
  REQUIRE(found.size() == 6);
  CHECK(found[2].line == 1);
  CHECK(found[2].column == 4);
  CHECK(found[2].begin == 8);
  CHECK(found[3].line == 2);
  CHECK(found[3].first_on_line);
  CHECK(found[4].line == 3);
  CHECK(found[4].column == 3);
  CHECK_FALSE(found[4].first_on_line);
  CHECK(found[5].first_on_line);
  CHECK(found[5].column == 8);
}

TEST_CASE("bytes that are no text") {
  CHECK(words("a\xFFz\xC3") == Words{"a", "\xFF", "z", "\xC3"});
  CHECK(words(std::string("\0", 1)).size() == 1);
  CHECK(words("").empty());
}

}  // namespace
}  // namespace rmt::prover
