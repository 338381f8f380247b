#include "corpora/readers/tex_tree.h"

#include <filesystem>

#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

struct Reading {
  std::string text;
  std::vector<std::string> notices;
};

Reading read_tree(TexMembers members, const std::string& main, TexLimits limits = {}) {
  Listener listener;
  TexTree tree(std::make_unique<TexPackage>("paper.tar.gz", std::move(members)), main, listener.options, limits);
  return {read_all(tree), *listener.notices};
}

Error tree_error(TexMembers members, TexLimits limits = {}) {
  return error_of([&] { read_tree(std::move(members), "main.tex", limits); });
}

}  // namespace

TEST_CASE("included files stand in the place of their commands") {
  Listener listener;
  TexTree tree(std::make_unique<TexFolder>(fixture("article")), "main.tex", listener.options);
  CHECK(read_all(tree) == content_of(fixture("article.expanded.tex")));
  CHECK(listener.notices->empty());
}

TEST_CASE("a source without includes is kept to the byte") {
  const std::string source = "%!TEX\r\n\\documentclass{a}\r\n\\begin{verbatim}%\\end{verbatim} 100\\% \\verb|\\|\n\n";
  CHECK(read_tree({{"main.tex", source}}, "main.tex").text == source);
  CHECK(read_tree({{"main.tex", ""}}, "main.tex").text.empty());
}

TEST_CASE("a long source comes in pieces, includes on every border") {
  for (size_t before : {0, 1, 5, 6, 7}) {
    const std::string head(64 * 1024 - before, 'x'), tail(100'000, 'y');
    const auto reading = read_tree({{"main.tex", head + "\\input{a}" + tail}, {"a.tex", "A"}}, "main.tex");
    CHECK(reading.text == head + "A" + tail);
  }
}

TEST_CASE("names are looked up as LaTeX does") {
  const TexMembers members = {
      {"p/a.tex", "[a.tex]"},
      {"p/a.tex.tex", "[never]"},
      {"p/a", "[a]"},
      {"p/b.tikz", "[b.tikz]"},
      {"p/b.tikz.tex", "[b.tikz.tex]"},
      {"p/c.txt", "[c.txt]"},
      {"p/sub/a.tex", "[sub/a.tex]"},
      {"p/sub/in.tex", "\\input{a}"},
      {"p/sub/far.tex", "\\input{only}"},
      {"p/only.tex", "[only]"},
      {"a.tex", "[root]"},
      {"p/sub/deep/x.tex", "[x]"},
      {"p/sub/y.tex", "\\subimport{deep}{x}\\import{sub/deep}{x}"},
  };
  const auto read = [&](const std::string& source) {
    TexMembers all = members;
    all["p/main.tex"] = source;
    return read_tree(std::move(all), "p/main.tex").text;
  };
  CHECK(read("\\input{a}\\input{a.tex}\\input{./a}") == "[a.tex][a.tex][a.tex]");
  CHECK(read("\\input{b.tikz}\\input{c.txt}") == "[b.tikz.tex][c.txt]");
  CHECK(read("\\input{../a}") == "[root]");                             // up, but within the root
  CHECK(read("\\input{sub/in}") == "[a.tex]");                          // from the main file's folder
  CHECK(read("\\subfile{sub/in}") == "[sub/a.tex]");                    // from the subfile's
  CHECK(read("\\import{sub/}{in}\\input{a}") == "[sub/a.tex][a.tex]");  // the same, and back afterwards
  CHECK(read("\\import{sub}{far}") == "[only]");                        // there, then from the main file's
  CHECK(read("\\import{sub}{y}") == "[x][x]");
}

TEST_CASE("a missing file leaves its command, with a notice of the line") {
  const auto reading =
      read_tree({{"main.tex", "one\n\\input{gone}\n\\input{a}"}, {"a.tex", "\n\\include{x/y}!"}}, "main.tex");
  CHECK(reading.text == "one\n\\input{gone}\n\n\\include{x/y}!");
  REQUIRE(reading.notices.size() == 2);
  CHECK(reading.notices[0] == "paper.tar.gz:main.tex:2: \\input{gone}: no such file; the command is left as it is");
  CHECK(reading.notices[1] == "paper.tar.gz:a.tex:2: \\include{x/y}: no such file; the command is left as it is");
}

TEST_CASE("a computed name is left, with a notice") {
  const auto reading = read_tree({{"main.tex", "\n\\input{\\name}"}}, "main.tex");
  CHECK(reading.text == "\n\\input{\\name}");
  REQUIRE(reading.notices.size() == 1);
  CHECK(contains(reading.notices[0], "main.tex:2: \\input of a computed name"));
}

TEST_CASE("a file that includes itself is refused by name") {
  const Error error = tree_error({{"main.tex", "\\input{a}"}, {"a.tex", "x\n\\input{b}"}, {"b.tex", "\n\n\\input{a}"}});
  CHECK(error.code() == Errc::malformed);
  CHECK(contains(error.what(), "paper.tar.gz:b.tex:3: \\input{a} includes a file in itself: a.tex → b.tex → a.tex"));
  // The same file twice, one after the other, is no cycle.
  CHECK(read_tree({{"main.tex", "\\input{a}\\input{a}"}, {"a.tex", "A"}}, "main.tex").text == "AA");
}

TEST_CASE("depth and number of includes are limited") {
  TexMembers chain;
  for (int i = 0; i < 10; ++i) chain["f" + std::to_string(i) + ".tex"] = "\\input{f" + std::to_string(i + 1) + "}";
  chain["f10.tex"] = "end";
  CHECK(read_tree(chain, "f0.tex", {.depth = 11}).text == "end");
  const Error deep = error_of([&] { read_tree(chain, "f0.tex", {.depth = 10}); });
  CHECK(deep.code() == Errc::malformed);
  CHECK(contains(deep.what(), "f9.tex:1"));
  CHECK(contains(deep.what(), "10 deep"));

  // Each file includes the next one twice: 2^20 files, were they not counted.
  TexMembers bomb;
  for (int i = 0; i < 20; ++i) {
    const std::string next = "\\input{f" + std::to_string(i + 1) + "}";
    bomb["f" + std::to_string(i) + ".tex"] = next + next;
  }
  bomb["f20.tex"] = "boom";
  const Error many = error_of([&] { read_tree(bomb, "f0.tex", {.depth = 64, .includes = 1000}); });
  CHECK(many.code() == Errc::malformed);
  CHECK(contains(many.what(), "more than 1000 files"));
}

TEST_CASE("a name outside the document's folder is refused") {
  for (const std::string name : {"../a", "/etc/passwd", "x/../../a", "x/y/../../../main"}) {
    const Error error = tree_error({{"main.tex", "\n\\input{" + name + "}"}});
    CHECK(error.code() == Errc::malformed);
    CHECK(contains(error.what(), "paper.tar.gz:main.tex:2: \\input{" + name + "} leaves the document's folder"));
  }
  CHECK(contains(tree_error({{"main.tex", "\\import{../}{a}"}}).what(), "leaves the document's folder"));
}

TEST_CASE("a link out of the folder is refused, a link within it is followed") {
  const TempFolder folder;
  folder.write("secret.txt", "secret");
  folder.write("paper/main.tex", "\\input{inside}\\input{outside}");
  folder.write("paper/real.tex", "real");
  std::filesystem::create_symlink("real.tex", folder.path() + "/paper/inside.tex");
  std::filesystem::create_symlink("../secret.txt", folder.path() + "/paper/outside.tex");
  TexTree tree(std::make_unique<TexFolder>(folder.path() + "/paper"), "main.tex", {});
  std::string chunk;
  CHECK(tree.next(chunk));
  CHECK(chunk == "real");
  const Error error = error_of([&] { tree.next(chunk); });
  CHECK(error.code() == Errc::malformed);
  CHECK(contains(error.what(), "paper/outside.tex: a link leads out of the document's folder"));
}

TEST_CASE("invalid UTF-8 in a part names the part") {
  const Error error = tree_error({{"main.tex", "\\input{a}"}, {"a.tex", "caf\xe9"}});
  CHECK(error.code() == Errc::bad_text);
  CHECK(contains(error.what(), "paper.tar.gz:a.tex: byte 3 (0xE9)"));
}

TEST_CASE("a missing main file is an error") {
  CHECK(error_of([] { read_tree({}, "main.tex"); }).code() == Errc::not_found);
}
