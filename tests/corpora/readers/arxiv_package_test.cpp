#include "corpora/readers/arxiv_package.h"

#include "corpora/readers/compressed.h"
#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

const std::string kMain = "\\documentclass{article}\\begin{document}\\input{part}\\end{document}";

TexMembers read(const std::string& tar, const PackageLimits& limits = {}, size_t step = 1 << 20) {
  return read_package(std::make_unique<TrickledBytes>(tar, step), "paper.tar.gz", limits);
}

Error package_error(const std::string& tar, const PackageLimits& limits = {}) {
  return error_of([&] { read(tar, limits); });
}

}  // namespace

TEST_CASE("a package is one document: its main file with what it includes") {
  const std::string tar = tar_of({{"part.tex", "the part"}, {"paper.tex", kMain}, {"fig.png", "\x89PNG\r\n"}});
  for (const size_t step : {1, 511, 1 << 20}) {
    Document document = open_package(std::make_unique<TrickledBytes>(tar, step), "in/paper.tar.gz", {});
    CHECK(document.id == "in/paper.tar.gz");
    CHECK(document.title == "paper.tar.gz");
    CHECK(document.source == "arxiv");
    CHECK(read_all(*document.text) == "\\documentclass{article}\\begin{document}the part\\end{document}");
  }
}

TEST_CASE("only text is kept, under normal names") {
  const std::string nul("text, then \0", 12);
  const auto members = read(tar_of({{"./a.tex", "A"},
                                    {"d/../b", "B"},
                                    {"c.png", "\x89PNG\r\n\x1a\n"},
                                    {"e.bin", nul},
                                    {"f.pdf", "%PDF-1.5"},
                                    {"empty.tex", ""},
                                    {"\u00e9t\u00e9.tex", "name"},
                                    {std::string(150, 'n') + ".tex", "long name"}}));
  CHECK(members == TexMembers{{"a.tex", "A"},
                              {"b", "B"},
                              {"empty.tex", ""},
                              {"\u00e9t\u00e9.tex", "name"},
                              {std::string(150, 'n') + ".tex", "long name"}});
}

TEST_CASE("a member outside the package is refused") {
  for (const std::string name : {"../evil.tex", "a/../../evil.tex", "/etc/evil.tex"}) {
    const Error error = package_error(tar_of({{"main.tex", kMain}, {name, "x"}}));
    CHECK(error.code() == Errc::malformed);
    CHECK(contains(error.what(), "paper.tar.gz: the member '" + name + "' would lie outside the package"));
  }
}

TEST_CASE("a package without TeX says what it holds") {
  const Error pdf = package_error(tar_of({{"paper.pdf", "%PDF-1.5"}}));
  CHECK(pdf.code() == Errc::not_found);
  CHECK(contains(pdf.what(), "paper.tar.gz: no TeX source in it, only paper.pdf"));
  const Error data = error_of([] { open_package(bytes_of(tar_of({{"data.txt", "1"}})), "paper.tar.gz", {}); });
  CHECK(data.code() == Errc::not_found);
}

TEST_CASE("a package is refused beyond its limits, before it is held") {
  const std::string tar = tar_of({{"a.tex", std::string(300'000, 'a')}, {"b.tex", std::string(300'000, 'b')}});
  CHECK(read(tar).size() == 2);
  const Error total = package_error(tar, {.total_bytes = 400'000});
  CHECK(total.code() == Errc::malformed);
  CHECK(contains(total.what(), "paper.tar.gz: unpacks to more than"));
  CHECK(contains(package_error(tar, {.text_bytes = 500'000}).what(), "holds more text"));
  CHECK(contains(package_error(tar, {.members = 1}).what(), "more than 1 members"));

  // Some 60 kB of gzip that unpack to 60 MB.
  const std::string bomb = gzipped(tar_of({{"a.bin", std::string(60'000'000, '\0')}}));
  const Error error =
      error_of([&] { read_package(gunzip(bytes_of(bomb), "bomb.tar.gz"), "bomb.tar.gz", {.total_bytes = 1'000'000}); });
  CHECK(contains(error.what(), "bomb.tar.gz: unpacks to more than"));
}

TEST_CASE("a package cut short is truncated, and says where") {
  const std::string tar = tar_of({{"a.tex", std::string(3000, 'a')}, {"b.tex", std::string(3000, 'b')}});
  for (const size_t size : {700, 1000, 5000, 6000}) {
    CAPTURE(size);
    const Error error = package_error(tar.substr(0, size));
    CHECK(error.code() == Errc::truncated);
    CHECK(contains(error.what(), "paper.tar.gz: the tar archive ends too early"));
    CHECK(contains(error.what(), "after " + std::to_string(size) + " bytes"));
  }
  const std::string gzip = gzipped(tar);
  const Error error =
      error_of([&] { read_package(gunzip(bytes_of(gzip.substr(0, gzip.size() / 2)), "paper.tgz"), "paper.tgz"); });
  CHECK(error.code() == Errc::truncated);
  CHECK(contains(error.what(), "paper.tgz: the gzip data ends too early"));
}

TEST_CASE("a damaged header is malformed") {
  std::string tar = tar_of({{"a.tex", std::string(3000, 'a')}, {"b.tex", std::string(300'000, 'b')}});
  tar[512 + 3072 + 150] ^= 1;  // in the checksum of the second member's header
  const Error error = package_error(tar);
  CHECK(error.code() == Errc::malformed);
  CHECK(contains(error.what(), "paper.tar.gz: damaged tar archive"));
}
