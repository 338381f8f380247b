#include "corpora/readers/folder.h"

#include <filesystem>

#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

using Paths = std::vector<std::string>;

Paths paths_in(const TempFolder& folder, const ReadOptions& options = {}) {
  Paths paths;
  for (const Readable& file : readables_of_folder(folder.path(), options)) {
    paths.push_back(file.path.substr(folder.path().size() + 1));
  }
  return paths;
}

}  // namespace

TEST_CASE("a folder is walked by name, other kinds are counted in one notice") {
  const TempFolder folder;
  for (const std::string name : {"b.txt", "a/z.md", "a/y.jsonl.zst", "c.tar.gz", "0705.gz", "B.txt", "a.txt"}) {
    folder.write(name, "x");
  }
  for (const std::string name :
       {"x.png", "a/y.png", "a/data.json", "Makefile", "t.csv.gz", ".hidden.txt", ".git/c.txt", ".lake/d.lean"}) {
    folder.write(name, "x");
  }
  Listener listener;
  CHECK(paths_in(folder, listener.options) ==
        Paths{"0705.gz", "B.txt", "a/y.jsonl.zst", "a/z.md", "a.txt", "b.txt", "c.tar.gz"});
  REQUIRE(listener.notices->size() == 1);
  CHECK(listener.notices->front() ==
        folder.path() + ": passed over files of other kinds: 2 .png, 1 .gz, 1 .json, 1 without an ending");
}

TEST_CASE("a folder with a main .tex is one document, others are documents file by file") {
  const TempFolder folder;
  folder.write("book/main.tex", "\\documentclass{book}\\begin{document}\\input{ch/one}");
  folder.write("book/ch/one.tex", "One.");
  folder.write("book/ch/unused.tex", "Two.");
  folder.write("book/readme.md", "About.");
  folder.write("notes/a.tex", "\\input{b}");
  folder.write("notes/b.tex", "b");
  folder.write("notes/c.tex", "c");
  CHECK(paths_in(folder) == Paths{"book/main.tex", "book/readme.md", "notes/a.tex", "notes/c.tex"});
  CHECK(readables_of_folder(folder.path(), {}).front().root == folder.path());
}

TEST_CASE("Lean files come last and in import order, without the lakefile") {
  const TempFolder folder;
  folder.write("A.lean", "import P.Z\nimport Mathlib\n");
  folder.write("P/Z.lean", "import P.Core\n");
  folder.write("P/Core.lean", "");
  folder.write("B.lean", "");
  folder.write("lakefile.lean", "import Lake");
  folder.write("z.md", "about");
  CHECK(paths_in(folder) == Paths{"z.md", "B.lean", "P/Core.lean", "P/Z.lean", "A.lean"});
  // The same from inside the package, where imports name a root above the folder.
  Paths inside;
  for (const Readable& file : readables_of_folder(folder.path() + "/P/", {})) inside.push_back(file.path);
  CHECK(inside == Paths{folder.path() + "/P/Core.lean", folder.path() + "/P/Z.lean"});
}

TEST_CASE("a circle of Lean imports in a folder is refused") {
  const TempFolder folder;
  folder.write("A.lean", "import B");
  folder.write("B.lean", "import A");
  CHECK(contains(error_of([&] { paths_in(folder); }).what(), "A.lean → "));
}

TEST_CASE("a folder without anything to read says what was looked for") {
  const TempFolder folder;
  folder.write("x.png", "");
  folder.write(".hidden/a.txt", "");
  const Error error = error_of([&] { paths_in(folder); });
  CHECK(error.code() == Errc::not_found);
  CHECK(contains(error.what(), folder.path() + ": nothing to read in this folder: no .txt, .md"));
  CHECK(contains(error.what(), "among its 1 files"));
}

TEST_CASE("linked files are read, linked folders are not followed") {
  const TempFolder folder;
  folder.write("real/a.txt", "a");
  std::filesystem::create_symlink("real/a.txt", folder.path() + "/b.txt");
  std::filesystem::create_directory_symlink(".", folder.path() + "/real/again");
  std::filesystem::create_symlink("nowhere", folder.path() + "/gone.txt");
  CHECK(paths_in(folder) == Paths{"b.txt", "real/a.txt"});
}
