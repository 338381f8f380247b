#include "corpora/readers/tex_scanner.h"

#include <vector>

#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

// The pieces of `source` that are not text, as "kind:what"; `step` bytes become known at a time.
std::vector<std::string> found(const std::string& source, size_t step) {
  std::vector<std::string> pieces;
  std::string rebuilt;
  TexScanner scanner;
  size_t from = 0, known = 0;
  for (;;) {
    const bool at_end = known == source.size();
    const TexPiece piece = scanner.next(std::string_view(source).substr(from, known - from), at_end);
    if (piece.kind == TexPiece::Kind::more) {
      if (at_end) break;
      known = std::min(known + step, source.size());
      continue;
    }
    REQUIRE(piece.length > 0);
    REQUIRE(from + piece.length <= known);
    rebuilt += source.substr(from, piece.length);
    from += piece.length;
    if (piece.kind == TexPiece::Kind::include) {
      const std::string directory = piece.include.directory.empty() ? "" : piece.include.directory + "|";
      pieces.push_back(piece.include.command + ":" + directory + piece.include.file);
    } else if (piece.kind == TexPiece::Kind::document_class) {
      pieces.push_back("class:" + piece.name);
    } else if (piece.kind == TexPiece::Kind::begin_document) {
      pieces.push_back("begin");
    }
  }
  CHECK(rebuilt == source);
  return pieces;
}

using Pieces = std::vector<std::string>;

struct Case {
  std::string source;
  Pieces pieces;
};

const std::vector<Case> kCases = {
    {"", {}},
    {"plain text, \\emph{commands}, $x_1$", {}},
    {"\\input{a}", {"input:a"}},
    {"\\input {sections/a b.tex}", {"input:sections/a b.tex"}},
    {"\\input{ \"quoted name\" }", {"input:quoted name"}},
    {"\\input chapter1 text", {"input:chapter1"}},
    {"\\input chapter1\nmore \\input ./c2", {"input:chapter1", "input:./c2"}},
    {"\\include{a}\\include{b}", {"include:a", "include:b"}},
    {"\\subfile{s/a}", {"subfile:s/a"}},
    {"\\import{dir/}{file} \\subimport{ d }{ f }", {"import:dir/|file", "subimport:d|f"}},
    {"\\import*{dir/}{file}", {"import:dir/|file"}},
    {"\\includegraphics{x}\\inputencoding{utf8}\\includeonly{a}", {}},
    {"\\@input{a}\\input@path \\input\\name \\input[x]{y}", {}},
    {"\\input{\\name} \\input{#1} \\input{}", {"input:", "input:", "input:"}},
    {"% \\input{a}\n\\input{b}% \\input{c}\n\\input{d}", {"input:b", "input:d"}},
    {"100\\% \\input{a} \\\\% \\input{b}", {"input:a"}},
    {"\\verb|\\input{a}|\\verb*+\\input{b}+ \\verb!%!\\input{c}", {"input:c"}},
    {"\\verb|never closed \\input{a}\n\\input{b}", {"input:b"}},
    {"\\lstinline[language=C]!\\input{a}!\\lstinline{%}\\input{b}", {"input:b"}},
    {"\\mintinline{tex}|\\input{a}|\\input{b}", {"input:b"}},
    {"\\begin{verbatim}\\input{a}%\\end{verbatim}\\input{b}", {"input:b"}},
    {"\\begin{verbatim}\\end{verbatim*}\\input{a}\\end{verbatim}\\input{b}", {"input:b"}},
    {"\\begin{lstlisting}[x=y]\n\\begin{document}\n\\end{lstlisting}", {}},
    {"\\begin {minted}{tex}\n\\input{a}\\end{minted}\\begin{comment}\\input{b}", {}},
    {"\\documentclass[a4paper,\n12pt]{ article }\n\\begin{document}", {"class:article", "begin"}},
    {"\\documentstyle{amsart}", {"class:amsart"}},
    {"%\\documentclass{a}\n\\verb|\\documentclass{b}|", {}},
    {"\\begin{documents}\\begin{theorem}\\input{a}\\end{theorem}", {"input:a"}},
    {"\\input{never closed", {}},
    {"\\input", {}},
    {"\\", {}},
    {"caf\u00e9 \\\u00e9 \\verb\u00e9x \\input{\u00e9t\u00e9}", {"input:\u00e9t\u00e9"}},
};

}  // namespace

TEST_CASE("the commands that matter are found, outside comments and verbatim passages") {
  for (const Case& test : kCases) {
    CAPTURE(test.source);
    CHECK(found(test.source, test.source.size() + 1) == test.pieces);
  }
}

TEST_CASE("what is found does not depend on how the text arrives") {
  for (const Case& test : kCases) {
    for (size_t step = 1; step < 20; ++step) {
      CAPTURE(test.source);
      CAPTURE(step);
      CHECK(found(test.source, step) == test.pieces);
    }
  }
}

TEST_CASE("a command that never ends is given up after a few thousand bytes") {
  TexScanner scanner;
  const std::string endless = "\\input{" + std::string(TexScanner::kMaxCommandBytes, 'x');
  const TexPiece piece = scanner.next(endless, false);
  CHECK(piece.kind == TexPiece::Kind::text);
  CHECK(piece.length == endless.size());
}

TEST_CASE("a verbatim passage that never ends is handed on as it comes") {
  TexScanner scanner;
  std::string text = "\\begin{verbatim}";
  CHECK(scanner.next(text, false).length == text.size());
  text.assign(100'000, 'x');
  CHECK(scanner.next(text, false).length == text.size());
  text = "yy \\end{verb";
  CHECK(scanner.next(text, false).length == 3);
  CHECK(scanner.next("\\end{verb", false).kind == TexPiece::Kind::more);
  CHECK(scanner.next("\\end{verb", true).length == 9);
}
