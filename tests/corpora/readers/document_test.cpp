// open_documents(): every kind of file through the front door.
#include "corpora/document.h"

#include <unistd.h>

#include <set>

#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

struct Read {
  std::string id, source, text;
  bool operator==(const Read&) const = default;
};

std::vector<Read> read_paths(const std::vector<std::string>& paths, const ReadOptions& options = {}) {
  std::vector<Read> all;
  const auto reader = open_documents(paths, options);
  while (auto document = reader->next()) all.push_back({document->id, document->source, read_all(*document->text)});
  return all;
}

Read read_one(const std::string& path) {
  const auto all = read_paths({path});
  REQUIRE(all.size() == 1);
  return all.front();
}

const std::string kArticle = "\\documentclass{a}\\begin{document}x\\end{document}\n";

// Standard input comes from a file while this lives.
class StandardInput {
 public:
  explicit StandardInput(const std::string& path) : saved_(dup(STDIN_FILENO)) {
    REQUIRE(freopen(path.c_str(), "rb", stdin) != nullptr);
  }
  ~StandardInput() {
    dup2(saved_, STDIN_FILENO);
    close(saved_);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  int saved_;
};

}  // namespace

TEST_CASE("every kind of file is opened by its name and first bytes") {
  const TempFolder folder;
  const auto check = [&](const std::string& name, const std::string& content, const std::string& source,
                         const std::string& text) {
    CAPTURE(name);
    const std::string path = folder.write(name, content);
    CHECK(read_one(path) == Read{path, source, text});
  };
  check("a.txt", "text\r\n", "text", "text\r\n");
  check("a.md", "# T", "markdown", "# T");
  check("a.lean", "import A", "lean", "import A");
  check("a.tex", "\\input{b}%", "tex", "\\input{b}%");
  check("notes.org", "any name", "text", "any name");
  check("a.txt.gz", gzipped("text"), "text", "text");
  check("a.txt.zst", zstd_of("text"), "text", "text");
  check("b.tex.gz", gzipped("\\TeX"), "tex", "\\TeX");
  check("2304.11062.gz", gzipped(kArticle), "arxiv", kArticle);
  check("2304.11062", gzipped(kArticle), "text", kArticle);
  check("table.csv.gz", gzipped("1,2"), "text", "1,2");
  check("2304.tar.gz", gzipped(tar_of({{"x.tex", kArticle}})), "arxiv", kArticle);
  check("2305.gz", gzipped(tar_of({{"x.tex", kArticle}})), "arxiv", kArticle);
  check("2306v1", gzipped(tar_of({{"x.tex", kArticle}})), "arxiv", kArticle);
  check("2307.tgz", gzipped(tar_of({{"x.tex", kArticle}})), "arxiv", kArticle);
  check("2308.tar", tar_of({{"x.tex", kArticle}}), "arxiv", kArticle);
  check("2309.tar.zst", zstd_of(tar_of({{"x.tex", kArticle}})), "arxiv", kArticle);
  const std::string records = "{\"text\": \"r\", \"meta\": {\"id\": \"7\", \"set\": \"s\"}}\n";
  for (const auto& [name, content] : {std::pair{"r.jsonl", records}, std::pair{"r.jsonl.zst", zstd_of(records)},
                                      std::pair{"r.jsonl.gz", gzipped(records)}, std::pair{"r.ndjson", records}}) {
    CHECK(read_one(folder.write(name, content)) == Read{"7", "s", "r"});
  }
}

TEST_CASE("files and folders come in the order given, a folder by its rules") {
  const TempFolder folder;
  const std::string z = folder.write("z.txt", "z"), a = folder.write("d/a.md", "a");
  const std::string main = folder.write("d/p/main.tex", kArticle + "\\input{ch/c}\\input{../shared}");
  folder.write("d/p/ch/c.tex", "c");
  folder.write("d/shared.tex", "s");
  for (const std::string spelled : {"/d", "/d/"}) {
    const auto all = read_paths({z, folder.path() + spelled});
    REQUIRE(all.size() == 3);
    CHECK(all[0] == Read{z, "text", "z"});
    CHECK(all[1].text == "a");
    CHECK(all[2].text == kArticle + "cs");  // the fence is the folder given, so ../shared is within
  }
  CHECK(read_paths({folder.path() + "/d"})[1].id == main);
  // The same main file given by itself may not leave its own folder.
  const Error error = error_of([&] { read_paths({main}); });
  CHECK(contains(error.what(), "main.tex:2: \\input{../shared} leaves the document's folder"));
}

TEST_CASE("ids are unique and the same in every run") {
  const TempFolder folder;
  std::string records;
  for (const std::string id : {"x", "x (2)", "x", "x", "x (2)"}) {
    records += "{\"text\": \"t\", \"meta\": {\"id\": \"" + id + "\"}}\n";
  }
  const std::string path = folder.write("r.jsonl", records + "{\"text\": \"no id\"}\n");
  std::vector<std::string> ids;
  for (const Read& read : read_paths({path, path})) ids.push_back(read.id);
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == 12);
  CHECK(ids[0] == "x");
  CHECK(ids[1] == "x (2)");
  CHECK(ids[2] == "x (3)");
  CHECK(ids[3] == "x (4)");
  CHECK(ids[4] == "x (2) (2)");
  CHECK(ids[5] == path + "#6");
  CHECK(ids[11] == path + "#6 (2)");
}

TEST_CASE("an id is valid UTF-8 even where a file name is not") {
  const TempFolder folder;
  CHECK(read_one(folder.write("caf\xe9.txt", "x")).id == folder.path() + "/caf\ufffd.txt");
}

TEST_CASE("standard input is read like a file") {
  const TempFolder folder;
  for (const std::string& content : {std::string("\ufeffpiped \u4e2d text"), gzipped("piped \u4e2d text")}) {
    const StandardInput input(folder.write("in", content));
    CHECK(read_one("-") == Read{"-", "text", "piped \u4e2d text"});
  }
  {
    const StandardInput input(folder.write("in", "{\"text\": \"1\"}\n{\"text\": \"2\"}\n"));
    Listener listener;
    const auto records = read_paths({"-"}, listener.options);
    REQUIRE(records.size() == 2);
    CHECK(records[1] == Read{"standard input#2", "jsonl", "2"});
    CHECK(listener.notices->size() == 1);
  }
  const StandardInput input(folder.write("in", "caf\xe9"));
  CHECK(contains(error_of([] { read_one("-"); }).what(), "standard input: byte 3 (0xE9)"));
}

TEST_CASE("an empty document is a document, with a notice") {
  const TempFolder folder;
  const std::string empty = folder.write("empty.txt", ""), mark = folder.write("mark.txt", "\ufeff"),
                    record = folder.write("r.jsonl", "{\"text\": \"\"}\n");
  Listener listener;
  const auto all = read_paths({empty, mark, record}, listener.options);
  REQUIRE(all.size() == 3);
  for (const Read& read : all) CHECK(read.text.empty());
  CHECK(*listener.notices == std::vector<std::string>{empty + ": the document is empty",
                                                      mark + ": the document is empty",
                                                      record + "#1: the document is empty"});
}

TEST_CASE("what is missing is refused before anything is read") {
  const TempFolder folder;
  const std::string there = folder.write("a.txt", "a"), gone = folder.path() + "/gone.txt";
  const Error error = error_of([&] { open_documents({there, gone}, {}); });
  CHECK(error.code() == Errc::not_found);
  CHECK(contains(error.what(), gone + ": no such file or folder"));
}

TEST_CASE("a name that promises compression is held to it") {
  const TempFolder folder;
  const std::string plain = folder.write("a.jsonl.zst", "{\"text\": \"x\"}"), empty = folder.write("b.gz", "");
  const Error lie = error_of([&] { read_one(plain); });
  CHECK(lie.code() == Errc::malformed);
  CHECK(contains(lie.what(), plain + ": named as compressed, but neither gzip nor zstd data"));
  const Error nothing = error_of([&] { read_one(empty); });
  CHECK(nothing.code() == Errc::truncated);
  CHECK(contains(nothing.what(), empty));
}

TEST_CASE("after an error the reader goes on with the next file") {
  const TempFolder folder;
  const std::string bad = folder.write("a.tar.gz", gzipped(tar_of({{"p.pdf", "%PDF-1.5"}}))),
                    broken = folder.write("b.jsonl", "{\"text\": \"1\"}\nbroken\n{\"text\": \"3\"}\n"),
                    cut = folder.write("c.tgz", gzipped(tar_of({{"p.tex", kArticle}})).substr(0, 60)),
                    good = folder.write("d.txt", "good");
  const auto reader = open_documents({bad, broken, cut, good}, {});
  CHECK(contains(error_of([&] { reader->next(); }).what(), bad + ": no TeX source"));
  CHECK(reader->next()->id == broken + "#1");
  CHECK(contains(error_of([&] { reader->next(); }).what(), broken + ":2: "));
  CHECK(error_of([&] { reader->next(); }).code() == Errc::truncated);
  CHECK(reader->next()->id == good);
  CHECK_FALSE(reader->next());

  Listener listener;
  listener.options.skip_broken = true;
  const auto skipping = open_documents({bad, broken, cut, good}, listener.options);
  CHECK(skipping->next()->id == broken + "#1");
  CHECK(skipping->next()->id == broken + "#3");
  CHECK(error_of([&] { skipping->next(); }).code() == Errc::truncated);  // a lost file is never passed over
  CHECK(skipping->next()->id == good);
  CHECK(listener.notices->size() == 2);
}

TEST_CASE("the article of the fixtures is one document, from its folder and from its package") {
  const std::string expanded = content_of(fixture("article.expanded.tex"));
  const auto from_folder = read_paths({fixture("article")});
  REQUIRE(from_folder.size() == 1);
  CHECK(from_folder[0] == Read{fixture("article/main.tex"), "tex", expanded});

  std::vector<std::pair<std::string, std::string>> members;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(fixture("article"))) {
    if (!entry.is_regular_file()) continue;
    members.emplace_back("./" + entry.path().lexically_relative(fixture("article")).string(),
                         content_of(entry.path().string()));
  }
  const TempFolder folder;
  const std::string package = folder.write("article.tar.gz", gzipped(tar_of(members)));
  CHECK(read_one(package) == Read{package, "arxiv", expanded});
}
