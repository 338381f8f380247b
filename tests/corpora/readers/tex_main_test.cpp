#include "corpora/readers/tex_main.h"

#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

const std::string kArticle = "\\documentclass{article}\n\\begin{document}x\\end{document}";

std::string main_of(const TexMembers& members) {
  return find_main_file("paper.tar.gz", members, {});
}

std::set<std::string> documents_of(const TexMembers& members) {
  TexProfiles profiles;
  for (const auto& [path, content] : members) {
    const auto bytes = bytes_of(content);
    profiles.emplace(path, tex_profile(*bytes));
  }
  return document_files(profiles);
}

using Paths = std::set<std::string>;

}  // namespace

TEST_CASE("a profile sees what stands outside comments and verbatim passages") {
  const auto profile = [](std::string source) { return tex_profile(*bytes_of(std::move(source))); };
  CHECK(profile(kArticle).has_class);
  CHECK(profile(kArticle).has_begin);
  CHECK_FALSE(profile("%" + kArticle).has_class);
  CHECK(profile("\\documentclass[main.tex]{subfiles}\\begin{document}").is_part);
  CHECK(profile(std::string(200'000, 'x') + "\\input{late}").includes.size() == 1);
}

TEST_CASE("the main file of a package has a class and a begin") {
  CHECK(main_of({{"a.tex", "text"}, {"z.tex", kArticle}}) == "z.tex");
  CHECK(main_of({{"a.tex", "\\begin{document}"}, {"z.tex", "\\documentclass{x}\\input{a}"}}) == "z.tex");
  CHECK(main_of({{"a.tex", "\\documentclass{standalone}\\begin{document}"}, {"z.tex", kArticle}}) == "z.tex");
  CHECK(main_of({{"sub/a.tex", kArticle}, {"z.tex", kArticle}}) == "z.tex");
  CHECK(main_of({{"a.tex", kArticle}, {"main.tex", kArticle}, {"ms.tex", kArticle}}) == "main.tex");
  CHECK(main_of({{"a.tex", kArticle}, {"x/ms.tex", kArticle}}) == "x/ms.tex");
  CHECK(main_of({{"a.tex", kArticle}, {"book.tex", kArticle + "\\include{a}"}}) == "book.tex");
  CHECK(main_of({{"README", "read me"}, {"paper", kArticle}}) == "paper");
}

TEST_CASE("a plain TeX package has the file that no other includes") {
  CHECK(main_of({{"epsf.tex", "macros"},
                 {"harvmac.tex", "macros"},
                 {"paper.tex", "\\input harvmac\n\\input epsf\n\\bye"}}) == "paper.tex");
}

TEST_CASE("files that include each other still have a main file") {
  CHECK(main_of({{"a.tex", "\\input{b}"}, {"b.tex", kArticle + "\\input{a}"}}) == "b.tex");
}

TEST_CASE("00README names the main file") {
  const TexMembers files = {{"main.tex", kArticle}, {"talk.tex", kArticle}};
  TexMembers members = files;
  members["00README.XXX"] = "main.tex ignore\ntalk.tex toplevelfile\n";
  CHECK(main_of(members) == "talk.tex");
  members = files;
  members["00README.json"] =
      R"({"sources": [{"filename": "main.tex", "usage": "include"}, {"filename": "talk.tex", "usage": "toplevel"}]})";
  CHECK(main_of(members) == "talk.tex");
  for (const std::string broken : {"{", "[]", "{\"sources\": [1, {\"usage\": 2}, {\"usage\": \"toplevel\"}]}"}) {
    members["00README.json"] = broken;
    CHECK(main_of(members) == "main.tex");
  }
  members["00README.XXX"] = "gone.tex toplevelfile\n";
  CHECK(main_of(members) == "main.tex");
}

TEST_CASE("a choice between equals is told") {
  Listener listener;
  CHECK(find_main_file("paper.tar.gz", {{"a.tex", kArticle}, {"b.tex", kArticle}}, listener.options) == "a.tex");
  REQUIRE(listener.notices->size() == 1);
  CHECK(listener.notices->front() == "paper.tar.gz: a.tex is read as the main file; b.tex could be it as well");
}

TEST_CASE("a package without TeX has no main file") {
  const Error error = error_of([] { main_of({{"README", "hello"}, {"data.txt", "1 2 3"}}); });
  CHECK(error.code() == Errc::not_found);
  CHECK(contains(error.what(), "paper.tar.gz: no file with \\documentclass"));
}

TEST_CASE("the documents of a folder are the files no other includes") {
  CHECK(documents_of({{"main.tex", kArticle + "\\input{ch/a}"}, {"ch/a.tex", "x"}, {"ch/unused.tex", "y"}}) ==
        Paths{"main.tex"});
  // Parts named from the main file's folder, and with a \begin{document} of their own.
  CHECK(documents_of(
            {{"p/main.tex", kArticle + "\\input{ch/a}"}, {"p/ch/a.tex", "\\input{ch/b}"}, {"p/ch/b.tex", kArticle}}) ==
        Paths{"p/main.tex"});
  CHECK(documents_of({{"a.tex", kArticle}, {"b.tex", kArticle}}) == Paths{"a.tex", "b.tex"});
  CHECK(documents_of({{"a.tex", kArticle}, {"sub/b.tex", kArticle}}) == Paths{"a.tex", "sub/b.tex"});
  CHECK(documents_of({{"a.tex", "no main"}, {"b.tex", "\\input{a}"}, {"c.tex", "at all"}}) == Paths{"b.tex", "c.tex"});
  CHECK(documents_of({{"x/a.tex", kArticle}, {"x/part.tex", "p"}, {"y/b.tex", "free"}}) == Paths{"x/a.tex", "y/b.tex"});
  CHECK(documents_of({{"a.tex", "\\input{b}"}, {"b.tex", "\\input{a}"}}) == Paths{"a.tex", "b.tex"});
  CHECK(documents_of({{"a.tex", "\\input{a}"}}) == Paths{"a.tex"});
  CHECK(documents_of({}).empty());
}
